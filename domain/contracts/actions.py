"""Entering a contract with a customer, changing it, and giving notice."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from domain.contracts.rules import AgreedPrice, ContractDraft, Document, check_contract, check_end, earliest_end
from domain.events.actions import NewEvent, record_with
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.pricing.actions import plans_offered
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.calendar import local_date
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Forbidden, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.shared.writes import Writes
from domain.uploads.actions import claim_upload, release_upload
from domain.uploads.models import Purpose

_NUMBER: Final = "contracts_number"
_LOCK: Final = """
SELECT c.*, o.time_zone FROM contracts c JOIN organizations o ON o.id = c.organization_id
WHERE c.id = $1 AND c.scope >= $2 AND c.scope < $3 FOR UPDATE OF c
"""
_PRICES: Final = "SELECT plan_id, sales_model, unit_minor FROM contract_prices WHERE contract_id = $1 ORDER BY id"
_INSERT_PRICES: Final = """
INSERT INTO contract_prices (id, contract_id, scope, plan_id, sales_model, unit_minor)
SELECT n.id, $1, $2, n.plan_id, n.sales_model, n.unit_minor
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) AS n(id, plan_id, sales_model, unit_minor)
"""
_UPDATE: Final = """
UPDATE contracts SET external_reference = $2, starts_on = $3, ends_on = $4, notice_days = $5, document_name = $6,
                     document_location = $7, upload_id = $8 WHERE id = $1
"""

Change = Callable[[ContractDraft], ContractDraft]


async def create_contract(actor: Actor, customer_id: UUID, draft: ContractDraft) -> UUID:
    """Enter a contract of the actor's organization with one of its customers; a number used before, ALREADY_EXISTS."""
    customer = await get_organization(actor, customer_id)
    if customer["kind"] != OrganizationKind.CUSTOMER or customer["parent_id"] != actor.organization_id:
        message = f"{customer['name']} is no customer that buys from you directly"
        raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, message)])
    await _check(actor, draft, customer["currency"])
    contract_id = actor.new_id()
    row = {
        "id": contract_id,
        "organization_id": customer_id,
        "seller_id": actor.organization_id,
        "scope": customer["scope"],
        "number": draft.number.strip(),
        **_columns(draft),
        "currency": customer["currency"],
        "created_at": actor.at,
    }
    writes = Writes()
    writes.insert("contracts", row)
    _write_prices(writes, actor, row, draft.prices)
    record_with(writes, actor, _event(EventType.CONTRACT_CREATED, row))
    try:
        async with database.transaction():
            await _attach(actor, row, None)
            await writes.send()
    except UniqueViolationError as error:
        if error.constraint_name != _NUMBER:
            raise
        taken = FieldError("number", FieldCode.ALREADY_EXISTS, "another contract of yours has this number")
        raise Invalid([taken], ErrorCode.ALREADY_EXISTS) from error
    return contract_id


async def update_contract(actor: Actor, contract_id: UUID, change: Change) -> UUID:
    """Change what a contract says, by its seller; orders that were submitted keep their prices."""
    async with database.transaction():
        row = await _lock(actor, contract_id)
        draft = change(_draft(row, await database.fetch(_PRICES, contract_id)))
        await _check(actor, draft, row["currency"])
        await _attach(actor, dict(row) | _columns(draft), row["upload_id"])
        await database.execute(_UPDATE, contract_id, *_columns(draft).values())
        await database.execute("DELETE FROM contract_prices WHERE contract_id = $1", contract_id)
        changed = dict(row) | _columns(draft)
        writes = Writes()
        _write_prices(writes, actor, changed, draft.prices)
        record_with(writes, actor, _event(EventType.CONTRACT_UPDATED, changed))
        await writes.send()
        return contract_id


async def end_contract(actor: Actor, contract_id: UUID, *, ends_on: date | None) -> UUID:
    """Give notice: the contract's last day is `ends_on`, or the earliest that its notice period allows.

    Naming the day on which it ends anyway changes nothing.
    """
    async with database.transaction():
        row = await _lock(actor, contract_id)
        today = local_date(actor.at, row["time_zone"])
        if ends_on is None:
            ends_on = max(earliest_end(today, row["notice_days"]), row["starts_on"])
            ends_on = min(ends_on, row["ends_on"] or ends_on)
        if ends_on != row["ends_on"]:
            term = {name: row[name] for name in ("starts_on", "ends_on", "notice_days")}
            if problems := check_end(ends_on, today=today, **term):
                raise Invalid(problems)
            writes = Writes()
            writes.add("UPDATE contracts SET ends_on = $2 WHERE id = $1", contract_id, ends_on)
            record_with(writes, actor, _event(EventType.CONTRACT_ENDED, dict(row) | {"ends_on": ends_on}))
            await writes.send()
        return contract_id


async def _lock(actor: Actor, contract_id: UUID) -> Record:
    """A contract of the subtree, locked; only its seller may change it."""
    row = await database.fetch_row(_LOCK, contract_id, actor.scope.lower, actor.scope.upper)
    if row is None:
        raise NotFound("contract", encode("Contract", contract_id))
    if row["seller_id"] != actor.organization_id:
        raise Forbidden("only the seller of a contract may change it")
    return row


async def _check(actor: Actor, draft: ContractDraft, currency: str) -> None:
    plans = await plans_offered(actor, [price.plan_id for price in draft.prices])
    if problems := check_contract(draft, currency, plans):
        raise Invalid(problems)


async def _attach(actor: Actor, row: Mapping[str, Any], before: UUID | None) -> None:
    """Take the signed paper that a contract has now, and let go of the one that it had before."""
    if row["upload_id"] == before:
        return
    if row["upload_id"] is not None:
        owner_id = row["organization_id"]
        await claim_upload(actor, row["upload_id"], Purpose.CONTRACT, owner_id=owner_id, path="uploadId")
    if before is not None:
        await release_upload(before)


def _columns(draft: ContractDraft) -> dict[str, Any]:
    """What may change of a contract, in the order of `_UPDATE`."""
    return {
        "external_reference": draft.external_reference or None,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "notice_days": draft.notice_days,
        "document_name": draft.document.name.strip() if draft.document else None,
        "document_location": draft.document.location.strip() if draft.document else None,
        "upload_id": draft.upload_id,
    }


def _draft(row: Record, prices: Sequence[Record]) -> ContractDraft:
    document = Document(row["document_name"], row["document_location"]) if row["document_name"] else None
    agreed = [
        AgreedPrice(price["plan_id"], price["sales_model"], Money(price["unit_minor"], row["currency"]).amount)
        for price in prices
    ]
    return ContractDraft(
        number=row["number"],
        external_reference=row["external_reference"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        notice_days=row["notice_days"],
        document=document,
        upload_id=row["upload_id"],
        prices=agreed,
    )


def _write_prices(writes: Writes, actor: Actor, row: Mapping[str, Any], prices: Sequence[AgreedPrice]) -> None:
    writes.add(
        _INSERT_PRICES,
        row["id"],
        row["scope"],
        [actor.new_id() for _ in prices],
        [price.plan_id for price in prices],
        [str(price.sales_model) for price in prices],
        [Money.of(price.amount, row["currency"]).minor for price in prices],
    )


def _event(event_type: EventType, row: Mapping[str, Any]) -> NewEvent:
    data = {
        "contract_id": encode("Contract", row["id"]),
        "customer_id": encode("Organization", row["organization_id"]),
        "number": row["number"],
        "external_reference": row["external_reference"],
        "starts_on": row["starts_on"].isoformat(),
        "ends_on": row["ends_on"].isoformat() if row["ends_on"] else None,
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
