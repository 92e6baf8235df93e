"""The machine the benchmarks run on: its cores, and what a process used of it."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

_KILOBYTES_IN_MEGABYTE: Final = 1000
_BYTES_IN_KILOBYTE: Final = 1024
_LIBRARIES: Final = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "asyncpg", "tortoise-orm")


@contextmanager
def on_cores(cores: frozenset[int]) -> Iterator[None]:
    """Run the block, and every process that it starts for good, on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, to a hundredth of a second."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def parent_of(pid: int) -> int:
    """Who started a process."""
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes (10^6 bytes) a process holds: RSS counts shared pages whole, PSS by how many share them."""

    rss_mb: float
    pss_mb: float


def memory(pid: int) -> Memory:
    """What a process holds now."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    rows = dict(line.split(":", 1) for line in text.splitlines()[1:])

    def megabytes(name: str) -> float:
        return int(rows[name].split()[0]) * _BYTES_IN_KILOBYTE / _KILOBYTES_IN_MEGABYTE / 1000

    return Memory(megabytes("Rss"), megabytes("Pss"))


def load_average() -> float:
    """How many processes wanted a core in the last minute."""
    return os.getloadavg()[0]


def describe() -> dict[str, str]:
    """What a reader needs to know of it to judge the figures."""
    cpu_info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in cpu_info.splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{pages / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }
