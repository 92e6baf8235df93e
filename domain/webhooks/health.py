"""Endpoints that do not take what they are sent: their owners are warned, then they are disabled."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.access.permissions import Role
from domain.events.actions import record
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.writes import Writes
from domain.webhooks.actions import disable, event_of
from domain.webhooks.models import DisabledReason
from domain.webhooks.rules import FAILING_LIMIT, WARNINGS_PERCENT, warning_due

_LOOKED_AT: Final = 100  # endpoints in one transaction
_WARNED: Final = (Role.OWNER.value, Role.ADMIN.value)


async def disable_gone(actor: Actor, endpoint_id: UUID) -> None:
    """Disable an endpoint that answered 410: nobody wants anything there any more. A second time changes nothing."""
    async with database.transaction():
        row = await database.fetch_row("SELECT * FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE", endpoint_id)
        if row is not None and row["enabled"]:
            await disable(actor, row, DisabledReason.GONE)
            await _tell(actor, row, Template.WEBHOOK_DISABLED, {"why": "it answered that it is gone (410)"})


async def look_after_failing(actor: Actor) -> int:
    """Warn owners of what only fails at 25, 50 and 75 % of five days, then disable it; answers how many were done."""
    async with database.transaction():
        rows = await database.fetch(
            "SELECT * FROM webhook_endpoints WHERE enabled AND failing_since <= $1 AND (failing_since <= $2 "
            "OR warned_percent < floor(extract(epoch FROM $3 - failing_since) * 100 / $4 / 25) * 25) "
            "ORDER BY id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED",
            actor.at - FAILING_LIMIT * WARNINGS_PERCENT[0] / 100,
            actor.at - FAILING_LIMIT,
            actor.at,
            int(FAILING_LIMIT.total_seconds()),
            _LOOKED_AT,
        )
        return sum([await _look_after(actor, row) for row in rows])


async def _look_after(actor: Actor, row: Record) -> bool:
    failing = actor.at - row["failing_since"]
    if failing >= FAILING_LIMIT:
        await disable(actor, row, DisabledReason.FAILING)
        await _tell(actor, row, Template.WEBHOOK_DISABLED, {"why": "it took nothing for five days"})
        return True
    percent = warning_due(failing, row["warned_percent"])
    if percent is None:
        return False
    await database.execute("UPDATE webhook_endpoints SET warned_percent = $2 WHERE id = $1", row["id"], percent)
    disabled_at = (row["failing_since"] + FAILING_LIMIT).isoformat(timespec="minutes").replace("+00:00", "Z")
    since = row["failing_since"].isoformat(timespec="minutes").replace("+00:00", "Z")
    told = {"failing_since": since, "disabled_at": disabled_at}
    await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_FAILING, row, percent=percent, **told))
    await _tell(actor, row, Template.WEBHOOK_FAILING, told)
    return True


async def _tell(actor: Actor, row: Record, template: Template, facts: dict[str, str]) -> None:
    """Write to the owners and administrators of the endpoint's organization."""
    recipients = await database.fetch(
        "SELECT u.email, o.name FROM members m JOIN users u ON u.id = m.user_id "
        "JOIN organizations o ON o.id = m.organization_id "
        "WHERE m.organization_id = $1 AND m.role = ANY($2) AND m.removed_at IS NULL",
        row["organization_id"],
        list(_WARNED),
    )
    if not recipients:
        return
    writes = Writes()
    for each in recipients:
        told = {"organization": each["name"], "url": row["url"], **facts}
        post_with(writes, actor, Letter(template, each["email"], told))
    await writes.send()
