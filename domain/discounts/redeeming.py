"""Finding the discounts of an order, redeeming them with it, and giving them back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import CheckViolationError, Record

from domain.discounts.choosing import Chosen
from domain.discounts.drafts import code_key
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict
from domain.shared.writes import Writes

# What PostgreSQL holds whoever comes at once: `redeemed` never passes the limit.
LIMIT: Final = "discounts_redeemed"

_FIND: Final = """
SELECT d.*, (edge.place - 1)::int AS edge
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS edge(seller_id, buyer_id, place)
JOIN discounts d ON d.seller_id = edge.seller_id AND (d.buyer_id IS NULL OR d.buyer_id = edge.buyer_id)
WHERE (d.code_key IS NULL AND d.ended_at IS NULL) OR (d.code_key = ANY($3) AND edge.place > $4)
ORDER BY edge.place, d.id
"""
_AMONG: Final = """
SELECT d.* FROM discounts d WHERE d.seller_id = ANY($1) AND (d.buyer_id IS NULL OR d.buyer_id = ANY($1))
AND ((d.code_key IS NULL AND d.ended_at IS NULL) OR d.code_key = ANY($2)) ORDER BY d.id
"""
# Locked in the order of their ids: two orders with the same codes wait for each other and never for ever.
_REDEEM: Final = """
UPDATE discounts d SET redeemed = redeemed + 1
FROM (SELECT id FROM discounts WHERE id = ANY($1) ORDER BY id FOR UPDATE) AS locked WHERE d.id = locked.id
"""
_HOLD: Final = """
SELECT id FROM discounts WHERE seller_id = ANY($1) AND code_key = ANY($2) ORDER BY id FOR UPDATE
"""
_RELEASE: Final = """
WITH released AS (
  UPDATE discount_redemptions SET released_at = $2 WHERE order_id = $1 AND released_at IS NULL RETURNING discount_id
), locked AS (
  SELECT id FROM discounts WHERE id IN (SELECT discount_id FROM released) AND code_key IS NOT NULL
  ORDER BY id FOR UPDATE
)
UPDATE discounts d SET redeemed = redeemed - 1 FROM locked WHERE d.id = locked.id
"""
# Only what that submission redeemed: a draft that was withdrawn and submitted again has redeemed more than once.
_REDEEM_AGAIN: Final = """
WITH again AS (
  UPDATE discount_redemptions SET released_at = NULL
  WHERE order_id = $1 AND created_at = $2 AND released_at IS NOT NULL RETURNING discount_id
), locked AS (
  SELECT id FROM discounts WHERE id IN (SELECT discount_id FROM again) AND code_key IS NOT NULL
  ORDER BY id FOR UPDATE
)
UPDATE discounts d SET redeemed = redeemed + 1 FROM locked WHERE d.id = locked.id
"""


async def find_discounts(actor: Actor, chain: Sequence[UUID], codes: Sequence[str]) -> list[Record]:
    """The discounts without a code on every edge of a chain, and those these codes name on the edges the actor sees.

    Each row has its `edge`, the seller's place in the chain from 0. Whoever acts knows the codes of its own seller,
    its own, and those below it: others do not exist for it.
    """
    below = max(0, actor.scope.depth - 2)
    return await database.fetch(_FIND, list(chain[:-1]), list(chain[1:]), _keys(codes), below)


async def discounts_among(organizations: Collection[UUID], codes: Sequence[str]) -> list[Record]:
    """The discounts that any of these organizations gives all or another of them, and that are in force or named."""
    return await database.fetch(_AMONG, list(organizations), _keys(codes))


def found_for(
    actor: Actor, chain: Sequence[UUID], codes: Sequence[str], among: Sequence[Record]
) -> list[Mapping[str, Any]]:
    """As `find_discounts`, of those that were found for many chains."""
    edges = {seller: (place, chain[place + 1]) for place, seller in enumerate(chain[:-1])}
    below, keys = max(0, actor.scope.depth - 2), set(_keys(codes))
    found: list[Mapping[str, Any]] = []
    for row in among:
        edge, buyer = edges.get(row["seller_id"], (None, None))
        if edge is None or row["buyer_id"] not in (None, buyer):
            continue
        if row["code_key"] is None or (row["code_key"] in keys and edge >= below):
            found.append({**row, "edge": edge})
    return found


async def hold_codes(chain: Sequence[UUID], codes: Sequence[str]) -> None:
    """Lock the discounts of these codes, in the caller's transaction: what is found next stays so until it ends."""
    if codes:
        await database.fetch(_HOLD, list(chain), _keys(codes))


def _keys(codes: Sequence[str]) -> list[str]:
    """The codes as they are kept; PostgreSQL has no NUL in texts, so that nobody has such a code."""
    return [code_key(code) for code in codes if "\x00" not in code]


def redeem_with(
    writes: Writes, actor: Actor, *, order_id: UUID, scope: str, given: Sequence[tuple[Chosen, Sequence[int]]]
) -> None:
    """Write what each discount gives each line of an order; those with a code count as redeemed once more.

    Where a limit was reached since they were found, the writes are `Outdated` and nothing is written.
    """
    for chosen, line_minor in given:
        row = {
            "id": actor.new_id(),
            "discount_id": chosen.discount.id,
            "order_id": order_id,
            "scope": scope,
            "edge": chosen.edge,
            "line_minor": list(line_minor),
            "created_at": actor.at,
        }
        writes.insert("discount_redemptions", row)
    if coded := [chosen.discount.id for chosen, _ in given if chosen.place is not None]:
        writes.add(_REDEEM, coded)
        writes.holds(LIMIT)


async def release(order_id: UUID, at: datetime) -> None:
    """Give back what an order has redeemed; given back before, nothing happens."""
    await database.execute(_RELEASE, order_id, at)


async def redeem_again(order_id: UUID, redeemed_at: datetime) -> None:
    """Redeem once more what an order has given back; Conflict where a code was used up meanwhile."""
    try:
        await database.execute(_REDEEM_AGAIN, order_id, redeemed_at)
    except CheckViolationError as error:
        raise Conflict("a discount code of this order was used up meanwhile: place a new order") from error
