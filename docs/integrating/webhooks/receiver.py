#!/usr/bin/env python3
"""Receives Provender's webhooks and prints each event once: verified, never doubled, answered at once."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

# What createWebhookEndpoint answered with: whsec_…
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
MAX_BYTES = 256 * 1024

# The ids of events that were handled. A real receiver keeps them in its database, in the transaction of the work.
handled: set[str] = set()


def handle(event_id: str, event: dict[str, object]) -> None:
    """Do the work. Every event is delivered at least once, so what has been handled already is left alone."""
    if event_id in handled:
        return
    print(event["type"], event["data"], flush=True)  # noqa: T201 - the example's work
    handled.add(event_id)


class Receiver(BaseHTTPRequestHandler):
    """Takes POST requests at any path."""

    def do_POST(self) -> None:
        """Answer 204 for what is genuine, 400 for all else; any 2xx ends the deliveries of an event."""
        length = int(self.headers.get("content-length", 0))
        if length > MAX_BYTES:
            self.answer(413)
            return
        # Verify the bytes as they came: JSON that was parsed and written again has another signature.
        body = self.rfile.read(length)
        try:
            event = webhook.verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            self.answer(400)
            return
        handle(self.headers["webhook-id"], event)
        self.answer(204)

    def answer(self, status: int) -> None:
        """Answer without a body."""
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    server.serve_forever()
