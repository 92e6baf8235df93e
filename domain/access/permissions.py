"""The one matrix of permissions: what each kind of organization may hold at all, and what each role gives."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.shared.actor import OrganizationKind, Permission

P = Permission
_BUYER: Final = frozenset(
    {
        P.ORGANIZATIONS_READ,
        P.TOKENS_MANAGE,
        P.CATALOG_READ,
        P.CONTRACTS_READ,
        P.ORDERS_READ,
        P.ORDERS_MANAGE,
        P.ORDERS_APPROVE,
        P.SUBSCRIPTIONS_READ,
        P.SUBSCRIPTIONS_MANAGE,
        P.NUMBERS_READ,
        P.EVENTS_READ,
        P.WEBHOOKS_MANAGE,
        P.PROVISIONING_READ,
        P.CREDENTIALS_REVEAL,
        P.MEMBERS_READ,
        P.MEMBERS_MANAGE,
        P.OWNERS_MANAGE,
        P.BILLING_READ,
        P.UPLOADS_MANAGE,
    }
)

GRANTABLE: Final[Mapping[OrganizationKind, frozenset[Permission]]] = {
    OrganizationKind.DISTRIBUTOR: frozenset(Permission),
    OrganizationKind.PARTNER: frozenset(Permission),
    # A customer sells to nobody: it has no cost to see and creates no organizations (domain.md, Organizations).
    OrganizationKind.CUSTOMER: _BUYER,
}

# Who may do something with one of these may change what credentials may do.
CHANGES_ACCESS: Final = frozenset({P.TOKENS_MANAGE, P.ORGANIZATIONS_MANAGE, P.MEMBERS_MANAGE})


class Role(StrEnum):
    """What a member is in its organization."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    SALES = "SALES"
    BILLING = "BILLING"
    SUPPORT = "SUPPORT"
    VIEWER = "VIEWER"


_SEES: Final = frozenset(
    {P.ORGANIZATIONS_READ, P.CATALOG_READ, P.ORDERS_READ, P.SUBSCRIPTIONS_READ, P.NUMBERS_READ, P.MEMBERS_READ}
)

# What a role gives; an organization's kind may take from it (domain.md, Organizations).
ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - {P.OWNERS_MANAGE},
    Role.SALES: _SEES
    | {P.ORGANIZATIONS_MANAGE, P.ORDERS_MANAGE, P.PRICES_READ, P.CONTRACTS_READ, P.CONTRACTS_MANAGE}
    | {P.SUBSCRIPTIONS_MANAGE}
    | {P.BILLING_READ, P.COSTS_READ, P.EVENTS_READ, P.PROVISIONING_READ, P.UPLOADS_MANAGE, P.DESK_MANAGE},
    Role.BILLING: _SEES
    | {
        P.ORDERS_APPROVE,
        P.BILLING_READ,
        P.BILLING_MANAGE,
        P.PRICES_READ,
        P.CONTRACTS_READ,
        P.COSTS_READ,
        P.EVENTS_READ,
    },
    Role.SUPPORT: _SEES | {P.EVENTS_READ, P.PROVISIONING_READ, P.UPLOADS_MANAGE, P.DESK_MANAGE},
    Role.VIEWER: _SEES,
}


def permissions_of(role: Role, kind: OrganizationKind) -> frozenset[Permission]:
    """What a member of this role may do for an organization of this kind."""
    return ROLES[role] & GRANTABLE[kind]
