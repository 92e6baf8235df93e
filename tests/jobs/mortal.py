"""Processes of ours that die by SIGKILL right before a chosen statement goes to PostgreSQL.

Between two statements nothing that lasts changes but what the provisioner is told: to die before each of them in turn
is to die at every step. Nothing of ours is patched: asyncpg's protocol is wrapped, in the process that is to die.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import asyncpg.connection
import uvicorn

import bootstrap
from app import create_app
from jobs.worker import work
from settings import Settings

# Forked from a process that has imported everything, so that to begin anew takes no second.
_FORKS: Final = get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Point:
    """Right before a statement that follows another one on its connection, for the `turn`-th time."""

    before: str
    after: str
    turn: int = 1

    def __str__(self) -> str:
        """As a test is named."""
        return f"{self.before[:60]} (after {self.after[:40]})"


class _Watched:
    """A connection's protocol that tells of every statement before it goes out."""

    def __init__(self, protocol: Any, tell: Callable[[str, str], None]) -> None:
        self._protocol, self._tell, self._last = protocol, tell, ""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._protocol, name)
        if name not in {"query", "bind_execute", "bind_execute_many", "copy_in"}:
            return found

        def watched(*given: Any, **named: Any) -> Any:
            statement = named.get("state") or given[0]
            said = " ".join((statement if isinstance(statement, str) else statement.query).split())
            self._tell(said, self._last)
            self._last = said
            return found(*given, **named)

        return watched


def _watch(point: Point | None, trace: Path) -> None:
    """From now on, write each statement down, and die before the chosen one."""
    seen: Counter[tuple[str, str]] = Counter()
    file = trace.open("a", encoding="utf-8")
    opened = asyncpg.connection.Connection.__init__

    def tell(said: str, last: str) -> None:
        seen[said, last] += 1
        if point is not None and (said, last) == (point.before, point.after) and seen[said, last] == point.turn:
            os.kill(os.getpid(), signal.SIGKILL)
        file.write(f"{said}\t{last}\n")
        file.flush()

    def open_watched(self: Any, protocol: Any, *rest: Any) -> None:
        opened(self, _Watched(protocol, tell), *rest)

    asyncpg.connection.Connection.__init__ = open_watched


def _worker(environment: Mapping[str, str], point: Point | None, trace: Path) -> None:
    os.environ.update(environment)
    _watch(point, trace)
    settings = Settings()
    addresses = bootstrap.Addresses(str(settings.database_url), str(settings.redis_url))
    bootstrap.run(lambda: work(settings, addresses))


def _api(environment: Mapping[str, str], point: Point | None, trace: Path) -> None:
    os.environ.update(environment)
    settings = Settings()
    addresses = bootstrap.Addresses(str(settings.database_url), str(settings.redis_url))
    _watch(point, trace)
    uvicorn.run(create_app(settings, addresses), port=settings.port, log_level="critical", access_log=False)


@dataclass(frozen=True, slots=True)
class Mortal:
    """Starts such processes, each with these settings."""

    environment: Mapping[str, str]
    folder: Path

    def start_worker(self, point: Point | None) -> BaseProcess:
        """A worker."""
        return self._start(_worker, point)

    def start_api(self, point: Point | None) -> BaseProcess:
        """An API."""
        return self._start(_api, point)

    def _start(self, target: Callable[..., None], point: Point | None) -> BaseProcess:
        self.trace.unlink(missing_ok=True)
        process = _FORKS.Process(target=target, args=(dict(self.environment), point, self.trace), daemon=True)
        process.start()
        return process

    @property
    def trace(self) -> Path:
        """Where the last process wrote its statements down."""
        return self.folder / "statements"

    def points(self) -> Sequence[Point]:
        """Every step of the last process, in the order in which they first came."""
        lines = self.trace.read_text(encoding="utf-8").splitlines() if self.trace.exists() else []
        return [Point(before, after) for before, _, after in (line.partition("\t") for line in dict.fromkeys(lines))]


async def died(process: BaseProcess, *, seconds: float) -> bool:
    """Wait for a process's death; one that is alive after so long is killed, and False is the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while process.is_alive():  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.01)
            return process.exitcode == -signal.SIGKILL
    process.kill()
    process.join()
    return False
