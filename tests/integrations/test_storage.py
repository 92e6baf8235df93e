"""Files in a folder and in a bucket: the same promises."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from obstore.exceptions import BaseError

from domain.uploads.storage import Storage
from integrations.storage import SignedAddresses, storage_at
from integrations.vault import Vault
from tests.integrations.buckets import Bucket

LARGE = bytes(range(256)) * 4096 * 6
ID = "upl_01k00000000000000000000000"


@pytest.fixture
def addresses() -> SignedAddresses:
    """SignedAddresses of a key of their own."""
    return SignedAddresses("https://api.example", Vault([Fernet.generate_key().decode()]))


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, bucket: Bucket, addresses: SignedAddresses, tmp_path: Path) -> Storage:
    """Each kind there is."""
    url = "s3://files/provender" if request.param == "bucket" else None
    return storage_at(url, tmp_path / "files", addresses)


async def read(storage: Storage, key: str) -> bytes:
    """The content under a key."""
    return b"".join([part async for part in storage.read(key)])


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
async def test_what_is_kept_is_read_until_it_is_forgotten(storage: Storage, tmp_path: Path, content: bytes) -> None:
    """Whole, in parts where it is large; forgetting twice is as good as once, and touches no other upload."""
    (tmp_path / "spool").write_bytes(content)
    for key in (f"{ID}/a", f"{ID}/b", "upl_02/a"):
        await storage.keep(key, tmp_path / "spool")
    assert await read(storage, f"{ID}/a") == await read(storage, f"{ID}/b") == content
    for _ in range(2):
        await storage.forget(ID)
    with pytest.raises(FileNotFoundError):
        await read(storage, f"{ID}/a")
    assert await read(storage, "upl_02/a") == content


async def test_a_bucket_is_put_into_directly(bucket: Bucket, addresses: SignedAddresses, tmp_path: Path) -> None:
    """Under an address that the bucket checks; what a client has put is gone once it was kept."""
    storage = storage_at("s3://files/provender", tmp_path, addresses)
    incoming = storage.incoming(ID)
    assert incoming is not None
    with pytest.raises(FileNotFoundError):
        await anext(incoming)
    url = await storage.put_url(ID, datetime.now(UTC) + timedelta(minutes=5))
    async with httpx.AsyncClient() as client:
        assert (await client.put(url, content=LARGE)).status_code == 200
    assert (bucket.signed, list(bucket.objects)) == (["PUT"], [f"provender/{ID}/incoming"])
    (tmp_path / "spool").write_bytes(await read(storage, f"{ID}/incoming"))
    await storage.keep(f"{ID}/kept", tmp_path / "spool")
    assert bucket.objects == {f"provender/{ID}/kept": LARGE}


async def test_a_bucket_that_takes_us_in_no_more_is_trouble_of_a_name(
    bucket: Bucket, addresses: SignedAddresses, tmp_path: Path
) -> None:
    """Whatever the library makes of it, callers know it."""
    storage = storage_at("s3://files/provender", tmp_path, addresses)
    bucket.is_closed = True
    with pytest.raises((BaseError, OSError)):
        await storage.forget(ID)


def test_an_address_of_our_own_outlives_the_rotation_of_its_key(addresses: SignedAddresses) -> None:
    """Signed with any key that is still configured."""
    key, newer = (Fernet.generate_key().decode() for _ in range(2))
    url = SignedAddresses("https://a", Vault([key])).sign("GET", ID, datetime(2026, 1, 1, tzinfo=UTC))
    query = httpx.URL(url).params
    rotated = SignedAddresses("https://a", Vault([newer, key]))
    assert rotated.is_genuine("GET", ID, expires=query["expires"], signature=query["signature"])
    assert not addresses.is_genuine("GET", ID, expires=query["expires"], signature=query["signature"])
