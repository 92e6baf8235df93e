"""P1: a provisioner that asks for data to change what is there is answered at the operation."""

from typing import Any

import pytest

from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.credit import place
from tests.api.desks import new_inquiry, new_operation
from tests.api.walk import document
from tests.api.worlds import run_all, run_operations
from tests.house import Api

OPERATIONS = """
query { provisioningOperations(where: {state: {eq: NEEDS_INPUT}}) { nodes {
  id action inquiry { schema problems { path message } askedAt } } } }
"""


async def answer(api: Api, token: str, operation_id: str, answers: Any) -> Any:
    """However an answer ends."""
    content = {"operationId": operation_id, "answers": answers, "idempotencyKey": fresh_key()}
    return await api.ask(token, document("mutation", "answerProvisioning"), {"input": content})


@pytest.mark.parametrize("fault", ["ask_input", "refuse_input"])
async def test_p1_a_change_that_asks_goes_on_with_the_answers(
    api: Api, shop: Workshop, tree: Planted, fault: str
) -> None:
    """The operation says what is asked; answered, the same one is done, and what was answered stays there."""
    order_id = (await place(api, tree))["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    instance_id = await database.fetch_value(
        "SELECT i.id FROM instances i JOIN order_lines l USING (subscription_id) WHERE l.order_id = $1 LIMIT 1",
        decode("Order", order_id),
    )
    actor = system_actor(shop.now(), shop.new_id)
    asking = {"quantity": 30, "parameters": {"sandbox": {"fault": fault, "field": "site"}}}
    operation_id = await start_operation(actor, instance_id, Action.CHANGE, asking)
    await run_operations(shop, tree)
    [shown] = (await api.ask(tree.partner_token, OPERATIONS))["nodes"]
    assert (shown["action"], shown["inquiry"]["schema"]["required"]) == ("CHANGE", ["site"])
    answered = await answer(api, tree.customer_token, shown["id"], {"site": "HQ"})
    assert answered["AnswerProvisioningSuccess_operation"]["state"] == "RUNNING"
    await run_operations(shop, tree)
    row = await database.fetch_row("SELECT * FROM provisioning_operations WHERE id = $1", operation_id)
    assert row is not None
    assert (row["state"], row["request"]["parameters"]["site"]) == ("SUCCEEDED", "HQ")
    assert (await api.ask(tree.partner_token, OPERATIONS))["nodes"] == []


async def test_p1_answers_of_changes_are_held_to_what_was_asked(api: Api, tree: Planted) -> None:
    """What does not fit is named by its path; what nobody asked, and what an order answers, is refused."""
    asking = await new_inquiry(tree)
    for answers, path, code in (
        ({}, "answers.taxNumber", "REQUIRED"),
        ("ATU1", "answers", "INVALID"),
        ({"taxNumber": "x" * 20_000}, "answers", "TOO_LONG"),
    ):
        [field] = (await answer(api, tree.partner_token, asking, answers))["InvalidInput_fields"]
        assert (field["path"], field["code"]) == (path, code)
    for state, action in (("RUNNING", "CHANGE"), ("NEEDS_INPUT", "CREATE")):
        refused = await answer(api, tree.partner_token, await new_operation(tree, state, action), {})
        assert refused["__typename"] == "Conflict"
