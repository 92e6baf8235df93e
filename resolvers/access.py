"""Root fields: each declares what it requires, or that it is open; a field that declares nothing fails the build."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

import strawberry
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import Info as StrawberryInfo

from domain.access.permissions import CHANGES_ACCESS
from domain.shared.actor import Actor, Permission
from domain.shared.errors import DomainError
from resolvers.errors import Unauthenticated, as_result
from schema.context import Context, Info

T = TypeVar("T")
REQUIRES: Final = "requires"  # metadata key: the Permission, or OPEN
OPEN: Final = "open to every authenticated principal"
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


class Requires(FieldExtension):
    """Refuses the field before its resolver runs unless the actor has the permission."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: StrawberryInfo[Context, Any], **kwargs: Any
    ) -> Any:
        """Check, then go on."""
        actor = actor_of(info)
        if self.permission is not None:
            actor.require(self.permission)
        return await next_(source, info, **kwargs)


class Answers(FieldExtension):
    """Turns expected failures into members of the mutation's result union; after a success, wakes the workers.

    A mutation that needs one of CHANGES_ACCESS may have changed what credentials may do.
    """

    def __init__(self, permission: Permission | None) -> None:
        self._changes_access = permission in CHANGES_ACCESS

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: StrawberryInfo[Context, Any], **kwargs: Any
    ) -> Any:
        """Run the action; its events wait in the outbox once it has committed."""
        try:
            result = await next_(source, info, **kwargs)
        except DomainError as error:
            return as_result(error)
        finally:
            if self._changes_access:
                info.context.house.callers.forget()
        info.context.house.bells.ring_outbox()
        return result


def _metadata(permission: Permission | None) -> dict[str, object]:
    return {REQUIRES: permission or OPEN}


def _described(field: Any) -> Any:
    """The field, its arguments of common names described; the others say themselves what they are."""
    for argument in field.arguments:
        argument.description = argument.description or _ARGUMENTS.get(argument.python_name)
    return field


def query(resolver: Callable[..., Awaitable[T]], *, requires: Permission | None) -> Any:
    """A query field: its description is the resolver's docstring; `requires` None opens it to every principal."""
    return _described(
        strawberry.field(
            resolver=resolver,
            description=resolver.__doc__,
            extensions=[Requires(requires)],
            metadata=_metadata(requires),
        )
    )


def mutation(resolver: Callable[..., Awaitable[T]], *, requires: Permission | None) -> Any:
    """A mutation field; its resolver raises domain errors, the result union answers them."""
    return _described(
        strawberry.mutation(
            resolver=resolver,
            description=resolver.__doc__,
            extensions=[Requires(requires), Answers(requires)],
            metadata=_metadata(requires),
        )
    )


def subscription(resolver: Callable[..., AsyncIterator[T]], *, requires: Permission | None) -> Any:
    """A subscription field: checked before the first event is looked for."""

    @wraps(resolver)
    async def checked(info: Info, **kwargs: Any) -> AsyncIterator[T]:
        actor = actor_of(info)
        if requires is not None:
            actor.require(requires)
        async for item in resolver(info, **kwargs):
            yield item

    return _described(
        strawberry.subscription(resolver=checked, description=resolver.__doc__, metadata=_metadata(requires))
    )
