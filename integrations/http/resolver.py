"""Turns host names into addresses without letting one slow name server hold up the others."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import ip_address

from integrations.http.guard import Address, literal_address

LOOKUPS_AT_ONCE = 32

Lookup = Callable[[str], Sequence[str]]


def system_lookup(host: str) -> Sequence[str]:
    """Ask the system for every address of a host, preferred one first; blocks, OSError if there is none."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class Resolver:
    """Asks for each name in a thread of its own, and for the same name only once at a time.

    The loop's own executor would do it with a handful of threads (four with uvloop): as many dead name servers
    would stop every delivery. Threads are daemons, so that a lookup that hangs doesn't hold up the exit.
    Nothing is cached: an address is vetted and dialled as soon as it is known, or not at all.
    """

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        self._free = asyncio.Semaphore(LOOKUPS_AT_ONCE)
        self._under_way: dict[str, asyncio.Task[tuple[Address, ...]]] = {}

    async def resolve(self, host: str) -> tuple[Address, ...]:
        """Return every address of `host`, preferred one first; OSError or ValueError if there is none."""
        literal = literal_address(host)
        if literal is not None:
            return (literal,)
        task = self._under_way.get(host)
        if task is None:
            task = self._under_way[host] = asyncio.create_task(self._ask(host))
            task.add_done_callback(partial(self._forget, host))
        # Not awaited itself: whoever runs out of time leaves, the lookup goes on for those who still wait.
        await asyncio.wait([task])
        if task.cancelled():
            raise OSError("the resolver was closed")
        return task.result()

    async def aclose(self) -> None:
        """Give up on the lookups under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, host: str) -> tuple[Address, ...]:
        async with self._free:
            found: asyncio.Future[Sequence[str]] = asyncio.get_running_loop().create_future()
            threading.Thread(target=_look_up, args=(self._lookup, host, found), daemon=True).start()
            addresses = tuple(dict.fromkeys(ip_address(text) for text in await found))
        if not addresses:
            raise OSError(f"no address for {host}")
        return addresses

    def _forget(self, host: str, task: asyncio.Task[tuple[Address, ...]]) -> None:
        del self._under_way[host]
        if not task.cancelled():
            task.exception()  # everyone may have left; the loop would complain that nobody looked


def _look_up(lookup: Lookup, host: str, found: asyncio.Future[Sequence[str]]) -> None:
    try:
        addresses = lookup(host)
    except (OSError, ValueError) as error:
        settle = partial(_settle, found, error)
    else:
        settle = partial(_settle, found, addresses)
    with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile: nobody wants to know
        found.get_loop().call_soon_threadsafe(settle)


def _settle(found: asyncio.Future[Sequence[str]], outcome: Sequence[str] | OSError | ValueError) -> None:
    if found.done():
        return
    if isinstance(outcome, OSError | ValueError):
        found.set_exception(outcome)
    else:
        found.set_result(outcome)
