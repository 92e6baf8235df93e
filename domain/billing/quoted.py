"""Charges that were quoted and are not owed yet, as they are kept (JSON) until what they are for has been done."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.billing.charges import Charge, Named
from domain.billing.explaining import explained, explanation_from
from domain.billing.models import ChargeKind
from domain.shared.calendar import Term


def kept(edges: Sequence[Sequence[Charge]]) -> list[list[dict[str, Any]]]:
    """The charges of every edge as JSON."""
    return [[_kept(charge) for charge in edge] for edge in edges]


def charges_from(edges: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[Charge]]:
    """Read what `kept` wrote."""
    return [[_charge(one) for one in edge] for edge in edges]


def _kept(charge: Charge) -> dict[str, Any]:
    period = charge.period
    return {
        "kind": charge.kind.value,
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        "period": period and [period.start.isoformat(), period.end.isoformat()],
        "explanation": explained(charge.explanation),
        "of": charge.of and [str(charge.of.plan_id), charge.of.description],
    }


def _charge(one: Mapping[str, Any]) -> Charge:
    period = one["period"] and Term(*map(date.fromisoformat, one["period"]))
    explanation = explanation_from(one["explanation"])
    of = one["of"] and Named(UUID(one["of"][0]), one["of"][1])
    return Charge(ChargeKind(one["kind"]), one["amount_minor"], one["currency"], period, explanation, of)
