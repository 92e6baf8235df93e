"""Keys are rotated: what was sealed with an old one is sealed with the newest, and the old one can go."""

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken

from domain.shared import database as db
from domain.shared.ids import decode
from domain.shared.resealing import SEALED, Unreadable, reseal_all
from integrations.vault import Vault
from seeding import Planted
from tests.api.bases import endpoint_input
from tests.api.worlds import succeed
from tests.house import Api

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name LIKE '%sealed' AND data_type = 'bytea'
"""


async def test_every_sealed_column_is_known(database: None) -> None:
    """What is encrypted anywhere is sealed anew with the rest."""
    rows = await db.fetch(_COLUMNS)
    assert sorted((row["table_name"], row["column_name"]) for row in rows) == sorted(SEALED)


async def endpoint(api: Api, tree: Planted, sealed: bytes, previous: bytes | None) -> Any:
    """The id of an endpoint with these secrets."""
    made = await succeed(api, tree.partner_token, "createWebhookEndpoint", endpoint_input(tree, signsWithKey=True))
    endpoint_id = decode("WebhookEndpoint", made["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"])
    sql = "UPDATE webhook_endpoints SET secret_sealed = $2, previous_secret_sealed = $3 WHERE id = $1"
    await db.execute(sql, endpoint_id, sealed, previous)
    return endpoint_id


async def secrets_of(endpoint_id: Any) -> list[bytes]:
    """What an endpoint has, sealed."""
    sql = "SELECT secret_sealed, previous_secret_sealed FROM webhook_endpoints WHERE id = $1"
    row = await db.fetch_row(sql, endpoint_id)
    assert row is not None
    return list(row)


async def test_secrets_are_sealed_with_the_newest_key(api: Api, tree: Planted) -> None:
    """Afterwards the old key is not needed for them; run again nothing changes; what no key opens is counted."""
    old, both, new = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    first = await endpoint(api, tree, old.seal("whsec_old"), both.seal("whsec_new"))
    lost = await endpoint(api, tree, Vault([Fernet.generate_key().decode()]).seal("lost"), None)
    with pytest.raises(InvalidToken):
        new.open((await secrets_of(first))[0])
    done = {each.column: each for each in await reseal_all(both.seal_anew)}
    sealed, previous = await secrets_of(first)
    assert [new.open(sealed), new.open(previous)] == ["whsec_old", "whsec_new"]
    found = done["webhook_endpoints.secret_sealed"]
    assert found.resealed >= 1
    assert found.unreadable >= 1
    assert done["webhook_endpoints.previous_secret_sealed"].current >= 1
    again = {each.column: each for each in await reseal_all(both.seal_anew)}
    assert {each.resealed for each in again.values()} == {0}
    assert await secrets_of(first) == [sealed, previous]
    await db.execute("UPDATE webhook_endpoints SET secret_sealed = $2 WHERE id = $1", lost, both.seal("whsec_found"))


def test_only_what_can_be_opened_is_sealed_anew() -> None:
    """What is sealed with the newest key is left as it is, what no key opens is Unreadable."""
    both = Vault([NEW, OLD])
    assert both.seal_anew(both.seal("x")) is None
    anew = both.seal_anew(Vault([OLD]).seal("x"))
    assert anew is not None
    assert Vault([NEW]).open(anew) == "x"
    with pytest.raises(Unreadable):
        both.seal_anew(b"nonsense")
