"""Whatever is sent, the answer is a clear typed error: never a 500 and never INTERNAL."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import orjson
import pytest

from seeding import Planted
from tests.house import Api

VIEWER = "{ viewer { principal } }"
JSON = {"content-type": "application/json"}


def wrap(query: str, **more: Any) -> bytes:
    """A request's body."""
    return orjson.dumps({"query": query, **more})


async def send(
    api: Api, body: bytes | AsyncIterator[bytes], headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """One raw request."""
    return await api.client.post("/graphql", content=body, headers={**JSON, **(headers or {})})


def bearer(tree: Planted) -> dict[str, str]:
    """The partner's credential."""
    return {"authorization": f"Bearer {tree.partner_token}"}


def assert_refused(answer: httpx.Response, status: int, code: str) -> str:
    """The answer is a GraphQL error of that status and code; returns its message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(("application/json", "application/graphql-response+json"))
    content = answer.json()
    assert "data" not in content
    error = content["errors"][0]
    assert error["extensions"]["code"] == code, content
    message: str = error["message"]
    assert message
    return message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"123",
        b"[]",
        b'""',
        b"null",
        b"true",
        b"{",
        b"{}",
        b"{query: 1}",
        b"\xff\xfe",
        b'{"query": "\xc3"}',
        b"\xef\xbb\xbf{}",
        b'{"query": "\\ud800"}',
        b'{"query": 1}',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": ["{ viewer { principal } }"]}',
        b'{"query": "{ viewer { principal } }", "variables": []}',
        b'{"query": "{ viewer { principal } }", "variables": "x"}',
        b'{"query": "{ viewer { principal } }", "operationName": 1}',
        b'{"query": "{ viewer { principal } }", "extensions": []}',
        b'{"query": "{ viewer { principal } }", "variables": {"n": 1' + b"0" * 400 + b"}}",
        b'[{"query": "{ viewer { principal } }"}]',
        b"[" * 5_000 + b"]" * 5_000,
        b'{"query": "{ viewer { principal } }", "variables": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    ],
    ids=lambda body: repr(body[:50]),
)
async def test_a_body_that_is_no_graphql_request_is_refused(api: Api, standing: Planted, body: bytes) -> None:
    """Malformed JSON, JSON that is no object, batches and members of the wrong type are 400 BAD_REQUEST."""
    assert_refused(await send(api, body, bearer(standing)), 400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": ""}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "application/jsonp"}, 415),
        ({"content-type": "application/json; charset=utf-16"}, 415),
        ({"content-type": "application/json; charset=latin1"}, 415),
        ({"accept": "text/html"}, 406),
        ({"accept": "application/xml, text/*"}, 406),
    ],
)
async def test_other_media_types_are_refused(api: Api, standing: Planted, headers: dict[str, str], status: int) -> None:
    """Requests are JSON in UTF-8, answers one of two JSON media types; anything else is 415 or 406."""
    assert_refused(await send(api, wrap(VIEWER), bearer(standing) | headers), status, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/json; charset=utf-8; profile=x",
        "application/json; profile=x",
    ],
)
async def test_json_in_utf_8_is_taken_however_it_is_written(api: Api, standing: Planted, content_type: str) -> None:
    """Media types are case-insensitive, parameters other than the charset do not matter."""
    answer = await send(api, wrap(VIEWER), bearer(standing) | {"content-type": content_type})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["viewer"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/graphql-response+json", "application/graphql-response+json"),
        (
            "application/graphql-response+json; charset=utf-8, application/json; q=0.9",
            "application/graphql-response+json",
        ),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
async def test_the_answer_has_the_media_type_that_was_asked_for(
    api: Api, standing: Planted, accept: str, media_type: str
) -> None:
    """GraphQL-over-HTTP: the first acceptable media type is answered with, application/json where any will do."""
    answer = await send(api, wrap(VIEWER), bearer(standing) | {"accept": accept})
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_large_body_is_refused_before_it_is_read(api: Api, standing: Planted, is_declared: bool) -> None:
    """More than 2 MiB is 413, and 64 KiB without a credential; whether the length is declared or only found out."""
    chunk = b" " * 64 * 1024

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield chunk

    for headers, limit in ((bearer(standing), "2097152"), ({}, "65536")):
        body = chunk * 40 if is_declared else endless()
        assert limit in assert_refused(await send(api, body, headers), 413, "BAD_REQUEST")


async def test_queries_come_by_post(api: Api, standing: Planted) -> None:
    """GET runs nothing: 405, with the method that works."""
    answer = await api.client.get("/graphql", params={"query": VIEWER}, headers=bearer(standing))
    assert_refused(answer, 405, "BAD_REQUEST")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/graphq", 404), ("PUT", "/graphql", 405)])
async def test_other_addresses_and_methods_are_4xx(api: Api, method: str, path: str, status: int) -> None:
    """An unknown path is 404, an unknown method 405."""
    assert (await api.client.request(method, path)).status_code == status


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Basic dXNlcjpwYXNz",
        "pvd_without_scheme",
        "Bearer pvd_" + "A" * 43,
        "Bearer \xff\xfe",
        "Bearer a\tb",
        "Bearer a b",
        "Bearer " + "x" * 10_000,
        ",",
    ],
    ids=lambda value: repr(value[:24]),
)
async def test_a_credential_that_is_not_valid_is_unauthenticated(api: Api, authorization: str) -> None:
    """Whatever stands in the header, what is no live token is 401 UNAUTHENTICATED, whatever is asked."""
    answer = await api.client.post(
        "/graphql",
        content=wrap("{ __typename }"),
        headers=[(b"content-type", b"application/json"), (b"authorization", authorization.encode("latin-1"))],
    )
    assert_refused(answer, 401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_nobody_may_ask_for_anything(api: Api) -> None:
    """Without a credential every field answers UNAUTHENTICATED."""
    assert (await api.refuse(None, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"
