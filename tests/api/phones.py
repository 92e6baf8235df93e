"""Telephone numbers for tests: stock of a seller, written as an import would leave it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted

_STOCK: Final = """
INSERT INTO numbers (id, seller_id, scope, e164, country, npa, nxx, rate_center, kind, plan_id, state, free_from,
                     created_at, changed_at)
SELECT gen_random_uuid(), o.id, o.scope, n.e164, $4, substr(n.e164, 3, 3), substr(n.e164, 6, 3), $5, $6, $3,
       'AVAILABLE', now() - interval '1 day', now(), now()
FROM organizations o CROSS JOIN unnest($2::text[]) AS n(e164) WHERE o.id = $1 RETURNING id, e164
"""
_ASSIGN: Final = """
UPDATE numbers SET state = 'ASSIGNED', free_from = NULL, customer_id = c.id, scope = c.scope, subscription_id = $3
FROM organizations c WHERE c.id = $2 AND numbers.e164 = $1 AND starts_with(c.scope, numbers.scope)
"""
_HOLD: Final = """
UPDATE numbers SET state = 'RESERVED', free_from = now() + make_interval(secs => $3), customer_id = c.id,
       scope = c.scope, order_id = $4
FROM organizations c WHERE c.id = $2 AND e164 = $1 AND starts_with(c.scope, numbers.scope)
"""
_FILE: Final = """
INSERT INTO uploads (id, organization_id, scope, purpose, state, file_name, declared_type, size_bytes, created_at,
                     found_type, sha256, storage_key, stored_at)
SELECT gen_random_uuid(), id, scope, 'NUMBER_IMPORT', 'STORED', 'n.csv', 'text/csv', 8, now(), 'text/csv', '', 'none',
       now()
FROM organizations WHERE id = $1 RETURNING id
"""
_ORDER_BACK: Final = """
INSERT INTO backorders (id, organization_id, scope, order_id, npa, nxx, quantity, fulfilled, state, created_at)
SELECT gen_random_uuid(), organization_id, scope, id, $2, $3, 1, 0, 'OPEN', now() FROM orders WHERE id = $1
RETURNING id
"""
_lines: Final = count(2_000_000)


@dataclass(frozen=True, slots=True)
class NumberTargets:
    """A draft, a number in stock, and one that the draft has reserved."""

    draft_id: str
    free: str
    held: str
    upload_id: str
    backorder_id: str


def fresh_number() -> str:
    """A number that no other test has."""
    return f"+1212{next(_lines)}"


def block(first: str, many: int) -> list[str]:
    """So many consecutive numbers."""
    return [f"+{int(first[1:]) + place}" for place in range(many)]


async def stock(tree: Planted, numbers: Iterable[str], **given: Any) -> dict[str, str]:
    """Put numbers into the stock of the tree's distributor, or of another `seller`; their ids by number."""
    content = {
        "seller": tree.distributor_id,
        "plan": tree.plans["cloud-workspace/starter"],
        "country": "US",
        "rate_center": "SNFC CNTRL",
        "kind": "LOCAL",
    } | given
    rows = await database.fetch(
        _STOCK,
        decode("Organization", content["seller"]),
        list(numbers),
        decode("Plan", content["plan"]),
        content["country"],
        content["rate_center"],
        content["kind"],
    )
    return {row["e164"]: encode("Number", row["id"]) for row in rows}


async def make_seats(tree: Planted, included: int) -> None:
    """Let the business plan of the tree be by the seat, with so many numbers included in each."""
    sql = "UPDATE plans SET kind = 'SEAT', included_numbers = $2 WHERE id = $1"
    await database.execute(sql, decode("Plan", tree.plans["cloud-workspace/business"]), included)


async def make_sku(tree: Planted) -> None:
    """Let the starter plan be a SKU of numbers."""
    sql = "UPDATE plans SET kind = 'NUMBER' WHERE id = $1"
    await database.execute(sql, decode("Plan", tree.plans["cloud-workspace/starter"]))


def reservation(order_id: str, numbers: Iterable[str] = (), **changes: Any) -> dict[str, Any]:
    """Numbers to reserve for a draft."""
    content = {"orderId": order_id, "numbers": list(numbers), "idempotencyKey": uuid4().hex}
    return content | changes


async def make_numbers(tree: Planted, draft_id: str) -> NumberTargets:
    """A number in stock, and one that the draft has reserved; the draft has seats that include some."""
    await make_seats(tree, 2)
    free, held = await stock(tree, [fresh_number(), fresh_number()])
    await hold(held, tree.customer_id, 600, order_id=decode("Order", draft_id))
    upload_id = await database.fetch_value(_FILE, decode("Organization", tree.partner_id))
    backorder_id = await order_back(draft_id, free[2:5], free[5:8])
    return NumberTargets(draft_id, free, held, encode("Upload", upload_id), backorder_id)


async def order_back(order_id: str, npa: str, nxx: str) -> str:
    """An open backorder of one number, that no line waits for."""
    made = await database.fetch_value(_ORDER_BACK, decode("Order", order_id), npa, nxx)
    return encode("Backorder", made)


def fulfilment(targets: NumberTargets) -> dict[str, Any]:
    """The free number for the backorder."""
    return {"id": targets.backorder_id, "numbers": [targets.free], "idempotencyKey": uuid4().hex}


def importing(tree: Planted, upload_id: str, **changes: Any) -> dict[str, Any]:
    """A file for the stock of the tree's partner."""
    content = {
        "organization": {"id": tree.partner_id},
        "uploadId": upload_id,
        "planId": tree.plans["cloud-workspace/starter"],
        "country": "US",
        "rateCenter": "SNFC CNTRL",
        "idempotencyKey": uuid4().hex,
    }
    return content | changes


def reserve(targets: NumberTargets) -> dict[str, Any]:
    """What reserves the free one, and one more of its exchange."""
    wanted = {"npa": targets.free[2:5], "nxx": targets.free[5:8], "quantity": 1, "planId": None}
    content = reservation(targets.draft_id, [targets.free], wanted=[wanted], ifTaken="TAKE_REST")
    return content | {"subscriptionId": None}


def release(targets: NumberTargets) -> dict[str, Any]:
    """What lets the held one go."""
    return {"orderId": targets.draft_id, "subscriptionId": None, "numbers": [targets.held]}


async def hold(number: str, customer_id: str, seconds: int, order_id: UUID | None = None) -> None:
    """Reserve a number for a customer, until so many seconds from now."""
    held = await database.execute(_HOLD, number, decode("Organization", customer_id), seconds, order_id)
    assert held == 1


async def assign(number: str, customer_id: str, subscription_id: UUID | None = None) -> None:
    """Give a customer a number of its sellers' stock."""
    assert await database.execute(_ASSIGN, number, decode("Organization", customer_id), subscription_id) == 1
