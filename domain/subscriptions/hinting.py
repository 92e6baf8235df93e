"""What changes of many subscriptions would cost: the next higher plan, one more of it, one more of its first add-on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.pricing.bulk import Wanted, prices_of
from domain.shared import database
from domain.subscriptions.addons import AddOn, add_ons_of, priced, wanted_of_add_on
from domain.subscriptions.changes import MAIN, Part, prorate
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.quoting import renewal_of
from domain.subscriptions.renewing import agreed_for, wanted_of_all
from domain.subscriptions.turns import Turn
from domain.subscriptions.within import pays, policies_of, rest_of

_NEXT: Final = """
SELECT DISTINCT ON (s.id) s.id AS subscription_id, old.rank AS old_rank, p.id, p.rank,
       (SELECT o.id FROM plan_add_ons a JOIN plans o ON o.id = a.add_on_id
         WHERE a.plan_id = s.plan_id AND o.status = 'ACTIVE' AND s.sales_model = ANY(o.sales_models)
         ORDER BY o.key LIMIT 1) AS add_on_id
FROM subscriptions s JOIN plans old ON old.id = s.plan_id
LEFT JOIN plans p ON p.product_id = old.product_id AND p.rank > old.rank AND p.status = 'ACTIVE'
                 AND (p.kind = old.kind OR p.kind = ANY($2) AND old.kind = ANY($2)) AND p.charging = old.charging
                 AND s.sales_model = ANY(p.sales_models)
WHERE s.id = ANY($1) ORDER BY s.id, p.rank
"""
A = SubscriptionAction
HINTED: Final = frozenset({A.CHANGE_PLAN, A.CHANGE_QUANTITY, A.CHANGE_ADDONS})


@dataclass(frozen=True, slots=True)
class Hint:
    """What an action would cost at once and, where it renews, at the next renewal, on every edge (minor units)."""

    now_minor: Sequence[int]
    renewal_minor: Sequence[int] | None


async def hints_of(turns: Sequence[Turn]) -> dict[tuple[UUID, SubscriptionAction], Hint]:
    """Of subscriptions with a term; absent where there is no higher plan or add-on, or it is not sold there today."""
    ids, main = [turn.row["id"] for turn in turns], [kind.value for kind in MAIN]
    found = {row["subscription_id"]: row for row in await database.fetch(_NEXT, ids, main)}
    each = [_Asked(turn, found[turn.row["id"]]) for turn in turns]
    wanted = [one for asked in each for one in asked.wanted()]
    prices = await prices_of(set(wanted), await agreed_for(wanted)) if wanted else {}
    return {(asked.turn.row["id"], action): hint for asked in each for action, hint in asked.hints(prices)}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A subscription, and its rank with what of other plans there is: the next higher one, the first add-on."""

    turn: Turn
    found: Record

    def wanted(self) -> list[Wanted]:
        later = wanted_of_all(self.turn, self.turn.pending or self.turn.billing)
        others = (self.found["id"], self.found["add_on_id"])
        return [*later, *(one for plan_id in others if plan_id is not None for one in self._both(plan_id))]

    def _both(self, plan_id: UUID) -> tuple[Wanted, Wanted]:
        """What is to be priced of another plan: today, and for the next term."""
        turn, billing = self.turn, self.turn.pending or self.turn.billing
        today = wanted_of_add_on(turn.row, plan_id, turn.billing, turn.today)
        return today, wanted_of_add_on(turn.row, plan_id, billing, turn.row["term_end"])

    def _priced(
        self, plan_id: UUID | None, prices: Mapping[Wanted, Sequence[int]]
    ) -> tuple[Sequence[int], Sequence[int]] | None:
        """What another plan costs today and for the next term; None where it is not sold today."""
        if plan_id is None:
            return None
        today, later = self._both(plan_id)
        now = prices.get(today)
        return None if now is None else (now, prices.get(later, now))

    def hints(self, prices: Mapping[Wanted, Sequence[int]]) -> Iterator[tuple[SubscriptionAction, Hint]]:
        turn, row, found = self.turn, self.turn.row, self.found
        later = wanted_of_all(turn, turn.pending or turn.billing)
        own, add_ons = prices.get(later[0], row["tier_unit_minor"]), priced(row, later[1:], prices)
        before = Part(row["plan_id"], found["old_rank"], row["quantity"], row["tier_unit_minor"])
        more = replace(before, quantity=before.quantity + 1)
        yield A.CHANGE_QUANTITY, Hint(_now(turn, before, more), renewal_of(turn, more, own, add_ons))
        if (both := self._priced(found["id"], prices)) is not None:
            above = Part(found["id"], found["rank"], row["quantity"], both[0])
            yield A.CHANGE_PLAN, Hint(_now(turn, before, above), renewal_of(turn, above, both[1], add_ons))
        if (both := self._priced(found["add_on_id"], prices)) is not None:
            has = next((one for one in add_ons_of(row) if one.plan_id == found["add_on_id"]), None)
            fewer = Part(found["add_on_id"], 0, has.quantity if has else 0, has.tier_unit_minor if has else both[0])
            one_more = replace(fewer, quantity=fewer.quantity + 1)
            added = AddOn(fewer.plan_id, "", "", "", one_more.quantity, both[1])
            beside = [*(one for one in add_ons if one.plan_id != fewer.plan_id), added]
            yield A.CHANGE_ADDONS, Hint(_now(turn, fewer, one_more), renewal_of(turn, before, own, beside))


def _now(turn: Turn, before: Part, after: Part) -> list[int]:
    if not pays(turn):
        return [0] * len(before.tier_unit_minor)
    return [charge.amount_minor for charge in prorate(policies_of(turn), before, after, rest_of(turn))]
