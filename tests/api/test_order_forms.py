"""O5: order forms, which may be replaced until the order is saved, and are kept from then on."""

import asyncio
from typing import Any

import pytest
from asyncpg import RestrictViolationError

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.sellers import refused
from tests.api.uploads import PNG, path_of, uploaded
from tests.api.walk import document
from tests.api.worlds import grow, new_token, succeed
from tests.house import Api, order_input

FORMS = """
query ($id: ID!) { order(id: $id) {
  forms { attachedBy attachedAt file { id fileName contentType state downloadUrl } } } }
"""


async def form(api: Api, tree: Planted, name: str = "form.pdf", **changes: Any) -> str:
    """The id of an upload that can become a form of the tree's customer."""
    return await uploaded(api, tree.partner_token, tree, purpose="ORDER_FORM", fileName=name, **changes)


async def draft(api: Api, tree: Planted, *uploads: str) -> str:
    """The id of a draft that was saved with these forms."""
    content = order_input(tree, fresh_key(), orderForms=list(uploads))
    made = await succeed(api, tree.partner_token, "createOrder", content)
    order_id: str = made["CreateOrderSuccess_order"]["id"]
    return order_id


def added(order_id: str, upload_id: str) -> dict[str, Any]:
    """A form to add to an order."""
    return {"id": order_id, "uploadId": upload_id, "idempotencyKey": fresh_key()}


async def names(api: Api, token: str, order_id: str) -> list[str]:
    """The forms of an order, as its reader sees them."""
    return [one["file"]["fileName"] for one in (await api.ask(token, FORMS, {"id": order_id}))["forms"]]


async def test_o5_forms_are_saved_with_the_order_and_more_are_added(api: Api, tree: Planted) -> None:
    """B3-O: from the first save on they stay; who may read the order fetches them under a signed address."""
    order_id = await draft(api, tree, await form(api, tree, "signed.pdf"))
    picture = await uploaded(
        api, tree.partner_token, tree, PNG, purpose="ORDER_FORM", fileName="page.png", contentType="image/png"
    )
    await succeed(api, tree.customer_token, "attachOrderForm", added(order_id, picture))
    await succeed(api, tree.partner_token, "cancelOrder", {"id": order_id})
    await succeed(api, tree.partner_token, "attachOrderForm", added(order_id, await form(api, tree, "late.pdf")))
    assert await names(api, tree.customer_token, order_id) == ["signed.pdf", "page.png", "late.pdf"]
    seen = (await api.ask(tree.distributor_token, FORMS, {"id": order_id}))["forms"][1]["file"]
    assert (seen["state"], seen["contentType"]) == ("ATTACHED", "image/png")
    assert (await api.client.get(path_of(seen["downloadUrl"]))).content == PNG
    sql = "SELECT type, payload FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    told = await database.fetch(sql, decode("Order", order_id))
    assert [row["payload"].get("file_name") for row in told] == [None, "signed.pdf", "page.png", None, "late.pdf"]
    assert [row["type"] for row in told][:2] == ["order.created", "order_form.attached"]


async def test_o5_a_saved_form_is_neither_changed_nor_removed(api: Api, tree: Planted) -> None:
    """Not by us either: PostgreSQL refuses it."""
    order_id = decode("Order", await draft(api, tree, await form(api, tree)))
    for sql in (
        "UPDATE order_forms SET attached_by = 'x' WHERE order_id = $1",
        "DELETE FROM order_forms WHERE order_id = $1",
    ):
        with pytest.raises(RestrictViolationError):
            await database.execute(sql, order_id)


async def test_o5_an_order_is_placed_with_its_forms(api: Api, tree: Planted) -> None:
    """Saved and submitted in one, under one key: once."""
    content = order_input(
        tree, fresh_key(), orderForms=[await form(api, tree, "a.pdf"), await form(api, tree, "b.pdf")]
    )
    placed, again = [await succeed(api, tree.partner_token, "placeOrder", content) for _ in range(2)]
    order_id = placed["PlaceOrderSuccess_order"]["id"]
    assert again["PlaceOrderSuccess_order"]["id"] == order_id
    assert await names(api, tree.customer_token, order_id) == ["a.pdf", "b.pdf"]


async def test_o5_a_file_is_a_form_of_one_order(api: Api, tree: Planted, other_tree: Planted) -> None:
    """It is stored, of this customer, meant as a form, and attached nowhere: all that is wrong is told at once."""
    taken, other = await form(api, tree), await form(api, other_tree)
    order_id = await draft(api, tree, taken)
    paper = await uploaded(api, tree.partner_token, tree)
    content = order_input(tree, fresh_key(), orderForms=[taken, other, paper])
    for mutation in ("createOrder", "placeOrder"):
        assert await refused(api, tree.partner_token, mutation, content) == [
            ("orderForms.0", "NOT_ALLOWED"),
            ("orderForms.1", "NOT_FOUND"),
            ("orderForms.2", "NOT_ALLOWED"),
        ]
    for upload_id, code in ((taken, "NOT_ALLOWED"), (other, "NOT_FOUND"), (paper, "NOT_ALLOWED")):
        problems = await refused(api, tree.partner_token, "attachOrderForm", added(order_id, upload_id))
        assert problems == [("uploadId", code)]
    free = await form(api, tree)
    twice = order_input(tree, fresh_key(), orderForms=[free, free])
    assert await refused(api, tree.partner_token, "createOrder", twice) == [("orderForms", "NOT_ALLOWED")]
    many = order_input(tree, fresh_key(), orderForms=[free] * 21)
    assert await refused(api, tree.partner_token, "createOrder", many) == [("orderForms", "TOO_LONG")]


async def test_o5_of_two_orders_that_want_one_file_one_has_it(api: Api, tree: Planted) -> None:
    """At once: the other order is not saved."""
    upload_id = await form(api, tree)
    query = document("mutation", "createOrder")
    answers = await asyncio.gather(
        *(
            api.ask(tree.partner_token, query, {"input": order_input(tree, fresh_key(), orderForms=[upload_id])})
            for _ in range(4)
        )
    )
    assert sorted(answer["__typename"] for answer in answers) == ["CreateOrderSuccess", *["InvalidInput"] * 3]


async def test_o5_an_order_has_twenty_forms_at_most(api: Api, tree: Planted) -> None:
    """The next one is refused."""
    order_id = await draft(api, tree, await form(api, tree))
    await database.execute(
        "WITH u AS (INSERT INTO uploads (id, organization_id, scope, purpose, state, file_name, declared_type, "
        "size_bytes, created_at, found_type, sha256, storage_key, stored_at) "
        "SELECT gen_random_uuid(), organization_id, scope, purpose, state, file_name, declared_type, size_bytes, "
        "created_at, found_type, sha256, storage_key, stored_at FROM uploads, generate_series(1, 19) "
        "WHERE id = (SELECT upload_id FROM order_forms WHERE order_id = $1) RETURNING id, scope) "
        "INSERT INTO order_forms (id, order_id, scope, upload_id, attached_by, attached_at) "
        "SELECT gen_random_uuid(), $1, scope, id, 'test', now() FROM u",
        decode("Order", order_id),
    )
    content = added(order_id, await form(api, tree))
    assert await refused(api, tree.partner_token, "attachOrderForm", content) == [("uploadId", "NOT_ALLOWED")]


async def test_o5_who_may_not_read_the_order_sees_no_form(api: Api, tree: Planted) -> None:
    """Neither a neighbour nor a token without the permission; who may only read adds none."""
    order_id, upload_id = await draft(api, tree, await form(api, tree)), await form(api, tree)
    neighbour = await grow(api, tree, tree.distributor_id)
    assert await api.ask(neighbour.partner_token, FORMS, {"id": order_id}) is None
    answer = await api.ask(
        neighbour.partner_token, document("mutation", "attachOrderForm"), {"input": added(order_id, upload_id)}
    )
    assert answer["__typename"] == "NotFound"
    reader = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    assert await names(api, reader, order_id) == ["form.pdf"]
    error = await api.refuse(reader, document("mutation", "attachOrderForm"), {"input": added(order_id, upload_id)})
    assert error["extensions"]["code"] == "FORBIDDEN"
