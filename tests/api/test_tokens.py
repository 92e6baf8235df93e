"""Machine tokens: made with at most one's own permissions, shown once, useless once revoked or expired."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

import bootstrap
from domain.access.queries import BELIEVED, Callers, Clock
from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key, token_input
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_CUSTOMER, EVERYTHING_OF_A_SELLER, new_token, succeed
from tests.house import Api

VIEWER = "{ viewer { principal permissions organization { id kind } } }"
CREATE = document("mutation", "createApiToken")


async def refused(api: Api, token: str, content: dict[str, Any]) -> list[tuple[str, str]]:
    """(path, code) of everything wrong with a token."""
    answer = await api.ask(token, CREATE, {"input": content})
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]]


async def test_a_token_acts_for_its_organization(api: Api, tree: Planted) -> None:
    """A new token works at once, with exactly what it was granted, and `viewer` says who it is."""
    content = token_input(tree, organization={"id": tree.customer_id}, permissions=["ORDERS_READ", "CATALOG_READ"])
    made = await succeed(api, tree.partner_token, "createApiToken", content)
    token = made["CreateApiTokenSuccess_apiToken"]
    viewer = await api.ask(made["CreateApiTokenSuccess_secret"], VIEWER)
    assert viewer == {
        "principal": token["id"],
        "permissions": ["CATALOG_READ", "ORDERS_READ"],
        "organization": {"id": tree.customer_id, "kind": "CUSTOMER"},
    }
    assert token["hint"] == made["CreateApiTokenSuccess_secret"][-4:]


async def test_only_the_hash_of_a_token_is_kept(api: Api, tree: Planted) -> None:
    """At rest there is the SHA-256 of 256 random bits; no list shows more than the last four characters."""
    secret = await new_token(api, tree.partner_token, tree)
    assert secret.startswith("pvd_")
    assert len(secret) == len("pvd_") + 43
    row = await database.fetch_row(
        "SELECT * FROM api_tokens WHERE token_hash = $1", sha256(secret.encode()).hexdigest()
    )
    assert row is not None
    assert secret not in str(dict(row))
    listed = await api.post(tree.partner_token, document("query", "apiTokens"), {"first": 100})
    assert secret not in listed.text
    assert secret[-4:] in listed.text


@pytest.mark.parametrize("permission", EVERYTHING_OF_A_SELLER)
async def test_nobody_grants_more_than_it_has(api: Api, tree: Planted, permission: str) -> None:
    """A token without a permission cannot make one with it, for whomever."""
    rest = [name for name in EVERYTHING_OF_A_SELLER if name != permission]
    if permission == "TOKENS_MANAGE":
        weak = await new_token(api, tree.partner_token, tree, permissions=rest)
        error = await api.refuse(weak, CREATE, {"input": token_input(tree)})
        assert error["extensions"]["code"] == "FORBIDDEN"
        return
    weak = await new_token(api, tree.partner_token, tree, permissions=rest)
    assert await refused(api, weak, token_input(tree, permissions=[permission])) == [("permissions", "NOT_ALLOWED")]


@pytest.mark.parametrize("permission", sorted(set(EVERYTHING_OF_A_SELLER) - set(EVERYTHING_OF_A_CUSTOMER)))
async def test_a_customer_has_no_sellers_permissions(api: Api, standing: Planted, permission: str) -> None:
    """What only sellers may do is granted to no customer, even by its distributor."""
    content = token_input(standing, organization={"id": standing.customer_id}, permissions=[permission])
    assert await refused(api, standing.distributor_token, content) == [("permissions", "NOT_ALLOWED")]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"permissions": []}, [("permissions", "REQUIRED")]),
        ({"name": ""}, [("name", "REQUIRED")]),
        ({"name": "x" * 101}, [("name", "TOO_LONG")]),
        ({"name": "a\x00b"}, [("name", "INVALID")]),
        ({"expiresAt": "2001-01-01T00:00:00Z"}, [("expiresAt", "OUT_OF_RANGE")]),
        (
            {"permissions": [], "name": " ", "expiresAt": "2001-01-01T00:00:00Z"},
            [("name", "REQUIRED"), ("permissions", "REQUIRED"), ("expiresAt", "OUT_OF_RANGE")],
        ),
    ],
)
async def test_what_a_token_needs(
    api: Api, standing: Planted, changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    """A name, at least one permission, and an expiry that lies ahead; every fault is told at once."""
    assert await refused(api, standing.partner_token, token_input(standing, **changes)) == faults


async def test_a_permission_granted_twice_is_granted_once(api: Api, tree: Planted) -> None:
    """Permissions are a set."""
    made = await succeed(api, tree.partner_token, "createApiToken", token_input(tree, permissions=["ORDERS_READ"] * 5))
    assert made["CreateApiTokenSuccess_apiToken"]["permissions"] == ["ORDERS_READ"]


async def test_a_revoked_token_works_no_more(api: Api, tree: Planted) -> None:
    """From the moment it is revoked a token is UNAUTHENTICATED; revoking it again changes nothing."""
    content = token_input(tree)
    made = await succeed(api, tree.partner_token, "createApiToken", content)
    secret, token_id = made["CreateApiTokenSuccess_secret"], made["CreateApiTokenSuccess_apiToken"]["id"]
    await api.ask(secret, VIEWER)
    first = await succeed(api, tree.partner_token, "revokeApiToken", {"id": token_id})
    again = await succeed(api, tree.partner_token, "revokeApiToken", {"id": token_id})
    assert first["RevokeApiTokenSuccess_apiToken"]["revokedAt"] is not None
    assert again == first
    assert (await api.refuse(secret, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"
    told = await database.fetch_value(
        "SELECT count(*) FROM events WHERE aggregate_id = $1 AND type = 'api_token.revoked'",
        decode("ApiToken", token_id),
    )
    assert told == 1


async def test_a_token_may_revoke_itself(api: Api, tree: Planted) -> None:
    """A machine that leaves may take its credential with it."""
    secret = await new_token(api, tree.partner_token, tree, permissions=["TOKENS_MANAGE"])
    own = await api.ask(secret, VIEWER)
    await succeed(api, secret, "revokeApiToken", {"id": own["principal"]})
    assert (await api.refuse(secret, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_an_expired_token_works_no_more(api: Api, tree: Planted) -> None:
    """A token works until its expiry, and is UNAUTHENTICATED from then on."""
    end = bootstrap.utc_now() + timedelta(seconds=0.5)
    made = await succeed(api, tree.partner_token, "createApiToken", token_input(tree, expiresAt=end.isoformat()))
    secret = made["CreateApiTokenSuccess_secret"]
    await api.ask(secret, VIEWER)
    await asyncio.sleep((end - bootstrap.utc_now()).total_seconds())
    assert (await api.refuse(secret, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_revoked_elsewhere_works_for_a_second_at_most(api: Api, tree: Planted) -> None:
    """A process believes what it knows of a token for less than a second, and not past the token's own end."""
    made = await succeed(api, tree.partner_token, "createApiToken", token_input(tree))
    secret, token_id = made["CreateApiTokenSuccess_secret"], made["CreateApiTokenSuccess_apiToken"]["id"]
    now = bootstrap.utc_now()
    elsewhere = Callers(Clock(lambda: now, bootstrap.new_id))
    assert await elsewhere.actor_of_token(secret) is not None
    await succeed(api, tree.partner_token, "revokeApiToken", {"id": token_id})
    now += BELIEVED - timedelta(milliseconds=1)
    assert await elsewhere.actor_of_token(secret) is not None
    now += timedelta(milliseconds=1)
    assert await elsewhere.actor_of_token(secret) is None


async def test_the_last_use_is_known_to_the_minute(api: Api, tree: Planted) -> None:
    """`lastUsedAt` is null before the first request, and written at most once a minute."""
    made = await succeed(api, tree.partner_token, "createApiToken", token_input(tree))
    secret, token_id = made["CreateApiTokenSuccess_secret"], made["CreateApiTokenSuccess_apiToken"]["id"]
    query, seen = "query ($id: ID!) { node(id: $id) { ... on ApiToken { lastUsedAt } } }", []
    for _ in range(3):
        seen.append((await api.ask(tree.partner_token, query, {"id": token_id}))["lastUsedAt"])
        await api.ask(secret, VIEWER)
    assert seen[0] is None
    assert seen[1] == seen[2] is not None


async def test_managing_tokens_needs_its_permission(api: Api, tree: Planted) -> None:
    """Without TOKENS_MANAGE tokens are neither listed, made, revoked nor found."""
    weak = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    own = (await api.ask(weak, VIEWER))["principal"]
    for query, variables in (
        (document("query", "apiTokens"), {}),
        (CREATE, {"input": token_input(tree, idempotencyKey=fresh_key())}),
        (document("mutation", "revokeApiToken"), {"input": {"id": own}}),
    ):
        assert (await api.refuse(weak, query, variables))["extensions"]["code"] == "FORBIDDEN"
    assert await api.ask(weak, document("query", "node"), {"id": own}) is None
