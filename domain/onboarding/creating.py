"""Creating customers and distributors whole: accounts and system subscriptions in the transaction of their row."""

from uuid import UUID

from asyncpg import UniqueViolationError

from domain.billing.accounts import open_accounts
from domain.billing.models import AccountKind
from domain.billing.rules import MAX_ACCOUNTS, first_accounts, new_account
from domain.onboarding.system_products import publish_system_products, subscribe
from domain.organizations.actions import add_customer, add_distributor
from domain.organizations.models import Organization
from domain.organizations.queries import chain_to
from domain.organizations.rules import CustomerDraft, PartnerDraft, require_active
from domain.organizations.updating import lock_organization
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.texts import check_text
from domain.shared.writes import Writes


async def create_distributor(actor: Actor, *, name: str, time_zone: str, currency: str) -> UUID:
    """Plant the root of a tree, with its system products: what an operator does once, from the command line."""
    draft = PartnerDraft(name=name, company=name, time_zone=time_zone, currency=currency)
    async with database.transaction():
        distributor = await add_distributor(actor, draft)
        await publish_system_products(actor, distributor)
        return distributor.id


async def create_customer(actor: Actor, *, partner_id: UUID, draft: CustomerDraft) -> UUID:
    """Create a customer with its enterprise account, its first group, and what they are subscribed to."""
    async with database.transaction():
        customer = await add_customer(actor, partner_id=partner_id, draft=draft)
        writes = Writes()
        accounts = open_accounts(writes, actor, customer, first_accounts(customer.name, draft.billing_mode))
        await subscribe(writes, actor, customer, accounts)
        await writes.send()
        return customer.id


async def add_group_account(actor: Actor, *, customer_id: UUID, name: str) -> UUID:
    """Add a group to a customer, under a name that none of its accounts has, billed as the customer's mode says."""
    if problems := check_text("name", name, max_length=200):
        raise Invalid(problems)
    async with database.transaction():
        require_active(await chain_to(actor, customer_id))
        customer = await lock_organization(actor, customer_id)
        if customer.billing_mode is None:
            kind = OrganizationKind(customer.kind).value.lower()
            raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, f"a {kind} has no accounts")])
        position = await _next_position(customer)
        account = new_account(AccountKind.GROUP, position, name, customer.billing_mode)
        writes = Writes()
        rows = open_accounts(writes, actor, customer, [account])
        await subscribe(writes, actor, customer, rows)
        try:
            await writes.send()
        except UniqueViolationError as error:
            message = "the customer has an account of this name already"
            raise Invalid([FieldError("name", FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS) from error
        account_id: UUID = rows[0]["id"]
        return account_id


async def _next_position(customer: Organization) -> int:
    """The place of the next group; the customer's row is locked."""
    highest = await database.fetch_value("SELECT max(position) FROM accounts WHERE organization_id = $1", customer.id)
    position = int(highest) + 1 if highest is not None else 0
    if position >= MAX_ACCOUNTS:
        raise Conflict(f"a customer has at most {MAX_ACCOUNTS} accounts")
    return position
