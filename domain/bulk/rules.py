"""Which bulk operations there are, what seeing each requires, and when one that does not get on is given up."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from domain.shared.actor import Permission

MAX_ERRORS: Final = 100  # of one operation that are kept: the first ones
MAX_TRIES: Final = 5  # of one step


class BulkKind(StrEnum):
    """What is done to many things."""

    WEBHOOK_REPLAY = "WEBHOOK_REPLAY"
    INVOICES = "INVOICES"
    NUMBER_IMPORT = "NUMBER_IMPORT"


# Seeing or cancelling an operation requires what starting it does.
REQUIRES: Final[Mapping[BulkKind, Permission]] = {
    BulkKind.WEBHOOK_REPLAY: Permission.WEBHOOKS_MANAGE,
    BulkKind.INVOICES: Permission.BILLING_MANAGE,
    BulkKind.NUMBER_IMPORT: Permission.NUMBERS_MANAGE,
}


def kinds_for(permissions: Collection[Permission]) -> list[str]:
    """The kinds that may be seen with these permissions."""
    return [kind.value for kind, permission in REQUIRES.items() if permission in permissions]
