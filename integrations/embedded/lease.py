"""The right to use an embedded server: the first to ask starts it, the last to leave stops it."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from integrations.embedded import EmbeddedServerError, warden
from integrations.embedded.account import Account

_LOG = "server.log"
_LOG_TAIL_CHARACTERS = 2000
_OURSELVES = Account(user_id=-1, group_id=-1)
_START_SECONDS = 60.0  # crash recovery after a power cut takes its time
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.005


class Server(Protocol):
    """What a lease needs to know about a kind of server."""

    @property
    def account(self) -> Account | None:
        """Who runs it; None is the current user."""

    def prepare(self) -> Sequence[str]:
        """Make the home ready for a start and answer the command line. Nothing runs there meanwhile."""

    def is_ready(self) -> bool:
        """Whether it takes connections now."""


class Lease:
    """A hold on a running server. The end of the process gives it back too, however it ends."""

    def __init__(self, home: Path, *, pid: int, descriptor: int) -> None:
        self.home = home
        self.pid = pid
        self._descriptor: int | None = descriptor  # a bare number: the hold outlives this object

    def release(self) -> None:
        """Give the hold back; the last one stops the server and waits for its end. Twice is once."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if not self.home.is_dir():  # removed meanwhile: the warden, whose files are open, stops the server
            os.close(descriptor)
            return
        with warden.locked(self.home / warden.GATE):
            os.close(descriptor)
            if warden.is_free(self.home / warden.LEASE):
                _put_down(self.home)


def take_lease(home: Path, server: Server) -> Lease:
    """Join the server of this home, or start it; answers once it takes connections.

    A server whose warden was killed, or the rest of one that was killed, is put down first; then it is started anew.
    Raises EmbeddedServerError with the end of the server's log.
    """
    try:
        return _take_lease(home, server)
    except PermissionError as refusal:
        raise EmbeddedServerError(f"{refusal}: does {home} belong to another user, root perhaps?") from refusal


def _take_lease(home: Path, server: Server) -> Lease:
    with warden.locked(home / warden.GATE):
        descriptor = warden.open_lock(home / warden.LEASE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            pid = _await_ready(home, server)
            if pid is None:
                _put_down(home)
                pid = _start(home, server)
        except BaseException:
            os.close(descriptor)
            raise
        return Lease(home, pid=pid, descriptor=descriptor)


def _await_ready(home: Path, server: Server) -> int | None:
    """Wait until the server takes connections and answer its process id; None if none runs or it runs unwatched."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if warden.is_free(home / warden.SERVER) or warden.is_free(home / warden.PID):
            return None
        if server.is_ready() and (pid := _read_pid(home)) is not None:
            return pid
        time.sleep(_POLL_SECONDS)
    raise EmbeddedServerError(f"the server in {home} takes no connections; its log says:\n{_tail(home / _LOG)}")


def _start(home: Path, server: Server) -> int:
    command = server.prepare()
    account = server.account or _OURSELVES
    log = home / _LOG
    if log.exists():
        log.replace(home / f"{_LOG}.1")  # what the previous run said stays readable once
    arguments = [home, account.user_id, account.group_id, *command]
    with log.open("wb") as output:
        subprocess.run(  # noqa: S603  # our own script with our own arguments
            [sys.executable, "-I", "-S", warden.__file__, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a Ctrl-C in the terminal is for the product, which then gives its lease back
            check=True,
        )
    pid = _await_ready(home, server)
    if pid is None:
        raise EmbeddedServerError(f"{command[0]} ended at once; its log {log} says:\n{_tail(log)}")
    return pid


def _read_pid(home: Path) -> int | None:
    text = (home / warden.PID).read_text(encoding="ascii")
    return int(text) if text else None


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL_CHARACTERS:].strip()


def _put_down(home: Path) -> None:
    """End what runs in this home, orderly if it lets us, and wait until its last process and its warden are gone."""
    for stop_signal in (signal.SIGINT, signal.SIGQUIT):
        told = False
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if warden.is_free(home / warden.SERVER):
                # The warden goes last, after it has reaped the server: then the process id is gone too.
                if warden.is_free(home / warden.PID):
                    return
            elif not told and (pid := _read_pid(home)) is not None:  # not yet written if its starter was killed
                _send(stop_signal, pid)
                told = True
            time.sleep(_POLL_SECONDS)
    raise EmbeddedServerError(f"the server in {home} does not end; stop its processes by hand")


def _send(stop_signal: signal.Signals, pid: int) -> None:
    try:
        os.kill(pid, stop_signal)
    except ProcessLookupError:
        return  # killed already; its children notice by themselves
