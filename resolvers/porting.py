"""Resolvers of port orders, toll-free orders and RespOrg changes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

import strawberry

from domain.porting import actions, advancing
from domain.porting.advancing import Step
from domain.porting.models import PortKind
from domain.porting.queries import PORT_ORDERS, PORTS, RESP_ORG_CHANGES, TOLL_FREE_ORDERS
from domain.porting.rules import PortDraft, check_pin
from domain.shared.ids import decode
from domain.shared.reading import unreadable
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.references import organization_id
from resolvers.uploads import stored_upload
from schema import porting_inputs as inputs
from schema import porting_results as results
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.porting import PortOrder, PortOrderSort, PortOrderWhere

R = TypeVar("R")
Where = PortOrderWhere | None
Sort = list[PortOrderSort] | None
_ADDRESS: Final = ("street", "postal_code", "city", "region", "country")


async def port_orders(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PortOrderWhere | None = None,
    sort: list[PortOrderSort] | None = None,
) -> Connection[PortOrder]:
    """The port orders of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "PortOrder", PORT_ORDERS, request, where=where, sort=sort)


async def toll_free_orders(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PortOrderWhere | None = None,
    sort: list[PortOrderSort] | None = None,
) -> Connection[PortOrder]:
    """The orders of toll-free numbers of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "PortOrder", TOLL_FREE_ORDERS, request, where=where, sort=sort)


async def resp_org_changes(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PortOrderWhere | None = None,
    sort: list[PortOrderSort] | None = None,
) -> Connection[PortOrder]:
    """The RespOrg changes of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "PortOrder", RESP_ORG_CHANGES, request, where=where, sort=sort)


async def create_port_order(info: Info, input: inputs.CreatePortOrderInput) -> results.CreatePortOrderResult:  # noqa: A002 - the argument's public name
    """Save a port order of a customer, complete or not; nothing is asked of the other carrier yet."""
    customer = await organization_id(info, input.customer, "customer")
    draft = await _draft(info, input, PortDraft(numbers=tuple(input.numbers)))
    made = await run_once(info, input, lambda: actions.create_port(actor_of(info), PortKind.PORT_IN, customer, draft))
    return await _answer(info, results.CreatePortOrderSuccess, made)


async def update_port_order(info: Info, input: inputs.UpdatePortOrderInput) -> results.UpdatePortOrderResult:  # noqa: A002 - the argument's public name
    """Say more of a draft, or correct what came back with an exception."""
    changes = await _changes(info, input)
    port_id = decode("PortOrder", input.id)
    await actions.update_port(actor_of(info), PortKind.PORT_IN, port_id, lambda draft: replace(draft, **changes))
    return await _answer(info, results.UpdatePortOrderSuccess, port_id)


async def submit_port_order(info: Info, input: inputs.SubmitPortOrderInput) -> results.SubmitPortOrderResult:  # noqa: A002 - the argument's public name
    """Hand a port order to the desk; whatever is missing is named."""
    port_id = await actions.submit_port(actor_of(info), PortKind.PORT_IN, decode("PortOrder", input.id))
    return await _answer(info, results.SubmitPortOrderSuccess, port_id)


async def cancel_port_order(info: Info, input: inputs.CancelPortOrderInput) -> results.CancelPortOrderResult:  # noqa: A002 - the argument's public name
    """Give a port order up; not within 48 hours of the day that was confirmed."""
    port_id = await advancing.cancel_port(actor_of(info), PortKind.PORT_IN, decode("PortOrder", input.id))
    return await _answer(info, results.CancelPortOrderSuccess, port_id)


async def advance_port_order(info: Info, input: inputs.AdvancePortOrderInput) -> results.AdvancePortOrderResult:  # noqa: A002 - the argument's public name
    """Note what the losing carrier did: refused with a reason, confirmed a day, handed the numbers over."""
    return await _advance(info, PortKind.PORT_IN, input, results.AdvancePortOrderSuccess)


async def advance_toll_free_order(
    info: Info,
    input: inputs.AdvanceTollFreeOrderInput,  # noqa: A002 - the argument's public name
) -> results.AdvanceTollFreeOrderResult:
    """Note what the registry did with an order of toll-free numbers."""
    return await _advance(info, PortKind.TOLL_FREE, input, results.AdvanceTollFreeOrderSuccess)


async def advance_resp_org_change(
    info: Info,
    input: inputs.AdvanceRespOrgChangeInput,  # noqa: A002 - the argument's public name
) -> results.AdvanceRespOrgChangeResult:
    """Note what the other RespOrg did."""
    return await _advance(info, PortKind.RESP_ORG, input, results.AdvanceRespOrgChangeSuccess)


async def create_toll_free_order(
    info: Info,
    input: inputs.CreateTollFreeOrderInput,  # noqa: A002 - the argument's public name
) -> results.CreateTollFreeOrderResult:
    """Order toll-free numbers; the desk finds them."""
    draft = PortDraft(quantity=input.quantity, wanted=input.wanted, requested_on=input.requested_on)
    made = await _order(info, PortKind.TOLL_FREE, input, _with_target(input, draft))
    return await _answer(info, results.CreateTollFreeOrderSuccess, made)


async def create_resp_org_change(
    info: Info,
    input: inputs.CreateRespOrgChangeInput,  # noqa: A002 - the argument's public name
) -> results.CreateRespOrgChangeResult:
    """Bring toll-free numbers under our control."""
    draft = PortDraft(
        numbers=tuple(input.numbers),
        counterpart=input.current_resp_org,
        authorized_person=input.authorized_person,
        upload_id=await stored_upload(info, input.upload_id, "uploadId"),
        requested_on=input.requested_on,
    )
    made = await _order(info, PortKind.RESP_ORG, input, _with_target(input, draft))
    return await _answer(info, results.CreateRespOrgChangeSuccess, made)


async def reveal_port_pin(info: Info, input: inputs.RevealPortPinInput) -> results.RevealPortPinResult:  # noqa: A002 - the argument's public name
    """The PIN of a port order, to be named to the losing carrier; that it was looked at is in the event log."""
    sealed = await advancing.reveal_pin(actor_of(info), decode("PortOrder", input.id))
    return results.RevealPortPinSuccess(pin=None if sealed is None else info.context.house.open_sealed(sealed))


async def _advance(info: Info, kind: PortKind, content: Any, success: Callable[..., R]) -> R:
    step = Step(content.to, content.foc_date, content.reason, tuple(getattr(content, "numbers", ())))
    port_id = await advancing.advance_port(actor_of(info), kind, decode("PortOrder", content.id), step)
    return await _answer(info, success, port_id)


async def _order(info: Info, kind: PortKind, content: Any, draft: PortDraft) -> UUID:
    """Saved and submitted in one."""
    customer = await organization_id(info, content.customer, "customer")

    async def act() -> UUID:
        made = await actions.create_port(actor_of(info), kind, customer, draft)
        return await actions.submit_port(actor_of(info), kind, made)

    return await run_once(info, content, act)


async def _answer(info: Info, success: Callable[..., R], port_id: UUID) -> R:
    return success(port_order=await read_written(info, "PortOrder", PORTS, port_id, "portOrder"))


def _with_target(content: Any, draft: PortDraft) -> PortDraft:
    return replace(
        draft,
        plan_id=decode("Plan", content.plan_id, path="planId"),
        subscription_id=decode("Subscription", content.subscription_id, path="subscriptionId"),
    )


async def _draft(info: Info, content: inputs.CreatePortOrderInput, draft: PortDraft) -> PortDraft:
    said = {name: strawberry.Some(getattr(content, name)) for name in _SAID if getattr(content, name) is not None}
    return replace(draft, **await _read(info, said))


async def _changes(info: Info, content: inputs.UpdatePortOrderInput) -> dict[str, Any]:
    given = {name: getattr(content, name) for name in ("numbers", *_SAID)}
    return await _read(info, {name: some for name, some in given.items() if some is not None})


_SAID: Final = (
    *("plan_id", "subscription_id", "losing_carrier", "account_number", "pin", "billing_number"),
    *("authorized_person", "service_address", "upload_id", "requested_on"),
)


async def _read(info: Info, said: dict[str, Any]) -> dict[str, Any]:
    """What was said, by the fields of the domain's draft; the PIN sealed."""
    changes: dict[str, Any] = {}
    for name, some in said.items():
        value = some.value
        if name == "numbers":
            changes[name] = tuple(value)
        elif name == "service_address":
            changes |= {part: getattr(value, part) for part in _ADDRESS}
        elif name == "losing_carrier":
            changes["counterpart"] = value
        elif name == "pin":
            for problem in check_pin(value):
                unreadable(problem)
            changes["pin_sealed"] = info.context.house.seal(value) if value else None
        elif value is not None and name in {"plan_id", "subscription_id"}:
            kind, path = ("Plan", "planId") if name == "plan_id" else ("Subscription", "subscriptionId")
            changes[name] = decode(kind, value, path=path)
        elif value is not None and name == "upload_id":
            changes[name] = await stored_upload(info, value, "uploadId")
        else:
            changes[name] = value
    return changes
