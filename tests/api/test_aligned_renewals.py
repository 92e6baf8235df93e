"""S15: renewals of a customer are aligned to one day, quoted first, charged for the days more."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.credit import set_terms, top_up
from tests.api.subscribed import subscribe
from tests.api.walk import document
from tests.house import Api
from tests.jobs.test_renewals import NO_CHANGE, charged, told

FIRST, LATER = date(2999, 1, 31), date(2999, 3, 1)


async def ending(tree: Planted, end: date, **columns: Any) -> str:
    """A subscription of the tree's customer whose term ends then, paid until then."""
    term = {"term_start": end - timedelta(days=28), "term_end": end, "billed_until": end, "anchor_day": end.day}
    return (await subscribe(tree, **(NO_CHANGE | term | columns))).subscription_id


async def quoted(api: Api, token: str, tree: Planted, **content: Any) -> Any:
    """What aligning would come to."""
    given = {"input": {"customer": {"id": tree.customer_id}} | content}
    return await api.ask(token, document("query", "previewRenewalAlignment"), given)


async def align(api: Api, token: str, tree: Planted, **content: Any) -> Any:
    """The answer to aligning."""
    given = {"customer": {"id": tree.customer_id}, "idempotencyKey": fresh_key()} | content
    return await api.ask(token, document("mutation", "alignRenewals"), {"input": given})


async def test_s15_all_that_renews_renews_on_one_day(api: Api, tree: Planted) -> None:
    """The latest of their days unless one is named; each is charged for its days, as quoted, and told of it."""
    early, late = await ending(tree, FIRST), await ending(tree, LATER)
    gone = await ending(tree, FIRST, auto_renew=False)
    seen = await quoted(api, tree.partner_token, tree)
    assert (seen["on"], seen["problems"]) == ("2999-03-01", [])
    lines = {line["subscriptionId"]: line for line in seen["lines"]}
    assert (set(lines), lines[early]["days"], lines[late]["price"]["amount"]) == ({early, late}, 29, "0.00")
    assert seen["price"] == lines[early]["price"]
    assert seen["cost"] == lines[early]["cost"]
    assert Decimal(seen["margin"]["amount"]) == Decimal(seen["price"]["amount"]) - Decimal(seen["cost"]["amount"])
    assert "31 Jan 2999 to 28 Feb 2999" in lines[early]["explanations"][0]["sentence"]
    customers = await quoted(api, tree.customer_token, tree)
    assert (customers["price"], customers["cost"], customers["margin"]) == (seen["price"], None, None)
    answer = await align(api, tree.customer_token, tree, previewToken=customers["token"])
    done = {one["id"]: one["expiresOn"] for one in answer["AlignRenewalsSuccess_subscriptions"]}
    assert done == {early: "2999-02-28", late: "2999-02-28"}
    row_id = decode("Subscription", early)
    assert await charged(row_id) == [(FIRST, LATER, int(Decimal(seen["price"]["amount"]) * 100))]
    assert (await told(row_id), await told(decode("Subscription", gone))) == (["extended"], [])
    anchors = await database.fetch(
        "SELECT anchor_day FROM subscriptions WHERE id = ANY($1)", [row_id, decode("Subscription", late)]
    )
    assert [row["anchor_day"] for row in anchors] == [1, 1]
    again = await quoted(api, tree.partner_token, tree)
    assert (again["price"]["amount"], {line["days"] for line in again["lines"]}) == ("0.00", {0})


async def test_s15_all_of_it_or_nothing(api: Api, tree: Planted) -> None:
    """What the account does not cover is said in one sum; amounts that moved are refused."""
    early, late = await ending(tree, FIRST), await ending(tree, FIRST, quantity=3)
    both = {"subscriptionIds": [early, late], "on": "2999-04-01"}
    await set_terms(api, tree, "PREPAID")
    seen = await quoted(api, tree.partner_token, tree, **both)
    await top_up(api, tree, Decimal(seen["price"]["amount"]) - 1)
    refused = await align(api, tree.partner_token, tree, **both)
    assert (refused["__typename"], refused["InsufficientCredit_short"]["amount"]) == ("InsufficientCredit", "1.00")
    assert await charged(decode("Subscription", early)) == []
    other = await align(api, tree.partner_token, tree, **both | {"on": "2999-04-02"}, previewToken=seen["token"])
    assert other["__typename"] == "Conflict"
    await top_up(api, tree, Decimal(1))
    done = await align(api, tree.partner_token, tree, **both, previewToken=seen["token"])
    assert len(done["AlignRenewalsSuccess_subscriptions"]) == 2


async def test_s15_what_cannot_be_aligned_is_named(api: Api, tree: Planted) -> None:
    """A day before one of them renews, what ends, what is not paid for, what is not the customer's, too many."""
    sub, ends = await ending(tree, FIRST), await ending(tree, FIRST, auto_renew=False)
    unpaid = await ending(tree, FIRST, unpaid_since=date(2026, 1, 1))
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"subscriptionIds": [sub], "on": "2999-01-30"}, [("on", "OUT_OF_RANGE")]),
        ({"subscriptionIds": [sub], "on": "9999-01-30"}, [("on", "OUT_OF_RANGE")]),
        (
            {"subscriptionIds": [sub, ends, unpaid]},
            [("subscriptionIds.1", "NOT_APPLICABLE"), ("subscriptionIds.2", "NOT_APPLICABLE")],
        ),
        ({"subscriptionIds": []}, [("subscriptionIds", "OUT_OF_RANGE")]),
    ]
    for content, expected in cases:
        seen = await quoted(api, tree.partner_token, tree, **content)
        answer = await align(api, tree.partner_token, tree, **content)
        assert [(field["path"], field["code"]) for field in seen["problems"]] == expected
        assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == expected
    missing = await align(api, tree.partner_token, tree, subscriptionIds=["sub_01h455vb4pex5vsknk084sn02q"])
    assert missing["__typename"] == "NotFound"
