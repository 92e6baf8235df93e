"""What operations cost is counted by what their answers say."""

import bootstrap
from seeding import Planted
from tests.api.bases import customer_input
from tests.api.gates import Figures, gated
from tests.api.walk import document


async def test_each_operation_that_ran_is_counted_once(addresses: bootstrap.Addresses, standing: Planted) -> None:
    """By its kind, with the points that it did cost; what is refused before it runs costs nothing."""
    counted: list[tuple[str, int]] = []
    token = standing.partner_token
    async with gated(addresses, Figures(count_cost=lambda kind, points: counted.append((kind, points)))) as api:
        ran = (await api.post(token, "{ orders(first: 7) { nodes { id } } }")).json()
        refused = (await api.post(token, "{ nothing }")).json()
        await api.ask(token, document("mutation", "createCustomer"), {"input": customer_input(standing, name="")})
    assert "errors" in refused
    assert [kind for kind, _ in counted] == ["query", "mutation"]
    assert counted[0][1] == ran["extensions"]["cost"]["actualQueryCost"]
