"""Runs one server for as long as any process holds a lease on its home folder.

Why a process of its own, and not "whoever started it stops it": the API, a worker and the tests share one server, and
any of them may end first or be killed. The kernel drops the locks of a dead process, so the warden sees every end,
SIGKILL included: the server leaves with its last user, neither before nor after. Parent-death signals would take it
from the others when its starter dies, and exist on Linux only.

Four files in the home say everything; each lock is an advisory `flock(2)`:
- `gate.lock`: exclusive; held around every start and stop.
- `lease.lock`: shared; one hold a user.
- `server.lock`: exclusive; inherited by every process of the server, so it is free only once the last of them is gone.
- `server.pid`: the server's process id; exclusive; held by its warden.

`lease` runs this file by its path, isolated from the environment: it imports the standard library only.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

GATE = "gate.lock"
LEASE = "lease.lock"
SERVER = "server.lock"
PID = "server.pid"

_POLL_SECONDS = 0.5


def open_lock(path: Path) -> int:
    """Open a new file description, the unit that `flock` counts; the caller closes it."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock if nobody else holds any."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(path: Path) -> bool:
    """Nobody holds the lock, neither shared nor exclusive. Only meaningful behind the gate."""
    descriptor = open_lock(path)
    try:
        return try_lock(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the exclusive lock, waiting for it first."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def watch(home: Path, server: subprocess.Popen[bytes], *, grace_seconds: float = 30.0) -> None:
    """Return when the server has ended: by itself, or because nobody leases it any more.

    It is asked to end twice, the second time bluntly, with so long to do it each time; then it is killed.
    """
    gate, lease = open_lock(home / GATE), open_lock(home / LEASE)
    # A thread, because Popen.wait(timeout) polls twenty times a second.
    end = threading.Thread(target=server.wait, daemon=True)
    end.start()
    while end.is_alive():
        end.join(_POLL_SECONDS)
        if end.is_alive() and try_lock(gate):
            if try_lock(lease):
                _stop(server, end, grace_seconds=grace_seconds)
            fcntl.flock(gate, fcntl.LOCK_UN)
    os.close(lease)
    os.close(gate)


def _stop(server: subprocess.Popen[bytes], end: threading.Thread, *, grace_seconds: float) -> None:
    # SIGINT is PostgreSQL's fast shutdown and Redis's orderly one; SIGQUIT ends either at once.
    for stop_signal in (signal.SIGINT, signal.SIGQUIT):
        server.send_signal(stop_signal)
        end.join(grace_seconds)
        if not end.is_alive():
            return
    server.kill()
    end.join()


def launch(command: Sequence[str], *, inherited_lock: int, user_id: int, group_id: int) -> subprocess.Popen[bytes]:
    """Start the server under that account, or under ours if `user_id` is negative; output goes where ours goes.

    The environment is not handed on: it holds the product's secrets, and `PG*` variables change PostgreSQL's settings.
    """
    own = user_id < 0
    return subprocess.Popen(  # noqa: S603  # the command is written by this package, from no one's input
        command,
        user=None if own else user_id,
        group=None if own else group_id,
        extra_groups=None if own else [],
        pass_fds=[inherited_lock],
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        cwd="/",
        umask=0o077,
    )


def main(home: Path, user_id: int, group_id: int, command: Sequence[str]) -> None:
    """Take the locks, let the caller go on, then launch and watch. The caller holds the gate."""
    pid_file, server_lock = open_lock(home / PID), open_lock(home / SERVER)
    fcntl.flock(pid_file, fcntl.LOCK_EX)  # waits for a warden that is just leaving
    os.ftruncate(pid_file, 0)
    if not try_lock(server_lock):
        sys.exit("a server is still running here")
    if os.fork():
        os._exit(0)  # the child keeps the locks: whoever waits for this process knows that they are held
    server = launch(command, inherited_lock=server_lock, user_id=user_id, group_id=group_id)
    os.close(server_lock)
    os.write(pid_file, b"%d" % server.pid)
    watch(home, server)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
