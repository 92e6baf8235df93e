"""How many idle connections are kept, and for how long."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from integrations.http.connection import Connection
from integrations.http.failures import FailureKind, FetchFailed
from integrations.http.guard import EgressPolicy, Target, check_url
from integrations.http.pool import IDLE_LIMIT_PER_ORIGIN, IdlePool
from tests.integrations.peers import OK, Peer, hangs, peer_that, says, until

REQUEST = b"GET / HTTP/1.1\r\n\r\n"


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """Run a server that answers everything."""
    async with peer_that(says(OK)) as running:
        yield running


def target_of(peer: Peer, host: str = "127.0.0.1") -> Target:
    return check_url(f"http://{host}:{peer.port}/", EgressPolicy(allow_http=True, allow_private=True))


async def connect(peer: Peer, pool: IdlePool) -> Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: Connection(pool.discard), "127.0.0.1", peer.port)
    return connection


async def test_the_last_used_connection_is_taken_first(peer: Peer) -> None:
    """The freshest connection serves next, so that the others can grow old; an origin never gets another's."""
    pool = IdlePool()
    first, second = await connect(peer, pool), await connect(peer, pool)
    pool.put(first, target_of(peer))
    pool.put(second, target_of(peer))
    assert pool.take(target_of(peer, "localhost")) is None
    assert pool.take(target_of(peer)) is second
    assert pool.take(target_of(peer)) is first
    assert pool.take(target_of(peer)) is None
    pool.put(first, target_of(peer))
    pool.close()
    second.abort()
    await until(lambda: not peer.open_connections)


async def test_idle_connections_grow_old(peer: Peer) -> None:
    """A connection that nobody uses is closed after its time, also while others come and go."""
    pool = IdlePool(idle_seconds=0.1)
    old, young = await connect(peer, pool), await connect(peer, pool)
    await until(lambda: peer.open_connections == 2)
    pool.put(old, target_of(peer))
    await asyncio.sleep(0.06)
    pool.put(young, target_of(peer))
    await until(lambda: peer.open_connections == 1)
    assert young.is_reusable
    await until(lambda: peer.open_connections == 0)
    assert pool.take(target_of(peer)) is None
    pool.put(await connect(peer, pool), target_of(peer))
    await until(lambda: peer.open_connections == 0)


async def test_few_of_one_origin_are_kept(peer: Peer) -> None:
    """A burst to one origin leaves a few connections behind, not all."""
    pool = IdlePool()
    for connection in [await connect(peer, pool) for _ in range(IDLE_LIMIT_PER_ORIGIN + 5)]:
        pool.put(connection, target_of(peer))
    await until(lambda: peer.open_connections == IDLE_LIMIT_PER_ORIGIN)
    pool.close()
    await until(lambda: not peer.open_connections)


async def test_the_oldest_gives_way(peer: Peer) -> None:
    """When the pool is full, the connection that was idle longest is closed."""
    pool = IdlePool(limit=2)
    connections = [await connect(peer, pool) for _ in range(3)]
    for connection, host in zip(connections, ("a.test", "b.test", "c.test"), strict=True):
        pool.put(connection, target_of(peer, host))
    assert pool.take(target_of(peer, "a.test")) is None
    assert pool.take(target_of(peer, "c.test")) is connections[2]
    connections[2].abort()
    pool.close()
    await until(lambda: not peer.open_connections)


async def test_a_connection_that_was_hung_up_is_not_taken(peer: Peer) -> None:
    """What the other side closes while idle leaves the pool by itself; unasked bytes close it too."""
    pool = IdlePool()
    connection = await connect(peer, pool)
    await connection.exchange(REQUEST, read_limit_bytes=100)
    pool.put(connection, target_of(peer))
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    assert pool.take(target_of(peer)) is None
    await until(lambda: not peer.open_connections)


async def test_an_exchange_on_a_lost_connection_was_not_sent(peer: Peer) -> None:
    """A connection that was lost before its request is known not to have carried it."""
    pool = IdlePool()
    connection = await connect(peer, pool)
    connection.abort()
    await until(lambda: not connection.is_reusable)
    await asyncio.sleep(0)
    with pytest.raises(FetchFailed) as failed:
        await connection.exchange(REQUEST, read_limit_bytes=100)
    assert (failed.value.kind, failed.value.before_sent) == (FailureKind.RESET, True)


async def test_a_cancelled_exchange_spoils_its_connection() -> None:
    """An answer that nobody waits for any more must not become the answer to another request."""
    pool = IdlePool()
    async with peer_that(hangs) as peer:
        connection = await connect(peer, pool)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.exchange(REQUEST, read_limit_bytes=100)
        pool.put(connection, target_of(peer))
        assert pool.take(target_of(peer)) is None
        await until(lambda: not peer.open_connections)
