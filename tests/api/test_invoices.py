"""M4: invoices of open charges, numbered without gaps, fixed once issued, paid or void."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from domain.invoices.issuing import issue_for
from domain.shared import database
from domain.shared.ids import decode
from jobs.bulk import bulk_pump
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import customer_input
from tests.api.credit import account, set_terms, top_up
from tests.api.invoicing import PERIOD, invoiced, issue_input, new_invoice, owe, payment_input, seller_of, void_input
from tests.api.test_ledger import ledger_agrees
from tests.api.walk import document
from tests.api.worlds import account_of, succeed
from tests.house import Api

INVOICES = """{ invoices(first: 100, sort: [{field: NUMBER, direction: ASC}]) { nodes {
  id number state total { amount } paid { amount } outstanding { amount } buyerId accountId isOwedByYou
  creditNoteNumber } } }"""


async def invoices(api: Api, token: str) -> list[Any]:
    """The invoices that a token sees, by number."""
    nodes: list[Any] = (await api.ask(token, INVOICES))["nodes"]
    return nodes


async def run_bulk(shop: Workshop) -> None:
    """Run the steps of bulk operations until none is due."""
    pump = bulk_pump(shop, 1.0)
    while rows := await pump.claim(10):
        await pump.act(shop, rows)


def money(node: Any) -> tuple[Any, ...]:
    """Total, paid, outstanding."""
    return tuple(Decimal(node[name]["amount"]) for name in ("total", "paid", "outstanding"))


async def test_m4_invoices_gather_what_is_open(api: Api, shop: Workshop, tree: Planted) -> None:
    """All open charges of the billing account, once; the buyer and the seller see it, the seller's seller does not."""
    await owe(tree.customer_id, 500, 1000)
    await owe(tree.customer_id, 500, 2345, reference="PO-7")
    answer = await succeed(api, tree.partner_token, "issueInvoices", issue_input(tree, buyerId=None))
    await run_bulk(shop)
    ask = "query ($id: ID!) { bulkOperation(id: $id) { state done failed } }"
    operation = answer["IssueInvoicesSuccess_bulkOperation"]["id"]
    assert await api.ask(tree.partner_token, ask, {"id": operation}) == {"state": "COMPLETED", "done": 1, "failed": 0}
    (mine,) = await invoices(api, tree.customer_token)
    assert money(mine) == (Decimal("33.45"), 0, Decimal("33.45"))
    assert (mine["number"], mine["state"], mine["isOwedByYou"]) == ("INV-000001", "ISSUED", True)
    assert mine["accountId"] == await account_of(tree.customer_id, 0)
    assert [node["id"] for node in await invoices(api, tree.partner_token)] == [mine["id"]]
    assert await invoices(api, tree.distributor_token) == []
    await succeed(api, tree.partner_token, "issueInvoices", issue_input(tree))
    await run_bulk(shop)
    assert len(await invoices(api, tree.customer_token)) == 1
    lines = "query ($id: ID!) { charges(where: {invoiceId: {eq: $id}}) { nodes { reference invoiceId } } }"
    seen = (await api.ask(tree.customer_token, lines, {"id": mine["id"]}))["nodes"]
    assert {line["reference"] for line in seen} == {None, "PO-7"}


async def test_m4_each_edge_has_its_own_numbers(api: Api, tree: Planted) -> None:
    """A partner is invoiced by its distributor; both begin with number one, and the partner has no account there."""
    await owe(tree.customer_id, 500, 1000)
    for buyer in (tree.partner_id, tree.customer_id):
        await invoiced(buyer)
    sold, bought = sorted(await invoices(api, tree.partner_token), key=lambda node: node["isOwedByYou"])
    assert (sold["number"], bought["number"]) == ("INV-000001", "INV-000001")
    assert (bought["accountId"], money(bought)[0]) == (None, 5)


async def test_m4_under_group_billing_each_group_has_its_invoice(api: Api, tree: Planted) -> None:
    """By its billing mode a customer is invoiced on the enterprise account, or on each group."""
    content = customer_input(tree, billingMode="GROUP")
    made = (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]
    await owe(made["id"], 700)
    await invoiced(made["id"])
    (only,) = await invoices(api, tree.partner_token)
    assert only["accountId"] == made["accounts"][1]["id"]


async def test_m4_numbers_have_no_gaps_whoever_comes_at_once(api: Api, tree: Planted) -> None:
    """Sixteen issuers at once, five of which roll back: the numbers that are given follow each other."""
    customers = []
    for _ in range(8):
        answer = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
        customers.append(answer["CreateCustomerSuccess_customer"]["id"])
    for customer in customers:
        await owe(customer, 100)

    async def issue(place: int) -> None:
        customer = customers[place % 8]
        async with database.transaction():
            await issue_for(await seller_of(customer), decode("Organization", customer), PERIOD)
            if place < 5:
                raise RuntimeError("rolled back")

    await asyncio.gather(*(issue(place) for place in range(16)), return_exceptions=True)
    numbers = [node["number"] for node in await invoices(api, tree.partner_token)]
    assert numbers == [f"INV-{place:06d}" for place in range(1, 9)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoices SET total_minor = 1, paid_minor = 0 WHERE id = $1",
        "UPDATE invoices SET number = 'INV-7' WHERE id = $1",
        "DELETE FROM invoices WHERE id = $1",
        "UPDATE charges SET invoice_id = NULL WHERE invoice_id = $1",
        "DELETE FROM payments WHERE invoice_id = $1",
    ],
)
async def test_m4_an_issued_invoice_is_fixed(api: Api, tree: Planted, statement: str) -> None:
    """PostgreSQL itself refuses to change what it says, to take a charge off it, or to remove a payment."""
    invoice_id = await new_invoice(tree)
    await succeed(api, tree.partner_token, "recordPayment", payment_input(invoice_id))
    with pytest.raises(asyncpg.PostgresError, match="never changed or removed"):
        await database.execute(statement, decode("Invoice", invoice_id))


async def test_m4_payments_pay_it_off(api: Api, tree: Planted) -> None:
    """Parts are taken, more than is outstanding is refused, the last part makes it PAID; the balance follows."""
    invoice_id = await new_invoice(tree, 10_000)
    token, mutation = tree.partner_token, document("mutation", "recordPayment")
    await succeed(api, token, "recordPayment", payment_input(invoice_id, amount="99.99"))
    assert (await account(api, tree))["balance"] == Decimal("-0.01")
    for amount in ("0.02", "0", "-1", "0.001"):
        answer = await api.ask(token, mutation, {"input": payment_input(invoice_id, amount=amount)})
        assert [problem["path"] for problem in answer["InvalidInput_fields"]] == ["amount"]
    tomorrow = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    answer = await api.ask(token, mutation, {"input": payment_input(invoice_id, amount="0.01", paidOn=tomorrow)})
    assert [problem["path"] for problem in answer["InvalidInput_fields"]] == ["paidOn"]
    answer = await api.ask(token, mutation, {"input": payment_input(invoice_id, amount="0.01", method="WALLET")})
    assert [problem["path"] for problem in answer["InvalidInput_fields"]] == ["method"]
    await succeed(api, token, "recordPayment", payment_input(invoice_id, amount="0.01", method="CARD"))
    (paid,) = await invoices(api, tree.customer_token)
    assert (paid["state"], money(paid)) == ("PAID", (100, 100, 0))
    answer = await api.ask(token, mutation, {"input": payment_input(invoice_id, amount="0.01")})
    assert (answer["__typename"], answer["Conflict_current"]) == ("Conflict", "PAID")
    assert (await account(api, tree))["balance"] == 0
    await ledger_agrees(tree)
    kinds = "INVOICE_ISSUED, PAYMENT_RECORDED, INVOICE_PAID"
    told = f"{{ events(first: 50, where: {{type: {{in: [{kinds}]}}}}) {{ nodes {{ type }} }} }}"
    types = [node["type"] for node in (await api.ask(tree.customer_token, told))["nodes"]]
    assert types == ["INVOICE_PAID", "PAYMENT_RECORDED", "PAYMENT_RECORDED", "INVOICE_ISSUED"]


async def test_m4_what_was_paid_in_pays_invoices(api: Api, tree: Planted) -> None:
    """A prepaid account's invoices are paid as they are issued; what is left over pays the next one in part."""
    await set_terms(api, tree, "PREPAID")
    await top_up(api, tree, Decimal(150))
    await new_invoice(tree, 10_000)
    await new_invoice(tree, 10_000)
    first, second = await invoices(api, tree.customer_token)
    assert (first["state"], money(first)) == ("PAID", (100, 100, 0))
    assert (second["state"], money(second)) == ("ISSUED", (100, 50, 50))
    await ledger_agrees(tree)


async def test_m4_only_the_seller_pays_and_voids(api: Api, tree: Planted) -> None:
    """The buyer sees its invoice, and may neither say that it is paid nor take it back."""
    await owe(tree.customer_id, 500, 1000)
    invoice_id = await invoiced(tree.partner_id)
    for mutation, content in (("recordPayment", payment_input(invoice_id)), ("voidInvoice", void_input(invoice_id))):
        error = await api.refuse(tree.partner_token, document("mutation", mutation), {"input": content})
        assert error["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(("charges", "is_again"), [("FORGIVE", False), ("CHARGE_AGAIN", True)])
async def test_m4_voiding_writes_a_credit_note(api: Api, tree: Planted, charges: str, is_again: bool) -> None:
    """Correcting rows take back each line; what was paid stays in the balance; charged again, the next has it."""
    invoice_id = await new_invoice(tree, 10_000)
    await succeed(api, tree.partner_token, "recordPayment", payment_input(invoice_id, amount="30.00"))
    await succeed(api, tree.partner_token, "voidInvoice", void_input(invoice_id, charges=charges))
    (void,) = await invoices(api, tree.customer_token)
    assert (void["state"], void["creditNoteNumber"], money(void)[2]) == ("VOID", "CRN-000001", 0)
    assert (await account(api, tree))["balance"] == (-70 if is_again else 30)
    await ledger_agrees(tree)
    if is_again:
        await invoiced(tree.customer_id)
        assert money((await invoices(api, tree.customer_token))[1]) == (100, 30, 70)
    answer = await api.ask(tree.partner_token, document("mutation", "voidInvoice"), {"input": void_input(invoice_id)})
    assert answer["Conflict_current"] == "VOID"
    await ledger_agrees(tree)


async def test_m4_an_invoice_is_a_pdf_under_a_signed_link(api: Api, tree: Planted) -> None:
    """The link needs no credential and holds as it was signed; the file is the same each time, and after payment."""
    invoice_id = await new_invoice(tree)
    ask = "query ($id: ID!) { invoiceDownload(id: $id) { url expiresAt } }"
    assert await api.ask(tree.distributor_token, ask, {"id": invoice_id}) is None
    url = urlsplit((await api.ask(tree.customer_token, ask, {"id": invoice_id}))["url"])
    link = f"{url.path}?{url.query}"
    first = await api.client.get(link)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF-")
    await succeed(api, tree.partner_token, "recordPayment", payment_input(invoice_id))
    assert (await api.client.get(link)).content == first.content
    other = link.replace(invoice_id, await new_invoice(tree))
    for bad in (link + "0", other, url.path, link.replace("expires=", "expires=9")):
        assert (await api.client.get(bad)).status_code == 403


async def test_m4_credits_wait_for_charges(api: Api, tree: Planted) -> None:
    """Nobody is sent an invoice of less than nothing: what is owed to the buyer waits for the next charge."""
    await owe(tree.customer_id, -500)
    seller, buyer = await seller_of(tree.customer_id), decode("Organization", tree.customer_id)
    assert await issue_for(seller, buyer, PERIOD) == []
    await owe(tree.customer_id, 800)
    await invoiced(tree.customer_id)
    (only,) = await invoices(api, tree.customer_token)
    assert money(only)[0] == 3
