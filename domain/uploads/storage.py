"""What uploads ask of the place where files lie."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """Files by key. A key begins with the id of its upload (`upl_…/`); content once kept never changes."""

    async def put_url(self, upload_id: str, until: datetime) -> str:
        """Where a client may PUT the content of an upload until then."""
        ...

    def get_url(self, upload_id: str, until: datetime) -> str:
        """Where the content of an upload may be fetched until then."""
        ...

    def incoming(self, upload_id: str) -> AsyncIterator[bytes] | None:
        """What a client has put past us, where clients do; FileNotFoundError from it when there is nothing yet."""
        ...

    async def keep(self, key: str, path: Path) -> None:
        """Keep the content of a local file, whole or not at all."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The content, in parts; FileNotFoundError when there is none."""
        ...

    async def forget(self, upload_id: str) -> None:
        """Delete whatever there is of an upload; deleting twice is as good as once."""
        ...
