"""Terms of service: each version is published once and never changed."""

from datetime import UTC, date
from hashlib import sha256
from uuid import UUID

from domain.catalog.product_rules import check_terms
from domain.catalog.products import lock_product
from domain.catalog.writing import insert
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode


async def publish_terms(actor: Actor, product_id: UUID, *, text: str, valid_from: date) -> UUID:
    """Publish the next version of an own product's terms; a text that says nothing new is ALREADY_EXISTS."""
    async with database.transaction():
        await lock_product(actor, product_id)
        newest = await database.fetch_row(
            "SELECT version, sha256, valid_from FROM terms_documents WHERE product_id = $1 "
            "ORDER BY version DESC LIMIT 1",
            product_id,
        )
        today = actor.at.astimezone(UTC).date()
        problems = check_terms(text, valid_from, today=today, newest_from=newest["valid_from"] if newest else None)
        digest = digest_of(text)
        if newest and newest["sha256"] == digest:
            message = f"is the text of version {newest['version']} already"
            problems.append(FieldError("text", FieldCode.ALREADY_EXISTS, message))
        if problems:
            raise Invalid(problems)
        terms_id, version = actor.new_id(), newest["version"] + 1 if newest else 1
        row = {
            "id": terms_id,
            "product_id": product_id,
            "scope": actor.scope.path,
            "version": version,
            "text": text,
            "sha256": digest,
            "valid_from": valid_from,
            "created_at": actor.at,
        }
        await insert("terms_documents", row)
        data = {
            "product_id": encode("Product", product_id),
            "terms_id": encode("TermsDocument", terms_id),
            "version": version,
            "valid_from": valid_from.isoformat(),
            "sha256": digest,
        }
        await record(
            actor, NewEvent(EventType.TERMS_PUBLISHED, actor.organization_id, actor.scope.path, product_id, data)
        )
        return terms_id


def digest_of(text: str) -> str:
    """What a text is known by: the SHA-256 of its UTF-8, as hexadecimal digits."""
    return sha256(text.encode()).hexdigest()
