"""Resolvers of accounts and wallets."""

from functools import partial

from domain.billing import actions
from domain.billing.queries import ACCOUNTS, WALLET_ENTRIES
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from schema.billing import (
    Account,
    AccountSort,
    AccountWhere,
    GrantCreditInput,
    GrantCreditResult,
    GrantCreditSuccess,
    SetCreditTermsInput,
    SetCreditTermsResult,
    SetCreditTermsSuccess,
    TopUpWalletInput,
    TopUpWalletResult,
    TopUpWalletSuccess,
    WalletEntry,
    WalletEntryWhere,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def accounts(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: AccountWhere | None = None,
    sort: list[AccountSort] | None = None,
) -> Connection[Account]:
    """The accounts of the customers of your subtree; newest first unless sorted."""
    return await read_page(info, "Account", ACCOUNTS, page_request(first, after, last, before), where=where, sort=sort)


async def wallet_entries(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: WalletEntryWhere | None = None,
) -> Connection[WalletEntry]:
    """The entries of the wallets of your subtree, newest first."""
    return await read_page(info, "WalletEntry", WALLET_ENTRIES, page_request(first, after, last, before), where=where)


async def set_credit_terms(info: Info, input: SetCreditTermsInput) -> SetCreditTermsResult:  # noqa: A002 - the argument's public name
    """Set how far an account of one of your buyers may order before it has paid."""
    account_id = decode("Account", input.account_id, path="accountId")
    terms = partial(actions.set_credit_terms, terms=input.terms, credit_limit=input.credit_limit)
    made = await run_once(info, input, lambda: terms(actor_of(info), account_id=account_id))
    return SetCreditTermsSuccess(account=await read_written(info, "Account", ACCOUNTS, made, "account"))


async def top_up_wallet(info: Info, input: TopUpWalletInput) -> TopUpWalletResult:  # noqa: A002 - the argument's public name
    """Put a payment of one of your buyers into the wallet of its account."""
    account_id = decode("Account", input.account_id, path="accountId")
    add = partial(actions.top_up_wallet, amount=input.amount, note=input.note)
    made = await run_once(info, input, lambda: add(actor_of(info), account_id=account_id))
    return TopUpWalletSuccess(entry=await read_written(info, "WalletEntry", WALLET_ENTRIES, made, "entry"))


async def grant_credit(info: Info, input: GrantCreditInput) -> GrantCreditResult:  # noqa: A002 - the argument's public name
    """Put an amount that nobody paid into the wallet of an account of one of your buyers."""
    account_id = decode("Account", input.account_id, path="accountId")
    add = partial(actions.grant_credit, amount=input.amount, note=input.note)
    made = await run_once(info, input, lambda: add(actor_of(info), account_id=account_id))
    return GrantCreditSuccess(entry=await read_written(info, "WalletEntry", WALLET_ENTRIES, made, "entry"))
