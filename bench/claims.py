"""The claims workload: how many deliveries are claimed and settled a second when nothing is sent."""

import asyncio
import time

import bootstrap
from bench.deliveries import prepare
from bench.figures import Figure, Results
from bench.load import Refused
from bench.machine import on_cores
from bench.webhooks import WebhookGround
from domain.webhooks.claiming import Settlement, claim, settle
from domain.webhooks.models import DeliveryState

ROWS = 15_000
# A worker's statements that are under way at once, and how many rows each has.
CLAIMERS = 3
BATCH = 200
_MORE_CONCURRENCY = "UPDATE webhook_endpoints SET concurrency = 100"


async def measure_claims(ground: WebhookGround, results: Results) -> None:
    """Claim all that is due and settle it as delivered, by the statements of a worker, on its core."""
    await prepare(ground.connection, ground.planted, ground.endpoint_id, ROWS)
    await ground.connection.execute(_MORE_CONCURRENCY)
    with on_cores(ground.bench.options.server_cores):
        async with bootstrap.database(ground.house.addresses, CLAIMERS):
            began = time.perf_counter()
            done = sum(await asyncio.gather(*(_claim_and_settle() for _ in range(CLAIMERS))))
            seconds = time.perf_counter() - began
    if done != ROWS:
        raise Refused(f"{done} of {ROWS} settled")
    results.figures.append(Figure("claims", "claim and settle, nothing sent", "/s", done / seconds))


async def _claim_and_settle() -> int:
    done = 0
    while True:
        at, token = bootstrap.utc_now(), bootstrap.new_id()
        rows = await claim(at=at, token=token, limit=BATCH, held={})
        if not rows:
            return done
        done += await settle(
            [
                Settlement(
                    delivery_id=row["id"],
                    lease_token=token,
                    endpoint_id=row["endpoint_id"],
                    due_at=None,
                    state=DeliveryState.DELIVERED,
                    finished_at=at,
                    attempt_id=bootstrap.new_id(),
                    number=row["attempts"],
                    at=at,
                    duration_ms=1,
                    status=204,
                    error=None,
                    request_headers={"content-type": "application/json"},
                    response_head="",
                )
                for row in rows
            ]
        )
