"""Resolvers of the catalog."""

import strawberry

from domain.catalog.queries import PRODUCTS
from resolvers.lists import read_by_id, read_page
from schema.catalog import Product, ProductSort, ProductWhere
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def product(info: Info, id: strawberry.ID) -> Product | None:  # noqa: A002 - the argument's public name
    """One product that is offered to you or below you; null if there is none."""
    return await read_by_id(info, "Product", PRODUCTS, id)


async def products(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: ProductWhere | None = None,
    sort: list[ProductSort] | None = None,
) -> Connection[Product]:
    """The products offered to you by your sellers, and those of your subtree."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Product", PRODUCTS, request, where=where, sort=sort)
