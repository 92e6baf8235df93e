"""A8: passwords: what they must be, and how a forgotten one is replaced."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.house import Api
from tests.people import PASSWORD, call, fresh_email, invited, join, keep_mails, reset_token

NEW = "a quite new passphrase"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "TOO_SHORT"),
        ("elevenchars", "TOO_SHORT"),
        ("x" * 257, "TOO_LONG"),
        ("password1234", "NOT_ALLOWED"),
        ("QwertyUiop123", "NOT_ALLOWED"),
        ("abababababababab", "NOT_ALLOWED"),
    ],
)
async def test_a8_passwords_that_are_tried_first_are_refused(api: Api, tree: Planted, password: str, code: str) -> None:
    """Twelve characters or more, not a common one: at an invitation and at a reset alike, which stay open."""
    member = await join(api, tree.partner_token, tree.partner_id)
    _, invitation, _ = await invited(tree.partner_token, tree.partner_id)
    reset = await reset_token(member.email)
    for mutation, content in (
        ("acceptInvitation", {"token": invitation, "name": "Pia"}),
        ("resetPassword", {"token": reset}),
    ):
        answer = await call(api, mutation, **content, password=password)
        assert [(field["path"], field["code"]) for field in answer["fields"]] == [("password", code)]
        assert (await call(api, mutation, **content, password=PASSWORD))["kind"].endswith("Success")


async def test_the_address_is_no_password(api: Api, tree: Planted) -> None:
    """Neither whole nor without its host, in whatever case."""
    _, invitation, email = await invited(tree.partner_token, tree.partner_id)
    for password in (email, email.upper(), email.partition("@")[0]):
        answer = await call(api, "acceptInvitation", token=invitation, name="Pia", password=password)
        assert [field["code"] for field in answer["fields"]] == ["NOT_ALLOWED"]


async def test_a_new_person_has_a_name(api: Api, tree: Planted) -> None:
    """Everything that is missing is told at once."""
    _, invitation, _ = await invited(tree.partner_token, tree.partner_id)
    answer = await call(api, "acceptInvitation", token=invitation, name=" ", password="", device="x" * 201)
    assert {field["path"] for field in answer["fields"]} == {"name", "password", "device"}


async def test_a8_a_forgotten_password_is_replaced(api: Api, tree: Planted) -> None:
    """By the mailed token, once: the old password and every session of the person are void at once."""
    member = await join(api, tree.partner_token, tree.partner_id)
    _, secret, _ = await invited(tree.customer_token, tree.customer_id, "VIEWER", member.email)
    abroad = await call(api, "acceptInvitation", token=secret, password=PASSWORD)
    first, second = await reset_token(member.email), await reset_token(member.email)
    answers = await asyncio.gather(*(call(api, "resetPassword", token=second, password=NEW) for _ in range(4)))
    assert sorted(answer["kind"] for answer in answers) == ["NotFound"] * 3 + ["ResetPasswordSuccess"]
    assert (await call(api, "resetPassword", token=first, password=NEW))["kind"] == "NotFound"
    for token in (member.access_token, abroad["tokens"]["accessToken"]):
        assert (await api.refuse(token, "{ viewer { principal } }"))["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await call(api, "refreshSession", refreshToken=member.refresh_token))["kind"] == "InvalidCredentials"
    assert (await call(api, "signIn", email=member.email, password=PASSWORD))["kind"] == "InvalidCredentials"
    assert (await call(api, "signIn", email=member.email, password=NEW))["kind"] == "SignInSuccess"


async def test_a_link_for_a_new_password_lasts_an_hour(api: Api, tree: Planted) -> None:
    """Afterwards it opens nothing."""
    member = await join(api, tree.partner_token, tree.partner_id)
    token = await reset_token(member.email)
    row = await database.fetch_row("SELECT * FROM password_resets ORDER BY id DESC LIMIT 1")
    assert row is not None
    requested = await database.fetch_value(
        "SELECT occurred_at FROM events WHERE aggregate_id = $1 AND type = 'member.password_reset_requested'",
        decode("Member", member.member_id),
    )
    assert row["expires_at"] - requested == timedelta(hours=1)
    await database.execute("UPDATE password_resets SET expires_at = now() WHERE id = $1", row["id"])
    assert (await call(api, "resetPassword", token=token, password=NEW))["kind"] == "NotFound"


async def _counts(email: str) -> dict[str, Any]:
    return {
        "mails": await database.fetch_value("SELECT count(*) FROM outgoing_mails WHERE recipient = $1", email),
        "requests": await database.fetch_value("SELECT count(*) FROM password_resets"),
    }


async def test_a8_a_request_tells_nobody_who_has_an_account(api: Api, tree: Planted) -> None:
    """The answer is the same but for the address; a request is written for either, a mail sent to the one there is."""
    member, unknown = await join(api, tree.partner_token, tree.partner_id), fresh_email()
    await database.execute("DELETE FROM outgoing_mails WHERE recipient = $1", member.email)
    for email, mails in ((member.email, 1), (unknown, 0)):
        before = await _counts(email)
        answer = await call(api, "requestPasswordReset", email=email)
        assert answer == {"kind": "RequestPasswordResetSuccess", "email": email}
        after = await _counts(email)
        assert (after["mails"], after["requests"] - before["requests"]) == (mails, 1)
        await keep_mails(email)
