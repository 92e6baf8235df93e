"""What a resolver finds in `info.context`: who asks, and the parts of the house it may use."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias
from uuid import UUID

from strawberry.types import Info as StrawberryInfo

from domain.access.queries import Clock
from domain.shared.actor import Actor
from domain.shared.errors import FieldError


class Bells(Protocol):
    """Wakes the workers after a commit."""

    async def ring_outbox(self) -> None:
        """Events wait in the outbox."""
        ...


class LiveNews(Protocol):
    """Tells that something may have changed, or that it is time to look anyway."""

    def watch(self, interests: Callable[[UUID, str], bool]) -> AsyncIterator[None]:
        """One None at once, then one whenever an aggregate (id, scope) of interest has news, at least every 2 s."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What the process offers to every request: clock, bells, news, sealing, fresh secrets, the rules of addresses."""

    clock: Clock
    bells: Bells
    news: LiveNews
    seal: Callable[[str], bytes]
    open_sealed: Callable[[bytes], str]
    new_token: Callable[[], str]
    new_webhook_secret: Callable[[], str]
    check_webhook_url: Callable[[str], list[FieldError]]


@dataclass(slots=True)
class Context:
    """One request's context; `actor` None is an anonymous one. `connection_params` is what a WebSocket opened with."""

    house: House
    actor: Actor | None
    request_id: str
    connection_params: object = None
    plans: object = None  # the generated code of the document, where the pipeline keeps it

    @property
    def current_actor(self) -> Actor | None:
        """Who asks, at this moment: a WebSocket outlives the time it was opened at."""
        if self.actor is None or self.connection_params is None:
            return self.actor
        return replace(self.actor, at=self.house.clock.now())


Info: TypeAlias = StrawberryInfo[Context, None]
