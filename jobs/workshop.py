"""What every job works with, handed in by the worker: clock, ids, the other sides of the wire."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from uuid import UUID

from domain.shared.actor import Actor, system_actor
from domain.uploads.storage import Storage
from integrations.doorbell import Bell, Doorbell
from integrations.metrics import WorkerMetrics
from integrations.provisioners.registry import Registry
from integrations.spans import Spans, Untraced
from integrations.vault import Vault
from integrations.webhooks.sender import WebhookSender


@dataclass(frozen=True, slots=True)
class Workshop:
    """`wakes` has one event a bell: setting it makes this process look at that queue at once."""

    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    vault: Vault
    doorbell: Doorbell
    sender: WebhookSender
    provisioners: Registry
    storage: Storage
    public_url: str
    signed: Callable[[], datetime] | None = None  # the time that is signed for others; None: `now`
    wakes: Mapping[Bell, asyncio.Event] = field(
        default_factory=lambda: {bell: asyncio.Event() for bell in Bell}, repr=False
    )
    metrics: WorkerMetrics = field(default_factory=WorkerMetrics, repr=False)
    spans: Spans = field(default_factory=Untraced, repr=False)
    random: SystemRandom = field(default_factory=SystemRandom, repr=False)

    def actor(self) -> Actor:
        """The product itself, now."""
        return system_actor(self.now(), self.new_id)

    def signing_at(self) -> datetime:
        """The time that is signed for others, who hold it against their own."""
        return (self.signed or self.now)()

    def wake(self, *bells: Bell) -> None:
        """Make this process look at these queues at once."""
        for bell in bells:
            self.wakes[bell].set()

    def jitter_permille(self) -> int:
        """A fresh spread of +- 20 %."""
        return self.random.randint(800, 1200)
