"""Credentials of a request: a bearer token, or none."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from domain.access.queries import Callers
from domain.shared.actor import Actor
from resolvers.doors import ACCESS_PREFIX, MACHINE_PREFIX
from resolvers.errors import Unauthenticated

# What a token looks like -> who knows whom it stands for; one that looks like none of these is a machine's.
_KINDS: Final[tuple[tuple[re.Pattern[str], Callable[[Callers, str], Awaitable[Actor | None]]], ...]] = (
    (re.compile(rf"{MACHINE_PREFIX}_.*"), Callers.actor_of_token),
    (re.compile(rf"{ACCESS_PREFIX}_.*"), Callers.actor_of_session),
    (re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII), Callers.actor_of_identity),  # a JWT (RFC 7519, section 3)
    (re.compile(r".*"), Callers.actor_of_token),
)


async def authenticate(authorization: str | None, callers: Callers) -> Actor | None:
    """The actor of an Authorization header; None without one, Unauthenticated when it is not valid."""
    if not authorization:
        return None
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not token.isprintable():
        raise Unauthenticated
    actor_of = next(actor_of for shape, actor_of in _KINDS if shape.fullmatch(token))
    actor = await actor_of(callers, token)
    if actor is None:
        raise Unauthenticated
    return actor
