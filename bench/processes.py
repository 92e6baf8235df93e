"""What a process costs: the memory of one that has served, and the time from its start until it can serve."""

import asyncio
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

from bench.figures import Figure, Results
from bench.ground import Bench, Ground, spawn_api, spawn_floor
from bench.load import Connection
from bench.machine import memory
from bench.operations import compare, list_pair
from household import Household, free_port

STARTS: Final = 5
_ANSWER_SECONDS: Final = 30.0
_LOOK_AGAIN_SECONDS: Final = 0.002
_READYZ: Final = b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n"
_OK: Final = 200
_SPAWN: Final[Mapping[str, Callable[[Bench, Household, str, int], int]]] = {"api": spawn_api, "bare": spawn_floor}


async def measure_memory(ground: Ground, results: Results) -> None:
    """Load the list once more, then look at what the processes hold."""
    await compare(ground, list_pair(ground))
    ours, floor = memory(ground.api.pids[0]), memory(ground.floor.pids[0])
    results.figures += [
        Figure("memory: RSS", "memory after lists: RSS", " MB", ours.rss_mb, floor.rss_mb),
        Figure("memory: PSS", "memory after lists: PSS", " MB", ours.pss_mb, floor.pss_mb),
    ]


async def measure_start(ground: Ground, results: Results) -> None:
    """Start processes on the loaded database, ours and the bare one by turns; the median of each."""
    seconds: dict[str, list[float]] = {kind: [] for kind in _SPAWN}
    for turn in range(STARTS):
        for kind in _SPAWN:
            seconds[kind].append(await _start(ground, kind, turn))
    title = "start to /readyz 200"
    results.figures.append(Figure("start", title, " s", median(seconds["api"]), median(seconds["bare"])))


async def _start(ground: Ground, kind: str, turn: int) -> float:
    name, port = f"{kind}-start-{turn}", free_port()
    began = time.perf_counter()
    _SPAWN[kind](ground.bench, ground.house, name, port)
    async with asyncio.timeout(_ANSWER_SECONDS):
        while not await _is_ready(port):  # noqa: ASYNC110 - another process cannot set an event of ours
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    elapsed = time.perf_counter() - began
    ground.house.stop(name)
    return elapsed


async def _is_ready(port: int) -> bool:
    try:
        connection = await Connection.open(port)
    except OSError:
        return False
    status, _ = await connection.send(_READYZ)
    connection.close()
    return status == _OK
