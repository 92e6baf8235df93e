"""O9: a provisioner asks for data; the order shows what, and the same operation goes on with the answers."""

from typing import Any

import orjson
import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.credit import PRICE, account, entries_add_up, place, set_terms
from tests.api.flow import ORDER
from tests.api.walk import document
from tests.api.worlds import run_all, run_operations
from tests.house import Api


async def asked(api: Api, shop: Workshop, tree: Planted, *faults: str) -> Any:
    """An order whose provisioners ask for a tax number in these ways, at its first lines."""
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    for position, fault in enumerate(faults):
        await database.execute(
            "UPDATE order_lines SET parameters = parameters || $3::jsonb WHERE order_id = $1 AND position = $2",
            decode("Order", order_id),
            position,
            orjson.dumps({"sandbox": {"fault": fault, "field": "taxNumber"}}).decode(),
        )
    await run_operations(shop, tree)
    return await api.ask(tree.customer_token, ORDER, {"id": order_id})


async def answer(api: Api, token: str, order: Any, line_id: str, answers: Any) -> Any:
    """However an answer ends."""
    content = {"orderId": order["id"], "lineId": line_id, "answers": answers, "idempotencyKey": fresh_key()}
    return await api.ask(token, document("mutation", "answerInquiry"), {"input": content})


async def operation_of(line: Any) -> Any:
    """The operation that makes a line's instance."""
    return await database.fetch_row(
        "SELECT o.* FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
        "WHERE i.subscription_id = $1",
        decode("Subscription", line["subscription"]["id"]),
    )


@pytest.mark.parametrize("fault", ["ask_input", "refuse_input"])
async def test_o9_an_answered_inquiry_resumes_the_same_operation(
    api: Api, shop: Workshop, tree: Planted, fault: str
) -> None:
    """Asked midway or at once, the order is INQUIRING with the schema; the answer makes the one instance."""
    await set_terms(api, tree, "POSTPAID", PRICE)
    order = await asked(api, shop, tree, fault)
    assert (order["state"], [line["state"] for line in order["lines"]]) == ("INQUIRING", ["INQUIRING", "COMPLETED"])
    [inquiry] = order["inquiries"]
    line = order["lines"][0]
    assert inquiry["line"]["id"] == line["id"]
    assert inquiry["schema"]["required"] == ["taxNumber"]
    before = await operation_of(line)
    answered = (await answer(api, tree.partner_token, order, line["id"], {"taxNumber": "ATU1"}))[
        "AnswerInquirySuccess_order"
    ]
    assert (answered["state"], answered["inquiries"]) == ("PROVISIONING", [])
    assert answered["lines"][0]["parameters"]["taxNumber"] == "ATU1"
    await run_all(shop, [tree], order["id"])
    ended = await api.ask(tree.customer_token, ORDER, {"id": order["id"]})
    after = await operation_of(line)
    assert (ended["state"], after["id"], after["state"]) == ("COMPLETED", before["id"], "SUCCEEDED")
    assert (await account(api, tree))["balance"] == -PRICE
    await entries_add_up(tree)
    told = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", decode("Order", order["id"])
    )
    assert [row["type"] for row in told][4:] == ["order.inquiring", "order.inquiry_answered", "order.completed"]


async def test_o9_answers_are_held_against_the_schema(api: Api, shop: Workshop, tree: Planted) -> None:
    """What does not fit is refused at its path, and nothing changes; so is what nobody asked for."""
    order = await asked(api, shop, tree, "ask_input")
    waiting, done = order["lines"]
    for answers, path, code in (
        ({}, "answers.taxNumber", "REQUIRED"),
        ({"taxNumber": ""}, "answers.taxNumber", "INVALID"),
        ("ATU1", "answers", "INVALID"),
        ({"taxNumber": "x" * 20_000}, "answers", "TOO_LONG"),
    ):
        refused = await answer(api, tree.partner_token, order, waiting["id"], answers)
        [field] = refused["InvalidInput_fields"]
        assert (field["path"], field["code"]) == (path, code)
    refused = await answer(api, tree.partner_token, order, done["id"], {"taxNumber": "ATU1"})
    assert refused["Conflict_current"] == "COMPLETED"
    assert (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["state"] == "INQUIRING"


async def test_o9_the_deadline_rests_while_an_answer_is_awaited(api: Api, shop: Workshop, tree: Planted) -> None:
    """Two days without an answer end nothing: they are added to the operation's deadline."""
    order = await asked(api, shop, tree, "ask_input")
    line = order["lines"][0]
    operation = await operation_of(line)
    await database.execute(
        "UPDATE provisioning_operations SET deadline = deadline - interval '2 days', "
        "paused_at = paused_at - interval '2 days' WHERE id = $1",
        operation["id"],
    )
    await run_operations(shop, tree)
    assert (await operation_of(line))["state"] == "NEEDS_INPUT"
    await answer(api, tree.partner_token, order, line["id"], {"taxNumber": "ATU1"})
    assert (await operation_of(line))["deadline"] >= operation["deadline"]
    await run_all(shop, [tree], order["id"])
    assert (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["state"] == "COMPLETED"


async def test_o9_two_inquiries_are_answered_one_by_one(api: Api, shop: Workshop, tree: Planted) -> None:
    """The order is INQUIRING until the last is answered, in any order."""
    order = await asked(api, shop, tree, "ask_input", "refuse_input")
    first, second = (inquiry["line"]["id"] for inquiry in order["inquiries"])
    for line_id, state in ((second, "INQUIRING"), (first, "PROVISIONING")):
        answered = await answer(api, tree.customer_token, order, line_id, {"taxNumber": "ATU1"})
        assert answered["AnswerInquirySuccess_order"]["state"] == state
    await run_all(shop, [tree], order["id"])
    assert (await api.ask(tree.customer_token, ORDER, {"id": order["id"]}))["state"] == "COMPLETED"
