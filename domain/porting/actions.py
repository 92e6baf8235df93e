"""What a customer does with a port: saves it, corrects it, submits it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.holding import Holder
from domain.numbers.models import NumberKind
from domain.numbers.moving import bring_in, stay_away
from domain.organizations.profiles import read_phone
from domain.organizations.queries import get_organization
from domain.organizations.rules import require_active
from domain.porting.events import MOVED, port_event
from domain.porting.models import PortKind
from domain.porting.rules import PortDraft, check_draft, is_toll_free, missing, path_of
from domain.porting.states import OPEN, PORT, PortState
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError, IllegalTransition, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.shared.writes import Writes
from domain.uploads.actions import claim_upload, release_upload
from domain.uploads.models import Purpose

Change = Callable[[PortDraft], PortDraft]

_LOCK: Final = "SELECT * FROM ports WHERE id = $1 AND kind = $2 AND scope >= $3 AND scope < $4 FOR UPDATE"
_OWN_SUBSCRIPTION: Final = """
SELECT EXISTS (SELECT FROM subscriptions WHERE id = $1 AND organization_id = $2 AND state IN ('TRIALING', 'ACTIVE'))
"""
_SOLD: Final = """
SELECT EXISTS (SELECT FROM plans p JOIN organizations o ON o.scope = p.scope WHERE p.id = $1 AND p.scope = ANY($2))
"""
# What of a row is the customer's to say.
_SAID: Final = tuple(PortDraft.__dataclass_fields__)


async def create_port(actor: Actor, kind: PortKind, customer_id: UUID, draft: PortDraft) -> UUID:
    """Save a request of a customer of the subtree, complete or not."""
    customer = await get_organization(actor, customer_id)
    require_active([customer])
    if customer["kind"] != OrganizationKind.CUSTOMER:
        raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, f"{customer['name']} is no customer")])
    row = {
        "id": actor.new_id(),
        "organization_id": customer_id,
        "scope": customer["scope"],
        "kind": kind.value,
        "state": PortState.DRAFT.value,
        **_columns(draft),
        "created_at": actor.at,
    }
    async with database.transaction():
        await _check(kind, draft, row)
        await _attach(actor, row, None)
        writes = Writes()
        writes.insert("ports", row)
        await writes.send()
        await record(actor, port_event(EventType.PORT_CREATED, await _written(row["id"])))
    port_id: UUID = row["id"]
    return port_id


async def update_port(actor: Actor, kind: PortKind, port_id: UUID, change: Change) -> UUID:
    """Say something else, before it is submitted or when it came back with an exception."""
    async with database.transaction():
        row = await locked(actor, kind, port_id)
        if PortState(row["state"]) not in OPEN:
            raise IllegalTransition("port", row["state"], PortState.DRAFT, sorted(PORT.moves[PortState(row["state"])]))
        draft = change(draft_of(row))
        columns = _columns(draft)
        await _check(kind, draft, dict(row) | columns)
        await _attach(actor, dict(row) | columns, row["upload_id"])
        await change_port(port_id, columns)
        await record(actor, port_event(EventType.PORT_UPDATED, await _written(port_id)))
        return port_id


async def submit_port(actor: Actor, kind: PortKind, port_id: UUID) -> UUID:
    """Hand it to the desk: everything is said; its numbers are on their way, and nobody else's from now on."""
    async with database.transaction():
        row = await locked(actor, kind, port_id)
        PORT.check_from(OPEN, PortState(row["state"]), PortState.SUBMITTED)
        if problems := missing(kind, draft_of(row)):
            raise Invalid(problems)
        await stay_away(actor, row["number_ids"])
        number_ids = await expect(actor, row, row["numbers"])
        await move(actor, row, PortState.SUBMITTED, number_ids=number_ids, submitted_at=actor.at, exception_reason=None)
        return port_id


async def expect(actor: Actor, row: Mapping[str, Any], numbers: list[str]) -> list[UUID]:
    """Let numbers come in for the customer of a port; NumbersTaken names those that somebody here has."""
    if not numbers:
        return []
    holder = Holder(row["organization_id"], row["scope"], subscription_id=row["subscription_id"])
    kind = NumberKind.TOLL_FREE if all(map(is_toll_free, numbers)) else NumberKind.LOCAL
    place = row["city"] or "TOLL FREE"
    coming = await bring_in(
        actor, holder, numbers, plan_id=row["plan_id"], country=row["country"] or "US", rate_center=place, kind=kind
    )
    return [number["id"] for number in coming]


async def locked(actor: Actor, kind: PortKind, port_id: UUID) -> Record:
    """A port of this kind and of the subtree, locked; NotFound otherwise."""
    row = await database.fetch_row(_LOCK, port_id, kind.value, actor.scope.lower, actor.scope.upper)
    if row is None:
        raise NotFound("port", encode("PortOrder", port_id))
    return row


async def move(actor: Actor, row: Record, target: PortState, **columns: Any) -> None:
    """Bring a locked port to a state that it may be brought to, and tell of it."""
    await change_port(row["id"], {"state": target.value, **columns})
    await record(actor, port_event(MOVED[target], await _written(row["id"])))


async def change_port(port_id: UUID, columns: Mapping[str, Any]) -> None:
    """Set columns, whose names are constants of ours."""
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    await database.execute(f"UPDATE ports SET {sets} WHERE id = $1", port_id, *columns.values())  # noqa: S608 - constants


async def _written(port_id: UUID) -> Record:
    found = await database.fetch_row("SELECT * FROM ports WHERE id = $1", port_id)
    if found is None:
        raise LookupError("a port is never deleted")
    return found


async def _check(kind: PortKind, draft: PortDraft, row: Mapping[str, Any]) -> None:
    """Refuse what is wrong, and a subscription or a SKU that the customer cannot have."""
    problems = check_draft(kind, draft)
    if draft.subscription_id and not await database.fetch_value(
        _OWN_SUBSCRIPTION, draft.subscription_id, row["organization_id"]
    ):
        problems.append(FieldError("subscriptionId", FieldCode.NOT_FOUND, "is no running subscription of the customer"))
    if draft.plan_id and not await database.fetch_value(_SOLD, draft.plan_id, Scope(row["scope"]).chain):
        problems.append(FieldError("planId", FieldCode.NOT_FOUND, "is no plan that the customer is offered"))
    if problems:
        raise Invalid(problems)


async def _attach(actor: Actor, row: Mapping[str, Any], before: UUID | None) -> None:
    if row["upload_id"] == before:
        return
    if row["upload_id"] is not None:
        purpose, owner_id = Purpose.LETTER_OF_AUTHORIZATION, row["organization_id"]
        await claim_upload(
            actor, row["upload_id"], purpose, owner_id=owner_id, path=path_of(PortKind.PORT_IN, "upload_id")
        )
    if before is not None:
        await release_upload(before)


def draft_of(row: Record) -> PortDraft:
    """What was said of a port."""
    said = {name: row[name] for name in _SAID}
    return PortDraft(**said | {"numbers": tuple(row["numbers"])})


def _columns(draft: PortDraft) -> dict[str, Any]:
    """What was said, as it is kept: numbers in E.164, texts without space around them."""
    texts = {name: value.strip() or None for name, value in asdict(draft).items() if isinstance(value, str)}
    numbers = [read_phone(number) or number for number in draft.numbers]
    billing = draft.billing_number and read_phone(draft.billing_number)
    return asdict(draft) | texts | {"numbers": numbers, "billing_number": billing}
