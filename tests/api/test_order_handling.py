"""O12, O13: the contact of an order, how it is paid, and the mails that tell its number."""

from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from integrations.mail.mailroom import Mail, Mailroom
from integrations.mail.smtp import SmtpMailer
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.drafts import HANDLED
from tests.api.sellers import BUSINESS, place, refused, seats
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api
from tests.people import fresh_email, join

MAILS = "SELECT * FROM outgoing_mails WHERE template = 'order_submitted' AND facts->>'number' = $1 ORDER BY id"


def contact(email: str) -> dict[str, str]:
    """Cora, under an address of her own."""
    return {"firstName": "Cora", "lastName": "Contact", "email": email}


async def told(number: str) -> list[str]:
    """Whom the number of an order was mailed to."""
    return [row["recipient"] for row in await database.fetch(MAILS, number)]


async def test_o13_and_p7_the_number_is_mailed_to_the_contact_and_the_account_manager(api: Api, tree: Planted) -> None:
    """Once each, with what was ordered and no amounts; a machine that orders has no address."""
    email, person = fresh_email(), await join(api, tree.partner_token, tree.partner_id)
    content = seats(tree, contact=contact(email), subscriptionReference="ERP-7")
    order = await place(api, person.access_token, content)
    await succeed(api, person.access_token, "placeOrder", content)
    assert await told(order["number"]) == [email, person.email]
    row = (await database.fetch(MAILS, order["number"]))[0]
    letter = Mail(str(row["id"]), row["template"], email, row["facts"], None, row["created_at"])
    room = Mailroom(
        SmtpMailer("smtp://127.0.0.1:1"), sender="no-reply@provender.example", web_url="https://app.example"
    )
    mail = room.compose(letter)
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert mail["Subject"] == f"Order {order['number']} for {order['customer']['name']}"
    assert f"/orders/{order['id']}" in text
    assert "10 x Cloud Workspace, Business" in text
    assert "your reference ERP-7" in text
    assert "being set up now" in text
    assert order["price"]["amount"] not in text


async def test_o13_without_a_contact_whoever_gets_the_invoices_is_told(api: Api, tree: Planted) -> None:
    """When a draft is submitted, and not before; that it waits for approval is said."""
    rule = {"customer": {"id": tree.customer_id}, "rule": "ABOVE_AMOUNT", "limit": "1.00"}
    await succeed(api, tree.partner_token, "setApprovalRule", rule)
    made = (await succeed(api, tree.customer_token, "createOrder", seats(tree)))["CreateOrderSuccess_order"]
    assert await told(made["number"]) == []
    content = {"id": made["id"], "idempotencyKey": fresh_key()}
    await succeed(api, tree.customer_token, "submitOrder", content)
    (row,) = await database.fetch(MAILS, made["number"])
    assert (row["recipient"], row["facts"]["state"]) == ("billing@bergblick.example", "PENDING_APPROVAL")


async def test_o12_contact_and_payment_method_are_of_the_draft(api: Api, tree: Planted) -> None:
    """Saved with it, changed by themselves, taken away by null."""
    made = (await succeed(api, tree.partner_token, "createOrder", seats(tree, **HANDLED)))["CreateOrderSuccess_order"]
    assert {name: made[name] for name in HANDLED} == _seen(HANDLED)

    async def change(**changes: Any) -> Any:
        content = {"id": made["id"], **changes}
        return (await succeed(api, tree.partner_token, "updateOrder", content))["UpdateOrderSuccess_order"]

    changed = await change(contact=contact("new@customer.example"))
    assert (changed["contact"]["email"], changed["paymentMethod"]) == ("new@customer.example", "PREPAID")
    changed = await change(contact=None, paymentMethod=None, sendCredentialsToCustomer=False)
    assert [changed[name] for name in HANDLED] == [None, False, None]


def _seen(handled: dict[str, Any]) -> dict[str, Any]:
    return handled | {"contact": handled["contact"] | {"__typename": "OrderContact"}}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"contact": contact("nobody")}, ("contact.email", "INVALID")),
        ({"contact": contact("c@x.example") | {"firstName": " "}}, ("contact.firstName", "REQUIRED")),
        ({"paymentMethod": "POSTPAID"}, ("paymentMethod", "NOT_APPLICABLE")),
    ],
)
async def test_o12_what_no_order_may_say_is_refused(
    api: Api, tree: Planted, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    """An address that is none, a person without a name, a payment method that the plans are not charged by (CS)."""
    for mutation in ("createOrder", "placeOrder"):
        assert await refused(api, tree.partner_token, mutation, seats(tree, **changes)) == [problem]


async def test_o12_what_is_charged_afterwards_is_ordered_as_postpaid(api: Api, tree: Planted) -> None:
    """The plan says how it is charged; the order may insist on it."""
    plan_id = decode("Plan", tree.plans[BUSINESS])
    await database.execute("UPDATE plans SET charging = 'POSTPAID', kind = 'SEAT' WHERE id = $1", plan_id)
    order = seats(tree, paymentMethod="POSTPAID")
    answer = await api.ask(tree.partner_token, document("mutation", "createOrder"), {"input": order})
    assert answer["CreateOrderSuccess_order"]["paymentMethod"] == "POSTPAID"
