"""Which accounts a customer has, which of them is invoiced, and who sees and sets their credit: pure decisions."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.billing.models import AccountKind, CreditTerms
from domain.organizations.models import BillingMode
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import Money
from domain.shared.tenancy import Scope

MAX_ACCOUNTS: Final = 100  # of one customer, its enterprise account included
ENTERPRISE_POSITION: Final = 0
FIRST_GROUP_POSITION: Final = 1
# Far from what a ledger's 64 bits hold, so that sums of many fit as well.
MAX_AMOUNT_MINOR: Final = 10**15

# Billing mode -> the kind of account that invoices live on (ORION, "Billing Type").
INVOICED: Final = {BillingMode.ENTERPRISE: AccountKind.ENTERPRISE, BillingMode.GROUP: AccountKind.GROUP}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to make."""

    kind: AccountKind
    position: int
    name: str
    is_invoiced: bool


def first_accounts(customer_name: str, mode: BillingMode) -> list[NewAccount]:
    """What a customer begins with: "<name> Enterprise", the owner account, and its first group "<name>"."""
    return [
        new_account(AccountKind.ENTERPRISE, ENTERPRISE_POSITION, f"{customer_name} Enterprise", mode),
        new_account(AccountKind.GROUP, FIRST_GROUP_POSITION, customer_name, mode),
    ]


def new_account(kind: AccountKind, position: int, name: str, mode: BillingMode) -> NewAccount:
    """An account as the billing mode has it."""
    return NewAccount(kind, position, name, receives_invoices(mode, kind))


def receives_invoices(mode: BillingMode, kind: AccountKind) -> bool:
    """Whether invoices live on accounts of this kind."""
    return INVOICED[mode] is kind


def invoiced_position(mode: BillingMode, group_position: int) -> int:
    """The position of the account that is invoiced for what lives on a group."""
    return group_position if INVOICED[mode] is AccountKind.GROUP else ENTERPRISE_POSITION


def sees_credit(viewer: Scope, account_path: str) -> bool:
    """Whether a viewer is the seller or the buyer of an account: its amounts are theirs, not those of sellers above."""
    owner = Scope(account_path)
    return viewer.covers(owner) and owner.depth - viewer.depth <= 1


def is_seller_of(viewer: Scope, account_path: str) -> bool:
    """Whether a viewer sells to the owner of an account, with nobody between."""
    owner = Scope(account_path)
    return viewer.covers(owner) and owner.depth - viewer.depth == 1


def check_terms(terms: CreditTerms, limit: Decimal | None, currency: str) -> list[FieldError]:
    """A credit limit goes with POSTPAID, and only with that."""
    if terms is not CreditTerms.POSTPAID:
        message = "goes with POSTPAID only"
        return [FieldError("creditLimit", FieldCode.NOT_ALLOWED, message)] if limit is not None else []
    if limit is None:
        return [FieldError("creditLimit", FieldCode.REQUIRED, "POSTPAID needs a credit limit; it may be 0")]
    return check_amount("creditLimit", limit, currency, least_minor=0)


def check_amount(path: str, amount: Decimal, currency: str, *, least_minor: int) -> list[FieldError]:
    """An amount in major units that the currency can have, neither too small nor too large."""
    try:
        minor = Money.of(amount, currency).minor
    except ValueError:
        return [FieldError(path, FieldCode.INVALID, f"is not an amount of {currency}, or too large a one")]
    if not least_minor <= minor <= MAX_AMOUNT_MINOR:
        least, most = Money(least_minor, currency).amount, Money(MAX_AMOUNT_MINOR, currency).amount
        return [FieldError(path, FieldCode.OUT_OF_RANGE, f"must be between {least} and {most} {currency}")]
    return []
