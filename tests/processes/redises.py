"""A Redis that is stopped, started again and frozen while others use it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.embedded.redis import start_redis


class MovableRedis:
    """One Redis of a folder of its own; its URL stays the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = start_redis(folder)
        self.url = self._server.url

    def stop(self) -> None:
        """End it; nobody answers at the URL."""
        self._server.stop()

    def start(self) -> None:
        """Start it again, empty."""
        self._server = start_redis(self._folder)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and never answers meanwhile: worse than none."""
        os.kill(self._server.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._server.pid, signal.SIGCONT)
