"""What is told of accounts and their wallets."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import MONEY, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_ACCOUNT: Final[Mapping[str, JsonSchema]] = {
    "account_id": id_of("Account"),
    "organization_id": id_of("Organization"),
    "kind": text("ENTERPRISE or GROUP"),
    "name": text("what the account is called"),
    "credit_terms": text("UNLIMITED, PREPAID or POSTPAID, after this event"),
}


def _with_money(what: str) -> Mapping[str, JsonSchema]:
    """The amount is that between the account's owner and its seller; nobody else receives it."""
    return {**_ACCOUNT, "price": optional({**MONEY, "description": what}), "cost": optional(MONEY)}


SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.ACCOUNT_CREATED: EventSpec("Account", "An account of a customer was created.", _ACCOUNT),
    EventType.ACCOUNT_CREDIT_TERMS_SET: EventSpec(
        "Account", "Its credit terms were set.", _with_money("the credit limit, of POSTPAID terms")
    ),
    EventType.WALLET_TOPPED_UP: EventSpec("Account", "A payment was put into its wallet.", _with_money("the payment")),
    EventType.WALLET_CREDITED: EventSpec("Account", "Its seller granted it an amount.", _with_money("the amount")),
}
