"""Root fields: each declares what it requires, or that it is open; a field that declares nothing fails the build."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, Literal, TypeVar

import strawberry
from strawberry.types import Info as StrawberryInfo

from domain.access.permissions import CHANGES_ACCESS
from domain.shared.actor import Actor, Permission
from domain.shared.errors import DomainError
from domain.shared.reading import Unreadable
from resolvers.errors import Unauthenticated, as_result
from resolvers.refusing import all_refused
from schema.context import Context, Info

T = TypeVar("T")
REQUIRES: Final = "requires"  # metadata key: the Permission, OPEN or ANONYMOUS
OPEN: Final = "open to every authenticated principal"
ANONYMOUS: Final = "open to everyone, with or without a credential"
Requires = Permission | Literal["open to everyone, with or without a credential"] | None
_ARGUMENTS: Final[Mapping[str, str]] = {
    "id": "Its id.",
    "ids": "Their ids, at most 100.",
    "input": "What to do, and with what.",
    "where": "Only those of which all of this holds; null: all.",
    "sort": "By what to sort, the first key first; null: newest first.",
}


def actor_of(info: StrawberryInfo[Context, Any]) -> Actor:
    """Who asks; Unauthenticated when nobody does."""
    actor = info.context.current_actor
    if actor is None:
        raise Unauthenticated
    return actor


def _permit(info: StrawberryInfo[Context, Any], requires: Requires) -> None:
    if requires == ANONYMOUS:
        return
    actor = actor_of(info)
    if isinstance(requires, Permission):
        actor.require(requires)


def _permit_change(info: StrawberryInfo[Context, Any], requires: Requires) -> None:
    if isinstance(requires, Permission):
        actor_of(info).require_to_change(requires)
    else:
        _permit(info, requires)


def _permitted(resolver: Callable[..., Awaitable[T]], requires: Requires) -> Callable[..., Awaitable[T]]:
    """The resolver, refused before it runs unless the actor has the permission."""

    @wraps(resolver)
    async def permitted(info: Info, **kwargs: Any) -> T:
        _permit(info, requires)
        try:
            return await resolver(info, **kwargs)
        except Unreadable:
            if "input" not in kwargs:
                raise
            raise await all_refused(lambda: resolver(info, **kwargs)) from None

    return permitted


def _answering(resolver: Callable[..., Awaitable[T]], requires: Requires) -> Callable[..., Awaitable[Any]]:
    """The resolver, its expected failures turned into members of the result union; after a success, workers wake.

    One that needs a permission of CHANGES_ACCESS may have changed what credentials may do.
    """
    changes_access = requires in CHANGES_ACCESS

    @wraps(resolver)
    async def answering(info: Info, **kwargs: Any) -> Any:
        house = info.context.house
        try:
            _permit_change(info, requires)
            result = await resolver(info, **kwargs)
        except Unreadable:
            return as_result(await all_refused(lambda: resolver(info, **kwargs)))
        except DomainError as error:
            return as_result(error)
        finally:
            if changes_access:
                house.callers.forget()
        house.bells.ring_outbox()
        return result

    return answering


def _metadata(permission: Requires) -> dict[str, object]:
    return {REQUIRES: permission or OPEN}


def _described(field: Any) -> Any:
    """The field, its arguments of common names described; the others say themselves what they are."""
    for argument in field.arguments:
        argument.description = argument.description or _ARGUMENTS.get(argument.python_name)
    return field


def query(resolver: Callable[..., Awaitable[T]], *, requires: Requires) -> Any:
    """A query field: its description is the resolver's docstring; `requires` None opens it to every principal."""
    return _described(
        strawberry.field(
            resolver=_permitted(resolver, requires),
            description=resolver.__doc__,
            metadata=_metadata(requires),
        )
    )


def mutation(resolver: Callable[..., Awaitable[T]], *, requires: Requires) -> Any:
    """A mutation field; its resolver raises domain errors, the result union answers them.

    ANONYMOUS opens it to who has no credential yet: its resolver counts attempts, and its input proves itself.
    """
    return _described(
        strawberry.mutation(
            resolver=_answering(resolver, requires),
            description=resolver.__doc__,
            metadata=_metadata(requires),
        )
    )


def subscription(resolver: Callable[..., AsyncIterator[T]], *, requires: Requires) -> Any:
    """A subscription field: checked before the first event is looked for."""

    @wraps(resolver)
    async def checked(info: Info, **kwargs: Any) -> AsyncIterator[T]:
        _permit(info, requires)
        async for item in resolver(info, **kwargs):
            yield item

    return _described(
        strawberry.subscription(resolver=checked, description=resolver.__doc__, metadata=_metadata(requires))
    )
