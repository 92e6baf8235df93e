"""Resolvers of orders."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import strawberry

from domain.orders.accepting import Acceptance
from domain.orders.cancelling import cancel_order as cancel
from domain.orders.handling import Handling
from domain.orders.queries import ORDERS
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.saving import create_order as create
from domain.orders.submitting import place_order as place
from domain.orders.submitting import submit_order as submit
from domain.orders.terms import OrderTerms
from domain.organizations.rules import Contact
from domain.shared.errors import FieldCode, FieldError
from domain.shared.ids import decode
from domain.shared.reading import unreadable
from resolvers.access import actor_of
from resolvers.following import follow
from resolvers.keyed import run_once, write_once
from resolvers.lists import read_by_id, read_made, read_page, read_written
from resolvers.order_forms import first_forms
from resolvers.references import organization_id
from schema.context import Info
from schema.ordering import (
    CancelOrderInput,
    CancelOrderResult,
    CancelOrderSuccess,
    CreateOrderInput,
    CreateOrderResult,
    CreateOrderSuccess,
    OrderContactInput,
    OrderHandlingInput,
    OrderInput,
    OrderLineInput,
    OrderSort,
    OrderTermsInput,
    OrderWhere,
    PlaceOrderInput,
    PlaceOrderResult,
    PlaceOrderSuccess,
    SubmitOrderInput,
    SubmitOrderResult,
    SubmitOrderSuccess,
)
from schema.orders import Order
from schema.pages import After, Before, Connection, First, Last, page_request


async def order(info: Info, id: strawberry.ID) -> Order | None:  # noqa: A002 - the argument's public name
    """One order of your subtree; null if there is none."""
    return await read_by_id(info, "Order", ORDERS, id)


async def orders(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: OrderWhere | None = None,
    sort: list[OrderSort] | None = None,
) -> Connection[Order]:
    """The orders of your subtree; newest first unless sorted."""
    return await read_page(info, "Order", ORDERS, page_request(first, after, last, before), where=where, sort=sort)


def parameters(given: object, path: str) -> dict[str, Any]:
    """Provisioning information as it was written at `path`; none is an empty object."""
    if given is None:
        return {}
    if isinstance(given, dict):
        return given
    unreadable(FieldError(path, FieldCode.INVALID, "must be an object"))
    return {}


def line_drafts(given: Sequence[OrderLineInput], path: str = "lines") -> list[LineDraft]:
    """The lines of an order as they were written at `path` of an input."""
    return [
        LineDraft(
            plan_id=decode("Plan", line.plan_id, path=f"{path}.{place}.planId"),
            quantity=line.quantity,
            parameters=parameters(line.parameters, f"{path}.{place}.parameters"),
        )
        for place, line in enumerate(given)
    ]


def order_terms(given: OrderTermsInput) -> OrderTerms:
    """When billing begins and ends, as it was written."""
    return OrderTerms(given.billing_starts_on, given.trial_until, given.postponed_billing, given.expires_on)


def order_contact(given: OrderContactInput) -> Contact:
    """The customer's person for an order, as it was written."""
    return Contact(given.first_name, given.last_name, given.email)


def order_handling(given: OrderHandlingInput) -> Handling:
    """Whom mails go to and how it is paid, as it was written."""
    contact = order_contact(given.contact) if given.contact else None
    return Handling(contact, given.send_credentials_to_customer, given.payment_method)


async def draft_of_input(info: Info, content: OrderInput) -> OrderDraft:
    """An order as it was written."""
    lines = line_drafts(content.lines)
    return OrderDraft(
        customer_id=await organization_id(info, content.customer, "customer"),
        lines=lines,
        sales_model=content.sales_model,
        cycle_multiplier=content.cycle_multiplier,
        auto_renew=content.auto_renew,
        subscription_reference=content.subscription_reference,
        method=content.method,
        contract_id=None if content.contract_id is None else decode("Contract", content.contract_id, path="contractId"),
        discount_codes=content.discount_codes or (),
        terms=order_terms(content),
        handling=order_handling(content),
    )


async def _written(info: Info, order_id: UUID) -> Order:
    written: Order = await read_written(info, "Order", ORDERS, order_id, "order")
    return written


async def create_order(info: Info, input: CreateOrderInput) -> CreateOrderResult:  # noqa: A002 - the argument's public name
    """Save an order as a draft: nothing is priced or provisioned yet."""
    draft, forms = await draft_of_input(info, input), await first_forms(info, input.order_forms)
    made = await write_once(info, input, lambda writes: create(actor_of(info), draft, writes, forms))
    return CreateOrderSuccess(order=await read_made(info, "Order", ORDERS, made, "order"))


def acceptance(info: Info, given: Sequence[str] | None, path: str = "acceptedTerms") -> Acceptance:
    """The terms that are accepted at `path` of an input, from the client's address."""
    terms = [decode("TermsDocument", text, path=f"{path}.{place}") for place, text in enumerate(given or ())]
    return Acceptance(terms, info.context.address)


async def submit_order(info: Info, input: SubmitOrderInput) -> SubmitOrderResult:  # noqa: A002 - the argument's public name
    """Submit a draft: its prices are fixed on every edge of the chain and provisioning begins."""
    order_id, accepted = decode("Order", input.id), acceptance(info, input.accepted_terms)
    made = await run_once(info, input, lambda: submit(actor_of(info), order_id, accepted, input.expected_version))
    return SubmitOrderSuccess(order=await _written(info, made))


async def place_order(info: Info, input: PlaceOrderInput) -> PlaceOrderResult:  # noqa: A002 - the argument's public name
    """Create and submit an order in one."""
    draft, accepted = await draft_of_input(info, input), acceptance(info, input.accepted_terms)
    forms = await first_forms(info, input.order_forms)
    made = await write_once(info, input, lambda writes: place(actor_of(info), draft, writes, accepted, forms))
    return PlaceOrderSuccess(order=await read_made(info, "Order", ORDERS, made, "order"))


async def cancel_order(info: Info, input: CancelOrderInput) -> CancelOrderResult:  # noqa: A002 - the argument's public name
    """Cancel an order; during its provisioning, what was made of it is unmade first."""
    return CancelOrderSuccess(order=await _written(info, await cancel(actor_of(info), decode("Order", input.id))))


async def order_updated(info: Info, id: strawberry.ID) -> AsyncIterator[Order]:  # noqa: A002 - the argument's public name
    """The order as it is now, and again whenever something happens to it."""
    async for order in follow(info, "Order", ORDERS, id):
        yield order
