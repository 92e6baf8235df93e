"""Telephone numbers for tests: stock of a seller, written as an import would leave it."""

from collections.abc import Iterable
from itertools import count
from typing import Any, Final

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
UPDATE numbers SET state = 'ASSIGNED', free_from = NULL, customer_id = c.id, scope = c.scope
FROM organizations c WHERE c.id = $2 AND numbers.e164 = $1 AND starts_with(c.scope, numbers.scope)
"""
_lines: Final = count(2_000_000)


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


async def assign(number: str, customer_id: str) -> None:
    """Give a customer a number of its sellers' stock."""
    assert await database.execute(_ASSIGN, number, decode("Organization", customer_id)) == 1
