"""Resolvers of changing plan and quantity of subscriptions, and of looking first what that costs."""

from collections.abc import Sequence
from dataclasses import replace

from domain.catalog.plan_rules import MAX_ADD_ONS
from domain.shared.actor import Actor, Permission
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import decode
from domain.shared.tiers import costs_for, no_costs, prices_for
from domain.subscriptions.changing import change_content
from domain.subscriptions.previewing import Preview, preview_change
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.subscriptions.quoting import Wish, token_of
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from schema.changing import (
    AddOnQuantityInput,
    ChangeAddonsInput,
    ChangeAddonsResult,
    ChangeAddonsSuccess,
    ChangeAmounts,
    ChangePlanInput,
    ChangePlanResult,
    ChangePlanSuccess,
    PreviewSubscriptionChangeInput,
    SubscriptionChangePreview,
)
from schema.charges import shown
from schema.context import Info
from schema.errors import FieldProblem
from schema.money import Money, money
from schema.scalars import CurrencyCode


async def preview_subscription_change(
    info: Info,
    input: PreviewSubscriptionChangeInput,  # noqa: A002 - the argument's public name
) -> SubscriptionChangePreview | None:
    """What another plan or quantity of a subscription would cost, now and at renewal; null if there is no such one."""
    actor, wish = actor_of(info), _wish(input.plan_id, input.quantity, input.addons)
    wish = replace(wish, numbers=input.numbers or ())
    made = await preview_change(actor, decode("Subscription", input.id), wish)
    return None if made is None else _shown(actor, made)


async def change_plan(info: Info, input: ChangePlanInput) -> ChangePlanResult:  # noqa: A002 - the argument's public name
    """Have another plan of its product, another quantity, or both: what more that costs is charged once it is done."""
    subscription_id, wish = decode("Subscription", input.id), _wish(input.plan_id, input.quantity)
    token = input.preview_token
    made = await run_once(info, input, lambda: change_content(actor_of(info), subscription_id, wish, token))
    return ChangePlanSuccess(subscription=await read_written(info, "Subscription", SUBSCRIPTIONS, made, "subscription"))


async def change_addons(info: Info, input: ChangeAddonsInput) -> ChangeAddonsResult:  # noqa: A002 - the argument's public name
    """Have more or less of a subscription's add-ons: what is more is charged for the rest of its term, once done."""
    subscription_id, wish, token = (
        decode("Subscription", input.id),
        _wish(None, None, input.addons),
        input.preview_token,
    )
    made = await run_once(info, input, lambda: change_content(actor_of(info), subscription_id, wish, token))
    found = await read_written(info, "Subscription", SUBSCRIPTIONS, made, "subscription")
    return ChangeAddonsSuccess(subscription=found)


def _wish(plan_id: str | None, quantity: int | None, add_ons: Sequence[AddOnQuantityInput] | None = None) -> Wish:
    if add_ons is not None and len(add_ons) > MAX_ADD_ONS:
        message = f"has {len(add_ons)} add-ons, at most {MAX_ADD_ONS}"
        raise Invalid([FieldError("addons", FieldCode.TOO_LONG, message)])
    wanted = [
        (decode("Plan", one.plan_id, path=f"addons.{place}.planId"), one.quantity)
        for place, one in enumerate(add_ons or ())
    ]
    return Wish(None if plan_id is None else decode("Plan", plan_id, path="planId"), quantity, wanted)


def _shown(actor: Actor, made: Preview) -> SubscriptionChangePreview:
    quote, refusal = made.quote, made.refusal
    path, currency = quote.turn.row["scope"], quote.turn.row["currency"]
    tiers: Sequence[int] = quote.after.tier_unit_minor if quote.after and not quote.problems else ()
    edges = list(range(len(tiers)))
    sees_costs = Permission.COSTS_READ in actor.permissions
    price_edge = prices_for(actor.scope)(path, edges)
    cost_edge = (costs_for(actor.scope) if sees_costs else no_costs)(path, edges)
    price, cost = (_amounts(made, edge) for edge in (price_edge, cost_edge))
    return SubscriptionChangePreview(
        day=quote.turn.today,
        currency=CurrencyCode(currency),
        is_allowed=not quote.problems and refusal is None,
        obstacle=refusal.obstacle if refusal else None,
        reason=refusal.reason if refusal else None,
        problems=[FieldProblem(path=one.path, code=one.code, message=one.message) for one in quote.problems],
        kind=quote.kind,
        price=price,
        cost=cost,
        margin=_margin(made, price_edge, cost_edge),
        short=money(made.short.minor, made.short.currency) if made.short else None,
        token=None if price is None else token_of(actor, quote),
    )


def _amounts(made: Preview, edge: int | None) -> ChangeAmounts | None:
    quote = made.quote
    if edge is None or quote.after is None:
        return None
    later, currency = quote.renewal_minor, quote.turn.row["currency"]
    return ChangeAmounts(
        unit=_money(quote.after.tier_unit_minor[edge], currency),
        now=_money(_now(made, edge), currency),
        at_renewal=None if later is None else money(later[edge], currency),
        explanations=[shown(charge.explanation, currency) for charge in quote.charges[edge]] if quote.charges else [],
    )


def _margin(made: Preview, price_edge: int | None, cost_edge: int | None) -> Money | None:
    if price_edge is None or cost_edge is None:
        return None
    return money(_now(made, price_edge) - _now(made, cost_edge), made.quote.turn.row["currency"])


def _now(made: Preview, edge: int) -> int:
    return made.quote.now_minor[edge] if made.quote.charges else 0


def _money(minor: int, currency: str) -> Money:
    found = money(minor, currency)
    assert found is not None  # noqa: S101 - money of an int is money
    return found
