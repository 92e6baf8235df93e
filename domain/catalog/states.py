"""The states of a product and of its plans."""

from typing import Final

from domain.catalog.models import PlanStatus, ProductStatus
from domain.shared.states import StateMachine

S = ProductStatus
PRODUCT: Final = StateMachine(
    subject="product",
    initial=S.DRAFT,
    moves={
        S.DRAFT: frozenset({S.ACTIVE, S.ARCHIVED}),
        S.ACTIVE: frozenset({S.PAUSED, S.ARCHIVED}),
        S.PAUSED: frozenset({S.ACTIVE, S.ARCHIVED}),
        S.ARCHIVED: frozenset(),
    },
)

PLAN: Final = StateMachine(
    subject="plan",
    initial=PlanStatus.ACTIVE,
    moves={
        PlanStatus.ACTIVE: frozenset({PlanStatus.ARCHIVED}),
        PlanStatus.ARCHIVED: frozenset(),
    },
)
