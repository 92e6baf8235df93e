"""Credentials that arrive: the account manager is mailed a link, and the link opens them."""

from uuid import UUID

import orjson

import bootstrap
from domain.provisioning.actions import start_operation
from domain.provisioning.credentials import open_link
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.ids import decode, encode
from tests.jobs.bench import Bench
from tests.jobs.test_instance_operations import instance

_MANAGER = """
WITH u AS (INSERT INTO users (id, email, email_key, name, password_hash, created_at)
           VALUES (gen_random_uuid(), $1, $1, 'Max', '-', now())
           RETURNING id)
INSERT INTO members (id, organization_id, user_id, scope, role, created_at)
SELECT gen_random_uuid(), o.id, u.id, o.scope, 'SALES', now() FROM u, organizations o WHERE o.id = $2 RETURNING id
"""
_MAILS = "SELECT * FROM outgoing_mails WHERE recipient = $1 AND template = 'credentials' ORDER BY facts->>'product'"


async def placed_by(bench: Bench, email: str, contact: str | None = None) -> UUID:
    """An order whose account manager has this address, and its contact that one, with its jobs run."""
    member_id = await database.fetch_value(_MANAGER, email, decode("Organization", bench.tree.partner_id))
    order_id = await bench.place()
    sql = "UPDATE orders SET created_by = $2, contact_email = $3, sends_credentials = $4 WHERE id = $1"
    await database.execute(sql, order_id, encode("Member", member_id), contact, contact is not None)
    await bench.work_until(order_id, "COMPLETED")
    return order_id


async def test_p3_the_account_manager_is_mailed_a_link(bench: Bench) -> None:
    """One a line, told as `credentials.ready`; the mail holds no credential, its link opens them once."""
    email = f"{bootstrap.new_id().hex}@managers.example"
    order_id = await placed_by(bench, email)
    mails = await database.fetch(_MAILS, email)
    assert [mail["facts"]["product"] for mail in mails] == ["Cloud Workspace", "Team Insights"]
    assert (await bench.events(order_id)).count("credentials.ready") == 2
    vault = bench.shop.vault
    (cloud, _) = await bench.operations(order_id)
    sealed = orjson.loads(vault.open((await instance(cloud["instance_id"]))["outputs_sealed"]))
    opened = await open_link(bootstrap.CLOCK, vault.open(mails[0]["token_sealed"]), open_sealed=vault.open)
    assert opened == sealed
    await start_operation(bench.actor(), cloud["instance_id"], Action.CHANGE, {"quantity": 30})
    await bench.work()
    assert len(await database.fetch(_MAILS, email)) == 2


async def test_o12_the_contact_is_mailed_a_link_of_its_own_if_the_order_says_so(bench: Bench) -> None:
    """CS: the account manager in any case; one address is mailed once, however it is written."""
    manager, contact = (f"{bootstrap.new_id().hex}@{who}.example" for who in ("managers", "contacts"))
    await placed_by(bench, manager, contact)
    mails = await database.fetch(_MAILS, manager) + await database.fetch(_MAILS, contact)
    assert [mail["facts"]["product"] for mail in mails] == ["Cloud Workspace", "Team Insights"] * 2
    assert len({bench.shop.vault.open(mail["token_sealed"]) for mail in mails}) == 4
    alone = f"{bootstrap.new_id().hex}@managers.example"
    await placed_by(bench, alone, alone.upper())
    assert len(await database.fetch(_MAILS, alone)) == 2
    assert await database.fetch(_MAILS, alone.upper()) == []
