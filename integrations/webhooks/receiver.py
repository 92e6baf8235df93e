"""A small receiver of webhooks for demos and tests: trusts nothing that the official verifier does not accept."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BODY_LIMIT_BYTES = 256 * 1024
KEPT_DELIVERIES = 1000

Event = Mapping[str, object]
OnEvent = Callable[[Event], Awaitable[None] | None]


def create_receiver(secret: str, on_event: OnEvent, *, kept_deliveries: int = KEPT_DELIVERIES) -> Starlette:
    """Build an application to run by itself: POST /webhooks takes deliveries, GET /deliveries lists them.

    `on_event` gets each event once, however often it is delivered; if it raises, the delivery is answered with
    500 and the next attempt is taken as the first. The last `kept_deliveries` are remembered.
    """
    receiver = _Receiver(Webhook(secret), on_event, kept_deliveries)
    return Starlette(
        routes=[
            Route("/webhooks", receiver.receive, methods=["POST"]),
            Route("/deliveries", receiver.deliveries, methods=["GET"]),
        ]
    )


@dataclass(slots=True)
class _Delivery:
    event: Event
    attempts: int = 1


class _Receiver:
    def __init__(self, verifier: Webhook, on_event: OnEvent, kept_deliveries: int) -> None:
        self._verifier = verifier
        self._on_event = on_event
        self._kept_deliveries = kept_deliveries
        self._deliveries: OrderedDict[str, _Delivery] = OrderedDict()
        self._refused = 0

    async def receive(self, request: Request) -> Response:
        """Take one delivery: 204 when it was handled, now or before; 4xx when it must not be believed."""
        body = await _read_bounded(request)
        if body is None:
            return self._refuse(413, "the body is longer than 256 KiB")
        try:
            event = self._verifier.verify(body, dict(request.headers))
        except (WebhookVerificationError, ValueError) as error:  # ValueError: the verifier met no base64, no JSON
            return self._refuse(400, f"refused: {error}")
        if not isinstance(event, dict):
            return self._refuse(400, "refused: an event is a JSON object")
        message_id = request.headers["webhook-id"]
        known = self._deliveries.get(message_id)
        if known is not None:
            known.attempts += 1
            return Response(status_code=204)
        await self._handle(message_id, event)
        return Response(status_code=204)

    async def deliveries(self, _request: Request) -> Response:
        """List what was taken, oldest first, with the number of attempts of each, and count what was refused."""
        return JSONResponse(
            {
                "refused": self._refused,
                "deliveries": [
                    {"id": message_id, "attempts": delivery.attempts, "event": delivery.event}
                    for message_id, delivery in self._deliveries.items()
                ],
            }
        )

    async def _handle(self, message_id: str, event: Event) -> None:
        # Remembered before it is handled: a second attempt may come while the first is at work.
        self._deliveries[message_id] = _Delivery(event)
        if len(self._deliveries) > self._kept_deliveries:
            self._deliveries.popitem(last=False)
        try:
            handled = self._on_event(event)
            if isawaitable(handled):
                await handled
        except BaseException:
            self._deliveries.pop(message_id, None)
            raise

    def _refuse(self, status: int, reason: str) -> Response:
        self._refused += 1
        return JSONResponse({"error": reason}, status_code=status)


async def _read_bounded(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return None
    return bytes(body)
