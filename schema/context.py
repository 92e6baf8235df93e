"""What a resolver finds in `info.context`: who asks, and the parts of the house it may use."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from strawberry.types import Info as StrawberryInfo

from domain.access.doors import Passwords
from domain.access.queries import Callers, Clock
from domain.shared.actor import Actor
from domain.shared.errors import FieldError
from domain.uploads.storage import Storage
from domain.webhooks.actions import SigningKey


class Bells(Protocol):
    """Wakes the workers after a commit."""

    def ring_outbox(self) -> None:
        """Events wait in the outbox."""
        ...


class LiveNews(Protocol):
    """Tells that something may have changed, or that it is time to look anyway."""

    def watch(self, interests: Callable[[UUID, str], bool]) -> AsyncIterator[None]:
        """One None at once, then one whenever an aggregate (id, scope) of interest has news, at least every 2 s."""
        ...


class Budget(Protocol):
    """What each principal may spend: a leaky bucket of cost points."""

    maximum: int
    restore_per_second: int

    async def reserve(self, principal: str, points: int) -> float:
        """Take the points; the seconds until there are enough, 0 when they are taken."""
        ...

    def settle(self, principal: str, *, reserved: int, used: int) -> None:
        """Give back what was reserved and not used."""
        ...

    def available(self, principal: str) -> int:
        """The points that are left now, as far as this process knows."""
        ...


class Documents(Protocol):
    """Documents that clients name instead of sending them."""

    async def find(self, name: str) -> str | None:
        """The document of this name (of a trusted one, or the SHA-256 of its text in hex); None when there is none."""
        ...

    async def register(self, digest: str, text: str) -> None:
        """Keep a document under the SHA-256 of its text, for a while."""
        ...

    def admits(self, text: str) -> bool:
        """Whether a text may be run: any, or only trusted ones."""
        ...


class Attempts(Protocol):
    """How often secrets may be tried: on one subject, and from one address."""

    async def take_of_subject(self, subject: str) -> float:
        """Count one attempt on a subject; the seconds until there may be one, 0 when it is counted."""
        ...

    async def take_of_address(self, address: str) -> float:
        """Count one attempt from an address; the seconds until there may be one, 0 when it is counted."""
        ...

    def give_back(self, subject: str, address: str) -> None:
        """Take back an attempt that succeeded."""
        ...


class Introspection(StrEnum):
    """Who may ask for the schema."""

    EVERYONE = "everyone"
    AUTHENTICATED = "authenticated"
    NOBODY = "nobody"


def _uncounted(_kind: str, _points: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What every document passes before it runs: where it comes from, whether it introspects, what it may cost.

    `count_cost` is told the kind of each operation that has run, and the points that it did cost.
    """

    budget: Budget
    documents: Documents
    introspection: Introspection
    query_cap: int
    count_cost: Callable[[str, int], None] = _uncounted


@dataclass(frozen=True, slots=True)
class House:
    """What the process offers to every request.

    Clock, callers, bells, news, gate, sealing, secrets, address rules, storage, links.
    """

    clock: Clock
    callers: Callers
    bells: Bells
    news: LiveNews
    gate: Gate
    seal: Callable[[str], bytes]
    open_sealed: Callable[[bytes], str]
    new_token: Callable[[], str]
    new_webhook_secret: Callable[[], str]
    new_signing_key: Callable[[], SigningKey]
    check_webhook_url: Callable[[str], list[FieldError]]
    compose_webhook: Callable[[Mapping[str, Any], datetime], tuple[str, Mapping[str, str], bytes]]
    new_secret: Callable[[str], str]
    passwords: Passwords
    attempts: Attempts
    storage: Storage
    sign_link: Callable[[str, Mapping[str, str], datetime], str]


@dataclass(slots=True)
class Context:
    """One request's context; `actor` None is an anonymous one."""

    house: House
    actor: Actor | None
    request_id: str
    plans: object = None  # the generated code of the document, where the pipeline keeps it
    selected: dict[Any, Any] = field(default_factory=dict)  # below its fields; kept with the document where it is
    address: str = ""  # the client's; it pays for who is anonymous

    @property
    def current_actor(self) -> Actor | None:
        """Who asks, at this moment; where a connection outlives its credential, another one answers."""
        return self.actor


Info: TypeAlias = StrawberryInfo[Context, None]
