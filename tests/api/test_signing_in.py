"""A8: signing in, going on, signing out: sessions that are listed, end at once, and are ended by a stolen token."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

import bootstrap
from domain.access.queries import BELIEVED, Callers, Clock
from domain.access.signing_in import SignIn, sign_in
from domain.shared import database
from domain.shared.errors import BadCredentials
from domain.shared.ids import decode
from integrations.passwords import Argon2Passwords
from seeding import Planted
from tests.api.gates import Figures, gated
from tests.api.walk import document
from tests.house import Api
from tests.people import PASSWORD, call, door, fresh_email, invited, join, person

VIEWER = "{ viewer { principal organization { id } member { id role } } }"
SESSIONS = """
query ($where: SessionWhere) { sessions(where: $where, first: 100) {
  nodes { id device address createdAt lastUsedAt expiresAt member { id email } } } }
"""


async def listed(api: Api, token: str) -> list[str]:
    """The ids of the sessions that somebody sees."""
    return [node["id"] for node in (await api.ask(token, SESSIONS))["nodes"]]


async def is_out(api: Api, token: str) -> bool:
    """Whether a token opens nothing."""
    answer = await api.post(token, VIEWER)
    errors = answer.json().get("errors", [])
    return [error["extensions"]["code"] for error in errors] == ["UNAUTHENTICATED"]


async def test_a8_a_person_signs_in(api: Api, tree: Planted) -> None:
    """By e-mail in any case and password: the session acts as the member, for 15 minutes at a time."""
    member = await join(api, tree.partner_token, tree.partner_id)
    entered = await call(api, "signIn", email=member.email.upper(), password=PASSWORD, device="Pia's laptop")
    token = entered["tokens"]["accessToken"]
    assert token.startswith("pva_")
    assert entered["tokens"]["refreshToken"].startswith("pvr_")
    assert await api.ask(token, VIEWER) == {
        "principal": member.member_id,
        "organization": {"id": tree.partner_id},
        "member": {"id": member.member_id, "role": "ADMIN"},
    }
    nodes = (await api.ask(token, SESSIONS))["nodes"]
    assert [node["device"] for node in nodes] == ["Pia's laptop", "a test"]
    assert {node["address"] for node in nodes} == {"127.0.0.1"}
    assert {node["member"]["email"] for node in nodes} == {member.email}
    row = await database.fetch_row("SELECT * FROM sessions WHERE id = $1", decode("Session", nodes[0]["id"]))
    assert row is not None
    assert row["access_expires_at"] - row["created_at"] == timedelta(minutes=15)
    assert row["expires_at"] - row["created_at"] == timedelta(days=30)


async def test_a8_a_member_of_several_organizations_chooses(api: Api, tree: Planted) -> None:
    """The first one unless another is named; one that the person is no member of answers as a wrong password."""
    member = await join(api, tree.partner_token, tree.partner_id)
    _, secret, _ = await invited(tree.customer_token, tree.customer_id, "VIEWER", member.email)
    await call(api, "acceptInvitation", token=secret, password=PASSWORD)
    content = {"email": member.email, "password": PASSWORD}
    first = await call(api, "signIn", **content)
    second = await call(api, "signIn", **content, organizationId=tree.customer_id)
    assert first["member"]["organization"]["id"] == tree.partner_id
    assert (second["member"]["organization"]["id"], second["member"]["role"]) == (tree.customer_id, "VIEWER")
    assert [each["role"] for each in second["memberships"]] == ["ADMIN", "VIEWER"]
    none = await call(api, "signIn", **content, organizationId=tree.distributor_id)
    assert none == await call(api, "signIn", email=member.email, password="something else")


async def test_unknown_people_and_wrong_passwords_look_the_same(api: Api, tree: Planted) -> None:
    """Both answer the very same."""
    member = await join(api, tree.partner_token, tree.partner_id)
    wrong = await call(api, "signIn", email=member.email, password=f"{PASSWORD}!")
    unknown = await call(api, "signIn", email=fresh_email(), password=f"{PASSWORD}!")
    assert wrong == unknown
    assert wrong["code"] == "BAD_CREDENTIALS"


class Counted(Argon2Passwords):
    """Remembers with what it compared."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[str] = []

    async def _compare(self, password_hash: str, password: str) -> bool:
        self.compared.append(password_hash)
        return await super()._compare(password_hash, password)


async def test_unknown_people_and_wrong_passwords_take_the_same_work(api: Api, tree: Planted) -> None:
    """Each is one comparison of argon2id by the same figures: the time tells nothing."""
    member = await join(api, tree.partner_token, tree.partner_id)
    passwords = Counted()
    way_in = door(passwords)
    for email in (member.email, fresh_email()):
        with pytest.raises(BadCredentials):
            await sign_in(way_in, SignIn(email, "not the password", None, ""))
    figures = [compared.rsplit("$", 2)[0] for compared in passwords.compared]
    assert len(figures) == 2
    assert figures[0] == figures[1]


async def test_a8_a_refresh_token_works_once(api: Api, tree: Planted) -> None:
    """It gives new tokens, and the old ones open nothing from then on."""
    member = await join(api, tree.partner_token, tree.partner_id)
    await api.ask(member.access_token, VIEWER)
    made = await call(api, "refreshSession", refreshToken=member.refresh_token)
    fresh = await person(member.email, made)
    assert fresh.session_id == member.session_id
    assert await is_out(api, member.access_token)
    assert (await api.ask(fresh.access_token, VIEWER))["principal"] == member.member_id


async def test_a8_a_refresh_token_that_is_used_again_ends_the_session(api: Api, tree: Planted) -> None:
    """It is in two hands: whoever has the newer tokens is out as well, and an event tells of it."""
    member = await join(api, tree.partner_token, tree.partner_id)
    made = await call(api, "refreshSession", refreshToken=member.refresh_token)
    stolen = await call(api, "refreshSession", refreshToken=member.refresh_token)
    assert stolen["kind"] == "InvalidCredentials"
    assert await is_out(api, made["tokens"]["accessToken"])
    after = await call(api, "refreshSession", refreshToken=made["tokens"]["refreshToken"])
    assert after["kind"] == "InvalidCredentials"
    told = await database.fetch(
        "SELECT payload, actor FROM events WHERE aggregate_id = $1 AND type = 'session.ended'",
        decode("Session", member.session_id),
    )
    assert [(row["payload"]["reason"], row["actor"]) for row in told] == [("REFRESH_TOKEN_REUSED", member.member_id)]


async def test_a8_of_two_who_refresh_at_once_one_gets_tokens(api: Api, tree: Planted) -> None:
    """Eight uses of one token at once give tokens once at most, and leave no session."""
    member = await join(api, tree.partner_token, tree.partner_id)
    answers = await asyncio.gather(*(call(api, "refreshSession", refreshToken=member.refresh_token) for _ in range(8)))
    good = [answer for answer in answers if answer["kind"] == "RefreshSessionSuccess"]
    assert len(good) == 1
    assert await is_out(api, good[0]["tokens"]["accessToken"])


@pytest.mark.parametrize("token", ["", "pvr_unknown", "pvd_unknown", "x" * 10_000])
async def test_unknown_refresh_tokens_give_nothing(api: Api, token: str) -> None:
    """What was never given answers as what was used up."""
    answer = await call(api, "refreshSession", refreshToken=token)
    assert answer["kind"] == "InvalidCredentials"


async def test_an_expired_refresh_token_gives_nothing(api: Api, tree: Planted) -> None:
    """After 30 days without use a session is over."""
    member = await join(api, tree.partner_token, tree.partner_id)
    await database.execute(
        "UPDATE refresh_tokens SET expires_at = now() WHERE session_id = $1", decode("Session", member.session_id)
    )
    assert (await call(api, "refreshSession", refreshToken=member.refresh_token))["kind"] == "InvalidCredentials"


async def test_a8_an_access_token_lasts_fifteen_minutes(api: Api, tree: Planted) -> None:
    """It is believed until then and not a moment longer; a session ended elsewhere is believed for a second."""
    member = await join(api, tree.partner_token, tree.partner_id)
    began = now = bootstrap.utc_now()
    elsewhere = Callers(Clock(lambda: now, bootstrap.new_id))
    now = began + timedelta(minutes=14, seconds=58)
    assert await elsewhere.actor_of_session(member.access_token) is not None
    now = began + timedelta(minutes=15)
    assert await elsewhere.actor_of_session(member.access_token) is None
    now = began
    assert await elsewhere.actor_of_session(member.access_token) is not None
    await call(api, "signOut", member.access_token)
    now = began + BELIEVED - timedelta(milliseconds=1)
    assert await elsewhere.actor_of_session(member.access_token) is not None
    now = began + BELIEVED
    assert await elsewhere.actor_of_session(member.access_token) is None


async def test_a8_signing_out_ends_a_session_at_once(api: Api, tree: Planted) -> None:
    """The one that asks, another one of one's own by its id, or all of them in all organizations."""
    member = await join(api, tree.partner_token, tree.partner_id)
    _, secret, _ = await invited(tree.customer_token, tree.customer_id, "VIEWER", member.email)
    abroad = await person(member.email, await call(api, "acceptInvitation", token=secret, password=PASSWORD))
    others = [
        await person(member.email, await call(api, "signIn", email=member.email, password=PASSWORD)) for _ in range(3)
    ]
    assert set(await listed(api, member.access_token)) >= {member.session_id, *(one.session_id for one in others)}
    assert (await call(api, "signOut", member.access_token))["endedIds"] == [member.session_id]
    assert await is_out(api, member.access_token)
    ended = await call(api, "signOut", others[0].access_token, id=others[1].session_id)
    assert ended["endedIds"] == [others[1].session_id]
    assert await is_out(api, others[1].access_token)
    rest = await call(api, "signOut", others[0].access_token, everywhere=True)
    assert set(rest["endedIds"]) == {abroad.session_id, others[0].session_id, others[2].session_id}
    for one in (abroad, others[0], others[2]):
        assert await is_out(api, one.access_token)
        assert (await call(api, "refreshSession", refreshToken=one.refresh_token))["kind"] == "InvalidCredentials"


async def test_a8_sessions_of_others_need_a_permission(api: Api, tree: Planted) -> None:
    """Without MEMBERS_MANAGE one sees and ends one's own sessions only, with it those of the subtree."""
    viewer = await join(api, tree.partner_token, tree.partner_id, "VIEWER")
    admin = await join(api, tree.partner_token, tree.partner_id, "ADMIN")
    assert await listed(api, viewer.access_token) == [viewer.session_id]
    assert set(await listed(api, admin.access_token)) >= {viewer.session_id, admin.session_id}
    query = "query ($id: ID!) { node(id: $id) { id } }"
    assert await api.ask(viewer.access_token, query, {"id": admin.session_id}) is None
    assert (await call(api, "signOut", viewer.access_token, id=admin.session_id))["kind"] == "NotFound"
    assert not await is_out(api, admin.access_token)
    assert (await call(api, "signOut", admin.access_token, id=viewer.session_id))["endedIds"] == [viewer.session_id]
    assert await is_out(api, viewer.access_token)


async def test_a_machine_token_has_no_session_of_its_own(api: Api, tree: Planted) -> None:
    """It must name the session that it ends, and has none everywhere."""
    for content in ({}, {"everywhere": True}):
        answer = await call(api, "signOut", tree.partner_token, **content)
        assert answer["kind"] == "InvalidInput"
    assert (await api.refuse(None, document("mutation", "signOut"), {"input": {}}))["extensions"][
        "code"
    ] == "UNAUTHENTICATED"


async def test_a8_passwords_cannot_be_tried_in_numbers(api: Api, tree: Planted, addresses: bootstrap.Addresses) -> None:
    """Three failures on one person throttle it for everybody, with the right password too; a success counts nothing."""
    member = await join(api, tree.partner_token, tree.partner_id)
    query = document("mutation", "signIn")
    async with gated(addresses, Figures(per_subject=3, per_address=1000)) as gate:
        for _ in range(6):
            assert (await call(gate, "signIn", email=member.email, password=PASSWORD))["kind"] == "SignInSuccess"
        for _ in range(3):
            wrong = await call(gate, "signIn", email=member.email, password="wrong password")
            assert wrong["kind"] == "InvalidCredentials"
        for email in (member.email, member.email.upper()):
            right = {"input": {"email": email, "password": PASSWORD}}
            error = await gate.refuse(None, query, right)
            assert error["extensions"]["code"] == "THROTTLED"
            assert 0 < error["extensions"]["retryAfterSeconds"] <= 900
        other = await call(gate, "signIn", email=fresh_email(), password=PASSWORD)
        assert other["kind"] == "InvalidCredentials"


async def test_a8_no_password_is_tried_beside_what_cannot_be_read(
    api: Api, tree: Planted, addresses: bootstrap.Addresses
) -> None:
    """A malformed id is refused, whatever the password, and counts as no attempt."""
    member = await join(api, tree.partner_token, tree.partner_id)
    async with gated(addresses, Figures(per_subject=3, per_address=1000)) as gate:
        for password in ("wrong password", PASSWORD) * 4:
            answer = await call(gate, "signIn", email=member.email, password=password, organizationId="nonsense")
            assert answer["kind"] == "InvalidInput"
        assert (await call(gate, "signIn", email=member.email, password=PASSWORD))["kind"] == "SignInSuccess"


async def test_a8_an_address_cannot_try_many_people(addresses: bootstrap.Addresses, tmp_path: Any) -> None:
    """Failures on ever other people and tokens are counted by the client's address, without Redis too."""
    nowhere = bootstrap.Addresses(addresses.database_url, f"unix://{tmp_path}/no.sock")
    async with gated(nowhere, Figures(per_subject=10, per_address=5)) as gate:
        for _ in range(5):
            answer = await call(gate, "refreshSession", refreshToken=fresh_email())
            assert answer["kind"] == "InvalidCredentials"
        for mutation, content in (
            ("signIn", {"email": fresh_email(), "password": PASSWORD}),
            ("resetPassword", {"token": "x", "password": PASSWORD}),
            ("acceptInvitation", {"token": "x", "password": PASSWORD}),
            ("requestPasswordReset", {"email": fresh_email()}),
        ):
            error = await gate.refuse(None, document("mutation", mutation), {"input": content})
            assert error["extensions"]["code"] == "THROTTLED"


async def test_a_document_tries_one_password(api: Api) -> None:
    """A second mutation of those that take secrets, under whatever name, is refused before anything runs."""
    one = 'signIn(input: {email: "a@b.example", password: "x"}) { __typename }'
    error = await api.refuse(None, f"mutation {{ a: {one} b: {one} }}")
    assert (error["extensions"]["code"], error["extensions"]["limit"]) == ("BAD_REQUEST", "tokenMutations")


async def test_secrets_of_people_are_in_no_log(api: Api, tree: Planted) -> None:
    """Neither passwords nor tokens are logged, whether they are right or not."""
    with capture_logs() as lines:
        member = await join(api, tree.partner_token, tree.partner_id)
        await call(api, "signIn", email=member.email, password="wrong but secret")
        made = await call(api, "refreshSession", refreshToken=member.refresh_token)
        await api.ask(made["tokens"]["accessToken"], VIEWER)
        await call(api, "refreshSession", refreshToken=member.refresh_token)
    logged = repr(lines)
    assert "/graphql" in logged
    for secret in (PASSWORD, "wrong but secret", member.access_token, member.refresh_token, member.email):
        assert secret not in logged
