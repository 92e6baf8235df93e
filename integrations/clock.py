"""The machine's clock, and one that is ahead of it by what a file says: for development, where time is let pass."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_NOTHING: Final = timedelta()
LOOK_SECONDS: Final = 0.02


def machine_now() -> datetime:
    """The time of the machine, UTC: what others hold signatures and tokens against."""
    return datetime.now(UTC)


class MovableClock:
    """Is the machine's until it follows a file, which holds the seconds that it is ahead; without the file, none.

    Every process that follows the same file has the same time, soon after the file is written.
    """

    def __init__(self) -> None:
        self._file: Path | None = None
        self._seen: tuple[int, int] | None = None
        self._ahead = _NOTHING
        self._look_at = 0.0

    def follow(self, file: Path) -> None:
        """From now on be ahead by what this file says."""
        self._file, self._seen, self._ahead, self._look_at = file, None, _NOTHING, 0.0

    def now(self) -> datetime:
        """The time, UTC."""
        return machine_now() + self.ahead

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the machine's."""
        if self._file is not None and time.monotonic() >= self._look_at:
            self._look(self._file)
            self._look_at = time.monotonic() + LOOK_SECONDS
        return self._ahead

    def _look(self, file: Path) -> None:
        try:
            found = os.stat(file)  # noqa: PTH116 - on the path of every request
        except FileNotFoundError:
            self._seen, self._ahead = None, _NOTHING
            return
        version = (found.st_mtime_ns, found.st_ino)
        if version != self._seen:
            with suppress(FileNotFoundError):
                self._ahead = timedelta(seconds=float(file.read_text(encoding="ascii")))
                self._seen = version

    def move(self, ahead: timedelta) -> None:
        """Write the file; RuntimeError where none is followed."""
        if self._file is None:
            raise RuntimeError("this clock cannot be moved")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()), encoding="ascii")
        fresh.replace(self._file)  # at once: nobody reads half of it
        self._look_at = 0.0
