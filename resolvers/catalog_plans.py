"""Resolvers that manage plans, categories and order types."""

from domain.catalog import plans
from domain.catalog.groups import CATEGORY, ORDER_TYPE, set_group
from domain.catalog.product_rules import GroupDraft
from domain.catalog.queries import CATEGORIES, ORDER_TYPES, PLANS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.catalog_inputs import plan_changes, plan_draft
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from schema.catalog_groups import (
    CatalogGroupSort,
    CatalogGroupWhere,
    Category,
    OrderType,
    SetCategoryInput,
    SetCategoryResult,
    SetCategorySuccess,
    SetOrderTypeInput,
    SetOrderTypeResult,
    SetOrderTypeSuccess,
)
from schema.catalog_plans import (
    ArchivePlanInput,
    ArchivePlanResult,
    ArchivePlanSuccess,
    CreatePlanInput,
    CreatePlanResult,
    CreatePlanSuccess,
    UpdatePlanInput,
    UpdatePlanResult,
    UpdatePlanSuccess,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def create_plan(info: Info, input: CreatePlanInput) -> CreatePlanResult:  # noqa: A002 - the argument's public name
    """Add a plan to a product of your organization; it is sold where it has a price."""
    product_id, draft = decode("Product", input.product_id, path="productId"), plan_draft(input)
    made = await run_once(info, input, lambda: plans.create_plan(actor_of(info), product_id, draft))
    return CreatePlanSuccess(plan=await read_written(info, "Plan", PLANS, made, "plan"))


async def update_plan(info: Info, input: UpdatePlanInput) -> UpdatePlanResult:  # noqa: A002 - the argument's public name
    """Change a plan of a product of your organization; what is left out stays as it is."""
    plan_id = await plans.update_plan(actor_of(info), decode("Plan", input.id), plan_changes(input))
    return UpdatePlanSuccess(plan=await read_written(info, "Plan", PLANS, plan_id, "plan"))


async def archive_plan(info: Info, input: ArchivePlanInput) -> ArchivePlanResult:  # noqa: A002 - the argument's public name
    """Sell a plan no more; subscriptions to it go on."""
    plan_id = await plans.archive_plan(actor_of(info), decode("Plan", input.id))
    return ArchivePlanSuccess(plan=await read_written(info, "Plan", PLANS, plan_id, "plan"))


async def categories(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: CatalogGroupWhere | None = None,
    sort: list[CatalogGroupSort] | None = None,
) -> Connection[Category]:
    """The categories of your sellers' catalogs, of your own and of your subtree's."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Category", CATEGORIES, request, where=where, sort=sort)


async def order_types(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: CatalogGroupWhere | None = None,
    sort: list[CatalogGroupSort] | None = None,
) -> Connection[OrderType]:
    """The order types of your sellers' catalogs, of your own and of your subtree's."""
    request = page_request(first, after, last, before)
    return await read_page(info, "OrderType", ORDER_TYPES, request, where=where, sort=sort)


async def set_category(info: Info, input: SetCategoryInput) -> SetCategoryResult:  # noqa: A002 - the argument's public name
    """Make a category of your organization's catalog, or change the one of this key."""
    draft = GroupDraft(input.key, input.name, input.position)
    made = await run_once(info, input, lambda: set_group(actor_of(info), CATEGORY, draft))
    return SetCategorySuccess(category=await read_written(info, "Category", CATEGORIES, made, "category"))


async def set_order_type(info: Info, input: SetOrderTypeInput) -> SetOrderTypeResult:  # noqa: A002 - the argument's public name
    """Make an order type of your organization's catalog, or change the one of this key."""
    draft = GroupDraft(input.key, input.name, input.position)
    made = await run_once(info, input, lambda: set_group(actor_of(info), ORDER_TYPE, draft))
    return SetOrderTypeSuccess(order_type=await read_written(info, "OrderType", ORDER_TYPES, made, "orderType"))
