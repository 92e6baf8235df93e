"""Resolvers that manage products and their terms."""

from domain.catalog import products
from domain.catalog.models import ProductStatus
from domain.catalog.queries import PRODUCTS, TERMS
from domain.catalog.terms import publish_terms as publish_version
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.catalog_inputs import product_changes, product_draft
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from schema.catalog import Product
from schema.catalog_products import (
    ArchiveProductInput,
    ArchiveProductResult,
    ArchiveProductSuccess,
    CreateProductInput,
    CreateProductResult,
    CreateProductSuccess,
    PauseProductInput,
    PauseProductResult,
    PauseProductSuccess,
    PublishProductInput,
    PublishProductResult,
    PublishProductSuccess,
    UpdateProductInput,
    UpdateProductResult,
    UpdateProductSuccess,
)
from schema.catalog_terms import (
    PublishTermsInput,
    PublishTermsResult,
    PublishTermsSuccess,
    TermsDocument,
    TermsDocumentSort,
    TermsDocumentWhere,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def create_product(info: Info, input: CreateProductInput) -> CreateProductResult:  # noqa: A002 - the argument's public name
    """Draft a product of your organization; it goes on sale when it is published."""
    draft = product_draft(input)
    made = await run_once(info, input, lambda: products.create_product(actor_of(info), draft))
    return CreateProductSuccess(product=await read_written(info, "Product", PRODUCTS, made, "product"))


async def update_product(info: Info, input: UpdateProductInput) -> UpdateProductResult:  # noqa: A002 - the argument's public name
    """Change a product of your organization; what is left out stays as it is."""
    product_id = decode("Product", input.id)
    await products.update_product(actor_of(info), product_id, product_changes(input))
    return UpdateProductSuccess(product=await read_written(info, "Product", PRODUCTS, product_id, "product"))


async def _moved(info: Info, text: str, target: ProductStatus) -> Product:
    product_id = await products.move_product(actor_of(info), decode("Product", text), target)
    product: Product = await read_written(info, "Product", PRODUCTS, product_id, "product")
    return product


async def publish_product(info: Info, input: PublishProductInput) -> PublishProductResult:  # noqa: A002 - the argument's public name
    """Put a product of your organization on sale, for the first time or again; it needs a plan."""
    return PublishProductSuccess(product=await _moved(info, input.id, ProductStatus.ACTIVE))


async def pause_product(info: Info, input: PauseProductInput) -> PauseProductResult:  # noqa: A002 - the argument's public name
    """Take a product of your organization off sale for now; subscriptions to it go on."""
    return PauseProductSuccess(product=await _moved(info, input.id, ProductStatus.PAUSED))


async def archive_product(info: Info, input: ArchiveProductInput) -> ArchiveProductResult:  # noqa: A002 - the argument's public name
    """Take a product of your organization off sale for good; subscriptions to it go on."""
    return ArchiveProductSuccess(product=await _moved(info, input.id, ProductStatus.ARCHIVED))


async def terms_documents(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: TermsDocumentWhere | None = None,
    sort: list[TermsDocumentSort] | None = None,
) -> Connection[TermsDocument]:
    """Every version of the terms of the products that are offered to you, and of your subtree's."""
    request = page_request(first, after, last, before)
    return await read_page(info, "TermsDocument", TERMS, request, where=where, sort=sort)


async def publish_terms(info: Info, input: PublishTermsInput) -> PublishTermsResult:  # noqa: A002 - the argument's public name
    """Publish the next version of a product's terms of service; it is never changed."""
    product_id, text, valid_from = decode("Product", input.product_id, path="productId"), input.text, input.valid_from
    made = await run_once(
        info, input, lambda: publish_version(actor_of(info), product_id, text=text, valid_from=valid_from)
    )
    return PublishTermsSuccess(terms=await read_written(info, "TermsDocument", TERMS, made, "terms"))
