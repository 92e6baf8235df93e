"""What makes a valid plan, and what its add-ons, included numbers and components come to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.billing.policies import CURRENT, ProrationPolicy, RefundPolicy
from domain.catalog.models import Charging, PlanKind, ProductType, SalesModel
from domain.catalog.parts import LimitPer
from domain.catalog.product_rules import check_key
from domain.shared.errors import FieldCode, FieldError
from domain.shared.ids import encode
from domain.shared.texts import check_text

MAX_ADD_ONS: Final = 20
MAX_COMPONENTS: Final = 20
MAX_COUNT: Final = 1_000_000
_MAX_TRIAL_DAYS: Final = 30  # B3-O: up to 30 days before billing starts
_MAX_POSTPONED_MONTHS: Final = 12
_MAX_INCLUDED: Final = 100
_MAX_PROVISIONING_HOURS: Final = 90 * 24
_MAX_REFUND_DAYS: Final = 365
# What an add-on of a plan may be.
ADDABLE: Final = frozenset({PlanKind.ADD_ON, PlanKind.NUMBER})
_RECURRING: Final = frozenset({SalesModel.MONTHLY, SalesModel.YEARLY})


@dataclass(frozen=True, slots=True)
class AddOnDraft:
    """An add-on that the plan may be sold with: how many of it, for each seat or for the whole subscription."""

    plan_id: UUID
    min_quantity: int
    max_quantity: int
    per: LimitPer


@dataclass(frozen=True, slots=True)
class ComponentDraft:
    """So many of a plan in one bundle."""

    plan_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as its owner writes it; the order of `sales_models`, `addons` and `components` means nothing."""

    key: str
    name: str
    rank: int
    max_quantity: int
    kind: PlanKind = PlanKind.ITEM
    charging: Charging = Charging.PREPAID
    sales_models: frozenset[SalesModel] = frozenset(SalesModel)
    max_users: int | None = None
    included_numbers: int = 0
    trial_days: int = 0
    postponed_billing_months: int = 0
    provisioning_hours: int = 24
    proration: ProrationPolicy = CURRENT.proration
    refund: RefundPolicy = CURRENT.refund
    full_refund_days: int = CURRENT.full_refund_days
    addons: Sequence[AddOnDraft] = ()
    components: Sequence[ComponentDraft] = ()


def check_plan(draft: PlanDraft, product_type: ProductType) -> list[FieldError]:
    """Everything wrong with a plan's draft, for a product of this type."""
    return [
        *check_key("key", draft.key),
        *check_text("name", draft.name, max_length=200),
        *_check_range("rank", draft.rank, 0, MAX_COUNT),
        *_check_range("maxQuantity", draft.max_quantity, 1, MAX_COUNT),
        *_check_range("provisioningHours", draft.provisioning_hours, 1, _MAX_PROVISIONING_HOURS),
        *_check_range("fullRefundDays", draft.full_refund_days, 0, _MAX_REFUND_DAYS),
        *_check_seats(draft),
        *_check_terms(draft),
        *_check_add_ons(draft),
        *_check_components(draft, product_type),
    ]


def _check_range(path: str, value: int, low: int, high: int) -> list[FieldError]:
    if low <= value <= high:
        return []
    return [FieldError(path, FieldCode.OUT_OF_RANGE, f"must be between {low} and {high}")]


def _check_seats(draft: PlanDraft) -> list[FieldError]:
    """Users and included numbers are counted by the seat."""
    problems = _check_range("includedNumbers", draft.included_numbers, 0, _MAX_INCLUDED)
    if draft.max_users is not None:
        problems += _check_range("maxUsers", draft.max_users, 1, MAX_COUNT)
    if draft.kind is not PlanKind.SEAT:
        given = {
            "maxUsers": draft.max_users is not None,
            "includedNumbers": draft.included_numbers > 0,
            "charging": draft.charging is Charging.POSTPAID,
        }
        message = f"is for plans by the seat, this one is {draft.kind.value}"
        problems += [FieldError(path, FieldCode.NOT_ALLOWED, message) for path, is_given in given.items() if is_given]
    return problems


def _check_terms(draft: PlanDraft) -> list[FieldError]:
    """By what it is sold, and whether its billing may begin later; what is paid once has no billing to wait for."""
    problems = _check_range("trialDays", draft.trial_days, 0, _MAX_TRIAL_DAYS)
    problems += _check_range("postponedBillingMonths", draft.postponed_billing_months, 0, _MAX_POSTPONED_MONTHS)
    if not draft.sales_models:
        problems.append(FieldError("salesModels", FieldCode.REQUIRED, "name at least one sales model"))
    if not draft.sales_models & _RECURRING:
        late = {"trialDays": draft.trial_days, "postponedBillingMonths": draft.postponed_billing_months}
        message = "is for plans that are sold monthly or yearly"
        problems += [FieldError(path, FieldCode.NOT_ALLOWED, message) for path, given in late.items() if given]
    if draft.charging is Charging.POSTPAID and draft.sales_models != {SalesModel.MONTHLY}:
        message = "must be MONTHLY alone: the month is charged for its highest count of users"
        problems.append(FieldError("salesModels", FieldCode.NOT_ALLOWED, message))
    return problems


def _check_add_ons(draft: PlanDraft) -> list[FieldError]:
    problems: list[FieldError] = []
    if len(draft.addons) > MAX_ADD_ONS:
        return [FieldError("addons", FieldCode.TOO_LONG, f"has {len(draft.addons)} add-ons, at most {MAX_ADD_ONS}")]
    if draft.addons and draft.kind in ADDABLE:
        problems.append(FieldError("addons", FieldCode.NOT_ALLOWED, "an add-on has no add-ons of its own"))
    for place, add_on in enumerate(draft.addons):
        path = f"addons.{place}"
        problems += _check_range(f"{path}.minQuantity", add_on.min_quantity, 0, MAX_COUNT)
        problems += _check_range(f"{path}.maxQuantity", add_on.max_quantity, max(1, add_on.min_quantity), MAX_COUNT)
        if add_on.per is LimitPer.SEAT and draft.kind is not PlanKind.SEAT:
            message = f"SEAT is for plans by the seat, this one is {draft.kind.value}"
            problems.append(FieldError(f"{path}.per", FieldCode.NOT_ALLOWED, message))
    return problems + _check_once("addons", [add_on.plan_id for add_on in draft.addons])


def _check_components(draft: PlanDraft, product_type: ProductType) -> list[FieldError]:
    """The plans of a bundle say what is in it, each thing once; other plans have no components."""
    components, path = draft.components, "components"
    if (product_type is ProductType.BUNDLE) is not bool(components):
        message = "a bundle has components" if not components else "is for plans of a product of type BUNDLE"
        return [FieldError(path, FieldCode.NOT_ALLOWED if components else FieldCode.REQUIRED, message)]
    if len(components) > MAX_COMPONENTS:
        return [FieldError(path, FieldCode.TOO_LONG, f"has {len(components)} components, at most {MAX_COMPONENTS}")]
    problems = _check_once(path, [component.plan_id for component in components])
    for place, component in enumerate(components):
        problems += _check_range(f"{path}.{place}.quantity", component.quantity, 1, MAX_COUNT)
    return problems


def _check_once(path: str, ids: Sequence[UUID]) -> list[FieldError]:
    return [
        FieldError(f"{path}.{place}.planId", FieldCode.ALREADY_EXISTS, "is named twice")
        for place, plan_id in enumerate(ids)
        if plan_id in ids[:place]
    ]


@dataclass(frozen=True, slots=True)
class WithAddOns:
    """A plan that is ordered, at `path`: what it may be sold with, and how many of it are ordered."""

    path: str
    limits: Sequence[AddOnDraft]
    quantity: int


def check_addons(ordered: Sequence[WithAddOns], chosen: Mapping[UUID, int]) -> list[FieldError]:
    """Whether these quantities of add-ons, by plan, may go with what is ordered (B3-S 5).

    A limit per seat counts for each of them. Plans that take the same add-on take it together. An add-on of which the
    minimum is not 0 has to be there; one that nothing ordered takes is for what the customer has already.
    """
    lowest, highest, paths = Counter[UUID](), Counter[UUID](), dict[UUID, str]()
    for plan in ordered:
        for limit in plan.limits:
            turns = plan.quantity if limit.per is LimitPer.SEAT else 1
            lowest[limit.plan_id] += limit.min_quantity * turns
            highest[limit.plan_id] += limit.max_quantity * turns
            paths.setdefault(limit.plan_id, plan.path)
    problems = []
    for plan_id, path in paths.items():
        low, high, found = lowest[plan_id], highest[plan_id], chosen.get(plan_id, 0)
        if not low <= found <= high:
            message = f"takes {low} to {high} of the add-on {encode('Plan', plan_id)}, {found} are ordered"
            problems.append(FieldError(path, FieldCode.OUT_OF_RANGE, message))
    return problems


def included_numbers(seats: Iterable[tuple[int, int]]) -> int:
    """How many numbers come at no charge with (seats, included per seat) of each plan (ORION, No Charge DID's)."""
    return sum(count * included for count, included in seats)


@dataclass(frozen=True, slots=True)
class Component:
    """What is in one of a bundle that is ordered; `provisioner` is its own connector, where it is sold by itself."""

    plan_id: UUID
    name: str
    quantity: int
    provisioner: str
    is_sold: bool


def expand_bundle(components: Sequence[ComponentDraft], quantity: int) -> dict[UUID, int]:
    """How many of each plan are in so many of a bundle."""
    return {component.plan_id: component.quantity * quantity for component in components}
