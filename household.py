"""The processes of the house as children: for the demo, the tests and the benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import bootstrap

ROOT: Final = Path(__file__).parent
_READY_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 12.0


class ChildFailed(RuntimeError):
    """A child ended, or was not ready in time; the message holds the end of its log."""


def database_at(url: str, name: str) -> str:
    """The same server's database of this name."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether one could listen on this port now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass(slots=True)
class Household:
    """Starts `provender …` commands with one environment; logs go to `log_dir`, one file a child."""

    addresses: bootstrap.Addresses
    log_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _logs: dict[str, IO[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a child: `command` is what follows `provender`."""
        self.spawn(name, [sys.executable, "-m", "cli", *command], environment)

    def spawn(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start any command as a child, with the same environment."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        log = self._logs[name] = (self.log_dir / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "PROVENDER_DATABASE_URL": self.addresses.database_url,
                "PROVENDER_REDIS_URL": self.addresses.redis_url,
                **self.environment,
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

    def await_http(self, name: str, url: str) -> None:
        """Wait until the child answers at `url` with any 2xx."""
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            if self.children[name].poll() is not None:
                break
            try:
                with urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
                    if answer.status < 300:  # noqa: PLR2004 - any 2xx
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        raise ChildFailed(f"{name} is not ready:\n{self.tail(name)}")

    def await_port(self, name: str, port: int) -> None:
        """Wait until the child listens."""
        end = time.monotonic() + _READY_SECONDS
        while is_free(port):
            if self.children[name].poll() is not None or time.monotonic() > end:
                raise ChildFailed(f"{name} is not ready:\n{self.tail(name)}")
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """SIGKILL: the child has no say in it."""
        child = self.children.pop(name)
        child.kill()
        child.wait()
        self._logs.pop(name).close()

    def stop(self, name: str) -> int:
        """SIGTERM, and SIGKILL for one that does not go; answers its exit code."""
        child = self.children.pop(name)
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            code = child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
        self._logs.pop(name).close()
        return code

    def close(self) -> None:
        """Stop every child, the last one started first."""
        for name in reversed(list(self.children)):
            self.stop(name)

    def tail(self, name: str, length: int = 4000) -> str:
        """The end of a child's log."""
        return (self.log_dir / f"{name}.log").read_text(errors="replace")[-length:]
