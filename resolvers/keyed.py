"""Keyed mutations: the resolver's side of idempotency."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from domain.access.idempotency import Request, once
from resolvers.access import actor_of
from schema.context import Info


def _input_hash(content: Any) -> str:
    fields = asdict(content)
    fields.pop("idempotency_key")
    return sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


async def run_once(info: Info, content: Any, act: Callable[[], Awaitable[UUID]]) -> UUID:
    """Run `act` under the input's idempotency key; answers the id of what it made, now or the first time."""

    async def outcome() -> dict[str, Any]:
        return {"id": str(await act())}

    return UUID((await run_once_with_secret(info, content, outcome))["id"])


async def run_once_with_secret(
    info: Info, content: Any, act: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """As `run_once` for an `act` that answers more than an id (JSON; a secret sealed)."""
    request = Request(info.field_name, content.idempotency_key, _input_hash(content))
    return await once(actor_of(info), request, act)
