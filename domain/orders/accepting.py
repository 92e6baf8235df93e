"""Terms of service that an order's submission accepts: which must be, and what is kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.orders.rules import LineDraft
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError
from domain.shared.ids import encode
from domain.shared.writes import Writes

_MAX_ADDRESS: Final = 64


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What whoever submits agrees to: ids of terms documents, and the network address that it comes from."""

    terms: Sequence[UUID] = ()
    address: str = ""


NOTHING_ACCEPTED: Final = Acceptance()


def check_terms(
    lines: Sequence[LineDraft], plans: Mapping[UUID, Mapping[str, Any]], accepted: Sequence[UUID]
) -> list[FieldError]:
    """What keeps an order from being submitted: terms in force that were not accepted, and others that were.

    `plans` has the terms in force today of each line's product, where it has any.
    """
    in_force = {
        plan["terms_id"]: plan
        for plan in (plans[line.plan_id] for line in lines if line.plan_id in plans)
        if plan["terms_id"] is not None
    }
    problems = [
        FieldError("acceptedTerms", FieldCode.REQUIRED, _told(terms_id, plan))
        for terms_id, plan in in_force.items()
        if terms_id not in accepted
    ]
    message = "these are not the terms in force of anything that is ordered"
    return problems + [
        FieldError(f"acceptedTerms.{place}", FieldCode.NOT_APPLICABLE, message)
        for place, terms_id in enumerate(accepted)
        if terms_id not in in_force
    ]


def _told(terms_id: UUID, plan: Mapping[str, Any]) -> str:
    terms = f"version {plan['terms_version']} ({encode('TermsDocument', terms_id)})"
    return f"accept the terms of {plan['product_name']}, {terms}"


def accept_with(writes: Writes, actor: Actor, *, order_id: UUID, scope: str, acceptance: Acceptance) -> None:
    """Keep with the writes of a submission what was accepted, by whom, when, from where; no statement for nothing."""
    for terms_id in dict.fromkeys(acceptance.terms):
        row = {
            "id": actor.new_id(),
            "order_id": order_id,
            "scope": scope,
            "terms_id": terms_id,
            "accepted_by": actor.principal,
            "accepted_at": actor.at,
            "address": acceptance.address[:_MAX_ADDRESS] or None,
        }
        writes.insert("terms_acceptances", row)
