"""What an order is decided by is read in one statement, and is what is true where the customer is."""

from datetime import UTC, date, datetime

import pytest

import bootstrap
from domain.catalog.models import SalesModel
from domain.orders.facts import read_facts
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode
from seeding import Planted

NEW_YEAR = date(2031, 1, 1)
PLAN = "cloud-workspace/business"


async def dear_from_new_year_on(tree: Planted, plan: str) -> None:
    """Let every seller of the tree ask 9,999 minor units more for a plan from new year on."""
    await database.execute(
        "INSERT INTO prices (id, price_list_id, plan_id, sales_model, unit_minor, valid_from) "
        "SELECT gen_random_uuid(), price_list_id, plan_id, sales_model, unit_minor + 9999, $2 "
        "FROM prices WHERE plan_id = $1",
        decode("Plan", plan),
        NEW_YEAR,
    )


@pytest.mark.parametrize(
    ("at", "is_new_year"),
    [
        (datetime(2030, 12, 31, 22, 59, tzinfo=UTC), False),
        (datetime(2030, 12, 31, 23, 1, tzinfo=UTC), True),  # in Vienna, one hour before it is so in UTC
        (datetime(2031, 1, 1, 0, 1, tzinfo=UTC), True),
    ],
)
async def test_prices_are_those_of_the_day_where_the_customer_is(
    tree: Planted, at: datetime, *, is_new_year: bool
) -> None:
    """A price begins at midnight of the customer's time zone, whatever the day is elsewhere."""
    plan, customer = decode("Plan", tree.plans[PLAN]), decode("Organization", tree.customer_id)
    actor = system_actor(at, bootstrap.new_id)
    before = await (await read_facts(actor, customer, [plan], SalesModel.YEARLY, draws_number=False)).prices()
    await dear_from_new_year_on(tree, tree.plans[PLAN])
    facts = await read_facts(actor, customer, [plan], SalesModel.YEARLY, draws_number=False)
    assert facts.day == (NEW_YEAR if is_new_year else date(2030, 12, 31))
    assert facts.number is None
    dearer = (await facts.prices())[plan, SalesModel.YEARLY][0] - before[plan, SalesModel.YEARLY][0]
    assert dearer == (9999 if is_new_year else 0)
