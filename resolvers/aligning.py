"""Resolvers of aligning the renewals of a customer, and of looking first what that costs."""

from typing import Any
from uuid import UUID

import strawberry

from domain.shared.actor import Actor, Permission
from domain.shared.ids import decode, encode
from domain.shared.tiers import See, costs_for, no_costs, prices_for
from domain.subscriptions import aligning
from domain.subscriptions.aligning import Aligned, Alignment, Wanted
from domain.subscriptions.queries import SUBSCRIPTIONS
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.keyed import run_once_with_secret
from resolvers.lists import shape_at
from resolvers.references import organization_id
from schema.aligning import (
    AlignedRenewal,
    AlignRenewalsInput,
    AlignRenewalsResult,
    AlignRenewalsSuccess,
    PreviewRenewalAlignmentInput,
    RenewalAlignmentPreview,
)
from schema.charges import shown
from schema.context import Info
from schema.errors import FieldProblem
from schema.money import Money, money
from schema.scalars import CurrencyCode


async def preview_renewal_alignment(info: Info, input: PreviewRenewalAlignmentInput) -> RenewalAlignmentPreview:  # noqa: A002 - the argument's public name
    """What it would cost to let subscriptions of a customer renew on one day, each line explained."""
    actor = actor_of(info)
    return _shown(actor, await aligning.preview_alignment(actor, await _wanted(info, input)))


async def align_renewals(info: Info, input: AlignRenewalsInput) -> AlignRenewalsResult:  # noqa: A002 - the argument's public name
    """Let subscriptions of a customer renew on one day from now on, charged at once for the days more: all or none."""
    actor, wanted = actor_of(info), await _wanted(info, input)

    async def act() -> dict[str, Any]:
        return {"ids": [str(row_id) for row_id in await aligning.align_renewals(actor, wanted, input.preview_token)]}

    made = await run_once_with_secret(info, input, act)
    shape = shape_at(info, "Subscription", ("subscriptions",))
    records = await SUBSCRIPTIONS.by_ids(actor, [UUID(each) for each in made["ids"]], shape.columns)
    return AlignRenewalsSuccess(subscriptions=await hydrate(actor, shape, records))


async def _wanted(info: Info, content: PreviewRenewalAlignmentInput | AlignRenewalsInput) -> Wanted:
    ids = None
    if content.subscription_ids is not None:
        named = enumerate(content.subscription_ids)
        ids = [decode("Subscription", text, path=f"subscriptionIds.{place}") for place, text in named]
    return Wanted(await organization_id(info, content.customer, "customer"), ids, content.on)


def _shown(actor: Actor, found: Alignment) -> RenewalAlignmentPreview:
    price_of = prices_for(actor.scope)
    cost_of = costs_for(actor.scope) if Permission.COSTS_READ in actor.permissions else no_costs
    currency = found.lines[0].turn.row["currency"] if found.lines else None
    price, cost = _sum(found, price_of), _sum(found, cost_of)
    return RenewalAlignmentPreview(
        on=found.on,
        problems=[FieldProblem(path=one.path, code=one.code, message=one.message) for one in found.problems],
        lines=[_line(line, price_of, cost_of) for line in found.lines],
        currency=CurrencyCode(currency) if currency else None,
        price=money(price, currency or ""),
        cost=money(cost, currency or ""),
        margin=None if price is None or cost is None else money(price - cost, currency or ""),
        token=aligning.token_of(actor, found) if found.lines else None,
    )


def _sum(found: Alignment, see: See) -> int | None:
    """What all lines come to on the edge that is seen; None without lines, or where none is."""
    seen = [see(line.turn.row["scope"], line.tier_minor) for line in found.lines]
    return sum(minor or 0 for minor in seen) if seen and seen[0] is not None else None


def _line(line: Aligned, price_of: See, cost_of: See) -> AlignedRenewal:
    row, path = line.turn.row, line.turn.row["scope"]
    edge = price_of(path, list(range(len(line.charges)))) or 0
    return AlignedRenewal(
        subscription_id=strawberry.ID(encode("Subscription", row["id"])),
        name=f"{row['product_name']}, {row['plan_name']}",
        renews_on=row["term_end"],
        days=line.added.days,
        price=_money(line.tier_minor[edge], row["currency"]),
        cost=money(cost_of(path, line.tier_minor), row["currency"]),
        explanations=[shown(charge.explanation, row["currency"]) for charge in line.charges[edge]],
    )


def _money(minor: int, currency: str) -> Money:
    found = money(minor, currency)
    assert found is not None  # noqa: S101 - money of an int is money
    return found
