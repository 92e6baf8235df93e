"""A3: the profile of an organization: what it may say, what may be changed of it, and what is fixed."""

from typing import Any

import pytest

from seeding import Planted
from tests.api.bases import customer_input, partner_input, update_input
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api

UPDATE = document("mutation", "updateOrganization")


async def new_customer(api: Api, tree: Planted, **changes: Any) -> Any:
    """A customer of the tree's partner, as it is shown."""
    made = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree, **changes))
    return made["CreateCustomerSuccess_customer"]


async def update(api: Api, tree: Planted, organization_id: str, **changes: Any) -> Any:
    """The answer to an update of only these fields, by the tree's partner."""
    content = {"organization": {"id": organization_id}, **changes}
    return await api.ask(tree.partner_token, UPDATE, {"input": content})


def refused(answer: Any) -> list[tuple[str, str]]:
    """(path, code) of everything that was refused."""
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]]


async def test_a3_the_whole_profile_is_kept(api: Api, tree: Planted) -> None:
    """Telephone (in E.164), notes and further addresses for invoices are shown as they were given."""
    customer = await new_customer(
        api, tree, phone="+43 (662) 12345678", notes="Fax 2:\nfirst floor", invoiceEmails=["a@b.example", "c@d.example"]
    )
    assert customer["phone"] == "+4366212345678"
    assert customer["notes"] == "Fax 2:\nfirst floor"
    assert customer["invoiceEmails"] == ["a@b.example", "c@d.example"]


async def test_a3_everything_of_a_profile_can_be_changed(api: Api, tree: Planted) -> None:
    """An update with every field shows every one of them changed."""
    customer = await new_customer(api, tree)
    content = update_input(customer["id"])
    made = await succeed(api, tree.partner_token, "updateOrganization", content)
    changed = made["UpdateOrganizationSuccess_organization"]
    for name in ("name", "company", "domain", "reference", "timeZone", "notes", "invoiceEmails", "deskEmail"):
        assert changed[name] == content[name], name
    assert changed["phone"] == "+4366212345678"
    assert changed["billingContact"] == {"__typename": "BillingContact"} | content["billingContact"]
    assert changed["address"] == {"__typename": "Address"} | content["address"]


async def test_a3_what_is_left_out_stays_and_null_clears(api: Api, tree: Planted) -> None:
    """Absent is not null: an update changes what it names; null takes away what an organization can be without."""
    customer = await new_customer(api, tree, phone="+4366212345678", notes="n", invoiceEmails=["a@b.example"])
    first = (await update(api, tree, customer["id"], company="Other"))["UpdateOrganizationSuccess_organization"]
    assert first == customer | {"company": "Other"}
    gone: dict[str, Any] = {"phone": None, "notes": None, "invoiceEmails": [], "reference": None, "deskEmail": None}
    answer = await update(api, tree, customer["id"], **gone)
    second = answer["UpdateOrganizationSuccess_organization"]
    assert second == first | gone
    assert (await update(api, tree, customer["id"]))["UpdateOrganizationSuccess_organization"] == second


@pytest.mark.parametrize("field", ["domain", "billingContact", "address"])
async def test_a3_a_customer_keeps_what_it_needs(api: Api, tree: Planted, field: str) -> None:
    """Domain, contact and address of a customer cannot be taken away; a partner's domain can."""
    customer = await new_customer(api, tree)
    assert refused(await update(api, tree, customer["id"], **{field: None})) == [(field, "REQUIRED")]
    content = partner_input(tree)
    partner = (await succeed(api, tree.partner_token, "createPartner", content))["CreatePartnerSuccess_partner"]
    answer = await update(api, tree, partner["id"], **{field: None})
    assert answer["UpdateOrganizationSuccess_organization"][field] is None


@pytest.mark.parametrize("field", ["name", "company", "timeZone", "invoiceEmails"])
async def test_a3_what_every_organization_has_is_not_null(api: Api, tree: Planted, field: str) -> None:
    """Null for it is no input at all."""
    content = {"organization": {"id": tree.customer_id}, field: None}
    answer = (await api.post(tree.partner_token, UPDATE, {"input": content})).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST", answer


@pytest.mark.parametrize(
    "phone", ["", " ", "0662 12345678", "+43", "+1 555", "+999 123456789", "tel:+43", "x" * 300, "+43662" + "1" * 26]
)
async def test_a3_a_telephone_number_is_dialled_from_everywhere(api: Api, tree: Planted, phone: str) -> None:
    """What is no valid number with its country code is refused; an empty text is no number."""
    answer = await update(api, tree, tree.customer_id, phone=phone)
    if phone:
        assert refused(answer) == [("phone", "INVALID")]
    else:
        assert answer["UpdateOrganizationSuccess_organization"]["phone"] is None


async def test_a3_invoice_addresses_are_checked_one_by_one(api: Api, tree: Planted) -> None:
    """A bad one and one that stands there twice are refused at their places; at most 20 are kept."""
    emails = ["a@b.example", "nobody", "A@B.example"]
    assert refused(await update(api, tree, tree.customer_id, invoiceEmails=emails)) == [
        ("invoiceEmails.1", "INVALID"),
        ("invoiceEmails.2", "ALREADY_EXISTS"),
    ]
    many = [f"a{place}@b.example" for place in range(21)]
    assert refused(await update(api, tree, tree.customer_id, invoiceEmails=many)) == [("invoiceEmails", "TOO_LONG")]


async def test_a3_every_problem_of_an_update_is_told_at_once(api: Api, tree: Planted) -> None:
    """Fields that are wrong and fields that are fixed are refused together, and nothing is changed."""
    before = await api.ask(tree.partner_token, document("query", "organization"), {"id": tree.customer_id})
    answer = await update(
        api,
        tree,
        tree.customer_id,
        name=" ",
        domain="http://a.example",
        timeZone="Mars/Olympus",
        phone="1",
        notes="x" * 10_001,
        currency="EUR",
        billingMode="GROUP",
        company="Fine GmbH",
    )
    assert set(refused(answer)) == {
        ("name", "REQUIRED"),
        ("domain", "INVALID"),
        ("timeZone", "INVALID"),
        ("phone", "INVALID"),
        ("notes", "TOO_LONG"),
        ("currency", "NOT_ALLOWED"),
        ("billingMode", "NOT_ALLOWED"),
    }
    assert before == await api.ask(tree.partner_token, document("query", "organization"), {"id": tree.customer_id})


@pytest.mark.parametrize(
    ("field", "value"), [("name", "HOTEL  eins"), ("domain", "EINS.example"), ("reference", "E-1")]
)
async def test_a3_what_another_has_is_refused_by_field(api: Api, tree: Planted, field: str, value: str) -> None:
    """A name, domain or reference of another organization under the same seller is ALREADY_EXISTS; one's own is not."""
    first = await new_customer(api, tree, name="Hotel Eins", domain="eins.example", reference="E-1")
    second = await new_customer(api, tree)
    answer = await update(api, tree, second["id"], **{field: value})
    assert refused(answer) == [(field, "ALREADY_EXISTS")]
    assert answer["InvalidInput_code"] == "ALREADY_EXISTS"
    assert (await update(api, tree, first["id"], **{field: value}))["__typename"] == "UpdateOrganizationSuccess"


async def test_a3_currency_and_billing_mode_are_fixed(api: Api, tree: Planted) -> None:
    """Another one than it has is refused and says which stays; the same one is no change."""
    answer = await update(api, tree, tree.customer_id, currency="EUR", billingMode="GROUP")
    assert [field["message"] for field in answer["InvalidInput_fields"]] == [
        "is fixed when it is created: it stays USD",
        "is fixed when it is created: it stays ENTERPRISE",
    ]
    same = await update(api, tree, tree.customer_id, currency="USD", billingMode="ENTERPRISE")
    assert same["__typename"] == "UpdateOrganizationSuccess"


async def test_a3_its_sellers_words_are_not_its_own(api: Api, tree: Planted) -> None:
    """A partner changes its own company and telephone, but not the name and reference that its seller gave it."""
    answer = await update(api, tree, tree.partner_id, name="Me", reference="R", notes="n", company="Me GmbH")
    assert refused(answer) == [("name", "NOT_ALLOWED"), ("reference", "NOT_ALLOWED"), ("notes", "NOT_ALLOWED")]
    assert (await update(api, tree, tree.partner_id, company="Me GmbH"))["__typename"] == "UpdateOrganizationSuccess"
    content = {"organization": {"id": tree.partner_id}, "name": f"Renamed {tree.partner_id}"}
    await succeed(api, tree.distributor_token, "updateOrganization", content)


async def test_a3_a_customer_changes_no_profile(api: Api, tree: Planted) -> None:
    """Its tokens have no permission for it."""
    error = await api.refuse(tree.customer_token, UPDATE, {"input": update_input(tree.customer_id)})
    assert error["extensions"]["code"] == "FORBIDDEN"
