"""What an operation costs: the price list, and the count of what an answer holds.

A row costs 1 (whatever has an id, and what stands in a list of rows), a value 0, a mutation 10; a list costs what its
items cost, times how many there may be. The lists that take no size have a largest one declared here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLOutputType, is_list_type, is_non_null_type

from domain.billing.rules import MAX_ACCOUNTS
from domain.catalog.plan_rules import MAX_ADD_ONS, MAX_COMPONENTS
from domain.catalog.product_rules import MAX_GROUPS
from domain.catalog.queries import MAX_PLANS
from domain.contracts.rules import MAX_AGREED
from domain.numbers.rules import MAX_SELECTED
from domain.orders.rules import MAX_LINES
from domain.orders.stages import Stage
from domain.pricing.offers import MAX_OFFERS
from domain.subscriptions.aligning import MAX_ALIGNED
from domain.subscriptions.rules import MAX_ASSIGNEES
from domain.usage.queries import MAX_MONTHS, MAX_READINGS
from domain.webhooks.queries import MAX_ATTEMPTS

MUTATION_COST: Final = 10
# The most there can be in a list that takes no size; the domain keeps to it.
LIST_SIZES: Final[Mapping[tuple[str, str], int]] = {
    ("Order", "lines"): MAX_LINES,
    ("OrderPreview", "lines"): MAX_LINES,
    ("Order", "stages"): len(Stage),
    ("Contract", "prices"): MAX_AGREED,
    ("Plan", "offers"): MAX_OFFERS,
    ("Organization", "accounts"): MAX_ACCOUNTS,
    ("Plan", "addons"): MAX_ADD_ONS,
    ("Plan", "components"): MAX_COMPONENTS,
    ("Product", "categories"): MAX_GROUPS,
    ("Product", "orderTypes"): MAX_GROUPS,
    ("Product", "plans"): MAX_PLANS,
    ("Subscription", "assignees"): MAX_ASSIGNEES,
    ("Subscription", "usage"): MAX_MONTHS,
    ("Subscription", "usageReadings"): MAX_READINGS,
    ("WebhookDelivery", "attempts"): MAX_ATTEMPTS,
    ("AlignRenewalsSuccess", "subscriptions"): MAX_ALIGNED,
    ("RenewalAlignmentPreview", "lines"): MAX_ALIGNED,
    ("ReserveNumbersSuccess", "numbers"): MAX_SELECTED,
    ("ReserveNumbersSuccess", "backorders"): MAX_SELECTED,
}
# Rows without an id of their own; the others implement Node.
ROWS: Final = frozenset(
    {
        "AddOn",
        "AlignedRenewal",
        "BundleComponent",
        "ContractPrice",
        "Offer",
        "OrderStage",
        "PreviewedLine",
        "Price",
        "SearchHit",
        "UsageMonth",
        "UsageReading",
        "WebhookAttempt",
    }
)
# Fields that cost whatever they answer: a count reads the whole list, introspection the whole schema.
FIELD_COSTS: Final[Mapping[str, int]] = {"totalCount": 10, "__schema": 100, "__type": 20}
# Values of a leaf, where one of them may weigh as much as many; the others are 1.
LEAF_VALUES: Final[Mapping[str, int]] = {"JSON": 20}
VALUES_PER_POINT: Final = 10  # of the largest query: what an answer holds at most, for values cost nothing


@dataclass(frozen=True, slots=True)
class Part:
    """A field of an answer that something is to be counted in, found there by `key`.

    `fixed` counts when the field is there, `weight` for each object in it, `parts` are what is to be counted in each;
    a certain one is never null.
    """

    key: str
    fixed: int
    weight: int
    is_list: bool = False
    is_certain: bool = False
    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Price:
    """The most that an operation can cost, and how many values its answer can have; `parts` count what it did cost.

    `fixed` is what it costs without an answer.
    """

    points: int
    values: int
    fixed: int
    parts: tuple[Part, ...]

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """What this answer cost: never more than was asked for, and at least 1."""
        counted = self.fixed if data is None else _count(self.parts, data)
        return max(1, min(counted, self.points))


def _count(parts: Sequence[Part], item: Mapping[str, Any]) -> int:
    points = 0
    for part in parts:
        value = item.get(part.key, item)
        if value is item:
            continue  # a part of another member of the union
        points += part.fixed
        if value is None or not (part.weight or part.parts):
            continue
        if not part.is_list:
            points += part.weight + _count(part.parts, value)
        elif part.parts:
            points += sum(part.weight + _count(part.parts, each) for each in value if each is not None)
        else:
            points += part.weight * (len(value) - value.count(None))
    return points


def is_row(kind: GraphQLObjectType) -> bool:
    """Whether an object of this type costs 1."""
    return kind.name in ROWS or any(interface.name == "Node" for interface in kind.interfaces)


def is_a_list(kind: GraphQLOutputType) -> bool:
    """Whether a field of this type has many items."""
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)
