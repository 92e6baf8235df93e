"""The desk through the API: tickets are seen by their seller, completed or failed once, and mailed."""

from typing import Any
from uuid import uuid4

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.desks import completed, new_ticket
from tests.api.test_products import problems
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api

TICKETS = """
query ($where: TicketWhere) { tickets(where: $where) { nodes { id number kind state subject details deskId
  customer { id } outputs { name value } failure { code reason } closedAt } } }
"""


async def answer(api: Api, token: str, mutation: str, content: dict[str, Any]) -> Any:
    """However a mutation ends."""
    return await api.ask(token, document("mutation", mutation), {"input": content})


async def shown(api: Api, token: str, **where: Any) -> list[Any]:
    """The tickets that somebody sees."""
    found: list[Any] = (await api.ask(token, TICKETS, {"where": where}))["nodes"]
    return found


async def test_p2_a_ticket_is_seen_at_its_desk_and_above(api: Api, tree: Planted) -> None:
    """The seller whose desk it is sees it, and who sells to it; the customer that waits does not."""
    ticket_id = await new_ticket(tree)
    for token in (tree.partner_token, tree.distributor_token):
        (ticket,) = await shown(api, token, kind={"eq": "BACKORDER"}, state={"in": ["OPEN"]})
        assert (ticket["id"], ticket["deskId"]) == (ticket_id, tree.partner_id)
        assert ticket["number"].startswith("TCK-")
        assert ticket["customer"]["id"] == tree.customer_id
    refused = await api.refuse(tree.customer_token, TICKETS)
    assert refused["extensions"]["code"] == "FORBIDDEN"


async def test_p2_a_completed_ticket_shows_what_came_out_of_it_and_no_secret(api: Api, tree: Planted) -> None:
    """Outputs are shown, secret ones are sealed; a ticket is closed once."""
    ticket_id = await new_ticket(tree)
    done = await succeed(api, tree.partner_token, "completeTicket", completed(ticket_id))
    ticket = done["CompleteTicketSuccess_ticket"]
    assert ticket["state"] == "COMPLETED"
    (shown_ticket,) = await shown(api, tree.partner_token, number={"eq": ticket["number"]})
    assert shown_ticket["outputs"] == [{"name": "serial_number", "value": "SN-4711"}]
    row = await database.fetch_row("SELECT * FROM tickets WHERE id = $1", decode("Ticket", ticket_id))
    assert row is not None
    assert row["outputs_sealed"] is not None
    assert "correct horse" not in str(dict(row))
    again = await answer(api, tree.partner_token, "failTicket", {"id": ticket_id, "reason": "late"})
    assert (again["__typename"], again["Conflict_code"]) == ("Conflict", "ILLEGAL_TRANSITION")


async def test_p2_a_failed_ticket_says_why(api: Api, tree: Planted) -> None:
    """The reason stays with it."""
    ticket_id = await new_ticket(tree)
    await succeed(api, tree.partner_token, "failTicket", {"id": ticket_id, "reason": " out of stock "})
    (ticket,) = await shown(api, tree.partner_token, state={"eq": "FAILED"})
    assert ticket["failure"] == {"code": "DESK", "reason": "out of stock"}
    assert ticket["closedAt"] is not None


@pytest.mark.parametrize(
    ("outputs", "faults"),
    [
        ([("1st", "x")], {("outputs.0.name", "INVALID")}),
        ([("a", "x"), ("a", "y")], {("outputs.1.name", "ALREADY_EXISTS")}),
        ([("a", "")], {("outputs.0.value", "REQUIRED")}),
        ([(f"n{place}", "x") for place in range(51)], {("outputs", "TOO_LONG")}),
    ],
)
async def test_p2_outputs_have_names_of_their_own(
    api: Api, tree: Planted, outputs: list[tuple[str, str]], faults: set[tuple[str, str]]
) -> None:
    """Everything wrong is named, and the ticket stays open."""
    ticket_id = await new_ticket(tree)
    given = [{"name": name, "value": value, "isSecret": False} for name, value in outputs]
    refused = await answer(api, tree.partner_token, "completeTicket", {"id": ticket_id, "outputs": given})
    assert problems(refused) == faults
    assert len(await shown(api, tree.partner_token, state={"eq": "OPEN"})) == 1


async def test_p2_one_thing_has_one_ticket_of_a_kind(api: Api, tree: Planted) -> None:
    """Opened again about the same thing it is the same ticket, told and mailed once."""
    about_id = uuid4()
    assert len({await new_ticket(tree, about_id=about_id) for _ in range(2)}) == 1
    assert len(await shown(api, tree.partner_token)) == 1


async def test_p2_a_ticket_is_mailed_to_the_desk(api: Api, tree: Planted) -> None:
    """To the seller's `deskEmail`; where there is none, to its billing contact, if it has one."""
    address = f"{uuid4().hex}@desk.example"
    sql = "SELECT facts FROM outgoing_mails WHERE recipient = $1 AND template = 'ticket_opened'"
    await new_ticket(tree)
    content = {"organization": {"id": tree.partner_id}, "deskEmail": address}
    await succeed(api, tree.partner_token, "updateOrganization", content)
    await new_ticket(tree, subject="Order a desk")
    (mail,) = await database.fetch(sql, address)
    assert mail["facts"]["subject"] == "Order a desk"
    wrong = await answer(api, tree.partner_token, "updateOrganization", content | {"deskEmail": "nobody"})
    assert problems(wrong) == {("deskEmail", "INVALID")}
