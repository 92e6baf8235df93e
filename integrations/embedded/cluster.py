"""One PostgreSQL data folder: how it is made, run, and found ready."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from integrations.embedded import EmbeddedServerError
from integrations.embedded.account import Account

_PORT = 5432  # names the socket; nothing listens on the network
_INITDB_SECONDS = 120.0
# Lines of postmaster.pid, counted from 0: PostgreSQL's src/include/utils/pidfile.h
_PORT_LINE, _SOCKET_LINE, _STATUS_LINE = 3, 4, 7

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The product hears of its failed statements by itself; in the log they would only pile up.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}
_INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",  # whoever passes the socket's private folder is its owner
    "--encoding=UTF8",
    # PostgreSQL's own C.UTF-8 sorts by code point on every platform and still folds the case of all letters.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class Durability(Enum):
    """What the data is worth: DURABLE survives a power cut; DISPOSABLE (tests) survives any end but that one.

    Commits stay synchronous in both: a killed server must not forget what it has confirmed.
    """

    DURABLE = "durable"
    DISPOSABLE = "disposable"


_MORE_INITDB_OPTIONS = {Durability.DURABLE: (), Durability.DISPOSABLE: ("--no-sync",)}
_MORE_SETTINGS: dict[Durability, dict[str, str]] = {
    Durability.DURABLE: {},
    Durability.DISPOSABLE: {"fsync": "off", "full_page_writes": "off"},
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data of one home, the folders of its programs and of its socket, and who runs it (None: the current user)."""

    home: Path
    programs: Path
    sockets: Path
    account: Account | None
    durability: Durability

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, owned by the account."""
        return self.home / "data"

    def prepare(self) -> Sequence[str]:
        """Create the data at the first time; later remove what a killed server left behind. Answer the command line."""
        if self.data.exists():
            self._clear_stale_pid()
        else:
            self._initialise()
        settings = _SETTINGS | _MORE_SETTINGS[self.durability] | {"unix_socket_directories": str(self.sockets)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        """Whether its status file says so and something listens: the file alone may be a killed server's."""
        lines = self._pid_file_lines()
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready" and _listens(self.sockets, _PORT)

    def _initialise(self) -> None:
        for draft in self.home.glob("draft-*"):  # of starters that were killed
            shutil.rmtree(draft, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self.home))
        if self.account is not None:
            self.account.take_over(draft)
        result = subprocess.run(  # noqa: S603  # the wheel's own program with our own arguments
            [self.programs / "initdb", "-D", draft, *_INITDB_OPTIONS, *_MORE_INITDB_OPTIONS[self.durability]],
            user=None if self.account is None else self.account.user_id,
            group=None if self.account is None else self.account.group_id,
            extra_groups=None if self.account is None else [],
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=_INITDB_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            raise EmbeddedServerError(f"initdb failed (or set PROVENDER_DATABASE_URL instead): {result.stderr.strip()}")
        draft.rename(self.data)

    def _clear_stale_pid(self) -> None:
        """Remove the process id of a server that was killed: a stranger may have it by now, and block the start.

        None of ours is left (the caller holds the gate); one that was started by hand answers at its socket.
        """
        lines = self._pid_file_lines()
        if len(lines) > _SOCKET_LINE and _listens(Path(lines[_SOCKET_LINE].strip()), int(lines[_PORT_LINE])):
            raise EmbeddedServerError(f"a PostgreSQL that Provender did not start runs on {self.data}: pid {lines[0]}")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []


def _listens(folder: Path, port: int) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / f".s.PGSQL.{port}"))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True
