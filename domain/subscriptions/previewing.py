"""Looking what a change of a subscription would come to; nothing is written."""

from dataclasses import dataclass
from uuid import UUID

from domain.billing.reserving import lacking
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.money import Money
from domain.subscriptions.buying import with_numbers
from domain.subscriptions.guards import Refusal, SubscriptionAction, refusal_of, standing_of
from domain.subscriptions.loading import read_row
from domain.subscriptions.quoting import Quote, Wish, quote
from domain.subscriptions.renewing import subject_of
from domain.subscriptions.turns import Turn


@dataclass(frozen=True, slots=True)
class Preview:
    """A quote, why no change is possible at all, and how much the account is short, where the actor may see that."""

    quote: Quote
    refusal: Refusal | None
    short: Money | None


async def preview_change(actor: Actor, subscription_id: UUID, wish: Wish) -> Preview | None:
    """What a change would come to today, and all that it would be refused with; None outside the actor's subtree."""
    row = await read_row(actor, subscription_id)
    if row is None:
        return None
    turn = Turn(dict(row), local_date(actor.at, row["time_zone"]))
    refusal = refusal_of(SubscriptionAction.CHANGE_PLAN, standing_of(row))
    if refusal is not None:
        return Preview(Quote(turn, []), refusal, None)
    wish, problems = await with_numbers(actor, turn.row, wish)
    if problems:
        return Preview(Quote(turn, problems), None, None)
    found = await quote(actor, turn, wish)
    owed = found.now_minor[-1] if found.charges else 0
    return Preview(found, None, await lacking(actor, subject_of(turn), owed))
