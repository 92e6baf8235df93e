"""Tortoise's asyncpg backend over a pool that lends connections without a lap of the event loop for each statement."""

from typing import Any, Final, TypeAlias

import asyncpg
from asyncpg.exceptions import InterfaceError, PostgresError
from asyncpg.pool import PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient

Connection: TypeAlias = PoolConnectionProxy
_SYNC_SECONDS: Final = 1


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
            if not _is_lost(connection):
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
        if is_wanted or _is_lost(connection) or connection.is_in_transaction():
            await self._made.release(connection)
        else:
            self._idle.append(connection)

    async def discard(self, connection: Connection) -> None:
        """Take one back in the midst of a statement that failed or was cancelled.

        One that was cancelled when it was parsed and not yet run keeps its locks, and its place in the way of VACUUM,
        until the connection is used again: asyncpg tells the server only then that nothing more comes.
        """
        try:
            await connection.execute("SELECT 1", timeout=_SYNC_SECONDS)
        except (PostgresError, InterfaceError, OSError, TimeoutError):
            connection.terminate()
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


def _is_lost(connection: Connection) -> bool:
    """Whether the server has hung up."""
    try:
        return bool(connection.is_closed())
    except InterfaceError:  # asyncpg has noticed, and taken it back
        return True


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
