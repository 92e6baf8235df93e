"""Quoting a change of a subscription: the one calculation that the preview shows and the commit goes by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.charges import Charge
from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.errors import Conflict, FieldCode, FieldError
from domain.shared.tiers import costs_for, no_costs, prices_for
from domain.subscriptions.addon_quotes import quote_add_ons
from domain.subscriptions.addons import AddOn, add_ons_of, kept, priced
from domain.subscriptions.changes import ChangeKind, Part, check_amounts, check_change, kind_of, prorate
from domain.subscriptions.due import next_term
from domain.subscriptions.numbers import check_numbers_of, parts_of
from domain.subscriptions.renewing import Proposal, agreed_for, charges_of, wanted_of, wanted_of_all
from domain.subscriptions.turns import Turn
from domain.subscriptions.within import pays, policies_of, rest_of

_PLAN: Final = """
SELECT p.id, p.key, p.name, p.rank, p.kind, p.status, p.charging, p.sales_models, p.max_quantity,
       d.name AS product_name, d.status AS product_status, d.orderability, d.order_otherwise,
       old.rank AS old_rank, old.kind AS old_kind, old.charging AS old_charging
FROM plans old JOIN plans p ON p.product_id = old.product_id JOIN products d ON d.id = p.product_id
WHERE old.id = $1 AND p.id = $2
"""
_OF_QUANTITY: Final = frozenset({ChangeKind.INCREASE, ChangeKind.DECREASE})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscription is to have instead; None: what it has. Of add-ons, those that are named: 0 for none.

    `numbers` (E.164) are to be added to those that it has: what they need of their SKUs is among the rest.
    """

    plan_id: UUID | None = None
    quantity: int | None = None
    add_ons: Sequence[tuple[UUID, int]] = ()
    numbers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A change as it would be today: what it costs now and what the next term would cost, on every edge (minor units).

    Without `plan` there is none such; with problems it is refused. `renewal_minor` is None where it does not renew.
    """

    turn: Turn
    problems: Sequence[FieldError]
    plan: Mapping[str, Any] | None = None
    before: Part | None = None
    after: Part | None = None
    add_ons: Sequence[AddOn] = ()
    charges: Sequence[Sequence[Charge]] = ()
    renewal_minor: Sequence[int] | None = None

    @property
    def kind(self) -> ChangeKind | None:
        """What kind of change it is; None where nothing changes, or there is no such plan."""
        if self.before is None or self.after is None:
            return None
        main = kind_of(self.before, self.after)
        return main or (None if list(self.add_ons) == add_ons_of(self.turn.row) else ChangeKind.ADD_ONS)

    @property
    def now_minor(self) -> list[int]:
        """What is charged at once, by edge."""
        return [sum(charge.amount_minor for charge in edge) for edge in self.charges]


async def quote(actor: Actor, turn: Turn, wish: Wish) -> Quote:
    """What a change of a subscription, that stands so that it is possible, would come to today."""
    row = turn.row
    plan = await database.fetch_row(_PLAN, row["plan_id"], wish.plan_id or row["plan_id"])
    if plan is None:
        message = "is no plan of the product that this subscription is of"
        return Quote(turn, [FieldError("planId", FieldCode.NOT_FOUND, message)])
    before = Part(row["plan_id"], plan["old_rank"], row["quantity"], row["tier_unit_minor"])
    quantity = row["quantity"] if wish.quantity is None else wish.quantity
    after = Part(plan["id"], plan["rank"], quantity, before.tier_unit_minor)
    beside = await quote_add_ons(turn, after, wish.add_ons, has_numbers=bool(wish.numbers))
    now, later, add_ons = await _prices(turn, plan["id"], beside.add_ons)
    problems = [*check_change(plan, before, after, row["sales_model"]), *beside.problems]
    if after.plan_id != before.plan_id:
        if now is None and not problems:
            problems = [FieldError("planId", FieldCode.NOT_ALLOWED, _not_sold(plan, row))]
        after = Part(after.plan_id, after.rank, after.quantity, now or ())
    found = Quote(turn, problems, plan, before, after, beside.add_ons)
    problems = problems or await _check_whole(actor, found, wish)
    if problems:
        return replace(found, problems=problems)
    renewal = renewal_of(turn, after, later or after.tier_unit_minor, add_ons)
    return replace(found, charges=_charges(found, beside.charges), renewal_minor=renewal)


def _charges(found: Quote, beside: Sequence[Sequence[Charge]]) -> list[list[Charge]]:
    """By edge: for its plan, then for each add-on that changes."""
    if found.before is None or found.after is None or not pays(found.turn):
        return []
    edges: list[list[Charge]] = [[] for _ in found.before.tier_unit_minor]
    if kind_of(found.before, found.after) is not None:
        main = prorate(policies_of(found.turn), found.before, found.after, rest_of(found.turn))
        edges = [[charge] for charge in main]
    return [[*charges, *(one[edge] for one in beside)] for edge, charges in enumerate(edges)]


async def _check_whole(actor: Actor, found: Quote, wish: Wish) -> list[FieldError]:
    """What is wrong with it all together: nothing changes, too many numbers are left, or it is too much."""
    if found.kind is None and not wish.numbers:
        message = "it is so already: name another plan, another quantity, or add-ons"
        return [FieldError("planId", FieldCode.NOT_ALLOWED, message)]
    if found.plan is None or found.before is None or found.after is None:
        return []
    problems = await _check_numbers(actor, found, found.before, found.after)
    return problems or check_amounts(found.after)


async def _check_numbers(actor: Actor, found: Quote, before: Part, after: Part) -> list[FieldError]:
    """What allows fewer numbers than it did is refused while it has more than that."""
    had = await parts_of(before.plan_id, before.quantity, add_ons_of(found.turn.row))
    gets = await parts_of(after.plan_id, after.quantity, found.add_ons)
    if sum(part.allows for part in gets) >= sum(part.allows for part in had):
        return []
    path = "planId" if after.plan_id != before.plan_id else "quantity" if found.kind in _OF_QUANTITY else "addons"
    return await check_numbers_of(actor, found.turn.row, gets, path)


def _not_sold(plan: Record, row: Mapping[str, Any]) -> str:
    return f"{plan['name']} is not sold {row['sales_model']} in {row['currency']} to this customer"


async def _prices(
    turn: Turn, plan_id: UUID, add_ons: Sequence[AddOn]
) -> tuple[list[int] | None, list[int] | None, list[AddOn]]:
    """Unit prices of a plan today and from the next term on, by edge, and add-ons at those of then."""
    changed = Turn(turn.row | {"plan_id": plan_id, "add_ons": kept(add_ons)}, turn.today)
    today, billing = wanted_of(changed, turn.billing, on=turn.today), turn.pending or turn.billing
    later = wanted_of_all(changed, billing)
    prices = await prices_of([today, *later], await agreed_for([today, *later]))
    return prices.get(today), prices.get(later[0]), priced(changed.row, later[1:], prices)


def renewal_of(turn: Turn, after: Part, tiers: Sequence[int], add_ons: Sequence[AddOn]) -> list[int] | None:
    """What the next term of something else would cost at these prices, by edge; None where it does not renew."""
    if turn.life.ends:
        return None
    row, billing = turn.row | {"quantity": after.quantity}, turn.pending or turn.billing
    anchor_day = row["anchor_day"] or row["term_start"].day
    term = next_term(row["term_end"], billing, anchor_day=anchor_day, expires_on=row["expires_on"])
    charges = charges_of(Proposal(Turn(row, turn.today), term, billing, tiers, row["cycle"], add_ons))
    return [sum(charge.amount_minor for charge in edge) for edge in charges]


def token_of(actor: Actor, found: Quote) -> str:
    """What a preview is known by: of what is changed into what, and of the amounts that this actor sees, not of others.

    A token of all edges would let a buyer find its seller's cost by trying.
    """
    path = found.turn.row["scope"]
    price, cost = prices_for(actor.scope), costs_for(actor.scope) if _sees_costs(actor) else no_costs
    seen = [see(path, amounts) for see in (price, cost) for amounts in (found.now_minor, found.renewal_minor)]
    add_ons = [(str(one.plan_id), one.quantity) for one in found.add_ons]
    wanted = found.after and (str(found.after.plan_id), found.after.quantity, add_ons)
    return sha256(repr((str(found.turn.row["id"]), wanted, seen)).encode()).hexdigest()[:32]


def _sees_costs(actor: Actor) -> bool:
    return Permission.COSTS_READ in actor.permissions


def check_token(actor: Actor, found: Quote, token: str | None) -> None:
    """Raise Conflict where a preview's token is given, and the change would come to something else by now."""
    if token is not None and token != token_of(actor, found):
        raise Conflict(
            "it would cost something else than was previewed: look at it again", current=found.turn.row["state"]
        )
