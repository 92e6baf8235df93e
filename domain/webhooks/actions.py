"""Endpoints made, changed, removed; their secrets rotated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.texts import check_optional_text
from domain.webhooks.models import DeliveryState, DisabledReason, WebhookEndpoint
from domain.webhooks.rules import CONCURRENCY, check_event_types, check_overlap, check_pace

_NO_KEYS: Final[Mapping[str, Any]] = dict.fromkeys(
    ("signing_key_sealed", "public_key", "previous_signing_key_sealed", "previous_public_key")
)


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """An endpoint as its owner writes it; `url_problems` is what the network's own rules say of the address."""

    organization_id: UUID
    url: str
    event_types: Sequence[str]
    description: str
    url_problems: Sequence[FieldError]
    within_id: UUID | None = None
    concurrency: int | None = None
    rate_per_second: int | None = None
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A fresh key for asymmetric signatures: the private one sealed, the public one as receivers verify with it."""

    private_sealed: bytes
    public: str


async def create_endpoint(
    actor: Actor, draft: EndpointDraft, *, secret_sealed: bytes, key: SigningKey | None = None
) -> UUID:
    """Begin to deliver events to an address; the secret arrives sealed, its owner sees it once.

    With a `key` every message is signed by that, too.
    """
    problems = [*draft.url_problems, *check_event_types("eventTypes", draft.event_types)]
    problems += check_optional_text("description", draft.description, max_length=200)
    problems += check_pace(draft.concurrency, draft.rate_per_second)
    if problems:
        raise Invalid(problems)
    async with database.transaction():
        organization = await get_organization(actor, draft.organization_id)
        row = await WebhookEndpoint.create(
            id=actor.new_id(),
            organization_id=organization["id"],
            scope=organization["scope"],
            url=draft.url,
            event_types=list(draft.event_types),
            description=draft.description,
            enabled=True,
            secret_sealed=secret_sealed,
            signing_key_sealed=key.private_sealed if key else None,
            public_key=key.public if key else None,
            within=await _place_of(actor, draft.within_id, organization["scope"]),
            concurrency=draft.concurrency or CONCURRENCY,
            rate_per_second=draft.rate_per_second,
            is_ordered=draft.is_ordered,
            created_at=actor.at,
        )
        await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_CREATED, vars(row)))
        return row.id


async def _place_of(actor: Actor, within_id: UUID | None, scope: str) -> str | None:
    """The place of the organization that an endpoint is narrowed to: it lies below the endpoint's own."""
    if within_id is None:
        return None
    found: str = (await get_organization(actor, within_id))["scope"]
    if not found.startswith(scope):
        raise Invalid([FieldError("within", FieldCode.NOT_ALLOWED, "is not below the endpoint's organization")])
    return found


async def update_endpoint(
    actor: Actor,
    endpoint_id: UUID,
    changes: Mapping[str, Any],
    *,
    url_problems: Sequence[FieldError] = (),
    key: SigningKey | None = None,
) -> UUID:
    """Change an endpoint: by column of `webhook_endpoints`, `within_id` instead of `within`.

    Of `signs_with_key`, true gives it the `key` unless it has one, false takes away what it has.
    Enabled again, it begins without its past failures; what it missed is replayed by `start_replay`.
    """
    problems = [*url_problems]
    if "event_types" in changes:
        problems += check_event_types("eventTypes", changes["event_types"])
    problems += check_optional_text("description", changes.get("description", ""), max_length=200)
    problems += check_pace(changes.get("concurrency"), changes.get("rate_per_second"))
    if problems:
        raise Invalid(problems)
    async with database.transaction():
        row = await lock_endpoint(actor, endpoint_id)
        values = {name: value for name, value in changes.items() if name not in {"within_id", "signs_with_key"}}
        if "signs_with_key" in changes:
            values |= _keys(row, key) if changes["signs_with_key"] else _NO_KEYS
        if "within_id" in changes:
            values["within"] = await _place_of(actor, changes["within_id"], row["scope"])
        if changes.get("enabled") is False and row["enabled"]:
            await disable(actor, row, DisabledReason.OWNER)
        if changes.get("enabled") and not row["enabled"]:
            values |= {"disabled_at": None, "disabled_reason": None, "failures": 0, "warned_percent": 0}
            values |= {"failing_since": None, "paused_until": None}
        changed = {name: value for name, value in values.items() if value != row[name]}
        if changed:
            sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(changed, start=2))
            sql = f"UPDATE webhook_endpoints SET {sets} WHERE id = $1"  # noqa: S608 - our own column names
            await database.execute(sql, endpoint_id, *changed.values())
        names = sorted(changes)
        await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_UPDATED, {**row, **changed}, changed=names))
        return endpoint_id


def _keys(row: Record, key: SigningKey | None) -> dict[str, Any]:
    if row["signing_key_sealed"] is not None or key is None:
        return {}
    return {"signing_key_sealed": key.private_sealed, "public_key": key.public}


async def rotate_secret(
    actor: Actor, endpoint_id: UUID, *, secret_sealed: bytes, overlap: timedelta, key: SigningKey
) -> UUID:
    """Sign with a new secret from now on, and with the one before it too for `overlap` more.

    An endpoint that has a signing key gets the new `key` for it, with the same overlap.
    """
    if problems := check_overlap("overlapHours", overlap):
        raise Invalid(problems)
    async with database.transaction():
        row = await lock_endpoint(actor, endpoint_id)
        until = actor.at + overlap
        await database.execute(
            "UPDATE webhook_endpoints SET secret_sealed = $2, previous_secret_sealed = secret_sealed, "
            "previous_secret_until = $3, previous_signing_key_sealed = signing_key_sealed, "
            "previous_public_key = public_key, "
            "signing_key_sealed = CASE WHEN signing_key_sealed IS NOT NULL THEN $4::bytea END, "
            "public_key = CASE WHEN signing_key_sealed IS NOT NULL THEN $5::varchar END WHERE id = $1",
            endpoint_id,
            secret_sealed,
            until,
            key.private_sealed,
            key.public,
        )
        event_type = EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED
        await record(actor, event_of(event_type, row, previous_until=until.isoformat().replace("+00:00", "Z")))
        return endpoint_id


async def delete_endpoint(actor: Actor, endpoint_id: UUID) -> UUID:
    """Stop delivering to an endpoint; its log stays, what is still under way to it is given up."""
    async with database.transaction():
        row = await lock_endpoint(actor, endpoint_id)
        sql = "UPDATE webhook_endpoints SET deleted_at = $2, enabled = false WHERE id = $1"
        await database.execute(sql, endpoint_id, actor.at)
        await _give_up_all(actor, endpoint_id)
        await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_DELETED, row))
        return endpoint_id


async def lock_endpoint(actor: Actor, endpoint_id: UUID) -> Record:
    """An endpoint of the subtree, locked; NotFound when there is none, or it was deleted."""
    row = await database.fetch_row(
        "SELECT * FROM webhook_endpoints WHERE id = $1 AND scope >= $2 AND scope < $3 AND deleted_at IS NULL "
        "FOR NO KEY UPDATE",
        endpoint_id,
        actor.scope.lower,
        actor.scope.upper,
    )
    if row is None:
        raise NotFound("webhook endpoint", encode("WebhookEndpoint", endpoint_id))
    return row


async def disable(actor: Actor, row: Record, reason: DisabledReason) -> None:
    """Stop delivering to an endpoint that the caller has locked; what waits ends, and can be replayed."""
    await database.execute(
        "UPDATE webhook_endpoints SET enabled = false, disabled_at = $2, disabled_reason = $3 WHERE id = $1",
        row["id"],
        actor.at,
        reason.value,
    )
    await _give_up_all(actor, row["id"])
    await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_DISABLED, row, reason=reason.value))


async def _give_up_all(actor: Actor, endpoint_id: UUID) -> None:
    await database.execute(
        "UPDATE webhook_deliveries SET state = $2, due_at = NULL, lease_token = NULL, finished_at = $3 "
        "WHERE endpoint_id = $1 AND due_at IS NOT NULL",
        endpoint_id,
        DeliveryState.FAILED.value,
        actor.at,
    )


def event_of(event_type: EventType, row: Mapping[str, Any] | Record, **data: Any) -> NewEvent:
    """What happened to an endpoint, `data` beside what is always told."""
    told = {"endpoint_id": encode("WebhookEndpoint", row["id"]), "url": row["url"], **data}
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], told)
