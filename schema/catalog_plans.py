"""Managing plans: inputs and results."""

from typing import Annotated

import strawberry

from domain.billing.policies import CURRENT, ProrationPolicy, RefundPolicy
from domain.catalog.models import Charging, PlanKind, SalesModel
from domain.catalog.parts import LimitPer
from schema.catalog import Plan
from schema.errors import Conflict, InvalidInput, NotFound


@strawberry.input(description="An add-on that a plan may be sold with.")
class AddOnInput:
    """Mirrors AddOn."""

    plan_id: strawberry.ID = strawberry.field(description="A plan of kind ADD_ON or NUMBER.")
    min_quantity: int = strawberry.field(description="How many there must be at least.", default=0)
    max_quantity: int = strawberry.field(description="How many there may be at the most.")
    per: LimitPer = strawberry.field(description="What these limits count for.", default=LimitPer.SUBSCRIPTION)


@strawberry.input(description="What is in a bundle.")
class BundleComponentInput:
    """Mirrors BundleComponent."""

    plan_id: strawberry.ID = strawberry.field(description="A plan of a product that is no bundle itself.")
    quantity: int = strawberry.field(description="How many of it are in one bundle.", default=1)


@strawberry.input(description="A plan to add to a product.")
class CreatePlanInput:
    """What `createPlan` takes."""

    product_id: strawberry.ID = strawberry.field(description="A product of your organization.")
    key: str = strawberry.field(
        description="Lower-case letters and digits joined by hyphens; unique within the product."
    )
    name: str = strawberry.field(description="Its name.")
    rank: int = strawberry.field(
        description="Upgrades go to a higher rank, downgrades to a lower one; unique within the product."
    )
    max_quantity: int = strawberry.field(description="How many one line may order at the most.")
    sales_models: list[SalesModel] = strawberry.field(description="By what it is meant to be sold, at least one.")
    kind: PlanKind = strawberry.field(description="What one of its quantity is.", default=PlanKind.ITEM)
    charging: Charging = strawberry.field(
        description="What is charged; POSTPAID is for plans by the seat that are sold monthly.",
        default=Charging.PREPAID,
    )
    max_users: int | None = strawberry.field(
        description="How many users it covers, of plans by the seat.", default=None
    )
    included_numbers: int = strawberry.field(
        description="How many telephone numbers each seat has at no charge, 0 to 100.", default=0
    )
    trial_days: int = strawberry.field(description="How many days it may be tried, 0 to 30.", default=0)
    postponed_billing_months: int = strawberry.field(
        description="How many months may be had for free, to be paid or cancelled after them, 0 to 12.", default=0
    )
    provisioning_hours: int = strawberry.field(
        description="How many hours its provisioner has for what it is asked, 1 to 2160.", default=24
    )
    proration: ProrationPolicy = strawberry.field(
        description="What a change within a term costs for the rest of it.", default=CURRENT.proration
    )
    refund: RefundPolicy = strawberry.field(
        description="What is refunded of a term that ends early.", default=CURRENT.refund
    )
    full_refund_days: int = strawberry.field(
        description="Until how many days after the purchase all of it is refunded, 0 to 365.",
        default=CURRENT.full_refund_days,
    )
    addons: list[AddOnInput] = strawberry.field(
        description="What it may be sold with, at most 20.", default_factory=list
    )
    components: list[BundleComponentInput] = strawberry.field(
        description="What is in it, where its product is a bundle; at most 20, each once.", default_factory=list
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="What to change of a plan; what is left out stays as it is, and so do subscriptions.")
class UpdatePlanInput:
    """What `updatePlan` takes."""

    id: strawberry.ID = strawberry.field(description="A plan of a product of your organization.")
    name: strawberry.Maybe[str] = strawberry.field(description="Its name.")
    rank: strawberry.Maybe[int] = strawberry.field(description="Its rank, unique within the product.")
    max_quantity: strawberry.Maybe[int] = strawberry.field(description="How many one line may order at the most.")
    sales_models: strawberry.Maybe[list[SalesModel]] = strawberry.field(
        description="All by what it is meant to be sold."
    )
    charging: strawberry.Maybe[Charging] = strawberry.field(description="What is charged.")
    max_users: strawberry.Maybe[int | None] = strawberry.field(description="How many users it covers; null: any.")
    included_numbers: strawberry.Maybe[int] = strawberry.field(description="How many numbers each seat has for free.")
    trial_days: strawberry.Maybe[int] = strawberry.field(description="How many days it may be tried, 0 to 30.")
    postponed_billing_months: strawberry.Maybe[int] = strawberry.field(
        description="How many months may be had for free, 0 to 12."
    )
    provisioning_hours: strawberry.Maybe[int] = strawberry.field(
        description="How many hours its provisioner has for what it is asked, 1 to 2160."
    )
    proration: strawberry.Maybe[ProrationPolicy] = strawberry.field(
        description="What a change within a term costs, for what is bought from now on."
    )
    refund: strawberry.Maybe[RefundPolicy] = strawberry.field(
        description="What is refunded of a term that ends early, for what is bought from now on."
    )
    full_refund_days: strawberry.Maybe[int] = strawberry.field(
        description="Until how many days after the purchase all of it is refunded, 0 to 365."
    )
    addons: strawberry.Maybe[list[AddOnInput]] = strawberry.field(description="All that it may be sold with.")
    components: strawberry.Maybe[list[BundleComponentInput]] = strawberry.field(description="All that is in it.")


@strawberry.input(description="A plan to sell no more.")
class ArchivePlanInput:
    """What `archivePlan` takes."""

    id: strawberry.ID = strawberry.field(description="A plan of a product of your organization.")


@strawberry.type(description="The plan is added.")
class CreatePlanSuccess:
    """The good end of `createPlan`."""

    plan: Plan = strawberry.field(description="The new plan.")


@strawberry.type(description="The plan is as it was asked for.")
class UpdatePlanSuccess:
    """The good end of `updatePlan`."""

    plan: Plan = strawberry.field(description="The plan.")


@strawberry.type(description="The plan is not sold any more; subscriptions to it go on.")
class ArchivePlanSuccess:
    """The good end of `archivePlan`."""

    plan: Plan = strawberry.field(description="The plan.")


CreatePlanResult = Annotated[
    CreatePlanSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreatePlanResult", description="How `createPlan` can end."),
]
UpdatePlanResult = Annotated[
    UpdatePlanSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdatePlanResult", description="How `updatePlan` can end."),
]
ArchivePlanResult = Annotated[
    ArchivePlanSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ArchivePlanResult", description="How `archivePlan` can end."),
]
