"""The faults that need no processes: claimers in each other's way, answers without end, addresses nobody may reach."""

import asyncio
import gzip
import time
import tracemalloc
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final
from uuid import uuid4

import bootstrap
from domain.shared.leases import Queue
from integrations.http.client import HttpClient
from integrations.http.failures import FailureKind
from integrations.http.guard import EgressPolicy
from integrations.webhooks.sender import ATTEMPT_SECONDS, OutgoingWebhook, WebhookSender
from integrations.webhooks.signing import new_secret
from tests.chaos.faults import Finding
from tests.chaos.ground import Ground, connect
from tests.integrations.peers import drips, floods, hangs, peer_that, says

_SECRET: Final = new_secret(b"s" * 24)
_MEMORY_BYTES: Final = 4 * 1024 * 1024
# Special ranges, other notations, addresses inside addresses, local names: RFC 6890 and what servers make of URLs.
FORBIDDEN: Final = (
    *("https://127.0.0.1/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://0.0.0.0/"),
    *("https://169.254.169.254/", "https://100.64.0.1/", "https://198.18.0.1/", "https://192.0.2.1/"),
    *("https://198.51.100.1/", "https://203.0.113.1/", "https://224.0.0.1/", "https://255.255.255.255/"),
    *(
        "https://192.88.99.1/",
        "https://240.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
    ),
    *("https://127.1/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:1]/"),
    *("https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/", "https://[fe80::1]/", "https://[fc00::1]/"),
    *(
        "https://[ff02::1]/",
        "https://[2001:db8::1]/",
        "https://[2001::1]/",
        "https://localhost/",
        "https://a.internal/",
    ),
    *("https://a.local/", "http://example.com/", "https://user@example.com/", "file:///etc/passwd", "gopher://x/"),
)
REBOUND: Final = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:10.0.0.1",
    "2002:a00:1::",
    "64:ff9b::a00:1",
)


async def claimers(ground: Ground) -> Finding:
    """20 x 20 claimers on 4,000 rows: each row is claimed once."""
    connection = await connect(ground)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS chaos_queue (id uuid PRIMARY KEY, due_at timestamptz, lease_token uuid, "
        "attempts int NOT NULL DEFAULT 0)"
    )
    rows = ground.count(4000)
    await connection.execute(
        "INSERT INTO chaos_queue SELECT gen_random_uuid(), now() FROM generate_series(1, $1)", rows
    )
    queue, claimed = Queue("chaos_queue"), Counter[object]()

    async def claimer() -> None:
        while found := await queue.claim(at=bootstrap.utc_now(), token=uuid4(), limit=10):
            claimed.update(row["id"] for row in found)

    began = time.monotonic()
    async with bootstrap.database(ground.town.household.addresses, 20):
        await asyncio.gather(*(claimer() for _ in range(400)))
    took = time.monotonic() - began
    await connection.execute("DROP TABLE chaos_queue")
    await connection.close()
    twice = sum(1 for times in claimed.values() if times > 1)
    return Finding(
        len(claimed) == rows and not twice, f"{len(claimed)} of {rows} claimed in {took:.1f} s, {twice} twice"
    )


async def hostile_answers(ground: Ground) -> Finding:
    """Answers that drip, never end, never come or unfold to gigabytes: 15 s at most, and no memory for them."""
    deadline = max(1.0, ATTEMPT_SECONDS * min(ground.scale, 1))
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n".encode()
    http = HttpClient(EgressPolicy(allow_http=True, allow_private=True), "chaos")
    sender, longest = WebhookSender(http, attempt_seconds=deadline), 0.0
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for behaviour in (drips, floods, hangs, says(head, bomb)):
        async with peer_that(behaviour) as peer:
            began = time.monotonic()
            await sender.send(OutgoingWebhook(peer.url, [_SECRET], "evt_1", int(time.time()), b"{}"))
            longest = max(longest, time.monotonic() - began)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await http.aclose()
    used = most - before
    holds = longest <= deadline + 1 and used <= _MEMORY_BYTES
    return Finding(holds, f"longest {longest:.1f} s of {deadline:g}, {used / 1024:.0f} KiB more at most")


async def forbidden_addresses(_ground: Ground) -> Finding:
    """No address of a special range is dialled, however it is written, and no public name that leads to one."""
    sender = WebhookSender(HttpClient(EgressPolicy(), "chaos"))
    reached = [url for url in FORBIDDEN if not await _is_refused(sender, url)]
    for address in REBOUND:
        http = HttpClient(EgressPolicy(), "chaos", lookup=partial(_public_and, address))
        reached += [] if await _is_refused(WebhookSender(http), "https://rebound.example/") else [address]
    tried = len(FORBIDDEN) + len(REBOUND)
    return Finding(
        not reached, f"{tried - len(reached)} of {tried} refused before a connection {reached or ''}".strip()
    )


def _public_and(address: str, _host: str) -> list[str]:
    """What an attacker's name server says: a good address, and the one that is meant."""
    return ["93.184.215.14", address]


async def _is_refused(sender: WebhookSender, url: str) -> bool:
    outcome = await sender.send(OutgoingWebhook(url, [_SECRET], "evt_1", int(time.time()), b"{}"))
    return outcome.error in {FailureKind.FORBIDDEN_URL, FailureKind.FORBIDDEN_ADDRESS}


FAULTS: Final[Mapping[str, Callable[[Ground], Awaitable[Finding]]]] = {
    "400 claimers": claimers,
    "hostile answers": hostile_answers,
    "forbidden addresses": forbidden_addresses,
}
