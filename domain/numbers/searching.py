"""Searching the stock of sellers: what may be claimed now, in the order of the numbers.

Each seller's stock is read along its own partial index, no further than the page goes, however large it is.
"""

from collections.abc import Collection
from typing import Final

from asyncpg import Record

from domain.numbers.models import NumberKind
from domain.numbers.rules import StockSearch, check_search
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType, decode_cursor, encode_cursor, page_size
from domain.shared.errors import Invalid
from domain.shared.filters import Direction, PageRequest
from domain.shared.listing import Page, Statement

_KEYS: Final = (("NUMBER", ColumnType.TEXT, Direction.ASC),)
_PAST_EVERY_DIGIT: Final = ":"  # the character behind "9"


async def search_stock(actor: Actor, request: PageRequest, search: StockSearch, columns: Collection[str]) -> Page:
    """One page of what is available from the sellers of the actor, or of a customer below it.

    What is wrong with the search, the page's size or its cursor is Invalid.
    """
    size, backwards = page_size(request)
    statement = Statement()
    conditions = []
    for text, path, sign in ((request.after, "after", ">"), (request.before, "before", "<")):
        if text is not None:
            conditions.append(f"e164 {sign} {statement.bind(decode_cursor(text, _KEYS, path)[0])}")
    stock = _stock(actor, search, statement, conditions)
    names = ", ".join(sorted({*columns, "id", "e164"}))
    way = Direction.DESC if backwards else Direction.ASC
    limited = f"ORDER BY e164 {way} LIMIT {size + 1}"
    sql = (
        f"SELECT {names} FROM ({_sellers(actor, search, statement)}) AS seller(seller_key) "  # noqa: S608 - constants and placeholders
        f"CROSS JOIN LATERAL (SELECT {names} FROM {stock} {limited}) AS found {limited}"
    )
    found = await database.fetch(sql, *statement.values)
    more, records = len(found) > size, found[:size]
    if backwards:
        records.reverse()
    has_next = request.before is not None if backwards else more
    return Page(records, _cursor_of, has_next, more if backwards else request.after is not None)


async def count_stock(actor: Actor, search: StockSearch) -> int:
    """How many are available in all."""
    statement = Statement()
    stock = _stock(actor, search, statement, [])
    sql = (
        f"SELECT count(*) FROM ({_sellers(actor, search, statement)}) AS seller(seller_key) "  # noqa: S608 - constants and placeholders
        f"CROSS JOIN LATERAL (SELECT 1 FROM {stock}) AS found"
    )
    return int(await database.fetch_value(sql, *statement.values))


async def rate_center_of(actor: Actor, search: StockSearch) -> str | None:
    """The rate center of an NPA-NXX, from any number that the sellers have or had there; None if they know none."""
    if check_search(search) or search.nxx is None:
        return None
    statement = Statement()
    low, high = statement.bind(search.prefix), statement.bind(search.prefix + _PAST_EVERY_DIGIT)
    sql = (
        f"SELECT n.rate_center FROM numbers n WHERE n.e164 >= {low} AND n.e164 < {high} "  # noqa: S608 - constants and placeholders
        f"AND n.seller_id IN ({_sellers(actor, search, statement)}) LIMIT 1"
    )
    found: str | None = await database.fetch_value(sql, *statement.values)
    return found


def _cursor_of(record: Record) -> str:
    return encode_cursor(_KEYS, [record["e164"]])


def _sellers(actor: Actor, search: StockSearch, statement: Statement) -> str:
    """SQL: the ids of the chain down to the actor, or to a customer of its subtree; none if there is none."""
    if search.customer_id is None:
        return f"SELECT id FROM organizations WHERE scope = ANY({statement.bind(actor.scope.chain)})"  # noqa: S608 - constants and placeholders
    low, high = statement.bind(actor.scope.lower), statement.bind(actor.scope.upper)
    return (
        "SELECT s.id FROM organizations c CROSS JOIN LATERAL (SELECT string_to_array(c.scope, '.') AS nodes) AS path "  # noqa: S608 - constants and placeholders
        "JOIN organizations s ON s.scope = ANY(ARRAY(SELECT array_to_string(path.nodes[1:depth], '.') || '.' "
        "FROM generate_series(1, array_length(path.nodes, 1) - 1) AS depth)) "
        f"WHERE c.id = {statement.bind(search.customer_id)} AND c.scope >= {low} AND c.scope < {high}"
    )


def _stock(actor: Actor, search: StockSearch, statement: Statement, beyond: Collection[str]) -> str:
    """SQL: the numbers of a seller `seller_key` that are free and wanted, as a FROM item with its WHERE."""
    if problems := check_search(search):
        raise Invalid(problems)
    wanted = [f"seller_id = seller_key AND free_from IS NOT NULL AND free_from <= {statement.bind(actor.at)}"]
    if search.prefix:
        low, high = statement.bind(search.prefix), statement.bind(search.prefix + _PAST_EVERY_DIGIT)
        wanted.append(f"e164 >= {low} AND e164 < {high}")
    for column, value in (
        ("country", search.country),
        ("rate_center", search.rate_center and search.rate_center.strip().upper()),
        ("plan_id", search.plan_id),
        ("kind", search.kind),
    ):
        if value is not None:
            wanted.append(f"{column} = {statement.bind(value)}")
    if search.kind not in (None, NumberKind.LOCAL):
        wanted.append(f"kind <> '{NumberKind.LOCAL}'")  # few are: they have an index of their own
    last = list(beyond)
    if search.digits:
        last.append(f"strpos(e164, {statement.bind(search.digits)}) > 0")
    if search.run is None:
        return f"numbers WHERE {' AND '.join([*wanted, *last])}"
    last.append(f"run >= {statement.bind(search.run)}")
    return f"({_RUNS.format(wanted=' AND '.join(wanted))}) AS numbers WHERE {' AND '.join(last)}"


# Consecutive numbers less their rank are one and the same: an island.
_RUNS: Final = """
SELECT islands.*, count(*) OVER (PARTITION BY island) AS run FROM (
  SELECT numbers.*, substr(e164, 2)::bigint - row_number() OVER (ORDER BY substr(e164, 2)::bigint) AS island
  FROM numbers WHERE {wanted}) AS islands
"""
