"""Content of uploads as it arrives, from a client or from a bucket: looked at, kept, noted."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from asyncpg import Record

from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.uploads.actions import store_upload
from domain.uploads.models import Purpose
from domain.uploads.rules import Inspection
from domain.uploads.storage import Storage


async def receive(actor: Actor, storage: Storage, row: Record, parts: AsyncIterator[bytes]) -> bool:
    """Look at the content of an announced upload and keep it; Invalid at `content` when it is not what was announced.

    Nothing is kept of what is refused. False when another content of the same upload was quicker.
    """
    inspection = Inspection(Purpose(row["purpose"]), row["size_bytes"])
    key = f"{encode('Upload', row['id'])}/{secrets.token_hex(8)}"
    with NamedTemporaryFile(prefix="provender-upload-") as spool:
        async for part in parts:
            inspection.feed(part)
            spool.write(part)
        content = inspection.finish()
        spool.flush()
        await storage.keep(key, Path(spool.name))
    return await store_upload(actor, row["id"], key=key, content=content)
