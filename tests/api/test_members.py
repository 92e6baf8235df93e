"""A7: members, invitations and roles."""

import asyncio
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

import bootstrap
from domain.access.permissions import GRANTABLE, ROLES, Role, permissions_of
from domain.shared import database
from domain.shared.actor import OrganizationKind, Permission
from domain.shared.ids import decode
from seeding import Planted
from settings import Settings
from tests.api.bases import fresh_key, invitation_input
from tests.api.walk import document
from tests.house import Api
from tests.people import PASSWORD, call, fresh_email, invited, join, keep_mails, reset_token

VIEWER = "{ viewer { principal permissions organization { id } member { id email name role } } }"
MEMBERS = """
query ($where: MemberWhere) { members(where: $where, first: 100) {
  totalCount nodes { id email name role createdAt organization { id } } } }
"""
INVITATION = "query ($id: ID!) { node(id: $id) { ... on Invitation { email role state } } }"


def codes(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """(path, code) of everything wrong with an input."""
    assert answer["kind"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["fields"]]


async def test_a7_an_invited_person_becomes_a_member(api: Api, tree: Planted) -> None:
    """Who accepts sets name and password, is a member with the role that was offered, and is signed in as one."""
    invitation_id, secret, email = await invited(tree.partner_token, tree.customer_id, "BILLING")
    assert await api.ask(tree.partner_token, INVITATION, {"id": invitation_id}) == {
        "email": email,
        "role": "BILLING",
        "state": "OPEN",
    }
    made = await call(api, "acceptInvitation", token=secret, name=" Pia Person ", password=PASSWORD)
    viewer = await api.ask(made["tokens"]["accessToken"], VIEWER)
    assert viewer == {
        "principal": made["member"]["id"],
        "permissions": sorted(
            permission.name for permission in permissions_of(Role.BILLING, OrganizationKind.CUSTOMER)
        ),
        "organization": {"id": tree.customer_id},
        "member": {"id": made["member"]["id"], "email": email, "name": "Pia Person", "role": "BILLING"},
    }
    where = {"organizationId": {"eq": tree.customer_id}}
    listed = await api.ask(tree.partner_token, MEMBERS, {"where": where})
    assert listed["totalCount"] == 1
    assert listed["nodes"][0]["organization"] == {"id": tree.customer_id}
    assert (await api.ask(tree.partner_token, INVITATION, {"id": invitation_id}))["state"] == "ACCEPTED"


async def test_a7_an_invitation_is_accepted_once(api: Api, tree: Planted) -> None:
    """Of eight who send its token at once one gets in; afterwards nobody does."""
    _, secret, email = await invited(tree.partner_token, tree.partner_id)
    content = {"token": secret, "name": "Pia", "password": PASSWORD}
    answers = await asyncio.gather(*(call(api, "acceptInvitation", **content) for _ in range(8)))
    kinds = [answer["kind"] for answer in answers]
    assert kinds.count("AcceptInvitationSuccess") == 1
    assert set(kinds) <= {"AcceptInvitationSuccess", "NotFound", "Conflict"}
    assert (await call(api, "acceptInvitation", **content))["kind"] == "NotFound"
    assert await database.fetch_value("SELECT count(*) FROM users WHERE email_key = $1", email) == 1


async def test_a7_an_invitation_expires(api: Api, tree: Planted) -> None:
    """After seven days its link opens nothing; sent again, a new link does, and the old one still does not."""
    invitation_id, secret, _ = await invited(tree.partner_token, tree.partner_id)
    row = await database.fetch_row("SELECT * FROM invitations WHERE id = $1", decode("Invitation", invitation_id))
    assert row is not None
    assert row["expires_at"] - row["created_at"] == timedelta(days=7)
    await database.execute("UPDATE invitations SET expires_at = now() WHERE id = $1", row["id"])
    assert (await api.ask(tree.partner_token, INVITATION, {"id": invitation_id}))["state"] == "EXPIRED"
    content = {"name": "Pia", "password": PASSWORD}
    assert (await call(api, "acceptInvitation", token=secret, **content))["kind"] == "NotFound"
    sent = await call(api, "resendInvitation", tree.partner_token, id=invitation_id, idempotencyKey=fresh_key())
    assert sent["invitation"]["state"] == "OPEN"
    assert (await call(api, "acceptInvitation", token=secret, **content))["kind"] == "NotFound"


async def test_a7_the_mailed_link_carries_the_token(api: Api, tree: Planted, settings: Settings) -> None:
    """One mail is queued with the invitation; its secret is sealed there, and opens the invitation."""
    content = invitation_input(tree)
    await call(api, "inviteMember", tree.partner_token, **content)
    rows = await database.fetch("SELECT * FROM outgoing_mails WHERE recipient = $1", content["email"])
    assert [row["template"] for row in rows] == ["invitation"]
    token = bootstrap.open_vault(settings).open(rows[0]["token_sealed"])
    assert token not in str([dict(row) for row in rows])
    await keep_mails(content["email"])
    made = await call(api, "acceptInvitation", token=token, name="Pia", password=PASSWORD)
    assert made["kind"] == "AcceptInvitationSuccess"


async def test_a7_an_invitation_is_revoked(api: Api, tree: Planted) -> None:
    """A revoked one opens nothing, is not sent again, and is revoked again without harm; an accepted one stays."""
    invitation_id, secret, _ = await invited(tree.partner_token, tree.partner_id)
    for _ in range(2):
        answer = await call(api, "revokeInvitation", tree.partner_token, id=invitation_id)
        assert answer["invitation"]["state"] == "REVOKED"
    content = {"name": "Pia", "password": PASSWORD}
    assert (await call(api, "acceptInvitation", token=secret, **content))["kind"] == "NotFound"
    again = await call(api, "resendInvitation", tree.partner_token, id=invitation_id, idempotencyKey=fresh_key())
    assert (again["kind"], again["current"]) == ("Conflict", "REVOKED")
    accepted_id, secret, _ = await invited(tree.partner_token, tree.partner_id)
    await call(api, "acceptInvitation", token=secret, **content)
    late = await call(api, "revokeInvitation", tree.partner_token, id=accepted_id)
    assert (late["kind"], late["current"]) == ("Conflict", "ACCEPTED")


async def test_a7_who_has_an_account_proves_its_password(api: Api, tree: Planted, other_tree: Planted) -> None:
    """A known person joins a second organization by the password it has; a wrong one uses the link not up."""
    known = await join(api, tree.partner_token, tree.partner_id)
    _, secret, _ = await invited(other_tree.partner_token, other_tree.partner_id, email=known.email.upper())
    wrong = await call(api, "acceptInvitation", token=secret, name="Mallory", password=f"{PASSWORD}!")
    assert wrong["kind"] == "InvalidCredentials"
    made = await call(api, "acceptInvitation", token=secret, password=PASSWORD)
    assert made["member"]["name"] == "Pia Person"
    assert made["member"]["organization"]["id"] == other_tree.partner_id
    entered = await call(api, "signIn", email=known.email, password=PASSWORD)
    assert [each["organizationId"] for each in entered["memberships"]] == [tree.partner_id, other_tree.partner_id]


async def test_a7_nobody_joins_an_organization_that_is_suspended(api: Api, tree: Planted) -> None:
    """The invitation waits: it works again once the organization, and every seller above it, may act again."""
    _, secret, _ = await invited(tree.partner_token, tree.customer_id)
    partner = {"organization": {"id": tree.partner_id}}
    await call(api, "suspendOrganization", tree.distributor_token, **partner)
    content = {"token": secret, "name": "Pia", "password": PASSWORD}
    refused = await call(api, "acceptInvitation", **content)
    assert (refused["kind"], refused["current"]) == ("Conflict", "SUSPENDED")
    await call(api, "resumeOrganization", tree.distributor_token, **partner)
    assert (await call(api, "acceptInvitation", **content))["kind"] == "AcceptInvitationSuccess"


async def test_a7_nobody_is_invited_twice(api: Api, tree: Planted) -> None:
    """A member, or an address with an open invitation, is ALREADY_EXISTS in any case; an expired one makes room."""
    member = await join(api, tree.partner_token, tree.partner_id)
    invitation_id, _, waiting = await invited(tree.partner_token, tree.partner_id)
    for email in (member.email.upper(), waiting.upper()):
        answer = await call(api, "inviteMember", tree.partner_token, **invitation_input(tree, email=email))
        assert codes(answer) == [("email", "ALREADY_EXISTS")]
    invitation = decode("Invitation", invitation_id)
    await database.execute("UPDATE invitations SET expires_at = now() WHERE id = $1", invitation)
    again = await call(api, "inviteMember", tree.partner_token, **invitation_input(tree, email=waiting))
    assert again["kind"] == "InviteMemberSuccess"


async def test_a7_of_many_invitations_at_once_one_is_made(api: Api, tree: Planted) -> None:
    """Eight requests for one address, each under a key of its own, make one invitation and one mail."""
    email = fresh_email()
    answers = await asyncio.gather(
        *(call(api, "inviteMember", tree.partner_token, **invitation_input(tree, email=email)) for _ in range(8))
    )
    assert [answer["kind"] for answer in answers].count("InviteMemberSuccess") == 1
    assert {answer["code"] for answer in answers if answer["kind"] != "InviteMemberSuccess"} == {"ALREADY_EXISTS"}
    assert await database.fetch_value("SELECT count(*) FROM outgoing_mails WHERE recipient = $1", email) == 1
    await keep_mails(email)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a b@c.example", "a,b@c.example", "<a@c.example>", "x" * 250 + "@c.at"]
)
async def test_an_invitation_needs_an_address(api: Api, standing: Planted, email: str) -> None:
    """What no mail can be sent to is refused at its path."""
    answer = await call(api, "inviteMember", standing.partner_token, **invitation_input(standing, email=email))
    assert [path for path, _ in codes(answer)] == ["email"]


def test_every_permission_is_in_the_matrix() -> None:
    """An owner has all that its organization may have, an administrator all but the making of owners."""
    for kind, grantable in GRANTABLE.items():
        assert permissions_of(Role.OWNER, kind) == grantable
        assert permissions_of(Role.ADMIN, kind) == grantable - {Permission.OWNERS_MANAGE}
        assert all(permissions_of(role, kind) <= ROLES[role] & grantable for role in Role)


@pytest.mark.parametrize(("own", "given"), list(product(("OWNER", "ADMIN", "SALES"), [role.name for role in Role])))
async def test_a7_nobody_gives_a_role_beyond_its_own(api: Api, tree: Planted, own: str, given: str) -> None:
    """Inviting and changing are refused with a role that may do more; without MEMBERS_MANAGE both are FORBIDDEN."""
    await join(api, tree.partner_token, tree.partner_id, "OWNER")
    actor = await join(api, tree.partner_token, tree.partner_id, own)
    victim = await join(api, tree.partner_token, tree.partner_id, "VIEWER")
    inviting = invitation_input(tree, role=given)
    if own == "SALES":
        for name, content in (("inviteMember", inviting), ("updateMember", {"id": actor.member_id, "role": given})):
            error = await api.refuse(actor.access_token, document("mutation", name), {"input": content})
            assert error["extensions"]["code"] == "FORBIDDEN"
        return
    answers = [
        await call(api, "inviteMember", actor.access_token, **inviting),
        await call(api, "updateMember", actor.access_token, id=victim.member_id, role=given),
        await call(api, "updateMember", actor.access_token, id=actor.member_id, role=given),
    ]
    if Role[given] is Role.OWNER and own == "ADMIN":
        assert [codes(answer) for answer in answers] == [[("role", "NOT_ALLOWED")]] * 3
    else:
        assert {answer["kind"] for answer in answers} == {"InviteMemberSuccess", "UpdateMemberSuccess"}


async def test_a7_an_administrator_touches_no_owner(api: Api, tree: Planted) -> None:
    """Who may do less than a member neither changes nor removes it."""
    owners = [await join(api, tree.partner_token, tree.partner_id, "OWNER") for _ in range(2)]
    admin = await join(api, tree.partner_token, tree.partner_id, "ADMIN")
    for name, content in (("updateMember", {"role": "VIEWER"}), ("removeMember", {})):
        query = document("mutation", name)
        error = await api.refuse(admin.access_token, query, {"input": {"id": owners[0].member_id, **content}})
        assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a7_the_last_owner_stays(api: Api, tree: Planted) -> None:
    """The last owner is neither demoted nor removed; of two who remove each other at once, one stays."""
    owners = [await join(api, tree.partner_token, tree.partner_id, "OWNER") for _ in range(2)]
    ends = await asyncio.gather(
        call(api, "removeMember", tree.partner_token, id=owners[0].member_id),
        call(api, "updateMember", tree.partner_token, id=owners[1].member_id, role="ADMIN"),
    )
    assert [end["kind"] for end in ends].count("Conflict") == 1
    left = owners[0] if ends[0]["kind"] == "Conflict" else owners[1]
    demoted = await call(api, "updateMember", left.access_token, id=left.member_id, role="VIEWER")
    removed = await call(api, "removeMember", left.access_token, id=left.member_id)
    assert {demoted["kind"], removed["kind"]} == {"Conflict"}
    assert demoted["current"] == "OWNER"


async def test_a7_a_role_changes_at_once(api: Api, tree: Planted) -> None:
    """What a member may do follows its role from the next request on."""
    member = await join(api, tree.partner_token, tree.partner_id, "VIEWER")
    assert "ORDERS_MANAGE" not in (await api.ask(member.access_token, VIEWER))["permissions"]
    await call(api, "updateMember", tree.partner_token, id=member.member_id, role="SALES")
    assert "ORDERS_MANAGE" in (await api.ask(member.access_token, VIEWER))["permissions"]


async def test_a7_a_removed_member_is_out_at_once(api: Api, tree: Planted) -> None:
    """Its tokens work no more, it cannot sign in, and is in no list; invited again it is the same member."""
    member = await join(api, tree.partner_token, tree.partner_id)
    await api.ask(member.access_token, VIEWER)
    assert (await call(api, "removeMember", tree.partner_token, id=member.member_id))["removedId"] == member.member_id
    assert (await api.refuse(member.access_token, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await call(api, "refreshSession", refreshToken=member.refresh_token))["kind"] == "InvalidCredentials"
    assert (await call(api, "signIn", email=member.email, password=PASSWORD))["kind"] == "InvalidCredentials"
    assert (await call(api, "removeMember", tree.partner_token, id=member.member_id))["kind"] == "NotFound"
    _, secret, _ = await invited(tree.partner_token, tree.partner_id, "VIEWER", member.email)
    back = await call(api, "acceptInvitation", token=secret, password=PASSWORD)
    assert (back["member"]["id"], back["member"]["role"]) == (member.member_id, "VIEWER")


async def test_a7_members_of_others_do_not_exist(api: Api, tree: Planted, other_tree: Planted) -> None:
    """A member acts in its own subtree: foreign members and invitations are NotFound, and in no list."""
    owner = await join(api, tree.partner_token, tree.partner_id, "OWNER")
    foreign = await join(api, other_tree.partner_token, other_tree.partner_id, "VIEWER")
    foreign_invitation, _, _ = await invited(other_tree.partner_token, other_tree.partner_id)
    content = {"idempotencyKey": fresh_key()}
    answers = [
        await call(api, "updateMember", owner.access_token, id=foreign.member_id, role="VIEWER"),
        await call(api, "removeMember", owner.access_token, id=foreign.member_id),
        await call(api, "revokeInvitation", owner.access_token, id=foreign_invitation),
        await call(api, "resendInvitation", owner.access_token, id=foreign_invitation, **content),
        await call(api, "signOut", owner.access_token, id=foreign.session_id),
        await call(api, "inviteMember", owner.access_token, **invitation_input(other_tree)),
    ]
    assert {answer["kind"] for answer in answers} == {"NotFound"}
    listed = await api.ask(owner.access_token, MEMBERS)
    assert [node["id"] for node in listed["nodes"]] == [owner.member_id]


async def test_secrets_of_people_are_in_no_row_and_no_event(api: Api, tree: Planted) -> None:
    """Passwords and tokens are kept as hashes alone, and told of nowhere."""
    member = await join(api, tree.partner_token, tree.partner_id)
    _, invitation, _ = await invited(tree.partner_token, tree.partner_id)
    reset = await reset_token(member.email)
    await call(api, "signIn", email=member.email, password=PASSWORD)
    secrets = [PASSWORD, invitation, reset, member.access_token, member.refresh_token]
    tables = (
        *("users", "members", "invitations", "sessions", "refresh_tokens", "password_resets"),
        *("outgoing_mails", "events", "idempotency_keys"),
    )
    for table in tables:
        rows = [row[0] for row in await database.fetch(f"SELECT t::text FROM {table} t")]  # noqa: S608 - a constant
        assert rows or table == "idempotency_keys"
        assert not [secret for secret in secrets if any(secret in row for row in rows)], table
    stored = await database.fetch_value("SELECT password_hash FROM users WHERE email_key = $1", member.email)
    assert stored.startswith("$argon2id$v=19$m=65536,")
