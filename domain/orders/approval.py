"""Which orders wait for somebody else's approval: pure decisions on the buyer's rule."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from domain.organizations.models import ApprovalRule
from domain.shared.actor import Permission
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import Money

MAX_LIMIT_MINOR = 10**15


def needs_approval(buyer: Mapping[str, Any], permissions: Collection[Permission], price_minor: int) -> bool:
    """Whether an order of this buyer (its row) waits, submitted with these permissions for this price.

    An amount over the limit waits whoever submits it: four eyes see it.
    """
    match ApprovalRule(buyer["approval_rule"]):
        case ApprovalRule.WITHOUT_PERMISSION:
            return Permission.ORDERS_APPROVE not in permissions
        case ApprovalRule.ABOVE_AMOUNT:
            return price_minor > (buyer["approval_above_minor"] or 0)
        case _:
            return False


def check_rule(rule: ApprovalRule, limit: Decimal | None, currency: str) -> list[FieldError]:
    """An amount in major units goes with ABOVE_AMOUNT, and only with that."""
    if rule is not ApprovalRule.ABOVE_AMOUNT:
        message = "goes with ABOVE_AMOUNT only"
        return [FieldError("limit", FieldCode.NOT_ALLOWED, message)] if limit is not None else []
    if limit is None:
        return [FieldError("limit", FieldCode.REQUIRED, "ABOVE_AMOUNT needs an amount; it may be 0")]
    try:
        minor = Money.of(limit, currency).minor
    except ValueError:
        return [FieldError("limit", FieldCode.INVALID, f"is not an amount of {currency}, or too large a one")]
    if not 0 <= minor <= MAX_LIMIT_MINOR:
        most = Money(MAX_LIMIT_MINOR, currency).amount
        return [FieldError("limit", FieldCode.OUT_OF_RANGE, f"must be between 0 and {most} {currency}")]
    return []
