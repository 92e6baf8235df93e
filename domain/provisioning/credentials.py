"""Credentials: handed over by mailed links that work once, and revealed to who may see them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.access.inviting import Secret
from domain.access.queries import Clock, token_hash
from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.provisioning.models import Instance
from domain.shared import database
from domain.shared.actor import Actor, system_actor
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import encode
from domain.shared.writes import Writes

LINK_LASTS: Final = timedelta(days=7)
Open = Callable[[bytes], str]

_SEALED: Final = """
SELECT * FROM instances WHERE scope >= $1 AND scope < $2 AND (id = $3 OR subscription_id = $4) FOR UPDATE
"""
# Used up by the statement that finds it: of two who come at once one gets it.
_USE: Final = """
UPDATE credential_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
RETURNING id, instance_id
"""


async def hand_over(actor: Actor, instance: Instance, request: Mapping[str, Any], links: Sequence[Secret]) -> None:
    """Mail a link to each of whom the order names, and tell that there are credentials, in the caller's transaction.

    `request` is what was asked of the provisioner; people are told the product's name, which it need not know.
    """
    writes, facts = Writes(), {"product": request.get("product_name", request["product"])}
    for recipient, secret in zip(instance.credential_recipients, links, strict=True):
        row = {
            "id": actor.new_id(),
            "instance_id": instance.id,
            "scope": instance.scope,
            "token_hash": token_hash(secret.token),
            "created_at": actor.at,
            "expires_at": actor.at + LINK_LASTS,
        }
        writes.insert("credential_links", row)
        post_with(writes, actor, Letter(Template.CREDENTIALS, recipient, facts, secret.sealed))
    named = ("id", "organization_id", "scope", "subscription_id")
    record_with(writes, actor, _event(EventType.CREDENTIALS_READY, {name: getattr(instance, name) for name in named}))
    await writes.send()


async def reveal_credentials(
    actor: Actor, *, instance_id: UUID | None, subscription_id: UUID | None, open_sealed: Open
) -> dict[str, str]:
    """What opens an instance of the subtree, by name; `credentials.revealed` says who saw it.

    NotFound where there is no such instance, Conflict where it has no credentials (any more).
    """
    async with database.transaction():
        row = await _locked(actor, instance_id, subscription_id)
        return await _shown(actor, row, open_sealed)


async def take_credentials(
    actor: Actor, *, instance_id: UUID | None, subscription_id: UUID | None, open_sealed: Open
) -> dict[str, str]:
    """As `reveal_credentials`, for the last time: nobody sees them again, and open links lead nowhere."""
    async with database.transaction():
        row = await _locked(actor, instance_id, subscription_id)
        shown = await _shown(actor, row, open_sealed)
        await database.execute("UPDATE instances SET outputs_sealed = NULL WHERE id = $1", row["id"])
        return shown


async def open_link(clock: Clock, token: str, *, open_sealed: Open) -> dict[str, str]:
    """What opens the instance that a mailed link is for; the link works once. NotFound for any other token."""
    at: datetime = clock.now()
    async with database.transaction():
        link = await database.fetch_row(_USE, token_hash(token), at)
        row = link and await database.fetch_row("SELECT * FROM instances WHERE id = $1 FOR UPDATE", link["instance_id"])
        if link is None or row is None or row["outputs_sealed"] is None:
            raise NotFound("an open link with this token")
        return await _shown(_bearer(clock, at, link["id"]), row, open_sealed)


def _bearer(clock: Clock, at: datetime, link_id: UUID) -> Actor:
    """Whoever holds the link: what it does is told under the link's own name."""
    nobody = system_actor(at, clock.new_id)
    return Actor(
        encode("CredentialLink", link_id),
        nobody.organization_id,
        nobody.organization_kind,
        nobody.scope,
        frozenset(),
        at,
        clock.new_id,
    )


async def _locked(actor: Actor, instance_id: UUID | None, subscription_id: UUID | None) -> Record:
    row = await database.fetch_row(_SEALED, actor.scope.lower, actor.scope.upper, instance_id, subscription_id)
    if row is None:
        raise NotFound("instance")
    if row["outputs_sealed"] is None:
        raise Conflict("it has no credentials, or they were taken", current=row["state"])
    return row


async def _shown(actor: Actor, row: Record, open_sealed: Open) -> dict[str, str]:
    shown: dict[str, str] = orjson.loads(open_sealed(row["outputs_sealed"]))
    await record(actor, _event(EventType.CREDENTIALS_REVEALED, row))
    return shown


def _event(event_type: EventType, instance: Mapping[str, Any] | Record) -> NewEvent:
    data = {
        "instance_id": encode("Instance", instance["id"]),
        "subscription_id": encode("Subscription", instance["subscription_id"]),
    }
    return NewEvent(event_type, instance["organization_id"], instance["scope"], instance["id"], data)
