"""Tortoise's asyncpg backend over a pool that lends connections without a lap of the event loop for each statement."""

from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient

Connection: TypeAlias = PoolConnectionProxy


class Pool:
    """The connections of an asyncpg pool: those that come back sound are lent again, the last one first.

    To give one back to asyncpg takes a task and a lap of the event loop, for each statement that runs outside a
    transaction. So asyncpg gets back only what broke, and what somebody waits for there.
    """

    def __init__(self, made: asyncpg.Pool) -> None:
        self._made = made
        self._idle: list[Connection] = []
        self._waiting = 0
        self._is_closing = False

    async def acquire(self) -> Connection:
        """A connection; waits while all are lent."""
        while self._idle:
            connection = self._idle.pop()
            if _is_alive(connection):
                return connection
            await self._made.release(connection)
        self._waiting += 1
        try:
            return await self._made.acquire()
        finally:
            self._waiting -= 1

    async def release(self, connection: Connection) -> None:
        """Take one back; whatever its last statement left behind is cleaned up first."""
        is_wanted = self._waiting or self._is_closing
        if is_wanted or not _is_alive(connection) or connection.is_in_transaction():
            await self._made.release(connection)
        else:
            self._idle.append(connection)

    async def discard(self, connection: Connection) -> None:
        """Take one back in the midst of a statement that failed or was cancelled."""
        await self._made.release(connection)

    async def close(self) -> None:
        """Close all connections, once those that are lent have come back."""
        self._is_closing = True
        while self._idle:
            await self._made.release(self._idle.pop())
        await self._made.close()

    def terminate(self) -> None:
        """Close all connections, lent or not."""
        self._made.terminate()


def _is_alive(connection: Connection) -> bool:
    """Whether statements can be sent; one that broke asyncpg takes back by itself, and it answers nothing then."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


class Client(AsyncpgDBClient):
    """Tortoise's client with such a pool; `lending` is None until it is made."""

    _pool: Pool | None

    async def create_pool(self, **options: Any) -> Pool:
        """The pool; it connects when it has to, so that a process starts while the database is away."""
        return Pool(await super().create_pool(**options))

    @property
    def lending(self) -> Pool | None:
        """The pool, once it is made."""
        return self._pool

    async def lend(self) -> Pool:
        """The pool, made by whoever comes first."""
        async with self._pool_init_lock:
            if self._pool is None:
                await self.create_connection(with_db=True)
        made: Any = self._pool
        pool: Pool = made
        return pool


client_class = Client
