"""What makes a valid product, category, order type and terms document: every problem at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.catalog.models import Orderability, ProductType
from domain.catalog.schema_rules import check_parameter_schema
from domain.organizations.rules import check_country
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_optional_text, check_text

MAX_GROUPS: Final = 20  # categories, and order types, of one product
MAX_LOCATIONS: Final = 50
MAX_TERMS_LENGTH: Final = 60_000
MAX_POSITION: Final = 1_000_000
_MAX_KEY: Final = 64
_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PROVISIONER: Final = re.compile(r"[a-z0-9]([a-z0-9_-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class DataLocation:
    """Where an instance can keep its data (CS); `country` is ISO 3166-1 alpha-2."""

    key: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as its owner writes it; `parameter_schema` is JSON Schema, Draft 2020-12."""

    key: str
    name: str
    description: str
    type: ProductType
    orderability: Orderability
    order_otherwise: str | None
    provisioner: str
    parameter_schema: Mapping[str, Any]
    data_locations: Sequence[DataLocation] = ()
    category_ids: frozenset[UUID] = frozenset()
    order_type_ids: frozenset[UUID] = frozenset()
    is_system: bool = False


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A category or an order type as its owner writes it."""

    key: str
    name: str
    position: int


def changed(before: Any, after: Any) -> list[str]:
    """The names of the fields in which two drafts of one kind differ."""
    return [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]


def check_key(path: str, key: str) -> list[FieldError]:
    """A key is for programs and addresses: lower-case words joined by hyphens."""
    if len(key) > _MAX_KEY:
        return [FieldError(path, FieldCode.TOO_LONG, f"has {len(key)} characters, at most {_MAX_KEY} are allowed")]
    if not _KEY.fullmatch(key):
        return [FieldError(path, FieldCode.INVALID, "must be lower-case letters and digits joined by hyphens")]
    return []


def check_product(draft: ProductDraft) -> list[FieldError]:
    """Everything wrong with a product's draft."""
    problems = check_key("key", draft.key)
    problems += check_text("name", draft.name, max_length=200)
    problems += check_optional_text("description", draft.description, max_length=5_000)
    problems += check_orderability(draft.orderability, draft.order_otherwise)
    if not _PROVISIONER.fullmatch(draft.provisioner):
        message = "is not the key of a provisioner: lower-case letters and digits, at most 32"
        problems.append(FieldError("provisioner", FieldCode.INVALID, message))
    problems += check_parameter_schema("parameterSchema", draft.parameter_schema)
    problems += check_locations("dataLocations", draft.data_locations)
    for path, ids in (("categoryIds", draft.category_ids), ("orderTypeIds", draft.order_type_ids)):
        if len(ids) > MAX_GROUPS:
            problems.append(FieldError(path, FieldCode.TOO_LONG, f"has {len(ids)} ids, at most {MAX_GROUPS}"))
    return problems


def check_orderability(orderability: Orderability, otherwise: str | None) -> list[FieldError]:
    """A closed product says how it is had instead (ORION trunking), one that is ordered here says nothing of it."""
    path = "orderOtherwise"
    if orderability is Orderability.CLOSED and not (otherwise or "").strip():
        return [FieldError(path, FieldCode.REQUIRED, "say how a closed product is had instead")]
    if orderability is Orderability.ORDERABLE and otherwise:
        return [FieldError(path, FieldCode.NOT_ALLOWED, "is for products that cannot be ordered here")]
    return check_optional_text(path, otherwise, max_length=1_000)


def check_locations(path: str, locations: Sequence[DataLocation]) -> list[FieldError]:
    """Data locations have different keys, names, and countries that there are."""
    if len(locations) > MAX_LOCATIONS:
        return [FieldError(path, FieldCode.TOO_LONG, f"has {len(locations)} entries, at most {MAX_LOCATIONS}")]
    problems: list[FieldError] = []
    for place, location in enumerate(locations):
        own = f"{path}.{place}"
        problems += check_key(f"{own}.key", location.key)
        problems += check_text(f"{own}.name", location.name, max_length=200)
        problems += check_country(f"{own}.country", location.country)
        if any(location.key == other.key for other in locations[:place]):
            problems.append(FieldError(f"{own}.key", FieldCode.ALREADY_EXISTS, "is another location's key"))
    return problems


def check_group(draft: GroupDraft) -> list[FieldError]:
    """Everything wrong with a category or an order type."""
    problems = [*check_key("key", draft.key), *check_text("name", draft.name, max_length=200)]
    if not 0 <= draft.position <= MAX_POSITION:
        problems.append(FieldError("position", FieldCode.OUT_OF_RANGE, f"must be between 0 and {MAX_POSITION}"))
    return problems


def check_terms(text: str, valid_from: date, *, today: date, newest_from: date | None) -> list[FieldError]:
    """Terms have a text and begin neither in the past nor before the version they follow."""
    problems = check_text("text", text, max_length=MAX_TERMS_LENGTH)
    earliest = max(today, newest_from or today)
    if valid_from < earliest:
        problems.append(FieldError("validFrom", FieldCode.OUT_OF_RANGE, f"must be {earliest} or later"))
    return problems
