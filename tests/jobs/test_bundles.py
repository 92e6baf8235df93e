"""C4: the connector of a bundle is told what is in it, and goes on with that."""

from domain.catalog.models import SalesModel
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.submitting import place_order
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action
from domain.shared.ids import decode
from tests.bundles import BUNDLE, make_bundle
from tests.house import SAAS, written
from tests.integrations.sandboxes import instances
from tests.jobs.bench import Bench

WITHIN = [
    {"product": "cloud-workspace", "plan": "business", "quantity": 2},
    {"product": "cloud-workspace", "plan": "starter", "quantity": 1},
]


async def test_c4_a_bundle_is_provided_with_all_that_is_in_each(bench: Bench) -> None:
    """Its own connector is told, in the numbers of one; a change of the quantity leaves that as it is."""
    await make_bundle(bench.tree)
    lines = [LineDraft(decode("Plan", bench.tree.plans[BUNDLE]), 3, SAAS)]
    draft = OrderDraft(decode("Organization", bench.tree.customer_id), lines, SalesModel.YEARLY, 1, True, None)
    order_id = await written(lambda writes: place_order(bench.actor(), draft, writes))
    await bench.work_until(order_id, "COMPLETED")
    (operation,) = await bench.operations(order_id)
    assert operation["request"]["components"] == WITHIN
    await start_operation(bench.actor(), operation["instance_id"], Action.CHANGE, {"quantity": 5})
    await bench.work()
    made = [one for one in await instances(bench.sandbox_url) if one["product"] == "team-insights"]
    assert made[-1]["components"] == WITHIN
