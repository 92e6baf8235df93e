"""Webhook deliveries: claimed many at once, signed, sent, settled many at once; every attempt is logged."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from asyncpg import Record

from domain.shared.traces import TRACEPARENT
from domain.webhooks import claiming
from domain.webhooks.claiming import DELIVERIES_QUEUE, Settlement
from domain.webhooks.health import disable_gone, look_after_failing
from domain.webhooks.models import DeliveryState
from domain.webhooks.rules import BREAKER_FAILURES, BREAKER_PAUSE, retry_delay
from integrations.doorbell import Bell
from integrations.spans import Kind
from integrations.webhooks.composing import compose
from integrations.webhooks.sender import AttemptOutcome, Verdict
from jobs.pump import DATABASE_TROUBLE, Pump
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_SLOTS: Final = 500
_SETTLED_AT_ONCE: Final = 200
_RATE_PAUSE: Final = timedelta(seconds=1)
_GATHER_SECONDS: Final = 0.005
_QUICK_MS: Final = 200
_SETTLE_AGAIN_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(slots=True)
class Lane:
    """What this worker has under way to one endpoint: at most its concurrency is sent at once.

    `quick` is how many it has answered in a row, each within `_QUICK_MS`: so many more are kept in hand for it.
    """

    sending: asyncio.Semaphore
    concurrency: int
    held: int = 0
    failures: int = 0
    quick: int = 0
    paused_until: datetime | None = None

    @property
    def extra(self) -> int:
        """What may be in hand beyond what any endpoint may have, at most as much again."""
        return min(self.quick, 2 * self.concurrency)

    def heard(self, settlement: Settlement) -> None:
        """Note how an attempt went."""
        self.failures = self.failures + 1 if settlement.error else 0
        is_quick = settlement.error is None and settlement.duration_ms <= _QUICK_MS
        self.quick = self.quick + 1 if is_quick else 0


@dataclass(slots=True)
class Delivering:
    """The deliveries of one worker: a lane for each endpoint, and what waits to be settled."""

    shop: Workshop
    lanes: dict[UUID, Lane] = field(default_factory=dict)
    _settling: list[tuple[Settlement, Record, asyncio.Future[None]]] = field(default_factory=list)
    _flush: asyncio.Task[None] | None = None
    _passed_over: frozenset[UUID] = frozenset()

    async def claim(self, limit: int) -> Sequence[Record]:
        """Lease up to `limit` due deliveries that may be sent now; the rest of what was leased is put back."""
        if self.lanes:
            await asyncio.sleep(_GATHER_SECONDS)  # of what runs, many end together: one claim fills all their places
        held = {endpoint_id: lane.held - lane.extra for endpoint_id, lane in self.lanes.items()}
        full = [endpoint_id for endpoint_id, lane in self.lanes.items() if held[endpoint_id] >= 2 * lane.concurrency]
        self._passed_over = frozenset(full)
        at, token = self.shop.now(), self.shop.new_id()
        rows = await claiming.claim(at=at, token=token, limit=limit, held=held, full=full)
        rows = await self._without_ended(rows, token, at)
        rows = await self._within_rates(rows, token, at)
        for row in rows:
            self._lane(row).held += 1
        return rows

    async def _without_ended(self, rows: list[Record], token: UUID, at: datetime) -> list[Record]:
        """Give up what is for an endpoint that was deleted or disabled while the delivery was being made."""
        ended = [row["id"] for row in rows if row["deleted_at"] is not None or not row["enabled"]]
        if not ended:
            return rows
        await claiming.give_up(ended, token, at=at)
        return [row for row in rows if row["id"] not in set(ended)]

    async def _within_rates(self, rows: list[Record], token: UUID, at: datetime) -> list[Record]:
        """Put back what would be more than an endpoint's rate."""
        wanted = Counter(row["endpoint_id"] for row in rows if row["rate_per_second"] is not None)
        if not wanted:
            return rows
        given = await claiming.draw(wanted, at=at)
        kept, late = list[Record](), dict[UUID, datetime]()
        for row in rows:
            if row["endpoint_id"] in given:
                given[row["endpoint_id"]] -= 1
            if given.get(row["endpoint_id"], 0) < 0:
                late[row["id"]] = at + _RATE_PAUSE
            else:
                kept.append(row)
        if late:
            await claiming.put_back(late, token)
            loop = asyncio.get_running_loop()
            loop.call_later(_RATE_PAUSE.total_seconds(), self.shop.wake, Bell.WEBHOOKS)
        return kept

    def _lane(self, row: Record) -> Lane:
        """The endpoint's lane; another concurrency counts once all that is under way has ended."""
        lane = self.lanes.get(row["endpoint_id"])
        if lane is None:
            lane = Lane(asyncio.Semaphore(row["concurrency"]), row["concurrency"])
            self.lanes[row["endpoint_id"]] = lane
        return lane

    async def act(self, shop: Workshop, rows: Sequence[Record]) -> None:
        """One attempt of each, settled together with those of others."""
        for row in rows:
            lane = self._lane(row)
            try:
                settlement = await self._attempt(lane, row)
            finally:
                self._leave(lane, row["endpoint_id"])
            if settlement is None:
                await claiming.put_back({row["id"]: lane.paused_until or shop.now()}, row["lease_token"])
            else:
                await self._settle(settlement, row)

    async def _attempt(self, lane: Lane, row: Record) -> Settlement | None:
        """One attempt; None when the endpoint's breaker has opened while this one waited for its turn."""
        async with lane.sending:
            if lane.paused_until is not None and lane.paused_until > self.shop.now():
                return None
            settlement = await attempt(self.shop, row)
        lane.heard(settlement)
        if lane.failures >= BREAKER_FAILURES:
            lane.paused_until = self.shop.now() + BREAKER_PAUSE
        return settlement

    def _leave(self, lane: Lane, endpoint_id: UUID) -> None:
        lane.held -= 1
        if lane.held == 0 and self.lanes.get(endpoint_id) is lane:
            del self.lanes[endpoint_id]
        if endpoint_id in self._passed_over:
            self.shop.wake(Bell.WEBHOOKS)  # what was passed over for want of room may go now

    async def _settle(self, settlement: Settlement, row: Record) -> None:
        """Wait until it is settled: what comes while one statement is under way goes with the next."""
        settled = asyncio.get_running_loop().create_future()
        self._settling.append((settlement, row, settled))
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._flush_all())
        await settled

    async def _flush_all(self) -> None:
        while self._settling:
            batch, self._settling = self._settling[:_SETTLED_AT_ONCE], self._settling[_SETTLED_AT_ONCE:]
            try:
                await settle_all(self.shop, [(settlement, row) for settlement, row, _ in batch])
            except BaseException as error:
                for _, _, settled in batch:
                    if not settled.done():
                        settled.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for _, _, settled in batch:
                    if not settled.done():
                        settled.set_result(None)


@dataclass(slots=True)
class _WebhookPump(Pump):
    """A pump that claims by its lanes."""

    delivering: Delivering | None = None

    async def claim(self, limit: int) -> Sequence[Record]:
        """Lease up to `limit` due deliveries that their endpoints have room for."""
        assert self.delivering is not None  # noqa: S101 - set by webhook_pump
        return await self.delivering.claim(limit)


def webhook_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of webhook deliveries."""
    delivering = Delivering(shop)
    return _WebhookPump(
        shop, DELIVERIES_QUEUE, Bell.WEBHOOKS, delivering.act, poll_seconds, slots=_SLOTS, delivering=delivering
    )


async def deliver(shop: Workshop, row: Record) -> None:
    """One attempt of one delivery that was claimed, settled by itself."""
    await settle_all(shop, [(await attempt(shop, row), row)])


async def attempt(shop: Workshop, row: Record) -> Settlement:
    """Sign and send one delivery; whatever the other side does is an outcome."""
    at = shop.now()
    with shop.spans.span("webhook", Kind.CLIENT, row["traceparent"], event__type=row["type"]) as span:
        outcome = await shop.sender.send(compose(shop.vault, row, shop.signing_at(), TRACEPARENT.get()))
        if outcome.error:
            span.fail(outcome.error)
    retry_at = _retry_at(shop, row, outcome)
    state = DeliveryState.DELIVERED if outcome.error is None else DeliveryState.FAILED
    return Settlement(
        delivery_id=row["id"],
        lease_token=row["lease_token"],
        endpoint_id=row["endpoint_id"],
        due_at=retry_at,
        state=DeliveryState.PENDING if retry_at else state,
        finished_at=None if retry_at else shop.now(),
        attempt_id=shop.new_id(),
        number=row["attempts"],
        at=at,
        duration_ms=outcome.duration_ms,
        status=outcome.status,
        error=outcome.error,
        request_headers=outcome.request_headers,
        response_head=outcome.answer_head or outcome.error_message or "",
    )


async def settle_all(shop: Workshop, done: Sequence[tuple[Settlement, Record]]) -> None:
    """Settle attempts in one statement, and note what they say of their endpoints' health."""
    await _settle([settlement for settlement, _ in done])
    for settlement, _ in done:
        shop.metrics.count_attempt(settlement.error, settlement.duration_ms)
    at = shop.now()
    recovered = {row["endpoint_id"] for settlement, row in done if not settlement.error and row["failing_since"]}
    failed = Counter(settlement.endpoint_id for settlement, _ in done if settlement.error)
    gone = {settlement.endpoint_id for settlement, _ in done if settlement.error == Verdict.GONE}
    if recovered:
        await claiming.note_recovered(sorted(recovered))
    if failed:
        await claiming.note_failures(failed, at=at)
    for endpoint_id in sorted(gone):
        await disable_gone(shop.actor(), endpoint_id)
    if gone:
        shop.wake(Bell.OUTBOX, Bell.MAIL)
    if any(row["ordered_by"] for _, row in done):
        shop.wake(Bell.WEBHOOKS)  # those behind them may go now


async def _settle(settlements: Sequence[Settlement]) -> None:
    """Settle, again for as long as the database is away for a moment: what was sent should not be sent once more."""
    for pause_seconds in _SETTLE_AGAIN_SECONDS:
        try:
            await claiming.settle(settlements)
        except DATABASE_TROUBLE as error:
            log.warning("webhooks.not_settled", error=type(error).__name__, deliveries=len(settlements))
            await asyncio.sleep(pause_seconds)
        else:
            return
    await claiming.settle(settlements)


def _retry_at(shop: Workshop, row: Record, outcome: AttemptOutcome) -> datetime | None:
    if outcome.verdict in {Verdict.DELIVERED, Verdict.GONE}:
        return None
    asked = None if outcome.retry_after_seconds is None else timedelta(seconds=outcome.retry_after_seconds)
    attempts = row["attempts"] - row["attempts_before"]
    delay = retry_delay(attempts, jitter_permille=shop.jitter_permille(), retry_after=asked)
    return None if delay is None else shop.now() + delay


async def sweep_webhooks(shop: Workshop) -> None:
    """Look after endpoints that only fail."""
    while await look_after_failing(shop.actor()):
        shop.wake(Bell.OUTBOX, Bell.MAIL)
