"""Resolvers of contracts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.contracts import actions
from domain.contracts.queries import CONTRACTS
from domain.contracts.rules import AgreedPrice, ContractDraft, Document
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.references import organization_id
from resolvers.uploads import stored_upload
from schema.context import Info
from schema.contracts import (
    Contract,
    ContractDocumentInput,
    ContractPriceInput,
    ContractSort,
    ContractWhere,
    CreateContractInput,
    CreateContractResult,
    CreateContractSuccess,
    EndContractInput,
    EndContractResult,
    EndContractSuccess,
    UpdateContractInput,
    UpdateContractResult,
    UpdateContractSuccess,
)
from schema.pages import After, Before, Connection, First, Last, page_request


async def contracts(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: ContractWhere | None = None,
    sort: list[ContractSort] | None = None,
) -> Connection[Contract]:
    """The contracts of the customers of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Contract", CONTRACTS, request, where=where, sort=sort)


async def create_contract(info: Info, input: CreateContractInput) -> CreateContractResult:  # noqa: A002 - the argument's public name
    """Enter a contract with a customer that buys from you directly."""
    customer_id = await organization_id(info, input.customer, "customer")
    draft = await _draft(info, input)
    made = await run_once(info, input, lambda: actions.create_contract(actor_of(info), customer_id, draft))
    return CreateContractSuccess(contract=await read_written(info, "Contract", CONTRACTS, made, "contract"))


async def update_contract(info: Info, input: UpdateContractInput) -> UpdateContractResult:  # noqa: A002 - the argument's public name
    """Change a contract of yours: what is left out stays, and so do the prices of orders that were submitted."""
    changes = await _changes(info, input)
    updated = await actions.update_contract(
        actor_of(info), decode("Contract", input.id), lambda draft: replace(draft, **changes)
    )
    return UpdateContractSuccess(contract=await read_written(info, "Contract", CONTRACTS, updated, "contract"))


async def end_contract(info: Info, input: EndContractInput) -> EndContractResult:  # noqa: A002 - the argument's public name
    """Give notice of a contract of yours: it ends on a day that its notice period allows."""
    ended = await actions.end_contract(actor_of(info), decode("Contract", input.id), ends_on=input.ends_on)
    return EndContractSuccess(contract=await read_written(info, "Contract", CONTRACTS, ended, "contract"))


async def _draft(info: Info, content: CreateContractInput) -> ContractDraft:
    return ContractDraft(
        number=content.number,
        external_reference=content.external_reference,
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        notice_days=content.notice_days,
        document=_document(content.document),
        upload_id=await _upload(info, content.upload_id),
        prices=_prices(content.prices),
    )


async def _changes(info: Info, content: UpdateContractInput) -> dict[str, Any]:
    """What is to change of a draft, by the names of its fields."""
    given = {
        "external_reference": content.external_reference,
        "starts_on": content.starts_on,
        "ends_on": content.ends_on,
        "notice_days": content.notice_days,
    }
    changes: dict[str, Any] = {name: some.value for name, some in given.items() if some is not None}
    if content.document is not None:
        changes["document"] = _document(content.document.value)
    if content.upload_id is not None:
        changes["upload_id"] = await _upload(info, content.upload_id.value)
    if content.prices is not None:
        changes["prices"] = _prices(content.prices.value)
    return changes


async def _upload(info: Info, text: str | None) -> UUID | None:
    return None if text is None else await stored_upload(info, text, "uploadId")


def _document(given: ContractDocumentInput | None) -> Document | None:
    return None if given is None else Document(given.name, given.location)


def _prices(given: Sequence[ContractPriceInput]) -> list[AgreedPrice]:
    return [
        AgreedPrice(decode("Plan", price.plan_id, path=f"prices.{place}.planId"), price.sales_model, price.amount)
        for place, price in enumerate(given)
    ]
