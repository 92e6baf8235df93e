"""Where files lie: in a local folder, reached through our own routes, or in a bucket that clients put into directly."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from integrations.vault import Vault

_PART_BYTES: Final = 1024 * 1024
_RETRIES: Final = 3
_RETRY: Final = timedelta(seconds=20)
_INCOMING: Final = "incoming"

# The synchronous half of obstore, each call in a thread: its own runtime calls back into Python after an await, and
# aborts a process that ends at that moment.


class _Store(Protocol):
    """What is used of obstore, which is loaded as the first file comes or goes: 5 MB that few API processes need."""

    def put(self, path: str, file: Path) -> Any: ...
    def get(self, path: str) -> Any: ...
    def list(self, prefix: str) -> Any: ...
    def delete(self, paths: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class SignedAddresses:
    """Signed addresses of our own for uploads: they say for which method and until when they hold."""

    public_url: str
    vault: Vault

    def sign(self, method: str, upload_id: str, until: datetime) -> str:
        """The address under which `method` is open on an upload until then."""
        expires = int(until.timestamp())
        signature = self.vault.mark(_name(method, upload_id, expires))
        return f"{self.public_url}/uploads/{upload_id}?{urlencode({'expires': expires, 'signature': signature})}"

    def is_genuine(self, method: str, upload_id: str, *, expires: str, signature: str) -> bool:
        """Whether we signed this; whether it has expired is another question."""
        return self.vault.is_mark(_name(method, upload_id, expires), signature)


def _name(method: str, upload_id: str, expires: int | str) -> str:
    return f"{method} /uploads/{upload_id} until {expires}"


class LocalStorage:
    """Files in a folder of this machine; `domain.uploads.storage.Storage` says what each method does."""

    def __init__(self, folder: Path, addresses: SignedAddresses) -> None:
        self._folder = folder
        self._addresses = addresses

    @cached_property
    def _store(self) -> _Store:
        from obstore.store import LocalStore  # noqa: PLC0415 - see _Store

        return LocalStore(self._folder, mkdir=True)

    async def put_url(self, upload_id: str, until: datetime) -> str:
        """Our own route, which looks at the content as it comes."""
        return self._addresses.sign("PUT", upload_id, until)

    def get_url(self, upload_id: str, until: datetime) -> str:
        """Our own route."""
        return self._addresses.sign("GET", upload_id, until)

    def incoming(self, _upload_id: str) -> None:
        """Nothing comes past us."""
        return

    async def keep(self, key: str, path: Path) -> None:
        """Written beside, then renamed."""
        await asyncio.to_thread(self._store.put, key, path)

    def read(self, key: str) -> AsyncIterator[bytes]:
        """A megabyte at a time."""
        return _parts(self._store, key)

    async def forget(self, upload_id: str) -> None:
        """All of its folder."""
        await asyncio.to_thread(_delete_all, self._store, upload_id)


class BucketStorage:
    """Files in a bucket that speaks S3 (`s3://bucket/prefix`), with credentials from AWS_… of the environment.

    Clients put content beside what is kept, under an address that S3 checks; it is looked at, and copied to where no
    client can write, before anything is made of it.
    """

    def __init__(self, url: str, addresses: SignedAddresses) -> None:
        self._url = url
        self._addresses = addresses

    @cached_property
    def _store(self) -> Any:  # an S3Store, which also signs
        from obstore.store import S3Store  # noqa: PLC0415 - see _Store

        return S3Store.from_url(self._url, retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY})

    async def put_url(self, upload_id: str, until: datetime) -> str:
        """The bucket's own address, presigned."""
        from obstore import sign  # noqa: PLC0415 - see _Store

        left = until - datetime.now(UTC)
        return await asyncio.to_thread(sign, self._store, "PUT", f"{upload_id}/{_INCOMING}", left)

    def get_url(self, upload_id: str, until: datetime) -> str:
        """Our own route: it says how content is to be treated, which a presigned address would leave to its sender."""
        return self._addresses.sign("GET", upload_id, until)

    def incoming(self, upload_id: str) -> AsyncIterator[bytes]:
        """What was put into the bucket."""
        return _parts(self._store, f"{upload_id}/{_INCOMING}")

    async def keep(self, key: str, path: Path) -> None:
        """In several parts if it is large; what the client put is not needed any more."""
        await asyncio.to_thread(self._store.put, key, path)
        await asyncio.to_thread(self._store.delete, [f"{key.partition('/')[0]}/{_INCOMING}"])

    def read(self, key: str) -> AsyncIterator[bytes]:
        """A megabyte at a time."""
        return _parts(self._store, key)

    async def forget(self, upload_id: str) -> None:
        """All under its prefix."""
        await asyncio.to_thread(_delete_all, self._store, upload_id)


def storage_at(url: str | None, folder: Path, addresses: SignedAddresses) -> LocalStorage | BucketStorage:
    """The bucket of a URL, or the folder where there is none."""
    return LocalStorage(folder, addresses) if url is None else BucketStorage(url, addresses)


async def _parts(store: _Store, key: str) -> AsyncIterator[bytes]:
    found = await asyncio.to_thread(store.get, key)
    parts = iter(found.stream(min_chunk_size=_PART_BYTES))
    while part := await asyncio.to_thread(next, parts, None):
        yield bytes(part)


def _delete_all(store: _Store, prefix: str) -> None:
    for batch in list(store.list(prefix=prefix)):
        store.delete([found["path"] for found in batch])
