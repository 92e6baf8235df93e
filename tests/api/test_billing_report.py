"""M5: the billing report lists charges by subscription reference, and no more than its reader may see."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from domain.billing.reporting import Asked, ReportFormat, report
from seeding import Planted
from tests.api.invoicing import invoiced, owe, seller_of
from tests.api.worlds import new_token
from tests.house import Api

ASK = """query ($where: BillingReportWhere, $format: ReportFormat!) {
  billingReport(where: $where, format: $format) { url } }"""


async def link(api: Api, token: str, form: str = "CSV", **where: Any) -> str:
    """The signed link to a report, below the application."""
    url = urlsplit((await api.ask(token, ASK, {"where": where, "format": form}))["url"])
    return f"{url.path}?{url.query}"


async def rows(api: Api, token: str, form: str = "CSV", **where: Any) -> list[dict[str, Any]]:
    """The rows of a report."""
    answer = await api.client.get(await link(api, token, form, **where))
    assert answer.status_code == 200
    if form == "CSV":
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(StringIO(answer.text)))
    return [orjson.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("form", ["CSV", "JSONL"])
async def test_m5_charges_are_found_by_reference(api: Api, tree: Planted, form: str) -> None:
    """Each row says what, for whom, how much, why, and on which invoice; the file is found by reference and by day."""
    await owe(tree.customer_id, 500, 1234, reference="PO-7", description='Setup, "large"')
    await owe(tree.customer_id, 500, 99, reference="PO-8")
    await invoiced(tree.customer_id)
    (row,) = await rows(api, tree.customer_token, form, subscriptionReference="PO-7")
    assert (row["amount"], row["currency"], row["kind"]) == ("12.34", "USD", "ONE_TIME")
    assert (row["side"], row["invoice"], row["description"]) == ("BOUGHT", "INV-000001", 'Setup, "large"')
    assert row["customer_id"] == tree.customer_id
    assert row["explanation"] == "1 x 12.34 USD once: 12.34 USD."
    today = datetime.now(UTC).date()
    assert len(await rows(api, tree.customer_token, form, firstDay=today.isoformat(), lastDay=today.isoformat())) == 2
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert await rows(api, tree.customer_token, form, firstDay=tomorrow) == []
    assert len(await rows(api, tree.partner_token, form, customerId=tree.customer_id)) == 4


async def test_m5_nobody_sees_more_than_of_the_ledger(api: Api, tree: Planted) -> None:
    """A partner has what it sold and, with COSTS_READ, what it bought; the link of one who has not holds no costs."""
    await owe(tree.customer_id, 500, 1234)
    assert {row["side"]: row["amount"] for row in await rows(api, tree.partner_token)} == {
        "SOLD": "12.34",
        "BOUGHT": "5.00",
    }
    blind = await new_token(
        api, tree.partner_token, tree, organization={"id": tree.partner_id}, permissions=["BILLING_READ"]
    )
    assert [row["side"] for row in await rows(api, blind)] == ["SOLD"]
    assert [row["amount"] for row in await rows(api, tree.distributor_token)] == ["5.00"]


async def test_m5_a_link_holds_as_it_was_signed(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Another format, customer, scope or time is another link; a foreign customer gets none."""
    signed = await link(api, tree.partner_token, customerId=tree.customer_id)
    assert (await api.client.get(signed)).status_code == 200
    for old, new in (
        ("costs=yes", "costs=no"),
        ("format=CSV", "format=JSONL"),
        ("scope=", "scope=1"),
        ("expires=", "expires=9"),
    ):
        assert old in signed
        assert (await api.client.get(signed.replace(old, new, 1))).status_code == 403
    assert (await api.client.get("/billing-report")).status_code == 403
    foreign = {"where": {"customerId": other_tree.customer_id}, "format": "CSV"}
    assert await api.ask(tree.partner_token, ASK, foreign) is None


async def test_m5_a_long_report_comes_page_by_page(api: Api, tree: Planted) -> None:
    """However many rows there are, all come, once, and only a page of them is held at a time."""
    for minor in range(1, 11):
        await owe(tree.customer_id, minor)
    parts = [part async for part in report(await seller_of(tree.customer_id), Asked(), ReportFormat.JSONL, page_rows=3)]
    assert [part.count(b"\n") for part in parts] == [3] * 6 + [2]
    lines = [orjson.loads(line) for part in parts for line in part.splitlines()]
    assert len({line["charge_id"] for line in lines}) == 20
    assert [line["amount"] for line in lines if line["side"] == "SOLD"] == [f"0.{minor:02}" for minor in range(1, 11)]


async def test_m5_texts_are_no_formulas(api: Api, tree: Planted) -> None:
    """What a spreadsheet would take for a formula is marked as text; in JSONL it is as it was written."""
    await owe(tree.customer_id, 100, reference="=1+1")
    assert [row["subscription_reference"] for row in await rows(api, tree.customer_token)] == ["'=1+1"]
    assert [row["subscription_reference"] for row in await rows(api, tree.customer_token, "JSONL")] == ["=1+1"]
