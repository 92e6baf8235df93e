"""A10: a customer with its accounts and a first order in one call: all of it, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from domain.shared import database
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key, onboarding_input
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_SELLER, new_token, run_all, scope_of, succeed
from tests.house import Api
from tests.people import fresh_email

ONBOARD: Final = document("mutation", "onboardCustomer")
# Every table that onboarding writes, each a step at which it can end.
STEPS: Final = (
    *("organizations", "accounts", "subscriptions", "invitations", "outgoing_mails", "orders", "order_lines"),
    *("events", "idempotency_keys"),
)
UNSCOPED: Final = {"idempotency_keys", "outgoing_mails"}
# How a step ends: the statement is refused, or the connection dies under it.
FAULTS: Final = {
    "refused": "RAISE EXCEPTION 'a fault of the test'",
    "killed": "PERFORM pg_terminate_backend(pg_backend_pid())",
}


async def rows_of(tree: Planted) -> dict[str, int]:
    """How many rows a tree has in each table that onboarding writes."""
    scope = await scope_of(tree.distributor_id)
    counts = {
        table: await database.fetch_value(
            f"SELECT count(*) FROM {table} WHERE scope >= $1 AND scope < $2",  # noqa: S608 - a constant
            scope.lower,
            scope.upper,
        )
        for table in STEPS
        if table not in UNSCOPED
    }
    totals = {table: await database.fetch_value(f"SELECT count(*) FROM {table}") for table in UNSCOPED}  # noqa: S608 - constants
    return counts | totals


_FUNCTION: Final = (
    "CREATE FUNCTION test_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {fault}; RETURN NULL; END $$"
)
_TRIGGER: Final = "CREATE TRIGGER test_fault AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION test_fault()"


@asynccontextmanager
async def failing(table: str, fault: str) -> AsyncIterator[None]:
    """Let every INSERT into a table end by a fault, after its row was written."""
    await database.fetch(_FUNCTION.format(fault=FAULTS[fault]))
    await database.fetch(_TRIGGER.format(table=table))
    try:
        yield
    finally:
        await database.fetch("DROP FUNCTION test_fault() CASCADE")


async def test_a10_one_call_makes_a_customer_that_is_served(api: Api, shop: Workshop, tree: Planted) -> None:
    """Customer, accounts, system subscriptions and the order are there, and the order is provisioned."""
    made = await succeed(api, tree.partner_token, "onboardCustomer", onboarding_input(tree))
    customer, order = made["OnboardCustomerSuccess_customer"], made["OnboardCustomerSuccess_order"]
    assert [account["kind"] for account in customer["accounts"]] == ["ENTERPRISE", "GROUP"]
    assert (order["state"], order["customer"]["id"], len(order["lines"])) == ("APPROVED", customer["id"], 2)
    await run_all(shop, [tree], order["id"])
    query = "query ($id: ID!) { subscriptions(where: {customerId: {eq: $id}}) { nodes { state isProtected } } }"
    nodes = (await api.ask(tree.partner_token, query, {"id": customer["id"]}))["nodes"]
    assert [node["state"] for node in nodes] == ["ACTIVE"] * 5
    assert [node["isProtected"] for node in nodes].count(True) == 3


async def test_a10_the_first_member_is_invited(api: Api, tree: Planted) -> None:
    """The invitation goes to the new customer, as ADMIN unless said otherwise; without one nobody is invited."""
    admin = {"email": fresh_email()}
    made = await succeed(api, tree.partner_token, "onboardCustomer", onboarding_input(tree, admin=admin))
    invitation, customer = made["OnboardCustomerSuccess_admin"], made["OnboardCustomerSuccess_customer"]
    assert (invitation["email"], invitation["role"], invitation["state"]) == (admin["email"], "ADMIN", "OPEN")
    assert invitation["organization"]["id"] == customer["id"]
    made = await succeed(api, tree.partner_token, "onboardCustomer", onboarding_input(tree, admin=None))
    assert made["OnboardCustomerSuccess_admin"] is None


async def test_a10_what_is_wrong_with_the_member_undoes_the_customer(api: Api, tree: Planted) -> None:
    """An invitation that is refused is told below `admin`, and no customer is made; members need their permission."""
    before = await rows_of(tree)
    content = {"input": onboarding_input(tree, admin={"email": "nobody"})}
    answer = await api.ask(tree.partner_token, ONBOARD, content)
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["admin.email"]
    others = [name for name in EVERYTHING_OF_A_SELLER if name != "MEMBERS_MANAGE"]
    token = await new_token(api, tree.partner_token, tree, permissions=others)
    error = await api.refuse(token, ONBOARD, {"input": onboarding_input(tree)})
    assert error["extensions"]["code"] == "FORBIDDEN"
    after = await rows_of(tree)
    assert (after["organizations"], after["invitations"]) == (before["organizations"], before["invitations"])


async def test_a10_an_order_is_optional(api: Api, tree: Planted) -> None:
    """Without one the customer is there with its accounts, and no order."""
    made = await succeed(api, tree.partner_token, "onboardCustomer", onboarding_input(tree, order=None))
    assert made["OnboardCustomerSuccess_order"] is None
    assert len(made["OnboardCustomerSuccess_customer"]["accounts"]) == 2


async def test_a10_the_same_key_gives_the_same(api: Api, tree: Planted) -> None:
    """Repeated, later or eight times at once, it answers the same customer and order, and makes nothing more."""
    content = {"input": onboarding_input(tree)}
    answers = await asyncio.gather(*(api.ask(tree.partner_token, ONBOARD, content) for _ in range(8)))
    first = next(answer for answer in answers if answer["__typename"] == "OnboardCustomerSuccess")
    others = [answer for answer in answers if answer != first]
    assert {answer["Conflict_code"] for answer in others} <= {"IDEMPOTENCY_IN_PROGRESS"}
    before = await rows_of(tree)
    assert await api.ask(tree.partner_token, ONBOARD, content) == first
    assert await rows_of(tree) == before
    other = {"input": content["input"] | {"name": "Another"}}
    assert (await api.ask(tree.partner_token, ONBOARD, other))["Conflict_code"] == "IDEMPOTENCY_MISMATCH"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("table", STEPS)
async def test_a10_a_fault_at_any_step_leaves_nothing(api: Api, tree: Planted, table: str, fault: str) -> None:
    """Whichever write fails, or loses its connection, no row of any table is left; under the same key it works then."""
    content = {"input": onboarding_input(tree)}
    before = await rows_of(tree)
    # Logs are caught: to draw the traceback of a broken connection with all its values takes minutes.
    with capture_logs():
        async with failing(table, fault):
            error = await api.refuse(tree.partner_token, ONBOARD, content)
        assert error["extensions"]["code"] == "INTERNAL"
        assert await rows_of(tree) == before
    await succeed(api, tree.partner_token, "onboardCustomer", content["input"])


def _order(tree: Planted, **changes: Any) -> dict[str, Any]:
    order: dict[str, Any] = onboarding_input(tree)["order"] | changes
    return order


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"lines": []}, {"order.lines"}),
        ({"cycleMultiplier": 61}, {"order.cycleMultiplier"}),
        ({"salesModel": "ONE_TIME"}, {"order.lines.0.planId", "order.lines.1.planId"}),
    ],
)
async def test_a10_what_is_wrong_with_the_order_undoes_the_customer(
    api: Api, tree: Planted, changes: dict[str, Any], paths: set[str]
) -> None:
    """An order that is refused is told below `order`, and no customer is made."""
    before = await rows_of(tree)
    answer = await api.ask(
        tree.partner_token, ONBOARD, {"input": onboarding_input(tree, order=_order(tree, **changes))}
    )
    assert {field["path"] for field in answer["InvalidInput_fields"]} == paths
    assert await rows_of(tree) == before


async def test_a10_a_duplicate_is_refused_by_field(api: Api, tree: Planted) -> None:
    """A customer whose name or domain is taken at the partner is ALREADY_EXISTS, and nothing is ordered."""
    content = onboarding_input(tree)
    await succeed(api, tree.partner_token, "onboardCustomer", content)
    before = await rows_of(tree)
    answer = await api.ask(tree.partner_token, ONBOARD, {"input": content | {"idempotencyKey": fresh_key()}})
    assert answer["InvalidInput_code"] == "ALREADY_EXISTS"
    assert await rows_of(tree) == before


async def test_a10_an_order_needs_its_permission(api: Api, tree: Planted) -> None:
    """Who may create customers but not order may onboard without an order only."""
    manager = [name for name in EVERYTHING_OF_A_SELLER if name != "ORDERS_MANAGE"]
    token = await new_token(api, tree.partner_token, tree, permissions=manager)
    before = (await rows_of(tree))["organizations"]
    error = await api.refuse(token, ONBOARD, {"input": onboarding_input(tree)})
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert (await rows_of(tree))["organizations"] == before
    await succeed(api, token, "onboardCustomer", onboarding_input(tree, order=None, admin=None))
