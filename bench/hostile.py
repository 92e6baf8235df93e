"""`python -m bench.hostile`: how long an idle server takes to refuse each hostile shape, and what it keeps of them."""

import asyncio
import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

import bootstrap
from household import Household, free_port
from seeding import Planted, seed
from settings import Settings
from tests.api.hostile import BODIES, CIRCLES, HOSTILE, LARGEST, NESTED, SOCKETS

SERVER_CORE: Final = "0"
LOAD_CORE: Final = "1"
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "100"))
GOAL_MS: Final = 20.0
_SMALL: Final = 20_000  # documents that fill the server's memory of documents, if it has no bound


@dataclass(frozen=True, slots=True)
class Row:
    """One shape: what refused it, the server's CPU milliseconds for one, and the milliseconds that each took."""

    group: str
    name: str
    refused_by: str
    cpu_ms: float
    took_ms: list[float]

    @property
    def p99_ms(self) -> float:
        """What 99 of 100 kept under."""
        return sorted(self.took_ms)[int(len(self.took_ms) * 0.99) - 1]


class Client:
    """One keep-alive connection to the API, as the planted partner."""

    def __init__(self, port: int, pid: int, planted: Planted) -> None:
        self._port = port
        self._stat = Path(f"/proc/{pid}/stat")
        self._token = planted.partner_token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def cpu_ms(self) -> float:
        """What the server has spent so far, in steps of its clock's tick."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def post(self, body: bytes) -> tuple[float, int, bytes]:
        """One request: the milliseconds to the end of its answer, its status, its body."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._token}"}
        began = time.perf_counter()
        self._connection.request("POST", "/graphql", body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return (time.perf_counter() - began) * 1000, answer.status, content

    def flood(self, frames: list[str]) -> tuple[float, int]:
        """Send frames over a WebSocket of its own: the milliseconds to its end from the last of them, and why."""
        self._connection.close()  # it would be idle for longer than the server holds it; the next request opens it
        payload = {"authorization": f"Bearer {self._token}"}
        init = json.dumps({"type": "connection_init", "payload": payload})
        # Without a bound on what it keeps unread: the client stops reading at it, and does not see then how it ends.
        with connect(
            f"ws://127.0.0.1:{self._port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            max_queue=None,
        ) as socket:
            began = time.perf_counter()
            try:
                for frame in frames:
                    began = time.perf_counter()
                    socket.send(init if frame == "INIT" else frame)
                while True:
                    socket.recv(timeout=30)
            except ConnectionClosed as end:
                return (time.perf_counter() - began) * 1000, end.rcvd.code if end.rcvd else 0


def _refused_by(status: int, content: bytes) -> str:
    answer = json.loads(content)
    errors = answer.get("errors") or [{}]
    if "data" in answer or not errors[0].get("message"):
        raise SystemExit(f"answered, not refused: {content[:300]!r}")
    named = errors[0].get("extensions", {})
    return str(named.get("limit") or f"{status}: {errors[0]['message'][:44]}")


def _documents() -> Iterator[tuple[str, str, str]]:
    """Group, name and text of each document."""
    yield "floor", "an unknown field", "{ x }"
    yield from (("past a limit", name, text) for name, (text, _, _) in HOSTILE.items())
    yield from (("past a limit", name, text) for name, text in CIRCLES.items())
    yield from (("past a limit", f"{name} nested", text) for name, text in NESTED.items())
    yield from (("at the limits", name, text) for name, text in LARGEST.items())


def _measure(client: Client) -> Iterator[Row]:
    for group, name, text in _documents():
        # A refusal is remembered by its text: each time it is another text.
        bodies = [json.dumps({"query": f"{text} #{n}"}).encode() for n in range(ROUNDS)]
        yield _row(client, group, name, bodies)
    for name, (body, _) in BODIES.items():
        yield _row(client, "a body", name, [body.encode()] * ROUNDS)
    for name, (frames, code) in SOCKETS.items():
        rounds, spent = min(ROUNDS, 20), client.cpu_ms()
        ends = [client.flood(frames) for _ in range(rounds)]
        cpu_ms = (client.cpu_ms() - spent) / rounds
        if {end for _, end in ends} != {code}:
            raise SystemExit(f"{name}: ended with {sorted({end for _, end in ends})}")
        yield Row("a WebSocket", name, f"close {code}", cpu_ms, [took for took, _ in ends])


def _row(client: Client, group: str, name: str, bodies: list[bytes]) -> Row:
    spent = client.cpu_ms()
    answers = [client.post(body) for body in bodies]
    cpu_ms = (client.cpu_ms() - spent) / len(bodies)
    _, status, content = answers[-1]
    return Row(group, name, _refused_by(status, content), cpu_ms, [took for took, _, _ in answers])


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _print(rows: list[Row], resident: dict[str, float]) -> None:
    table = Table(title=f"milliseconds to the refusal on an idle connection, {ROUNDS} times each")
    for heading in ("", "shape", "refused by", "CPU", "p50", "p99", "worst"):
        table.add_column(heading, justify="right" if heading in {"CPU", "p50", "p99", "worst"} else "left")
    for row in rows:
        style = "green" if row.p99_ms <= GOAL_MS else "red"
        table.add_row(
            row.group, row.name, row.refused_by, f"{row.cpu_ms:.1f}", f"{median(row.took_ms):.1f}",
            f"[{style}]{row.p99_ms:.1f}[/]",
            f"{max(row.took_ms):.1f}",
        )  # fmt: skip
    console = Console(width=130)
    console.print(table)
    console.print(
        "resident memory of the server, MB: " + ", ".join(f"{when} {mb:.0f}" for when, mb in resident.items())
    )


def main() -> None:
    """Start the server on one core, send it everything from the other."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="provender-bench-")))
        servers = bootstrap.open_servers(Settings(data_dir=folder), stack)
        planted = asyncio.run(seed(servers))
        port = free_port()
        environment = {
            "PROVENDER_ENVIRONMENT": "production",
            "PROVENDER_SECRET_KEYS": json.dumps([Fernet.generate_key().decode()]),
            "PROVENDER_PORT": str(port),
        }
        house = Household(servers, folder / "logs", environment)
        stack.callback(house.close)
        house.start("api", ["serve"])
        pid = house.children["api"].pid
        os.sched_setaffinity(pid, {int(SERVER_CORE)})
        house.await_port("api", port)
        client = Client(port, pid, planted)
        for n in range(ROUNDS):  # first requests load what later ones find there
            client.post(json.dumps({"query": f"{{ warm{n} }}"}).encode())
        resident = {"before": _resident_mb(pid)}
        rows = list(_measure(client))
        resident["after all"] = _resident_mb(pid)
        for n in range(_SMALL):
            client.post(f'{{"query": "{{ x{n} }}"}}'.encode())
        resident[f"after {_SMALL:,} small ones"] = _resident_mb(pid)
    _print(rows, resident)


if __name__ == "__main__":
    main()
