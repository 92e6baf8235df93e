"""Extending the running term: by whole billing cycles, or to an exact day."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.billing.batches import Entry, charge
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term, add_months, local_date
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.renewing import Proposal, charges_of, prices_for_days, subject_of
from domain.subscriptions.rules import MAX_MULTIPLIER, months_of
from domain.subscriptions.saving import save
from domain.subscriptions.turns import Turn


@dataclass(frozen=True, slots=True)
class Extension:
    """QUICK: so many billing cycles. ABSOLUTE: until a day, the new last one. Exactly one of them is given."""

    cycles: int | None
    until: date | None


async def extend_subscription(actor: Actor, subscription_id: UUID, extension: Extension) -> UUID:
    """Let the running term end later, charged at once at the contract's or today's list price (B3-S 9).

    InsufficientCredit where the customer's account does not cover it.
    """
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.EXTEND)
        turn = Turn(dict(row), local_date(actor.at, row["time_zone"]))
        end = extended_end(turn, extension)
        added = Term(row["term_end"], end)
        tiers, add_ons = await prices_for_days(turn)
        charges = charges_of(Proposal(turn, added, turn.billing, tiers, row["cycle"], add_ons))
        entry = Entry(subject_of(turn), charges, f"term:{subscription_id}:{added.start}")
        await charge(actor, entry)
        before = turn.told()
        turn.row |= {"term_end": end, "billed_until": end, "anchor_day": end.day}
        if extension.cycles is not None:
            turn.row["anchor_day"] = row["anchor_day"]
        if row["expires_on"] is not None:
            turn.row["expires_on"] = max(row["expires_on"], end - timedelta(days=1))
        turn.meter(added)
        amounts = [sum(charge.amount_minor for charge in edge) for edge in charges]
        turn.tell(EventType.SUBSCRIPTION_EXTENDED, before, turn.told(), amounts)
        await save(actor, [turn])
        return subscription_id


def extended_end(turn: Turn, extension: Extension) -> date:
    """The first day after the extended term; Invalid for one that may not be."""
    end: date = turn.row["term_end"]
    if (extension.cycles is None) is (extension.until is None):
        message = "give either a number of billing cycles or an exact day"
        raise Invalid([FieldError("cycles", FieldCode.REQUIRED, message)])
    if extension.cycles is not None:
        if not 1 <= extension.cycles <= MAX_MULTIPLIER:
            message = f"must be between 1 and {MAX_MULTIPLIER}"
            raise Invalid([FieldError("cycles", FieldCode.OUT_OF_RANGE, message)])
        return add_months(end, months_of(turn.billing) * extension.cycles, anchor_day=turn.row["anchor_day"])
    until = extension.until or end
    earliest, latest = add_months(end, 1) - timedelta(days=1), add_months(end, 12 * MAX_MULTIPLIER)
    if not earliest <= until <= latest:
        message = f"must be at least one month after the current expiry, {earliest}, and not after {latest}"
        raise Invalid([FieldError("until", FieldCode.OUT_OF_RANGE, message)])
    return until + timedelta(days=1)
