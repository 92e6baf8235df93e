"""A bundle for tests: the application of a tree, with two seats of its cloud and a number in each."""

import bootstrap
from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.phones import make_seats, make_sku

BUNDLE = "team-insights/professional"
_WITHIN = "INSERT INTO plan_components (id, plan_id, component_id, quantity) VALUES ($1, $2, $3, $4)"


async def make_bundle(tree: Planted) -> None:
    """Each seat includes one number; the number is a SKU of its own."""
    await make_seats(tree, 1)
    await make_sku(tree)
    scope = "SELECT scope FROM organizations WHERE id = $1"
    await database.execute(
        f"UPDATE products SET type = 'BUNDLE' WHERE key = 'team-insights' AND scope = ({scope})",  # noqa: S608 - a constant
        decode("Organization", tree.distributor_id),
    )
    for plan, quantity in (("cloud-workspace/business", 2), ("cloud-workspace/starter", 1)):
        ids = [bootstrap.new_id(), decode("Plan", tree.plans[BUNDLE]), decode("Plan", tree.plans[plan])]
        await database.execute(_WITHIN, *ids, quantity)
