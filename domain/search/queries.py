"""Reading what a term finds: each page looks at a bounded number of index entries of the actor's own subtree.

`search_words` has each word once for every organization above whose it is, so that the words of a subtree are one range
of its key, in order: neither a large neighbour nor a common word makes a page longer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from string import punctuation, whitespace
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.search.rules import STORED, SearchMatch, Term, last_with
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.cursors import ColumnType, KeySpec, decode_cursor, encode_cursor, page_size
from domain.shared.filters import Direction, PageRequest
from domain.subscriptions.queries import SUBSCRIPTIONS

# What is looked at for one hit more, and for a page of several words, of which one leads and the others are looked up.
_LOOKED_AT_A_HIT: Final = 3
_LOOKS: Final = (150, 250)  # most pages are full after the first
_COUNTED: Final = 2_000
_KEYS: Final[KeySpec] = (
    ("STAGE", ColumnType.INTEGER, Direction.ASC),
    ("KEY", ColumnType.TEXT, Direction.ASC),
    ("KIND", ColumnType.INTEGER, Direction.ASC),
    ("ID", ColumnType.UUID, Direction.ASC),
)
_NONE: Final = UUID(int=0)  # before every id
_FIRST: Final = (0, "", 0, _NONE)
_NEEDED: Final = {
    SearchMatch.CONTRACT_NUMBER: Permission.CONTRACTS_READ,
    SearchMatch.CONTRACT_REFERENCE: Permission.CONTRACTS_READ,
}

_BY_ID: Final = """
SELECT 0 AS stage, '' AS key, 0 AS kind, id, 'ID' AS match, name AS text, id AS organization_id,
       NULL::uuid AS contract_id, NULL::uuid AS number_id, NULL::uuid AS subscription_id, TRUE AS is_hit
FROM organizations WHERE id = $1 AND scope >= $2 AND scope < $3
"""
_BY_DIGITS: Final = """
SELECT 1 AS stage, reverse(e164) AS key, 0 AS kind, id, 'NUMBER' AS match, e164 AS text, customer_id AS organization_id,
       NULL::uuid AS contract_id, id AS number_id, subscription_id, TRUE AS is_hit
FROM numbers
WHERE state = 'ASSIGNED' AND reverse(e164) COLLATE "C" >= $1 AND reverse(e164) COLLATE "C" <= $2
  AND scope >= $3 AND scope < $4 AND (reverse(e164) COLLATE "C", id) > ($5, $6)
ORDER BY reverse(e164) COLLATE "C", id LIMIT $7
"""
# How many entries each word has, counted to a bound: the rarest leads; of those past the bound one with a digit, or the
# longest.
_RAREST: Final = f"""
SELECT given.word FROM unnest($2::text[], $3::text[]) AS given(word, until)
CROSS JOIN LATERAL (SELECT count(*) AS entries FROM (
  SELECT FROM search_words w WHERE w.node = $1 AND w.word >= given.word AND w.word <= given.until LIMIT {_COUNTED}
) AS bounded) AS counted
ORDER BY counted.entries, given.word ~ '[0-9]' DESC, length(given.word) DESC, given.word LIMIT 1
"""  # noqa: S608 - a constant
# A text that has several words with this beginning is found by the first of them only. Splitting texts takes longest:
# most of those that lack a word are told by their letters and digits alone.
_BY_WORDS: Final = """
SELECT 2 AS stage, w.word AS key, w.kind, w.target_id AS id, w.kind AS match, found.text,
       coalesce(o.id, c.organization_id) AS organization_id, c.id AS contract_id,
       NULL::uuid AS number_id, NULL::uuid AS subscription_id,
       CASE WHEN EXISTS (SELECT FROM unnest($4::text[]) AS other WHERE octet_length(found.text) = length(found.text)
              AND strpos(translate(lower(found.text), $10, ''), other) = 0)
       THEN FALSE
       ELSE w.word = (SELECT min(word COLLATE "C") FROM search_words_of(found.text) AS word
                      WHERE word COLLATE "C" >= $2 AND word COLLATE "C" <= $3)
         AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS other WHERE NOT EXISTS (
               SELECT FROM search_words_of(found.text) AS word WHERE starts_with(word, other)))
       END AS is_hit
FROM (SELECT * FROM search_words WHERE node = $1 AND word >= $2 AND word <= $3 AND kind = ANY($5)
        AND (word, kind, target_id) > ($6, $7::bigint, $8) ORDER BY word, kind, target_id LIMIT $9) AS w
LEFT JOIN organizations o ON w.kind IN (1, 2) AND o.id = w.target_id
LEFT JOIN contracts c ON w.kind IN (3, 4) AND c.id = w.target_id
CROSS JOIN LATERAL (SELECT CASE w.kind WHEN 1 THEN o.name WHEN 2 THEN o.reference WHEN 3 THEN c.number
                                       ELSE c.external_reference END AS text) AS found
ORDER BY w.word, w.kind, w.target_id
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: behind this key."""

    stage: int
    key: str
    kind: int
    id: UUID

    def within(self, stage: int) -> "tuple[str, int, UUID]":
        """The key to go on from in a stage: where the page left it, or its beginning."""
        return (self.key, self.kind, self.id) if stage == self.stage else _FIRST[1:]


@dataclass(frozen=True, slots=True)
class Found:
    """One page: its hits, where to go on (looking may have ended behind the last hit), whether more follow."""

    records: Sequence[Record]
    end_cursor: str | None
    has_next: bool


async def search(actor: Actor, term: Term, request: PageRequest) -> Found:
    """One page of what a term finds in the actor's subtree: by id, by number, by words; forwards only.

    A page may hold fewer than were asked for although more follow: it ends when it has looked at its share.
    """
    size, _ = page_size(request)
    start = _Place(*(decode_cursor(request.after, _KEYS, "after") if request.after is not None else _FIRST))
    looked: list[Record] = []
    is_whole = True
    if start.stage == 0 and request.after is None and term.organization_id is not None:
        looked += await database.fetch(_BY_ID, term.organization_id, actor.scope.lower, actor.scope.upper)
    if start.stage <= 1 and term.digits and Permission.NUMBERS_READ in actor.permissions:
        key, _, row_id = max(start.within(1), (term.digits, 0, _NONE))
        bounds = (term.digits, last_with(term.digits), actor.scope.lower, actor.scope.upper)
        looked += await database.fetch(_BY_DIGITS, *bounds, key, row_id, size + 1)
    if len(looked) <= size:
        wanted = size + 1 - len(looked)
        by_words, is_whole = await _by_words(actor, term, start.within(2), wanted)
        looked += by_words
    return _found(looked, size, is_whole=is_whole)


async def _by_words(actor: Actor, term: Term, after: tuple[str, int, UUID], wanted: int) -> tuple[list[Record], bool]:
    """Entries that are looked at, hits or not, and whether they are all that follow."""
    node = int(actor.scope.path.split(".")[-2])
    lead = term.words[0]
    looks: tuple[int, ...] = (wanted * _LOOKED_AT_A_HIT,)
    if len(term.words) > 1:
        lead = await database.fetch_value(_RAREST, node, list(term.words), [last_with(word) for word in term.words])
        looks = _LOOKS
    others = [word for word in term.words if word != lead]
    kinds = [
        kind for kind, match in STORED.items() if _NEEDED.get(match, Permission.ORGANIZATIONS_READ) in actor.permissions
    ]
    # PostgreSQL begins to read at the row that it is to go on from, even where the word itself begins a million later.
    after = max(after, (lead, 0, _NONE))
    looked: list[Record] = []
    for limit in looks:
        given = (node, lead, last_with(lead), others, kinds, *after, limit, punctuation + whitespace)
        found = await database.fetch(_BY_WORDS, *given)
        looked += found
        if len(found) < limit:
            return looked, True
        if sum(record["is_hit"] for record in looked) >= wanted:
            break
        after = (found[-1]["key"], found[-1]["kind"], found[-1]["id"])
    return looked, False


def _found(looked: Sequence[Record], size: int, *, is_whole: bool) -> Found:
    hits = [record for record in looked if record["is_hit"]]
    shown = hits[:size]
    ends_at = shown[-1] if len(hits) > size else (looked[-1] if looked else None)
    return Found(shown, None if ends_at is None else cursor_of(ends_at), len(hits) > size or not is_whole)


def cursor_of(record: Record) -> str:
    """The cursor of an entry."""
    return encode_cursor(_KEYS, [record["stage"], record["key"], record["kind"], record["id"]])


async def subscriptions_found(actor: Actor, ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """The subscriptions of numbers; none without the permission to see them."""
    if Permission.SUBSCRIPTIONS_READ not in actor.permissions:
        return []
    return await SUBSCRIPTIONS.by_ids(actor, ids, columns)
