"""Documents by name: registered by their hash, or trusted from the start."""

from hashlib import sha256
from typing import Any

import pytest
import redis.asyncio

import bootstrap
from resolvers.documents import check_trusted
from seeding import Planted
from tests.api.gates import Figures, gated
from tests.house import Api

QUERY = "query Mine { viewer { principal } }"
NOWHERE = "redis://127.0.0.1:1/0"


def digest(text: str) -> str:
    """The hash that names a document."""
    return sha256(text.encode()).hexdigest()


def persisted(name: str, version: int = 1) -> dict[str, Any]:
    """The extensions of a request that names its document by hash."""
    return {"persistedQuery": {"version": version, "sha256Hash": name}}


async def send(api: Api, token: str | None, **content: Any) -> dict[str, Any]:
    """One request as written."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer: dict[str, Any] = (await api.client.post("/graphql", json=content, headers=headers)).json()
    return answer


def code(answer: dict[str, Any]) -> str:
    """The code of a refusal."""
    assert "data" not in answer
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


def fresh(tree: Planted) -> str:
    """A document that no other test has registered."""
    return f"{QUERY} # {tree.partner_id}"


async def test_a_document_is_registered_by_its_hash(api: Api, addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Unknown at first, sent whole once, and from then on known by its hash alone, to every process."""
    text = fresh(tree)
    unknown = await send(api, tree.partner_token, extensions=persisted(digest(text)))
    assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    sent = await send(api, tree.partner_token, query=text, extensions=persisted(digest(text)))
    async with gated(addresses, Figures()) as other:
        for process in (api, other, other):
            known = await send(process, tree.partner_token, extensions=persisted(digest(text)))
            assert known["data"] == sent["data"]
        by_id = await send(other, tree.partner_token, documentId=f"sha256:{digest(text)}", operationName="Mine")
        assert by_id["data"] == sent["data"]


async def test_a_hash_must_be_that_of_its_document(api: Api, tree: Planted) -> None:
    """Nobody registers a document under another one's hash."""
    text = fresh(tree)
    assert code(await send(api, tree.partner_token, query=text, extensions=persisted(digest(QUERY)))) == "BAD_REQUEST"


async def test_what_does_not_run_is_not_registered(api: Api, tree: Planted) -> None:
    """Invalid documents, and those of anonymous clients, are not kept."""
    for token, text in ((tree.partner_token, "{ nothing }"), (None, f"{{ __typename }} # {tree.partner_id}")):
        await send(api, token, query=text, extensions=persisted(digest(text)))
        answer = await send(api, tree.partner_token, extensions=persisted(digest(text)))
        assert code(answer) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_forged_text_in_redis_is_not_believed(api: Api, addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Whoever can write to Redis cannot make a hash mean another document."""
    name = digest(fresh(tree))
    client = redis.asyncio.Redis.from_url(addresses.redis_url)
    await client.set(f"provender:document:{name}", "{ viewer { permissions } }")
    await client.aclose(close_connection_pool=True)
    assert code(await send(api, tree.partner_token, extensions=persisted(name))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_without_redis_documents_are_sent_whole(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """With Redis away a hash that this process has not met is unknown, and a document sent whole runs."""
    text = fresh(tree)
    async with gated(bootstrap.Addresses(addresses.database_url, NOWHERE), Figures()) as api:
        unknown = await send(api, tree.partner_token, extensions=persisted(digest(text)))
        assert code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
        assert "data" in await send(api, tree.partner_token, query=text, extensions=persisted(digest(text)))
        assert "data" in await send(api, tree.partner_token, extensions=persisted(digest(text)))


async def test_documents_that_are_met_are_bounded(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Redis keeps a bounded number of documents, the oldest go first."""
    client = redis.asyncio.Redis.from_url(addresses.redis_url)
    await client.zadd("provender:documents", {f"filler{n}": 0 for n in range(2_500)})
    async with gated(addresses, Figures()) as api:
        text = fresh(tree)
        await send(api, tree.partner_token, query=text, extensions=persisted(digest(text)))
    assert await client.zcard("provender:documents") == 2_000
    assert await client.zscore("provender:documents", digest(text)) is not None
    assert 0 < await client.ttl(f"provender:document:{digest(text)}") <= 24 * 60 * 60
    await client.aclose(close_connection_pool=True)


@pytest.mark.parametrize(
    "extensions",
    [
        {"persistedQuery": "x"},
        {"persistedQuery": {}},
        {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}},
        {"persistedQuery": {"version": 1, "sha256Hash": "x"}},
        {"persistedQuery": {"version": 1, "sha256Hash": ["0" * 64]}},
        {"persistedQuery": {"version": 1, "sha256Hash": "A" * 64}},
    ],
)
async def test_a_malformed_name_is_a_bad_request(api: Api, tree: Planted, extensions: Any) -> None:
    """`persistedQuery` has version 1 and a SHA-256 in lower-case hexadecimal digits."""
    assert code(await send(api, tree.partner_token, query=QUERY, extensions=extensions)) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "content",
    [{}, {"query": QUERY, "documentId": "x"}, {"documentId": "nothing"}, {"documentId": f"sha256:{'0' * 64}"}],
)
async def test_a_request_names_one_document(api: Api, tree: Planted, content: dict[str, Any]) -> None:
    """A request has a query or the name of a known document, and not both."""
    assert code(await send(api, tree.partner_token, **content)) == "BAD_REQUEST"


@pytest.mark.parametrize("name", ["mine", digest(QUERY)])
async def test_trusted_documents_are_known_from_the_start(
    addresses: bootstrap.Addresses, tree: Planted, name: str
) -> None:
    """A deployment's own documents run by their name or hash; where only they are trusted, nothing else runs."""
    async with gated(addresses, Figures(trusted={name: QUERY}, trusted_only=True)) as api:
        assert "data" in await send(api, tree.partner_token, documentId=name)
        assert "data" in await send(api, tree.partner_token, query=QUERY)
        other = fresh(tree)
        assert code(await send(api, tree.partner_token, query=other)) == "FORBIDDEN"
        answer = await send(api, tree.partner_token, query=other, extensions=persisted(digest(other)))
        assert code(answer) == "FORBIDDEN"
        answer = await send(api, tree.partner_token, extensions=persisted(digest(other)))
        assert code(answer) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("documents", [[], {"a": 1}, {"0" * 64: QUERY}, "x", None])
def test_a_file_of_trusted_documents_is_checked(documents: object) -> None:
    """Names that are hashes must be those of their texts; anything but a map of texts is refused at the start."""
    with pytest.raises(ValueError, match="trusted document"):
        check_trusted(documents)
    assert check_trusted({"mine": QUERY, digest(QUERY): QUERY})
