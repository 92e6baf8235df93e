"""Credentials through the API: revealed by permission, opened by links that work once, recorded each time."""

from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.desks import CREDENTIALS, Credentials, new_credentials
from tests.api.walk import document
from tests.api.worlds import new_token
from tests.house import Api


async def call(api: Api, by: str | None, mutation: str, /, **content: Any) -> Any:
    """However a mutation ends."""
    answer = (await api.post(by, document("mutation", mutation), {"input": content})).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"][mutation]


def shown(answer: Any) -> dict[str, str]:
    """The credentials that an answer holds."""
    success = answer["__typename"]
    assert success.endswith("Success"), answer
    return {item["name"]: item["value"] for item in answer[f"{success}_credentials"]}


async def seen_by(made: Credentials) -> list[str]:
    """Who saw them, in order."""
    sql = "SELECT actor FROM events WHERE aggregate_id = $1 AND type = 'credentials.revealed' ORDER BY id"
    return [row["actor"] for row in await database.fetch(sql, decode("Instance", made.instance_id))]


@pytest.mark.parametrize("by", ["instanceId", "subscriptionId"])
async def test_p3_credentials_are_revealed_and_it_is_recorded(api: Api, tree: Planted, by: str) -> None:
    """By the instance or its subscription, as often as needed, to seller and customer; each time in the event log."""
    made = await new_credentials(api, tree)
    which = {by: made.instance_id if by == "instanceId" else made.subscription_id}
    for token in (tree.partner_token, tree.customer_token):
        assert shown(await call(api, token, "revealCredentials", **which)) == CREDENTIALS
    actors = await seen_by(made)
    assert len(set(actors)) == 2
    assert all(actor.startswith("tok_") for actor in actors)


async def test_p3_the_last_time_is_the_last(api: Api, tree: Planted) -> None:
    """Forgotten afterwards: nobody sees them again, by no link either."""
    made = await new_credentials(api, tree, links=1)
    last = await call(api, tree.customer_token, "revealCredentials", instanceId=made.instance_id, lastTime=True)
    assert shown(last) == CREDENTIALS
    again = await call(api, tree.partner_token, "revealCredentials", instanceId=made.instance_id)
    assert again["__typename"] == "Conflict"
    assert (await call(api, None, "openCredentials", token=made.tokens[0]))["__typename"] == "NotFound"


async def test_p3_a_mailed_link_works_once_and_without_signing_in(api: Api, tree: Planted) -> None:
    """Whoever has the link sees them once, told under the link's name; the other link still works."""
    made = await new_credentials(api, tree, links=2)
    first, second = made.tokens
    answer = await api.post(None, document("mutation", "openCredentials"), {"input": {"token": first}})
    assert answer.headers["cache-control"] == "no-store"
    assert shown(answer.json()["data"]["openCredentials"]) == CREDENTIALS
    assert (await call(api, None, "openCredentials", token=first))["__typename"] == "NotFound"
    assert shown(await call(api, None, "openCredentials", token=second)) == CREDENTIALS
    assert [actor.partition("_")[0] for actor in await seen_by(made)] == ["crl", "crl"]


async def test_p3_a_link_ends_after_a_week(api: Api, tree: Planted) -> None:
    """What nobody opened in time opens no more; only the hash of its secret was ever kept."""
    made = await new_credentials(api, tree, links=1)
    sql = "UPDATE credential_links SET expires_at = now() WHERE instance_id = $1 RETURNING token_hash"
    kept = await database.fetch_value(sql, decode("Instance", made.instance_id))
    assert made.tokens[0] not in kept
    assert (await call(api, None, "openCredentials", token=made.tokens[0]))["__typename"] == "NotFound"


async def test_p3_credentials_need_their_own_permission(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Who may see operations may not see what opens instances; foreign ones do not exist."""
    made = await new_credentials(api, tree)
    reader = await new_token(api, tree.partner_token, tree, permissions=["PROVISIONING_READ"])
    text = document("mutation", "revealCredentials")
    refused = await api.refuse(reader, text, {"input": {"instanceId": made.instance_id}})
    assert refused["extensions"]["code"] == "FORBIDDEN"
    foreign = await call(api, other_tree.partner_token, "revealCredentials", instanceId=made.instance_id)
    assert foreign["__typename"] == "NotFound"
    both = {"instanceId": made.instance_id, "subscriptionId": made.subscription_id}
    for which in ({}, both):
        assert (await call(api, tree.partner_token, "revealCredentials", **which))["__typename"] == "InvalidInput"
