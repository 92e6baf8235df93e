"""O8: terms of service in force are accepted with the submission of an order, and that is kept."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from settings import Settings
from tests.api.bases import fresh_key, onboarding_input, terms_input
from tests.api.credit import EITHER_WAY, Ordering, place
from tests.api.flow import ORDER
from tests.api.test_page_costs import counted
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api, order_input


async def publish(api: Api, tree: Planted, key: str = "cloud-workspace", valid_from: str = "") -> str:
    """The id of new terms of a product that is ordered, in force from today unless another day is said."""
    product = await database.fetch_row(
        "SELECT id, (now() AT TIME ZONE 'UTC')::date::text AS today FROM products "
        "WHERE key = $1 AND organization_id = $2",
        key,
        decode("Organization", tree.distributor_id),
    )
    assert product is not None
    content = terms_input(encode("Product", product["id"]), validFrom=valid_from or product["today"])
    terms_id: str = (await succeed(api, tree.distributor_token, "publishTerms", content))["PublishTermsSuccess_terms"][
        "id"
    ]
    return terms_id


@EITHER_WAY
async def test_o8_terms_in_force_are_accepted_or_the_order_is_refused(api: Api, tree: Planted, order: Ordering) -> None:
    """Missing acceptance is a part of ORDER_INCOMPLETE, at its path, with product and version."""
    await publish(api, tree)
    second = await publish(api, tree)
    await publish(api, tree, valid_from="2999-01-01")
    refused = await order(api, tree)
    assert refused["InvalidInput_code"] == "ORDER_INCOMPLETE"
    [field] = refused["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("acceptedTerms", "REQUIRED")
    assert field["message"] == f"accept the terms of Cloud Workspace, version 2 ({second})"


async def test_o8_an_acceptance_says_which_version_who_when_and_from_where(api: Api, tree: Planted) -> None:
    """It is shown on the order, to all who see that, and stands whatever is published later."""
    cloud, saas = await publish(api, tree), await publish(api, tree, "team-insights")
    placed = (await place(api, tree, acceptedTerms=[saas, cloud, cloud]))["PlaceOrderSuccess_order"]
    await publish(api, tree)
    shown = (await api.ask(tree.customer_token, ORDER, {"id": placed["id"]}))["acceptances"]
    assert [one["terms"]["id"] for one in shown] == [saas, cloud]
    assert {(one["by"][:4], one["at"], one["address"]) for one in shown} == {
        ("tok_", placed["submittedAt"], "127.0.0.1")
    }
    assert shown[0]["terms"]["version"] == 1


async def test_o8_a_draft_accepts_when_it_is_submitted(api: Api, tree: Planted) -> None:
    """Saving asks for nothing; what is not in force of anything ordered is refused where it stands."""
    first = await publish(api, tree)
    draft = (await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key())))[
        "CreateOrderSuccess_order"
    ]
    second = await publish(api, tree)
    submit: dict[str, Any] = {"id": draft["id"], "acceptedTerms": [second, first], "idempotencyKey": fresh_key()}
    refused = await api.ask(tree.partner_token, document("mutation", "submitOrder"), {"input": submit})
    [field] = refused["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("acceptedTerms.1", "NOT_APPLICABLE")
    submit["acceptedTerms"] = [second]
    order = (await succeed(api, tree.partner_token, "submitOrder", submit))["SubmitOrderSuccess_order"]
    assert [one["terms"]["version"] for one in order["acceptances"]] == [2]


async def test_o8_a_first_order_accepts_as_well(api: Api, tree: Planted) -> None:
    """Onboarding with an order is held to the same terms, at the order's path."""
    terms = await publish(api, tree)
    content = onboarding_input(tree)
    answer = await api.ask(tree.partner_token, document("mutation", "onboardCustomer"), {"input": content})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["order.acceptedTerms"]
    content["order"]["acceptedTerms"] = [terms]
    made = (await succeed(api, tree.partner_token, "onboardCustomer", content))["OnboardCustomerSuccess_order"]
    assert [one["terms"]["id"] for one in made["acceptances"]] == [terms]


async def test_o8_terms_take_no_statement_more(api: Api, settings: Settings, tree: Planted) -> None:
    """An order is read and written by as many statements with terms as without."""
    counts = []
    query = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }"
    for terms in ([], [await publish(api, tree, "team-insights")]):
        lines = order_input(tree, "")["lines"]
        content = {"input": order_input(tree, fresh_key(), acceptedTerms=terms, lines=lines[len(terms) :][:1])}
        async with counted(settings) as statements:
            assert (await api.ask(tree.partner_token, query, content))["__typename"] == "PlaceOrderSuccess"
        counts.append(len(statements))
    assert counts[0] == counts[1]
