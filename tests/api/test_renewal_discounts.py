"""C8: what an order was discounted by lasts into the renewals of what it bought."""

from datetime import date

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.sellers import make_discount, place, seats
from tests.house import Api
from tests.jobs.test_renewals import charged, row_of, running, work


async def test_c8_a_discount_of_three_cycles_is_given_in_three(api: Api, tree: Planted) -> None:
    """The second and third term are cheaper by it, the fourth is not; one for ever never ends, one for once did."""
    for duration, cycles, cheaper in (("CYCLES", 3, 2), ("FOREVER", None, 4), ("ONCE", None, 0)):
        discount = await make_discount(api, tree.partner_token, tree, percent="10", duration=duration, cycles=cycles)
        order = await place(api, tree.customer_token, seats(tree, discountCodes=[discount["code"]]))
        ids = (decode("Order", order["id"]), decode("OrderLine", order["lines"][0]["id"]))
        it = await running(tree, order_id=ids[0], order_line_id=ids[1])
        await work(date(2026, 6, 1))
        whole = (await row_of(it))["tier_unit_minor"][-1] * 10
        paid = [minor for _, _, minor in await charged(it)]
        assert paid == [whole - whole // 10] * cheaper + [whole] * (4 - cheaper)
        rows = await database.fetch("SELECT kind FROM charges WHERE subscription_id = $1 AND kind = 'DISCOUNT'", it)
        assert len(rows) == cheaper
