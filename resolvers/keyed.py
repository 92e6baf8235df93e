"""Keyed mutations: the resolver's side of idempotency."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from domain.access import idempotency
from domain.access.idempotency import Request, once
from domain.shared.writes import Writes
from resolvers.access import actor_of
from schema.context import Info


def _request(info: Info, content: Any) -> Request:
    # orjson reads dataclasses by itself; the key is the same wherever the hashes are compared.
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)
    return Request(info.field_name, content.idempotency_key, sha256(canonical).hexdigest())


async def run_once(info: Info, content: Any, act: Callable[[], Awaitable[UUID]]) -> UUID:
    """Run `act` under the input's idempotency key; answers the id of what it made, now or the first time."""

    async def outcome() -> dict[str, Any]:
        return {"id": str(await act())}

    return UUID((await run_once_with_secret(info, content, outcome))["id"])


async def run_once_with_secret(
    info: Info, content: Any, act: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """As `run_once` for an `act` that answers more than an id (JSON; a secret sealed)."""
    return await once(actor_of(info), _request(info, content), act)


async def write_once(
    info: Info, content: Any, prepare: Callable[[Writes], Awaitable[dict[str, Any]]]
) -> tuple[UUID, dict[str, Any] | None]:
    """As `run_once` for a row that one statement makes: its id, and the row itself when it was made now."""
    return await idempotency.write_once(actor_of(info), _request(info, content), prepare)
