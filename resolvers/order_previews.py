"""The resolver that previews orders."""

from collections.abc import Sequence
from datetime import date

import strawberry

from domain.orders.previewing import EdgePreview, LinePreview, Preview, preview, preview_saved
from domain.orders.rules import components_of
from domain.shared.actor import Actor, Permission
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import decode, encode
from domain.shared.tiers import costs_for, no_costs, prices_for
from resolvers.access import actor_of
from resolvers.orders import draft_of_input
from schema.charges import shown
from schema.context import Info
from schema.errors import FieldProblem
from schema.money import Money, money
from schema.order_previews import (
    OrderPreview,
    PreviewedAccount,
    PreviewedAmounts,
    PreviewedComponent,
    PreviewedLine,
    PreviewedTotal,
    PreviewOrderInput,
    PreviewWarning,
)
from schema.scalars import CurrencyCode


async def preview_order(
    info: Info,
    input: PreviewOrderInput | None = None,  # noqa: A002 - the argument's public name
    id: strawberry.ID | None = None,  # noqa: A002 - the argument's public name
) -> OrderPreview:
    """What submitting would charge, to the cent: an order as it is written here, or a saved draft by its id."""
    actor = actor_of(info)
    if input is not None and id is None:
        return _shown(actor, await preview(actor, await draft_of_input(info, input)))
    if input is None and id is not None:
        return _shown(actor, await preview_saved(actor, decode("Order", id)))
    raise Invalid([FieldError("input", FieldCode.REQUIRED, "give either an order or the id of a draft")])


def _shown(actor: Actor, made: Preview) -> OrderPreview:
    edges = _Edges(actor, made)
    lines = [edges.line(line) for line in made.lines]
    price, cost = edges.total(edges.price_edge), edges.total(edges.cost_edge)
    return OrderPreview(
        day=made.prepared.facts.day,
        currency=CurrencyCode(edges.currency),
        can_be_submitted=not made.problems,
        problems=[FieldProblem(path=one.path, code=one.code, message=one.message) for one in made.problems],
        warnings=[PreviewWarning(code=one.code, message=one.message, line=one.place) for one in made.warnings],
        lines=lines,
        price=price,
        cost=cost,
        margin=edges.margin([*made.lines]) if made.lines else None,
        invoiced_account=_account(actor, made),
    )


def _account(actor: Actor, made: Preview) -> PreviewedAccount | None:
    if made.account is None or Permission.BILLING_READ not in actor.permissions:
        return None
    return PreviewedAccount(id=strawberry.ID(encode("Account", made.account["id"])), name=made.account["name"])


class _Edges:
    """The edges of a chain that a viewer sees: `None` for the one that it does not."""

    def __init__(self, viewer: Actor, made: Preview) -> None:
        path: str = made.prepared.customer["scope"]
        places = list(range(len(made.prepared.chain_ids) - 1))
        paid = costs_for(viewer.scope) if Permission.COSTS_READ in viewer.permissions else no_costs
        self.price_edge = prices_for(viewer.scope)(path, places)
        self.cost_edge = paid(path, places)
        self.currency: str = made.prepared.customer["currency"]
        self._lines, self._day = made.lines, made.prepared.facts.day

    def line(self, line: LinePreview) -> PreviewedLine:
        """A line with the amounts of both edges."""
        return PreviewedLine(
            plan_id=strawberry.ID(encode("Plan", line.plan["id"])),
            name=f"{line.plan['product_name']}, {line.plan['name']}",
            quantity=line.quantity,
            components=[
                PreviewedComponent(
                    plan_id=strawberry.ID(encode("Plan", part.plan_id)),
                    name=part.name,
                    quantity=part.quantity * line.quantity,
                )
                for part in components_of(line.plan)
            ],
            billing_starts_on=line.billing_starts_on,
            next_billing_on=line.next_billing_on,
            price=self._amounts(line, self.price_edge or 0),
            cost=None if self.cost_edge is None else self._amounts(line, self.cost_edge),
            margin=self.margin([line]),
        )

    def _money(self, minor: int) -> Money:
        made = money(minor, self.currency)
        assert made is not None  # noqa: S101 - money of an int is money
        return made

    def _amounts(self, line: LinePreview, edge: int) -> PreviewedAmounts:
        amounts = line.edges[edge]
        return PreviewedAmounts(
            unit=self._money(amounts.unit_minor),
            discount=self._money(amounts.discount_minor),
            first_charge=self._money(amounts.first_minor),
            recurring=self._money(amounts.recurring_minor),
            one_time=self._money(_once(line, amounts)),
            explanations=[shown(charge.explanation, self.currency) for charge in amounts.charges],
        )

    def total(self, edge: int | None) -> PreviewedTotal | None:
        """All lines together, on one edge."""
        if edge is None or not self._lines:
            return None
        here = [(line, line.edges[edge]) for line in self._lines]
        return PreviewedTotal(
            first_charge=self._money(sum(amounts.first_minor for _, amounts in here)),
            due_now=self._money(_due(here, self._day)),
            discount=self._money(sum(amounts.discount_minor for _, amounts in here)),
            recurring=self._money(sum(amounts.recurring_minor for _, amounts in here)),
            one_time=self._money(sum(_once(line, amounts) for line, amounts in here)),
        )

    def margin(self, lines: Sequence[LinePreview]) -> Money | None:
        """Price less cost of the first charges; None where there is no cost to see."""
        if self.cost_edge is None or self.price_edge is None:
            return None
        price_edge, cost_edge = self.price_edge, self.cost_edge
        return self._money(
            sum(line.edges[price_edge].first_minor - line.edges[cost_edge].first_minor for line in lines)
        )


def _once(line: LinePreview, amounts: EdgePreview) -> int:
    return 0 if line.next_billing_on else amounts.first_minor


def _due(here: Sequence[tuple[LinePreview, EdgePreview]], day: date) -> int:
    return sum(amounts.first_minor for line, amounts in here if line.billing_starts_on <= day)
