"""N5: port orders, toll-free orders and RespOrg changes, from draft to the customer's numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.phones import fresh_number, stock
from tests.api.ports import (
    do,
    fresh_toll_free,
    letter,
    port_input,
    resp_org_input,
    submitted,
    subscription_of,
    toll_free_input,
)
from tests.api.sellers import refused
from tests.api.walk import document
from tests.api.worlds import new_token
from tests.house import Api

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=30)).isoformat()


async def advance(api: Api, tree: Planted, port: Any, to: str, **more: Any) -> Any:
    """The desk moves a port order."""
    return await do(api, tree.distributor_token, "advancePortOrder", {"id": port["id"], "to": to, **more})


async def states_of(numbers: list[str]) -> dict[str, str]:
    """Where numbers stand."""
    rows = await database.fetch("SELECT e164, state FROM numbers WHERE e164 = ANY($1)", numbers)
    return {row["e164"]: row["state"] for row in rows}


async def test_n5_numbers_are_the_customers_only_once_they_are_ported(api: Api, tree: Planted) -> None:
    """Draft, submitted, exception, corrected, confirmed, ported: on their way till then, and its own from then on."""
    content = await port_input(api, tree, numbers=[], uploadId=None)
    draft = await do(api, tree.customer_token, "createPortOrder", content)
    assert await refused(api, tree.customer_token, "submitPortOrder", {"id": draft["id"]}) == [
        ("numbers", "REQUIRED"),
        ("uploadId", "REQUIRED"),
    ]
    numbers = [fresh_number(), fresh_number()]
    said = {"id": draft["id"], "numbers": numbers, "uploadId": await letter(api, tree)}
    await do(api, tree.customer_token, "updatePortOrder", said)
    port = await do(api, tree.customer_token, "submitPortOrder", {"id": draft["id"]})
    assert (port["state"], set((await states_of(numbers)).values())) == ("SUBMITTED", {"PORTING_IN"})
    port = await advance(api, tree, port, "EXCEPTION", reason="wrong PIN")
    assert (port["state"], port["exceptionReason"]) == ("EXCEPTION", "wrong PIN")
    await do(api, tree.customer_token, "updatePortOrder", {"id": port["id"], "numbers": numbers[:1], "pin": "1"})
    port = await do(api, tree.customer_token, "submitPortOrder", {"id": port["id"]})
    assert await states_of(numbers) == {numbers[0]: "PORTING_IN", numbers[1]: "PORTED_OUT"}
    port = await advance(api, tree, port, "FOC_CONFIRMED", focDate=SOON)
    assert (port["focDate"], port["exceptionReason"], port["hasPin"]) == (SOON, None, True)
    port = await advance(api, tree, port, "PORTED")
    assert (port["state"], port["numbers"], port["hasPin"]) == ("PORTED", numbers[:1], False)
    row = await database.fetch_row("SELECT * FROM numbers WHERE e164 = $1", numbers[0])
    assert row is not None
    assert (row["state"], row["customer_id"]) == ("ASSIGNED", decode("Organization", tree.customer_id))
    assert row["subscription_id"] == decode("Subscription", await subscription_of(tree.customer_id))
    told = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", decode("PortOrder", port["id"])
    )
    assert [event["type"].removeprefix("port.") for event in told] == [
        *("created", "updated", "submitted", "exception_raised", "updated", "submitted", "foc_confirmed", "ported"),
    ]


async def test_n5_a_port_is_not_cancelled_within_48_hours_of_its_day(api: Api, tree: Planted) -> None:
    """Before, its numbers stay with their carrier; within, nothing changes."""
    port = await submitted(api, tree)
    port = await advance(api, tree, port, "FOC_CONFIRMED", focDate=(TODAY + timedelta(days=1)).isoformat())
    answer = await api.ask(tree.customer_token, document("mutation", "cancelPortOrder"), {"input": {"id": port["id"]}})
    assert answer["__typename"] == "Conflict"
    port = await advance(api, tree, port, "FOC_CONFIRMED", focDate=SOON)
    cancelled = await do(api, tree.customer_token, "cancelPortOrder", {"id": port["id"]})
    assert (cancelled["state"], cancelled["hasPin"]) == ("CANCELLED", False)
    assert set((await states_of(port["numbers"])).values()) == {"PORTED_OUT"}


async def test_n5_the_pin_is_shown_to_the_desk_alone(api: Api, tree: Planted) -> None:
    """Encrypted at rest, in no event and no list; who looks at it is told of."""
    port = await submitted(api, tree)
    row = await database.fetch_row("SELECT * FROM ports WHERE id = $1", decode("PortOrder", port["id"]))
    events = await database.fetch("SELECT payload FROM events WHERE aggregate_id = $1", decode("PortOrder", port["id"]))
    for shown in (dict(row or {}), port, *events):
        assert "8421-secret" not in str(shown)
    query = document("mutation", "revealPortPin")
    shown = await api.ask(tree.distributor_token, query, {"input": {"id": port["id"]}})
    assert shown["RevealPortPinSuccess_pin"] == "8421-secret-pin"
    assert (await api.refuse(tree.customer_token, query, {"input": {"id": port["id"]}}))["extensions"][
        "code"
    ] == "FORBIDDEN"
    sql = "SELECT count(*) FROM events WHERE aggregate_id = $1 AND type = 'port.pin_revealed'"
    assert await database.fetch_value(sql, decode("PortOrder", port["id"])) == 1


async def test_n5_numbers_that_somebody_here_has_cannot_be_ported(api: Api, tree: Planted) -> None:
    """Not from stock, and not by two ports at once."""
    number, other = fresh_number(), fresh_number()
    await stock(tree, [number])
    await submitted(api, tree, numbers=[other])
    for taken in (number, other):
        made = await do(api, tree.partner_token, "createPortOrder", await port_input(api, tree, numbers=[taken]))
        answer = await api.ask(
            tree.partner_token, document("mutation", "submitPortOrder"), {"input": {"id": made["id"]}}
        )
        assert answer["__typename"] == "NumbersTaken", answer


async def test_n5_toll_free_numbers_are_known_when_they_are_here(api: Api, tree: Planted) -> None:
    """As many as were ordered, toll-free, each once."""
    order = await do(api, tree.customer_token, "createTollFreeOrder", await toll_free_input(tree))
    assert (order["kind"], order["state"], order["numbers"]) == ("TOLL_FREE", "SUBMITTED", [])
    token, numbers = tree.distributor_token, [fresh_toll_free(), fresh_toll_free()]
    confirmed = {"id": order["id"], "to": "FOC_CONFIRMED", "focDate": SOON}
    assert await refused(api, token, "advanceTollFreeOrder", confirmed | {"numbers": numbers})
    await do(api, token, "advanceTollFreeOrder", confirmed)
    for wrong in ([], numbers[:1], [numbers[0]] * 2, [numbers[0], fresh_number()]):
        content = {"id": order["id"], "to": "PORTED", "numbers": wrong}
        assert await refused(api, token, "advanceTollFreeOrder", content)
    order = await do(api, token, "advanceTollFreeOrder", {"id": order["id"], "to": "PORTED", "numbers": numbers})
    assert (order["state"], await states_of(numbers)) == ("PORTED", dict.fromkeys(numbers, "ASSIGNED"))


async def test_n5_a_resporg_change_goes_the_same_way(api: Api, tree: Planted) -> None:
    """Its numbers wait until they are under our control; a kind is advanced by its own mutation."""
    change = await do(api, tree.customer_token, "createRespOrgChange", await resp_org_input(api, tree))
    assert (change["losingCarrier"], await states_of(change["numbers"])) == (
        "ABC01",
        {change["numbers"][0]: "PORTING_IN"},
    )
    answer = await api.ask(
        tree.distributor_token,
        document("mutation", "advancePortOrder"),
        {"input": {"id": change["id"], "to": "CANCELLED"}},
    )
    assert answer["__typename"] == "NotFound"
    token = tree.distributor_token
    await do(api, token, "advanceRespOrgChange", {"id": change["id"], "to": "FOC_CONFIRMED", "focDate": SOON})
    change = await do(api, token, "advanceRespOrgChange", {"id": change["id"], "to": "PORTED"})
    assert await states_of(change["numbers"]) == {change["numbers"][0]: "ASSIGNED"}
    page = await api.ask(tree.customer_token, document("query", "respOrgChanges"))
    assert [node["id"] for node in page["nodes"]] == [change["id"]]


@pytest.mark.parametrize("mutation", ["advancePortOrder", "advanceTollFreeOrder", "advanceRespOrgChange"])
async def test_n5_only_the_desk_advances(api: Api, tree: Planted, mutation: str) -> None:
    """A customer, and a seller without the permission, do not."""
    port = await submitted(api, tree)
    token = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_MANAGE", "ORDERS_READ"])
    for caller in (tree.customer_token, token):
        content = {"input": {"id": port["id"], "to": "PORTED"}}
        assert (await api.refuse(caller, document("mutation", mutation), content))["extensions"]["code"] == "FORBIDDEN"


async def test_n5_what_is_foreign_cannot_be_named(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Neither another tree's subscription, nor its letter, nor its port."""
    theirs = await subscription_of(other_tree.customer_id)
    content = await port_input(api, tree, subscriptionId=theirs)
    assert await refused(api, tree.partner_token, "createPortOrder", content) == [("subscriptionId", "NOT_FOUND")]
    content = await port_input(api, tree, uploadId=await letter(api, other_tree))
    assert await refused(api, tree.partner_token, "createPortOrder", content) == [("uploadId", "NOT_FOUND")]
    port = await submitted(api, other_tree)
    for mutation in ("submitPortOrder", "cancelPortOrder"):
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": {"id": port["id"]}})
        assert answer["__typename"] == "NotFound"
