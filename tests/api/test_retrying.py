"""Trying provisioning again through the API."""

from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.desks import new_operation
from tests.api.walk import document
from tests.house import Api

# Every instance has been created before it is deleted.
_CREATED = """
INSERT INTO provisioning_operations (id, instance_id, organization_id, scope, action, generation, state, request, polls,
                                     attempts, deadline, finished_at, created_at)
SELECT gen_random_uuid(), instance_id, organization_id, scope, 'CREATE', 0, 'SUCCEEDED', request, 1, 1, deadline,
       finished_at, created_at
FROM provisioning_operations WHERE id = $1
"""


async def retried(api: Api, token: str, operation_id: str) -> Any:
    """However trying it again ends."""
    content = {"operationId": operation_id, "idempotencyKey": fresh_key()}
    return await api.ask(token, document("mutation", "retryProvisioning"), {"input": content})


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "RETRY_WAIT", "UNKNOWN", "ORPHAN_CLEANUP"])
async def test_p1_what_waits_for_its_next_look_is_looked_at_now(api: Api, tree: Planted, state: str) -> None:
    """The same operation is due at once, in the state it is in."""
    operation_id = await new_operation(tree, state)
    answer = await retried(api, tree.partner_token, operation_id)
    shown = answer["RetryProvisioningSuccess_operation"]
    assert (shown["id"], shown["state"]) == (operation_id, state)
    assert shown["nextLookAt"] is not None
    sql = "UPDATE provisioning_operations SET due_at = NULL WHERE id = $1"
    await database.execute(sql, decode("ProvisioningOperation", operation_id))


@pytest.mark.parametrize(
    ("state", "action", "hint"),
    [
        ("SUCCEEDED", "CHANGE", "it is done"),
        ("NEEDS_INPUT", "CREATE", "the provisioner waits for an answer: give it one"),
        ("FAILED", "CREATE", "a line that failed is retried by its order"),
        ("FAILED", "CHANGE", "a change that failed is calculated anew: wish it again at the subscription"),
    ],
)
async def test_p1_what_is_not_tried_again_says_what_to_do_instead(
    api: Api, tree: Planted, state: str, action: str, hint: str
) -> None:
    """What is done, waits for an answer, or is money's to decide is refused with the way that there is."""
    answer = await retried(api, tree.partner_token, await new_operation(tree, state, action))
    assert (answer["__typename"], answer["Conflict_message"]) == ("Conflict", hint)


async def test_p1_a_deletion_that_failed_is_wished_again(api: Api, tree: Planted) -> None:
    """A new operation of the same kind, with the next generation."""
    operation_id = await new_operation(tree, "FAILED", "DELETE")
    await database.execute(_CREATED, decode("ProvisioningOperation", operation_id))
    answer = await retried(api, tree.partner_token, operation_id)
    shown = answer["RetryProvisioningSuccess_operation"]
    assert shown["id"] != operation_id
    assert (shown["action"], shown["state"]) == ("DELETE", "QUEUED")
    assert shown["nextLookAt"] is not None
    sql = "UPDATE provisioning_operations SET due_at = NULL WHERE id = $1"
    await database.execute(sql, decode("ProvisioningOperation", shown["id"]))
