"""Terms of service: types and inputs."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.shared.filters import Direction
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter
from schema.nodes import Node
from schema.reading import Reader, column, identity


@strawberry.type(description="One version of a product's terms of service; it never changes.")
class TermsDocument(Node):
    """Read from `terms_documents`."""

    product_id: strawberry.ID = strawberry.field(description="Of which product.")
    version: int = strawberry.field(description="Counts from 1.")
    text: str = strawberry.field(description="What is agreed to.")
    sha256: str = strawberry.field(description="Of the text in UTF-8, as hexadecimal digits: it proves what was shown.")
    valid_from: date = strawberry.field(description="The first day it applies, until a later version does.")
    created_at: datetime = strawberry.field(description="When it was published.")


TERMS_DOCUMENT: Final = Reader(
    TermsDocument,
    {
        "id": identity("TermsDocument"),
        "product_id": identity("Product", "product_id"),
        "version": column("version"),
        "text": column("text"),
        "sha256": column("sha256"),
        "valid_from": column("valid_from"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Which versions.")
class TermsDocumentWhere:
    """All given parts must hold."""

    product_id: IdFilter | None = strawberry.field(description="By product.", default=None, metadata={KIND: "Product"})
    and_: list["TermsDocumentWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["TermsDocumentWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What versions can be sorted by.")
class TermsDocumentSortField(Enum):
    """Names of domain.catalog.queries.TERMS.sorts."""

    VERSION = strawberry.enum_value("VERSION", description="Version.")


@strawberry.input(description="One sort key.")
class TermsDocumentSort:
    """Later keys break the ties of earlier ones."""

    field: TermsDocumentSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="A version of terms to publish; it cannot be changed or taken back.")
class PublishTermsInput:
    """What `publishTerms` takes."""

    product_id: strawberry.ID = strawberry.field(description="A product of your organization.")
    text: str = strawberry.field(description="What is agreed to, at most 60,000 characters.")
    valid_from: date = strawberry.field(description="The first day it applies: today (UTC) or later.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The terms are published.")
class PublishTermsSuccess:
    """The good end of `publishTerms`."""

    terms: TermsDocument = strawberry.field(description="The new version.")


PublishTermsResult = Annotated[
    PublishTermsSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("PublishTermsResult", description="How `publishTerms` can end."),
]
