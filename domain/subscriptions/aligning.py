"""Aligning renewals: subscriptions of a customer renew on one day from then on, each charged for the days more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.batches import Entry, charge
from domain.billing.charges import Charge
from domain.events.types import EventType
from domain.organizations.queries import chain_to
from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.calendar import Term, add_months, local_date
from domain.shared.errors import Conflict, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.tiers import costs_for, no_costs, prices_for
from domain.subscriptions.addons import priced
from domain.subscriptions.guards import SubscriptionAction, refusal_of, standing_of
from domain.subscriptions.renewing import Proposal, agreed_for, charges_of, subject_of, wanted_of_all
from domain.subscriptions.rules import MAX_MULTIPLIER
from domain.subscriptions.saving import save
from domain.subscriptions.turns import Turn

MAX_ALIGNED: Final = 100  # at once
_ROWS: Final = """
SELECT s.*, o.time_zone, d.key AS product_key, d.name AS product_name, p.key AS plan_key, p.name AS plan_name
FROM subscriptions s
JOIN organizations o ON o.id = s.organization_id
JOIN products d ON d.id = s.product_id
JOIN plans p ON p.id = s.plan_id
WHERE s.organization_id = $1 AND s.scope >= $2 AND s.scope < $3 AND ($4::uuid[] IS NULL OR s.id = ANY($4))
  AND (s.term_end IS NOT NULL AND s.state IN ('ACTIVE', 'SUSPENDED') AND NOT s.is_protected OR s.id = ANY($4))
ORDER BY s.id {locked}
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which subscriptions of a customer (None: all that renew) are to renew on which day (None: their latest)."""

    customer_id: UUID
    subscription_ids: Sequence[UUID] | None
    on: date | None


@dataclass(frozen=True, slots=True)
class Aligned:
    """One of them: the days more, and what they cost on every edge."""

    turn: Turn
    added: Term
    charges: Sequence[Sequence[Charge]]

    @property
    def tier_minor(self) -> list[int]:
        """What it is charged, by edge."""
        return [sum(charge.amount_minor for charge in edge) for edge in self.charges]


@dataclass(frozen=True, slots=True)
class Alignment:
    """What aligning would come to: on which day all renew, and what is wrong with that."""

    on: date | None
    lines: Sequence[Aligned]
    problems: Sequence[FieldError]


async def align_renewals(actor: Actor, wanted: Wanted, token: str | None) -> list[UUID]:
    """Let them all renew on one day, charged at once for the days more (contract's or list price): all or nothing.

    Invalid for what cannot be aligned, Conflict where it costs something else than the preview of this token said,
    InsufficientCredit where the customer's account does not cover all of it.
    """
    async with database.transaction():
        found = await _align(actor, wanted, locked="FOR UPDATE OF s")
        if found.problems or found.on is None:
            raise Invalid(found.problems)
        if token is not None and token != token_of(actor, found):
            raise Conflict("it would cost something else than was previewed: look at it again")
        longer = [line for line in found.lines if line.added.days]
        await charge(actor, *(_entry(line) for line in longer))
        for line in longer:
            before = line.turn.told()
            line.turn.row |= {"term_end": found.on, "billed_until": found.on}
            line.turn.meter(line.added)
            line.turn.tell(EventType.SUBSCRIPTION_EXTENDED, before, line.turn.told(), line.tier_minor)
        for line in found.lines:
            line.turn.row["anchor_day"] = found.on.day
        await save(actor, [line.turn for line in found.lines])
        return [line.turn.row["id"] for line in found.lines]


async def preview_alignment(actor: Actor, wanted: Wanted) -> Alignment:
    """What `align_renewals` would come to today; nothing is written."""
    return await _align(actor, wanted, locked="")


def _entry(line: Aligned) -> Entry:
    return Entry(subject_of(line.turn), line.charges, f"term:{line.turn.row['id']}:{line.added.start}")


async def _align(actor: Actor, wanted: Wanted, *, locked: str) -> Alignment:
    ids = None if wanted.subscription_ids is None else list(dict.fromkeys(wanted.subscription_ids))
    if ids is not None and not 1 <= len(ids) <= MAX_ALIGNED:
        message = f"name between 1 and {MAX_ALIGNED}"
        return Alignment(wanted.on, (), [FieldError("subscriptionIds", FieldCode.OUT_OF_RANGE, message)])
    await chain_to(actor, wanted.customer_id)
    seen = (wanted.customer_id, actor.scope.lower, actor.scope.upper, ids)
    rows = await database.fetch(_ROWS.format(locked=locked), *seen)
    if ids is not None and len(rows) < len(ids):
        missing = next(one for one in ids if one not in {row["id"] for row in rows})
        raise NotFound("subscription", encode("Subscription", missing))
    turns, problems = _alignable(actor, rows, ids)
    if len(turns) > MAX_ALIGNED:
        message = f"{len(turns)} renew: name at most {MAX_ALIGNED} of them"
        problems.append(FieldError("subscriptionIds", FieldCode.TOO_LONG, message))
    if not turns and not problems:
        problems.append(FieldError("subscriptionIds", FieldCode.REQUIRED, "nothing of this customer renews"))
    if problems:
        return Alignment(wanted.on, (), problems)
    on = wanted.on or max(turn.row["term_end"] for turn in turns)
    if problems := _check_day(on, turns):
        return Alignment(on, (), problems)
    return Alignment(on, await _lines(turns, on), [])


def _alignable(actor: Actor, rows: Sequence[Record], ids: Sequence[UUID] | None) -> tuple[list[Turn], list[FieldError]]:
    """Those that renew and can be extended; of those that were named, the others are refused with the reason."""
    turns, problems = [], []
    for row in rows:
        turn = Turn(dict(row), local_date(actor.at, row["time_zone"]))
        refusal = refusal_of(SubscriptionAction.EXTEND, standing_of(row))
        reason = refusal.reason if refusal else "it ends with its term: switch auto-renewal on first"
        if refusal is None and not turn.life.ends:
            turns.append(turn)
        elif ids is not None:
            path = f"subscriptionIds.{ids.index(row['id'])}"
            problems.append(FieldError(path, FieldCode.NOT_APPLICABLE, reason))
    return turns, problems


def _check_day(on: date, turns: Sequence[Turn]) -> list[FieldError]:
    """No term is made shorter, and none longer than an extension may make it."""
    earliest = max(turn.row["term_end"] for turn in turns)
    latest = add_months(min(turn.row["term_end"] for turn in turns), 12 * MAX_MULTIPLIER)
    if earliest <= on <= latest:
        return []
    message = f"must be between {earliest}, when the last of them renews, and {latest}"
    return [FieldError("on", FieldCode.OUT_OF_RANGE, message)]


async def _lines(turns: Sequence[Turn], on: date) -> list[Aligned]:
    wanted = {turn.row["id"]: wanted_of_all(turn, turn.billing) for turn in turns}
    asked = [one for several in wanted.values() for one in several]
    prices = await prices_of(set(asked), await agreed_for(asked))
    lines = []
    for turn in turns:
        row, found = turn.row, wanted[turn.row["id"]]
        added, tiers = Term(row["term_end"], on), prices.get(found[0], row["tier_unit_minor"])
        charges: list[list[Charge]] = [[] for _ in tiers]
        if added.days:
            add_ons = priced(row, found[1:], prices)
            charges = charges_of(Proposal(turn, added, turn.billing, tiers, row["cycle"], add_ons))
        lines.append(Aligned(turn, added, charges))
    return lines


def token_of(actor: Actor, found: Alignment) -> str:
    """What a preview is known by: the day, and each subscription with the amounts of it that this actor sees."""
    price = prices_for(actor.scope)
    cost = costs_for(actor.scope) if Permission.COSTS_READ in actor.permissions else no_costs
    seen: list[Any] = [str(found.on)]
    for line in found.lines:
        path = line.turn.row["scope"]
        seen.append((str(line.turn.row["id"]), price(path, line.tier_minor), cost(path, line.tier_minor)))
    return sha256(repr(seen).encode()).hexdigest()[:32]
