"""Events as they are recorded and delivered, held against their published schemas."""

from typing import Final

import httpx
import pytest

from domain.events.catalogue import json_schema
from domain.events.types import EventType
from domain.shared import database
from jobs.workshop import Workshop
from tests.api.desks import new_ticket
from tests.api.flow import wait_for_approval
from tests.api.recorded import check
from tests.api.targets import BASES, make_targets
from tests.api.worlds import World, run_all, scope_of, succeed
from tests.house import Api, order_input

# The rest of the story: each with its base input.
STORY: Final = (
    *("setCreditTerms", "grantCredit", "updateOrganization", "resumeOrganization", "closeOrganization"),
    *("updateEmergencyLocation", "removeEmergencyLocation", "completeTicket", "retryProvisioning", "revealCredentials"),
    "answerProvisioning",
)
# What happens in tests of these concepts is held to its schema when all tests have run (tests/api/conftest.py).
OF_OTHER_TESTS: Final = frozenset(
    {
        "backorder",
        "bulk_operation",
        "invoice",
        "number",
        "order_form",
        "payment",
        "port",
        "subscription",
        "upload",
        "webhook_endpoint",
    }
)
# Told of by code that no test here can make happen through the API.
ELSEWHERE = {
    EventType.ORDER_UPDATED,
    EventType.ORDER_PARTIALLY_COMPLETED,
    # Held against their schemas in tests/api/test_cancelling.py.
    EventType.INSTANCE_INPUT_NEEDED,
    EventType.ORDER_CANCELLING,
    EventType.SUBSCRIPTION_TERMINATED,
    # Held against their schemas in tests/jobs/test_instance_operations.py.
    EventType.INSTANCE_CHANGED,
    EventType.INSTANCE_SUSPENDED,
    EventType.INSTANCE_RESUMED,
    EventType.INSTANCE_DELETED,
    EventType.INSTANCE_CHANGE_FAILED,
}


async def test_every_recorded_event_keeps_its_schema(api: Api, shop: Workshop, world: World) -> None:
    """In a story where orders complete, fail and are cancelled, every event's body is valid for whoever may see it."""
    tree = world.partner
    targets = await make_targets(api, tree)
    await succeed(api, tree.partner_token, "revokeApiToken", {"id": targets.token_id})
    await succeed(api, tree.partner_token, "deleteWebhookEndpoint", {"id": targets.endpoint_id})
    await succeed(api, tree.partner_token, "cancelOrder", {"id": targets.draft_id})
    for mutation in ("updateMember", "revokeInvitation", "signOut", "resetPassword", "removeMember"):
        await succeed(api, tree.partner_token, mutation, BASES[mutation](tree, targets))
    for name in ("setPrices", "endDiscount", "updateContract", "endContract", *STORY):
        await succeed(api, tree.partner_token, name, BASES[name](tree, targets))
    await succeed(api, tree.partner_token, "failTicket", {"id": await new_ticket(tree), "reason": "sold out"})
    for mutation in ("updatePlan", "archivePlan", "updateProduct", "archiveProduct", "pauseProduct"):
        await succeed(api, tree.partner_token, mutation, BASES[mutation](tree, targets))
    for mutation in ("withdrawOrder", "rejectOrder", "retryOrder", "answerInquiry"):
        await wait_for_approval(targets.flow.waiting_id)
        await succeed(api, tree.partner_token, mutation, BASES[mutation](tree, targets))
    line = {
        "planId": tree.plans["team-insights/professional"],
        "quantity": 1,
        "parameters": {"companyName": "Bergblick"},
    }
    content = order_input(tree, targets.draft_id, lines=[line])
    placed = await succeed(api, tree.partner_token, "placeOrder", content)
    await database.execute(
        "UPDATE products SET provisioner = 'nobody' WHERE key = 'team-insights' AND scope = $1",
        (await scope_of(tree.distributor_id)).path,
    )
    await run_all(shop, [tree], placed["PlaceOrderSuccess_order"]["id"])
    viewers = [await scope_of(member) for member in (tree.distributor_id, tree.partner_id, tree.customer_id)]
    sql = "SELECT * FROM events WHERE scope >= $1 AND scope < $2"
    seen = {check(record, viewers) for record in await database.fetch(sql, viewers[0].lower, viewers[0].upper)}
    told = {event_type for event_type in EventType if event_type.partition(".")[0] not in OF_OTHER_TESTS}
    assert sorted(told - ELSEWHERE - seen) == []


@pytest.mark.parametrize("event_type", EventType)
async def test_event_schemas_are_served(api: Api, event_type: EventType) -> None:
    """Each schema is at /events/schemas/<type>.json, for anybody."""
    answer = await api.client.get(f"/events/schemas/{event_type.value}.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == json_schema(event_type)


@pytest.mark.parametrize("name", ["order.forgotten", "..%2f..%2fsettings", "%00", "x" * 500])
async def test_other_schemas_are_not_found(api: Api, name: str) -> None:
    """An unknown type is 404."""
    answer: httpx.Response = await api.client.get(f"/events/schemas/{name}.json")
    assert answer.status_code == 404
