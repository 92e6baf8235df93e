"""Creating organizations: who may create what below whom, and every rule a name, domain or address has to keep."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from domain.organizations.rules import MAY_CREATE
from domain.shared.actor import OrganizationKind
from seeding import Planted
from tests.api.bases import customer_input, fresh_key, partner_input
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_SELLER, grow, new_token, succeed
from tests.house import Api

CUSTOMER, PARTNER = document("mutation", "createCustomer"), document("mutation", "createPartner")

NODE = "query ($id: ID!) { node(id: $id) { id } }"


async def problems(api: Api, tree: Planted, **changes: Any) -> list[tuple[str, str, str]]:
    """(path, code, message) of everything wrong with a customer."""
    answer = await api.ask(tree.partner_token, CUSTOMER, {"input": customer_input(tree, **changes)})
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"], field["message"]) for field in answer["InvalidInput_fields"]]


async def test_a2_a_customer_is_created_as_it_is_written(api: Api, tree: Planted) -> None:
    """Everything that was given is shown; the domain in lower case, texts without outer blanks."""
    content = customer_input(tree, name="  Hotel  ", company=" Hotel GmbH ", domain="Hotel.Example", reference="H-1")
    customer = (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]
    del customer["__typename"], customer["createdAt"], customer["accounts"]
    assert customer == {
        "id": customer["id"],
        "kind": "CUSTOMER",
        "name": "Hotel",
        "company": "Hotel GmbH",
        "domain": "hotel.example",
        "reference": "H-1",
        "timeZone": "Europe/Vienna",
        "currency": "USD",
        "billingContact": {"__typename": "BillingContact"} | content["billingContact"],
        "address": {"__typename": "Address"} | content["address"],
        "state": "ACTIVE",
        "billingMode": "ENTERPRISE",
        "phone": None,
        "notes": None,
        "invoiceEmails": [],
        "deskEmail": None,
        "approvalRule": "NEVER",
        "approvalLimit": None,
    }
    assert customer["id"] == (await api.ask(tree.partner_token, NODE, {"id": customer["id"]}))["id"]


async def test_the_currency_defaults_to_the_sellers(api: Api, tree: Planted) -> None:
    """Without a currency a partner takes its parent's, a customer its partner's."""
    content = partner_input(tree, currency="EUR")
    partner = (await succeed(api, tree.partner_token, "createPartner", content))["CreatePartnerSuccess_partner"]
    below = customer_input(tree, partner={"id": partner["id"]}, currency=None)
    customer = (await succeed(api, tree.partner_token, "createCustomer", below))["CreateCustomerSuccess_customer"]
    assert customer["currency"] == "EUR"


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ("http://a.example", "leave out the scheme"),
        ("https://www.a.example/path", "leave out the scheme"),
        ("a.example/path", "leave out the path"),
        ("www.a.example", "leave out www."),
        ("WWW.A.EXAMPLE", "leave out www."),
        ("a", "is not a host name"),
        ("a b.example", "is not a host name"),
        ("-a.example", "is not a host name"),
        ("a..example", "is not a host name"),
        ("a.example.", "is not a host name"),
        ("a.example:443", "is not a host name"),
        ("127.0.0.1", "is not a host name"),
        ("ä.example", "is not a host name"),
        ("a.example\n", "is not a host name"),
        ("x" * 64 + ".example", "is not a host name"),
        (".".join(["x" * 60] * 5), "is not a host name"),
        ("", "is not a host name"),
    ],
)
async def test_a2_a_domain_is_a_bare_host_name(api: Api, standing: Planted, domain: str, message: str) -> None:
    """A scheme, a path or a leading www. is refused with a message that says so, as is what is no host name."""
    [(path, code, text)] = await problems(api, standing, domain=domain)
    assert (path, code) == ("domain", "INVALID")
    assert message in text


@pytest.mark.parametrize(
    "email", ["", "a", "a@", "@b.example", "a@b", "a b@c.example", "a@b@c.example", "a@-b.example"]
)
async def test_an_e_mail_address_has_two_sides(api: Api, standing: Planted, email: str) -> None:
    """What is no e-mail address is refused at its path."""
    contact = {"firstName": "C", "lastName": "C", "email": email}
    assert await problems(api, standing, billingContact=contact) == [
        ("billingContact.email", "INVALID", "is not an e-mail address")
    ]


@pytest.mark.parametrize(
    "time_zone", ["", "Vienna", "europe/vienna", "../etc/passwd", "CEST", "Europe/Vienna\x00", "+01:00"]
)
async def test_a_time_zone_is_of_iana(api: Api, standing: Planted, time_zone: str) -> None:
    """What is no name of the IANA database is refused with an example."""
    assert await problems(api, standing, timeZone=time_zone) == [
        ("timeZone", "INVALID", "is not an IANA time zone like Europe/Vienna")
    ]


@pytest.mark.parametrize("country", ["", "at", "AUT", "XX", "Austria", "EU", "UK"])
async def test_a_country_is_of_iso_3166(api: Api, standing: Planted, country: str) -> None:
    """What is no officially assigned alpha-2 code is refused."""
    address = customer_input(standing)["address"] | {"country": country}
    [(path, code, _)] = await problems(api, standing, address=address)
    assert (path, code) == ("address.country", "INVALID")


@pytest.mark.parametrize("currency", ["", "usd", "EURO", "XXX", "US$"])
async def test_a_currency_is_of_iso_4217(api: Api, standing: Planted, currency: str) -> None:
    """What is no currency is no CurrencyCode: refused before anything is looked up."""
    error = await api.refuse(standing.partner_token, CUSTOMER, {"input": customer_input(standing, currency=currency)})
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "ISO 4217" in error["message"]


@pytest.mark.parametrize(
    "missing",
    ["name", "company", "domain", "timeZone", "billingContact", "billingMode", "address", "partner", "idempotencyKey"],
)
async def test_a2_what_a_customer_needs(api: Api, standing: Planted, missing: str) -> None:
    """Name, company, domain, time zone, contact and address are required, and so is an idempotency key."""
    content = customer_input(standing)
    del content[missing]
    error = await api.refuse(standing.partner_token, CUSTOMER, {"input": content})
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert missing in error["message"]


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("name", "Hôtel Straße", "  hôtel   STRASSE "),
        ("domain", "same.example", "SAME.example"),
        ("reference", "REF-1", "REF-1"),
    ],
)
@pytest.mark.parametrize("kind", ["Customer", "Partner"])
async def test_a2_names_domains_and_references_are_unique_under_one_seller(
    api: Api, tree: Planted, kind: str, field: str, first: str, second: str
) -> None:
    """The same name (in any case), domain or reference under the same seller is ALREADY_EXISTS naming the field."""
    make, mutation = (customer_input, CUSTOMER) if kind == "Customer" else (partner_input, PARTNER)
    await succeed(api, tree.partner_token, f"create{kind}", make(tree, **{field: first}))
    answer = await api.ask(tree.partner_token, mutation, {"input": make(tree, **{field: second})})
    assert answer["InvalidInput_code"] == "ALREADY_EXISTS"
    assert [(found["path"], found["code"]) for found in answer["InvalidInput_fields"]] == [(field, "ALREADY_EXISTS")]


async def test_a2_of_two_at_once_one_gets_the_name(api: Api, tree: Planted) -> None:
    """Customers of one name sent at once, each under a key of its own: one is made, the others are ALREADY_EXISTS."""
    contents = [customer_input(tree, name="Same") for _ in range(6)]
    answers = await asyncio.gather(*(api.ask(tree.partner_token, CUSTOMER, {"input": content}) for content in contents))
    made = [answer for answer in answers if answer["__typename"] == "CreateCustomerSuccess"]
    refused = [answer["InvalidInput_code"] for answer in answers if answer not in made]
    assert (len(made), refused) == (1, ["ALREADY_EXISTS"] * 5)


async def test_another_seller_may_use_the_same_names(api: Api, tree: Planted) -> None:
    """Names, domains and references are one seller's own: its neighbour's customers may have the same."""
    neighbour = await grow(api, tree, tree.distributor_id)
    content = customer_input(tree)
    await succeed(api, tree.partner_token, "createCustomer", content)
    content |= {"partner": {"id": neighbour.partner_id}, "idempotencyKey": fresh_key()}
    await succeed(api, neighbour.partner_token, "createCustomer", content)


async def test_without_reference_and_domain_nothing_is_taken(api: Api, tree: Planted) -> None:
    """Partners without domain or reference do not get in each other's way; an empty reference is none."""
    for nothing in (None, ""):
        for _ in range(2):
            content = partner_input(tree, domain=None, reference=nothing)
            made = (await succeed(api, tree.partner_token, "createPartner", content))["CreatePartnerSuccess_partner"]
            assert (made["domain"], made["reference"]) == (None, None)


@pytest.mark.parametrize("below", OrganizationKind)
@pytest.mark.parametrize("kind", [OrganizationKind.PARTNER, OrganizationKind.CUSTOMER])
async def test_who_stands_below_whom(api: Api, tree: Planted, kind: OrganizationKind, below: OrganizationKind) -> None:
    """Partners stand below distributors and partners, customers below partners only; else FORBIDDEN says so."""
    parent = {"id": getattr(tree, f"{below.value.lower()}_id")}
    if kind is OrganizationKind.PARTNER:
        mutation, content = "createPartner", partner_input(tree, parent=parent)
    else:
        mutation, content = "createCustomer", customer_input(tree, partner=parent)
    if below in MAY_CREATE[kind]:
        await succeed(api, tree.distributor_token, mutation, content)
        return
    error = await api.refuse(tree.distributor_token, document("mutation", mutation), {"input": content})
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["message"] == f"a {below.value.lower()} cannot have a {kind.value.lower()} right below it"


@pytest.mark.parametrize(
    ("query", "make"), [(CUSTOMER, customer_input), (PARTNER, partner_input)], ids=["customer", "partner"]
)
async def test_a2_who_may_create(api: Api, tree: Planted, query: str, make: Any) -> None:
    """A customer creates no organizations, nor does a token without ORGANIZATIONS_MANAGE."""
    reader = [name for name in EVERYTHING_OF_A_SELLER if name != "ORGANIZATIONS_MANAGE"]
    for token in (tree.customer_token, await new_token(api, tree.partner_token, tree, permissions=reader)):
        error = await api.refuse(token, query, {"input": make(tree)})
        assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a_reference_must_name_one(api: Api, tree: Planted) -> None:
    """A reference that two organizations of the subtree have names neither of them."""
    neighbour = await grow(api, tree, tree.distributor_id)
    name = uuid4().hex
    for member in (tree, neighbour):
        content = customer_input(tree, partner={"id": member.partner_id}, reference=name)
        await succeed(api, tree.distributor_token, "createCustomer", content)
    content = {"customer": {"reference": name}, "lines": [], "salesModel": "YEARLY", "idempotencyKey": fresh_key()}
    query = document("mutation", "createOrder")
    assert (await api.ask(tree.distributor_token, query, {"input": content}))["__typename"] == "NotFound"
    assert (await api.ask(tree.partner_token, query, {"input": content}))["__typename"] == "CreateOrderSuccess"


@pytest.mark.parametrize("reference", [{}, {"id": "x", "reference": "y"}, {"id": None}, {"reference": None}, None])
async def test_exactly_one_key_names_an_organization(api: Api, standing: Planted, reference: Any) -> None:
    """A reference by neither, by both or by null is BAD_REQUEST."""
    error = await api.refuse(standing.partner_token, CUSTOMER, {"input": customer_input(standing, partner=reference)})
    assert error["extensions"]["code"] == "BAD_REQUEST"
