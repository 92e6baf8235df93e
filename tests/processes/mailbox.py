"""A receiver of webhooks that can be told how to behave, and remembers every attempt as it came."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Mood(Enum):
    """How the receiver treats a delivery."""

    OPEN = auto()
    FAILING = auto()
    HANGING = auto()


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt: its `webhook-id`, whether it was taken, and the event it carried."""

    message_id: str
    taken: bool
    event: dict[str, Any]


@dataclass(slots=True)
class Mailbox:
    """Believes only what the official verifier believes; `secret` is set once the endpoint exists.

    It lives in a server's thread and is read and set from the test's: single attributes only.
    """

    secret: str = ""
    mood: Mood = Mood.OPEN
    letters: list[Letter] = field(default_factory=list)
    hung: int = 0

    def app(self) -> Starlette:
        """The receiver at /hook."""
        return Starlette(routes=[Route("/hook", self._receive, methods=["POST"])])

    def taken(self) -> set[str]:
        """The message ids that were taken."""
        return {letter.message_id for letter in list(self.letters) if letter.taken}

    async def _receive(self, request: Request) -> Response:
        event = Webhook(self.secret).verify(await request.body(), dict(request.headers))
        message_id, taken = request.headers["webhook-id"], self.mood is Mood.OPEN
        self.letters.append(Letter(message_id, taken, event))
        if self.mood is Mood.HANGING:
            self.hung += 1
            while self.mood is Mood.HANGING:  # noqa: ASYNC110 - the mood changes in another thread
                await asyncio.sleep(0.02)
        return Response(status_code=204 if taken else 500)
