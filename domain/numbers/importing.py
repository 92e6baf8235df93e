"""Importing an inventory of numbers from an uploaded CSV file, in steps that each end with a whole line."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.bulk.actions import ItemError, NewBulk, Progress, start
from domain.bulk.rules import BulkKind
from domain.numbers.reading import Entry, NumberReader, read_layout
from domain.organizations.queries import get_organization
from domain.organizations.rules import check_country
from domain.pricing.actions import plans_offered
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.tenancy import Scope
from domain.shared.texts import check_text
from domain.uploads.actions import claim_upload
from domain.uploads.models import Purpose
from domain.uploads.storage import Storage

LINES: Final = 50_000  # of one step, and what else came with the last part that was read
_STAGE: Final = """
CREATE TEMPORARY TABLE staged_numbers (
  id uuid, line int, e164 varchar(16) COLLATE "C", country varchar(2), npa varchar(3), nxx varchar(3),
  rate_center varchar(100), kind varchar(16), plan_id uuid) ON COMMIT DROP
"""
_COLUMNS: Final = ("id", "line", "e164", "country", "npa", "nxx", "rate_center", "kind", "plan_id")
_INSERT: Final = """
INSERT INTO numbers (id, seller_id, scope, e164, country, npa, nxx, rate_center, kind, plan_id, state, free_from,
                     created_at, changed_at)
SELECT id, $1, $2, e164, country, npa, nxx, rate_center, kind, plan_id, 'AVAILABLE', $3, $3, $3
FROM staged_numbers ORDER BY e164
ON CONFLICT (e164, split_part(scope, '.', 1)) DO NOTHING
"""
_OTHERS: Final = """
SELECT s.line, s.e164 FROM staged_numbers s
JOIN numbers n ON n.e164 = s.e164 AND split_part(n.scope, '.', 1) = split_part($2, '.', 1)
WHERE n.seller_id <> $1 ORDER BY s.line
"""
_SKUS: Final = """
SELECT d.key || '/' || p.key AS key, p.id FROM plans p JOIN products d ON d.id = p.product_id
WHERE d.scope = ANY($1) AND p.status = 'ACTIVE' AND d.status <> 'DRAFT'
"""


@dataclass(frozen=True, slots=True)
class FileDefaults:
    """What holds for lines that say nothing of it."""

    plan_id: UUID
    country: str
    rate_center: str


async def import_numbers(actor: Actor, seller_id: UUID, upload_id: UUID, defaults: FileDefaults) -> UUID:
    """Queue the import of a file into the inventory of a seller of the subtree; the bulk operation's id."""
    seller = await get_organization(actor, seller_id)
    problems = check_country("country", defaults.country)
    problems += check_text("rateCenter", defaults.rate_center, max_length=100)
    if defaults.plan_id not in await plans_offered(actor, [defaults.plan_id]):
        problems.append(FieldError("planId", FieldCode.NOT_FOUND, "no such plan is offered to you"))
    if problems:
        raise Invalid(problems)
    async with database.transaction():
        upload = await claim_upload(actor, upload_id, Purpose.NUMBER_IMPORT, owner_id=seller_id, path="uploadId")
        given = {
            "storage_key": upload["storage_key"],
            "plan_id": str(defaults.plan_id),
            "country": defaults.country,
            "rate_center": defaults.rate_center.strip(),
        }
        return await start(actor, NewBulk(BulkKind.NUMBER_IMPORT, seller_id, seller["scope"], given))


async def import_step(actor: Actor, operation: Record, storage: Storage) -> Progress:
    """Bring the next lines of the file into the inventory, in the caller's transaction; NotFound when it is gone.

    What the seller has already stays as it is and counts as done: a file can be imported again.
    """
    given = operation["parameters"]
    cursor = operation["cursor"] or {"offset": 0, "line": 1, "header": None}
    try:
        content, is_last = await _next_lines(storage, given["storage_key"], cursor["offset"])
    except FileNotFoundError as error:
        raise NotFound("the file of the upload") from error
    lines = content.decode("utf-8", "replace").removesuffix("\n").split("\n") if content else []
    header = cursor["header"] or (lines.pop(0)[:1000] if lines else "")
    first = cursor["line"] + (0 if cursor["header"] else 1)
    layout = read_layout(header)
    if layout is None:
        message = "the first line names no column `number`; it may also name rate_center and sku"
        raise Invalid([FieldError("uploadId", FieldCode.INVALID, message)], ErrorCode.BAD_INPUT)
    plans = {row["key"]: row["id"] for row in await database.fetch(_SKUS, Scope(operation["scope"]).chain)}
    reader = NumberReader(layout, given["country"], given["rate_center"], UUID(given["plan_id"]), plans)
    read = await asyncio.to_thread(lambda: list(reader.read(lines, first)))
    entries = [each for each in read if isinstance(each, Entry)]
    errors = [each for each in read if isinstance(each, ItemError)]
    errors += await _write(actor, operation, entries)
    done = len(read) - len(errors)
    after = {"offset": cursor["offset"] + len(content), "line": first + len(lines), "header": header}
    total = operation["done"] + operation["failed"] + len(read) if is_last else None
    return Progress(done, len(errors), after, is_last, total=total, errors=errors)


async def _next_lines(storage: Storage, key: str, offset: int) -> tuple[bytes, bool]:
    """Whole lines from an offset on, some 50,000, and whether they are the last."""
    buffer, position = bytearray(), 0
    async with aclosing(storage.read(key)) as parts:  # type: ignore[type-var]  # an async generator in each storage
        async for part in parts:
            if position + len(part) > offset:
                buffer += part[max(0, offset - position) :]
                if buffer.count(b"\n") >= LINES:
                    return bytes(buffer[: buffer.rfind(b"\n") + 1]), False
            position += len(part)
    return bytes(buffer), True


async def _write(actor: Actor, operation: Record, entries: list[Entry]) -> list[ItemError]:
    """Put the entries into the inventory; those that somebody else of the tree has are answered as errors."""
    if not entries:
        return []
    rows: list[tuple[Any, ...]] = [
        (actor.new_id(), e.line, e.e164, e.country, e.npa, e.nxx, e.rate_center, e.kind.value, e.plan_id)
        for e in entries
    ]
    await database.fetch(_STAGE)
    await database.copy("staged_numbers", _COLUMNS, rows)
    seller = (operation["organization_id"], operation["scope"])
    if await database.execute(_INSERT, *seller, actor.at) == len(rows):
        return []
    others = await database.fetch(_OTHERS, *seller)
    message = "is in somebody else's inventory"
    return [ItemError(f"line {row['line']}", "ALREADY_EXISTS", f"{row['e164']} {message}") for row in others]
