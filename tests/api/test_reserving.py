"""What changes of subscriptions hold of an account until their provisioner has done them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.billing.charging import Subject
from domain.billing.errors import InsufficientCredit
from domain.billing.reserving import reserve
from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.credit import account, set_terms
from tests.api.invoicing import seller_of
from tests.api.worlds import scope_of
from tests.house import Api


async def test_a11_a_change_of_any_size_is_refused_in_order(api: Api, tree: Planted) -> None:
    """What does not fit in 64 bits with the rest is more than the limit, and no fault of ours; nothing is held."""
    await set_terms(api, tree, "POSTPAID", Decimal(100))
    customer_id, scope = decode("Organization", tree.customer_id), (await scope_of(tree.customer_id)).path
    about = Subject(customer_id, scope, datetime.now(UTC).date(), "a change", None)
    seller = await seller_of(tree.customer_id)
    async with database.transaction():
        assert await reserve(seller, about, 10_00, note="the first") is not None
    with pytest.raises(InsufficientCredit) as refused:
        async with database.transaction():
            await reserve(seller, about, (1 << 63) - 1, note="the second")
    assert refused.value.short is not None
    assert (await account(api, tree))["held"] == 10
