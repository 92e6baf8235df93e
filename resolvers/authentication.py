"""Credentials of a request: a bearer token, or none."""

from domain.access.queries import Callers
from domain.shared.actor import Actor
from resolvers.errors import Unauthenticated


async def authenticate(authorization: str | None, callers: Callers) -> Actor | None:
    """The actor of an Authorization header; None without one, Unauthenticated when it is not valid."""
    if not authorization:
        return None
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not token.isprintable():
        raise Unauthenticated
    actor = await callers.actor_of_token(token)
    if actor is None:
        raise Unauthenticated
    return actor
