"""Accounts and wallets: types and inputs."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.billing.models import AccountKind, CreditTerms, EntryKind
from domain.billing.rules import sees_credit
from domain.shared.actor import Actor
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, DateTimeFilter, IdFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.reading import Field, Reader, column, computed, identity, member, viewed
from schema.scalars import CurrencyCode, Record

_SEEN_BY = "null for others than its owner and the seller of that."


@strawberry.type(description="An account of a customer: its enterprise account, or one of its groups.")
class Account(Node):
    """Read from `accounts`."""

    customer_id: strawberry.ID = strawberry.field(description="Whose account it is.")
    kind: AccountKind = strawberry.field(description="What it is for.")
    name: str = strawberry.field(description="What it is called, unique at the customer.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")
    is_invoiced: bool = strawberry.field(description="Whether invoices live on it, by the customer's billing mode.")
    credit_terms: CreditTerms = strawberry.field(description="How far it may order before it has paid.")
    credit_limit: Money | None = strawberry.field(description=f"How much it may owe; {_SEEN_BY}")
    balance: Money | None = strawberry.field(
        description=f"What was paid in and granted, less what was charged; below zero it is owed; {_SEEN_BY}"
    )
    held: Money | None = strawberry.field(description=f"What is set aside for orders under way; {_SEEN_BY}")
    available: Money | None = strawberry.field(
        description=f"What orders may still take: balance and credit limit, less what is held; {_SEEN_BY}"
    )
    created_at: datetime = strawberry.field(description="When it was created.")


def _credit(read: Callable[[Record], int], *columns: str) -> Field:
    def reading(viewer: Actor) -> Callable[[Record], Money | None]:
        def amount(record: Record) -> Money | None:
            is_seen = sees_credit(viewer.scope, record["scope"])
            return money(read(record) if is_seen else None, record["currency"])

        return amount

    return viewed((*columns, "scope", "currency"), reading)


ACCOUNT: Final = Reader(
    Account,
    {
        "id": identity("Account"),
        "customer_id": identity("Organization", "organization_id"),
        "kind": member(AccountKind, "kind"),
        "name": column("name"),
        "currency": column("currency"),
        "is_invoiced": column("is_invoiced"),
        "credit_terms": member(CreditTerms, "credit_terms"),
        "credit_limit": _credit(lambda record: record["credit_limit_minor"], "credit_limit_minor"),
        "balance": _credit(lambda record: record["balance_minor"], "balance_minor"),
        "held": _credit(lambda record: record["held_minor"], "held_minor"),
        "available": _credit(
            lambda record: record["balance_minor"] - record["held_minor"] + record["credit_limit_minor"],
            "balance_minor",
            "held_minor",
            "credit_limit_minor",
        ),
        "created_at": column("created_at"),
    },
)


@strawberry.type(description="One change of what an account has at its disposal; never changed, never removed.")
class WalletEntry(Node):
    """Read from `wallet_entries`."""

    kind: EntryKind = strawberry.field(description="Why.")
    amount: Money | None = strawberry.field(description=f"How much more, or below zero less; {_SEEN_BY}")
    available: Money | None = strawberry.field(description=f"What the account had at its disposal then; {_SEEN_BY}")
    note: str | None = strawberry.field(description="What was noted.")
    account_id: strawberry.ID = strawberry.field(description="Of which account.")
    order_id: strawberry.ID | None = strawberry.field(description="For which order, if for one.")
    created_at: datetime = strawberry.field(description="When.")


WALLET_ENTRY: Final = Reader(
    WalletEntry,
    {
        "id": identity("WalletEntry"),
        "kind": member(EntryKind, "kind"),
        "amount": _credit(lambda record: record["amount_minor"], "amount_minor"),
        "available": _credit(lambda record: record["available_minor"], "available_minor"),
        "note": column("note"),
        "account_id": identity("Account", "account_id"),
        "order_id": computed(("order_id",), lambda record: record["order_id"] and encode("Order", record["order_id"])),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Compares the kind of an account.")
class AccountKindFilter:
    """All given comparisons must hold."""

    eq: AccountKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[AccountKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which accounts.")
class AccountWhere:
    """All given parts must hold."""

    organization_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    kind: AccountKindFilter | None = strawberry.field(description="By what they are for.", default=None)
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was created.", default=None)
    and_: list["AccountWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["AccountWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What accounts can be sorted by.")
class AccountSortField(Enum):
    """Names of domain.billing.queries.ACCOUNTS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was created.")


@strawberry.input(description="One sort key.")
class AccountSort:
    """Later keys break the ties of earlier ones."""

    field: AccountSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="Which entries of wallets.")
class WalletEntryWhere:
    """All given parts must hold."""

    account_id: IdFilter | None = strawberry.field(description="By account.", default=None, metadata={KIND: "Account"})
    order_id: IdFilter | None = strawberry.field(description="By order.", default=None, metadata={KIND: "Order"})
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was made.", default=None)
    and_: list["WalletEntryWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["WalletEntryWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="Credit terms for an account of one of your buyers.")
class SetCreditTermsInput:
    """What `setCreditTerms` takes."""

    account_id: strawberry.ID = strawberry.field(description="Whose terms.")
    terms: CreditTerms = strawberry.field(description="How far it may order before it has paid.")
    credit_limit: Decimal | None = strawberry.field(
        description="How much it may owe, in the account's currency; with POSTPAID only.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="A payment to put into a wallet.")
class TopUpWalletInput:
    """What `topUpWallet` takes."""

    account_id: strawberry.ID = strawberry.field(description="Into whose wallet.")
    amount: Decimal = strawberry.field(description="How much was paid, in the account's currency.")
    note: str | None = strawberry.field(description="What to note, such as the payment's reference.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="An amount to grant.")
class GrantCreditInput:
    """What `grantCredit` takes."""

    account_id: strawberry.ID = strawberry.field(description="To whom.")
    amount: Decimal = strawberry.field(description="How much, in the account's currency.")
    note: str | None = strawberry.field(description="What to note, such as the reason.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The terms are set.")
class SetCreditTermsSuccess:
    """The good end of `setCreditTerms`."""

    account: Account = strawberry.field(description="The account as it is now.")


@strawberry.type(description="The payment is in the wallet.")
class TopUpWalletSuccess:
    """The good end of `topUpWallet`."""

    entry: WalletEntry = strawberry.field(description="The new entry.")


@strawberry.type(description="The amount is in the wallet.")
class GrantCreditSuccess:
    """The good end of `grantCredit`."""

    entry: WalletEntry = strawberry.field(description="The new entry.")


SetCreditTermsResult = Annotated[
    SetCreditTermsSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SetCreditTermsResult", description="How `setCreditTerms` can end."),
]
TopUpWalletResult = Annotated[
    TopUpWalletSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("TopUpWalletResult", description="How `topUpWallet` can end."),
]
GrantCreditResult = Annotated[
    GrantCreditSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("GrantCreditResult", description="How `grantCredit` can end."),
]
