"""Connections that outlive a request: who holds them, how long the credential stays good, how many there may be."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import structlog

from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode
from resolvers.authentication import authenticate
from resolvers.errors import Unauthenticated
from resolvers.operations import refusal
from schema.context import Context, House

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """The bounds of live connections, of one process."""

    init_seconds: float = 10.0  # from opening a WebSocket to its connection_ack
    recheck_seconds: float = 20.0  # a revoked credential ends its connections within this time
    heartbeat_seconds: float = 12.0  # between comments on a silent event stream: proxies close what is silent
    operations_per_connection: int = 20
    operations_per_principal: int = 100
    connections_per_principal: int = 50
    message_bytes: int = 256 * 1024
    message_burst: int = 100  # messages of a WebSocket at once …
    messages_per_second: float = 20.0  # … and on the long run


@dataclass(slots=True)
class Seats:
    """How many of something each holder has at once, in this process."""

    what: str
    limit: int
    _taken: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def taken_by(self, holder: str) -> Iterator[None]:
        """Hold one more while the block runs; Refused THROTTLED when that were too many."""
        if self._taken[holder] >= self.limit:
            raise refusal(f"no more than {self.limit} {self.what} at once", ErrorCode.THROTTLED)
        self._taken[holder] += 1
        try:
            yield
        finally:
            self._taken[holder] -= 1
            if not self._taken[holder]:
                del self._taken[holder]


class Live:
    """What all live connections of the process share: their bounds, and who holds how many."""

    def __init__(self, limits: LiveLimits) -> None:
        self.limits = limits
        self.operations = Seats("live operations of one credential", limits.operations_per_principal)
        self.connections = Seats("connections of one credential", limits.connections_per_principal)
        self.stopping = asyncio.Event()  # the process is about to end; event streams end now


@dataclass(slots=True)
class Session:
    """Who holds a connection, by which Authorization; looked up again while it lasts."""

    house: House
    authorization: str | None
    actor: Actor | None
    address: str = ""  # the client's

    @property
    def holder(self) -> str:
        """Whose places it takes."""
        return self.actor.principal if self.actor else f"nobody at {self.address}"

    async def until_revoked(self, every_seconds: float) -> None:
        """Return once the credential is not valid any more; what it may do is kept up to date.

        While nobody can be looked up, the connection stays: without the database it has nothing to tell either.
        """
        while True:
            await asyncio.sleep(every_seconds)
            try:
                self.actor = await authenticate(self.authorization, self.house.callers)
            except Unauthenticated:
                return
            except Exception as error:  # noqa: BLE001 - the database is away
                log.warning("session.unchecked", error=type(error).__name__)


class LiveContext(Context):
    """The context of an operation on a connection that may outlive the time and the permissions it was opened with."""

    def __init__(self, session: Session, request_id: str) -> None:
        super().__init__(session.house, session.actor, request_id, address=session.address)
        self._session = session

    @property
    def current_actor(self) -> Actor | None:
        """Who asks, at this moment."""
        actor = self._session.actor
        return None if actor is None else replace(actor, at=self.house.clock.now())
