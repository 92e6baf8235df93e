"""The one matrix of permissions: what each kind of organization may hold at all."""

from collections.abc import Mapping
from typing import Final

from domain.shared.actor import OrganizationKind, Permission

P = Permission
_BUYER: Final = frozenset(
    {
        P.ORGANIZATIONS_READ,
        P.TOKENS_MANAGE,
        P.CATALOG_READ,
        P.ORDERS_READ,
        P.ORDERS_MANAGE,
        P.SUBSCRIPTIONS_READ,
        P.EVENTS_READ,
        P.WEBHOOKS_MANAGE,
        P.PROVISIONING_READ,
        P.BILLING_READ,
    }
)

GRANTABLE: Final[Mapping[OrganizationKind, frozenset[Permission]]] = {
    OrganizationKind.DISTRIBUTOR: frozenset(Permission),
    OrganizationKind.PARTNER: frozenset(Permission),
    # A customer sells to nobody: it has no cost to see and creates no organizations (domain.md, Organizations).
    OrganizationKind.CUSTOMER: _BUYER,
}

# Who may do something with one of these may change what credentials may do.
CHANGES_ACCESS: Final = frozenset({P.TOKENS_MANAGE, P.ORGANIZATIONS_MANAGE})
