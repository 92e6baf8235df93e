"""Who acts: the first argument of every use case, with its organization, permissions, the time and new ids."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.errors import Forbidden
from domain.shared.tenancy import ROOT, Scope


class Permission(StrEnum):
    """What a token may be granted; `domain/access/permissions.py` says which kind of organization may hold which."""

    ORGANIZATIONS_READ = "organizations:read"
    ORGANIZATIONS_MANAGE = "organizations:manage"
    TOKENS_MANAGE = "tokens:manage"
    CATALOG_READ = "catalog:read"
    PRICES_READ = "prices:read"
    PRICES_MANAGE = "prices:manage"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_MANAGE = "contracts:manage"
    ORDERS_READ = "orders:read"
    ORDERS_MANAGE = "orders:manage"
    ORDERS_APPROVE = "orders:approve"
    SUBSCRIPTIONS_READ = "subscriptions:read"
    SUBSCRIPTIONS_MANAGE = "subscriptions:manage"
    NUMBERS_READ = "numbers:read"
    NUMBERS_MANAGE = "numbers:manage"
    COSTS_READ = "costs:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    PROVISIONING_READ = "provisioning:read"
    MEMBERS_READ = "members:read"
    MEMBERS_MANAGE = "members:manage"
    OWNERS_MANAGE = "owners:manage"
    BILLING_READ = "billing:read"
    BILLING_MANAGE = "billing:manage"
    CATALOG_MANAGE = "catalog:manage"
    DESK_MANAGE = "desk:manage"
    CREDENTIALS_REVEAL = "credentials:reveal"
    UPLOADS_MANAGE = "uploads:manage"
    PORTS_MANAGE = "ports:manage"


class OrganizationKind(StrEnum):
    """The tiers of the resale chain."""

    DISTRIBUTOR = "DISTRIBUTOR"
    PARTNER = "PARTNER"
    CUSTOMER = "CUSTOMER"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which organization, with what permissions, when.

    `principal` names the credential (`tok_…`, `mem_…` for a person, or `system` for the product's own workers); it keys
    idempotency and rate limits and is kept on every event. `at` is time-zone aware UTC. `new_id` yields UUIDv7s.
    `halted` is the state (SUSPENDED, CLOSED) that keeps its organization, or a seller above it, from changing
    anything; else empty.
    """

    principal: str
    organization_id: UUID
    organization_kind: OrganizationKind
    scope: Scope
    permissions: frozenset[Permission]
    at: datetime
    new_id: Callable[[], UUID]
    session_id: UUID | None = None  # of a person who signed in
    halted: str = ""

    def require(self, permission: Permission) -> None:
        """Raise Forbidden, naming the permission, unless the actor has it."""
        if permission not in self.permissions:
            raise Forbidden(f"this needs the permission {permission}")

    def require_to_change(self, permission: Permission) -> None:
        """As `require`, for what changes something: Forbidden, too, while the actor's organization is halted.

        The one place where a suspended or closed organization is stopped; every mutation passes it.
        """
        self.require(permission)
        if self.halted:
            message = f"your organization is {self.halted.lower()}: it can read, but not order or change anything"
            raise Forbidden(message)


def system_actor(at: datetime, new_id: Callable[[], UUID]) -> Actor:
    """Make the actor of the product's own workers: they stand above every tree and do what events and due dates ask."""
    return Actor(
        principal="system",
        organization_id=UUID(int=0),
        organization_kind=OrganizationKind.DISTRIBUTOR,
        scope=ROOT,
        permissions=frozenset(Permission),
        at=at,
        new_id=new_id,
    )
