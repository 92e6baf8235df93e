"""Writing what became of subscriptions: their rows, when to look again, their events, what provisioners are asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from domain.events.actions import record
from domain.provisioning.wishing import wish
from domain.shared import database
from domain.shared.actor import Actor
from domain.subscriptions.due import Life, next_step
from domain.subscriptions.turns import Turn
from domain.usage.months import Metered, open_months
from domain.usage.rules import midnight

_CHANGING: Final[Mapping[str, str]] = {
    "state": "text",
    "auto_renew": "bool",
    "anchor_day": "int",
    "expires_on": "date",
    "term_start": "date",
    "term_end": "date",
    "billed_until": "date",
    "sales_model": "text",
    "cycle_multiplier": "int",
    "tier_unit_minor": "bigint[]",
    "cycle": "int",
    "unpaid_since": "date",
    "retry_on": "date",
    "reminded_of": "date",
    "kept_until": "date",
    "pending_sales_model": "text",
    "pending_cycle_multiplier": "int",
    "pending_since": "timestamptz",
    "due_at": "timestamptz",
    "plan_id": "uuid",
    "quantity": "int",
    "add_ons": "jsonb",
    "change": "jsonb",
}
_SAVE: Final = f"""
UPDATE subscriptions s SET {", ".join(f"{name} = n.{name}" for name in _CHANGING)}
FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, {", ".join(f"{name} {kind}" for name, kind in _CHANGING.items())})
WHERE s.id = n.id
"""  # noqa: S608 - constants
_INSTANCES: Final = "SELECT subscription_id, id FROM instances WHERE subscription_id = ANY($1)"


async def save(actor: Actor, turns: Sequence[Turn]) -> None:
    """Write all of them in the caller's transaction, which holds their rows."""
    if turns:
        await database.execute(_SAVE, orjson.dumps([_saved(turn) for turn in turns], default=str).decode())
        await open_months(actor, [metered for turn in turns for metered in _metered(turn)])
        await _tell(actor, turns)


def _saved(turn: Turn) -> dict[str, Any]:
    row = {name: turn.row[name] for name in ("id", *_CHANGING)}
    return row | {"due_at": due_at(turn.life, turn.row["time_zone"])}


def due_at(life: Life, time_zone: str) -> datetime | None:
    """When to look at a subscription next: as its next day begins where the customer is; None for never."""
    found = next_step(life)
    return None if found is None else midnight(found[0], time_zone)


def _metered(turn: Turn) -> list[Metered]:
    row = turn.row
    return [Metered(row["id"], term, row["anchor_day"] or term.start.day, row["time_zone"]) for term in turn.metered]


async def _tell(actor: Actor, turns: Sequence[Turn]) -> None:
    """Record the events of all, and ask provisioners, now or once they have done what they are doing."""
    if events := [event for turn in turns for event in turn.events]:
        await record(actor, *events)
    wishing = {turn.row["id"]: turn for turn in turns if turn.wishes}
    for row in await database.fetch(_INSTANCES, list(wishing)) if wishing else ():
        for action in wishing[row["subscription_id"]].wishes:
            await wish(actor, row["id"], action)
