"""Quoting a change of a subscription: the one calculation that the preview shows and the commit goes by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.charges import Charge
from domain.billing.policies import CURRENT, Policies, pinned
from domain.catalog.models import Charging, PlanKind
from domain.numbers.allowance import Part as NumberPart
from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.calendar import Term
from domain.shared.errors import Conflict, FieldCode, FieldError
from domain.shared.tiers import costs_for, no_costs, prices_for
from domain.subscriptions.changes import ChangeKind, Part, Rest, check_amounts, check_change, kind_of, prorate
from domain.subscriptions.charging import charges_in_advance
from domain.subscriptions.due import next_term
from domain.subscriptions.numbers import check_numbers_of
from domain.subscriptions.renewing import Proposal, agreed_for, rates_of, wanted_of
from domain.subscriptions.rules import period_months
from domain.subscriptions.turns import Turn

_PLAN: Final = """
SELECT p.id, p.key, p.name, p.rank, p.kind, p.status, p.charging, p.sales_models, p.max_quantity, p.included_numbers,
       d.name AS product_name, d.status AS product_status, d.orderability, d.order_otherwise,
       old.rank AS old_rank, old.kind AS old_kind, old.charging AS old_charging,
       old.included_numbers AS old_included_numbers
FROM plans old JOIN plans p ON p.product_id = old.product_id JOIN products d ON d.id = p.product_id
WHERE old.id = $1 AND p.id = $2
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscription is to have instead; None: what it has."""

    plan_id: UUID | None = None
    quantity: int | None = None


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
    charges: Sequence[Sequence[Charge]] = ()
    renewal_minor: Sequence[int] | None = None

    @property
    def kind(self) -> ChangeKind | None:
        """What kind of change it is; None where nothing changes, or there is no such plan."""
        return kind_of(self.before, self.after) if self.before and self.after else None

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
    problems = check_change(plan, before, after, row["sales_model"])
    if not problems:
        problems = await _check_numbers(actor, turn, plan, before, after)
    now, later = await _prices(turn, plan["id"])
    if after.plan_id != before.plan_id:
        if now is None and not problems:
            problems = [FieldError("planId", FieldCode.NOT_ALLOWED, _not_sold(plan, row))]
        after = Part(after.plan_id, after.rank, after.quantity, now or ())
    problems = problems or check_amounts(after)
    if problems:
        return Quote(turn, problems, plan, before, after)
    charges = [[charge] for charge in prorate(policies_of(turn), before, after, rest_of(turn))] if pays(turn) else []
    return Quote(turn, [], plan, before, after, charges, renewal_of(turn, after, later or after.tier_unit_minor))


async def _check_numbers(actor: Actor, turn: Turn, plan: Record, before: Part, after: Part) -> list[FieldError]:
    """What allows fewer numbers than it did is refused while it has more than that."""
    had = NumberPart(before.plan_id, PlanKind(plan["old_kind"]), plan["old_included_numbers"], before.quantity)
    gets = NumberPart(after.plan_id, PlanKind(plan["kind"]), plan["included_numbers"], after.quantity)
    if gets.allows >= had.allows:
        return []
    path = "quantity" if after.plan_id == before.plan_id else "planId"
    return await check_numbers_of(actor, turn.row, [gets], path)


def _not_sold(plan: Record, row: Mapping[str, Any]) -> str:
    return f"{plan['name']} is not sold {row['sales_model']} in {row['currency']} to this customer"


async def _prices(turn: Turn, plan_id: UUID) -> tuple[list[int] | None, list[int] | None]:
    """Unit prices of a plan on every edge, today and from the next term on: the contract's, or the lists'."""
    of_plan = Turn(turn.row | {"plan_id": plan_id}, turn.today)
    today = wanted_of(of_plan, turn.billing, on=turn.today)
    later = wanted_of(of_plan, turn.pending or turn.billing)
    prices = await prices_of([today, later], await agreed_for([today, later]))
    return prices.get(today), prices.get(later)


def policies_of(turn: Turn) -> Policies:
    """Those that it was bought under."""
    return pinned(turn.row["policies"]) if turn.row["policies"] else CURRENT


def pays(turn: Turn) -> bool:
    """What is on trial, not billed yet, or charged by its use afterwards pays nothing for a change."""
    return turn.row["billed_until"] is not None and turn.charging is Charging.PREPAID


def rest_of(turn: Turn) -> Rest:
    """What is left of its term today."""
    term = Term(turn.row["term_start"], turn.row["term_end"])
    return Rest(term, turn.today, turn.row["currency"], period_months(turn.billing.sales_model))


def renewal_of(turn: Turn, after: Part, tiers: Sequence[int]) -> list[int] | None:
    """What the next term of something else would cost at these unit prices, by edge; None where it does not renew."""
    if turn.life.ends:
        return None
    row, billing = turn.row | {"quantity": after.quantity}, turn.pending or turn.billing
    anchor_day = row["anchor_day"] or row["term_start"].day
    term = next_term(row["term_end"], billing, anchor_day=anchor_day, expires_on=row["expires_on"])
    changed = Turn(row, turn.today)
    charges = charges_in_advance(turn.charging, rates_of(Proposal(changed, term, billing, tiers, row["cycle"])), term)
    return [sum(charge.amount_minor for charge in edge) for edge in charges]


def token_of(actor: Actor, found: Quote) -> str:
    """What a preview is known by: of what is changed into what, and of the amounts that this actor sees, not of others.

    A token of all edges would let a buyer find its seller's cost by trying.
    """
    path = found.turn.row["scope"]
    price, cost = prices_for(actor.scope), costs_for(actor.scope) if _sees_costs(actor) else no_costs
    seen = [see(path, amounts) for see in (price, cost) for amounts in (found.now_minor, found.renewal_minor)]
    wanted = found.after and (str(found.after.plan_id), found.after.quantity)
    return sha256(repr((str(found.turn.row["id"]), wanted, seen)).encode()).hexdigest()[:32]


def _sees_costs(actor: Actor) -> bool:
    return Permission.COSTS_READ in actor.permissions


def check_token(actor: Actor, found: Quote, token: str | None) -> None:
    """Raise Conflict where a preview's token is given, and the change would come to something else by now."""
    if token is not None and token != token_of(actor, found):
        raise Conflict(
            "it would cost something else than was previewed: look at it again", current=found.turn.row["state"]
        )
