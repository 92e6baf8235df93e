"""O5, C9, N5: files are announced, sent to a signed address, looked at, and attached once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

import bootstrap
from app import create_app
from domain.shared import database
from domain.shared.ids import decode
from integrations.storage import SignedAddresses
from jobs.uploads import sweep_uploads
from jobs.workshop import Workshop
from seeding import Planted
from settings import Settings
from tests.api.bases import contract_input, fresh_key
from tests.api.sellers import refused
from tests.api.uploads import PDF, PNG, announce, path_of, send, upload_input, uploaded
from tests.api.walk import document
from tests.api.worlds import grow, succeed
from tests.house import Api
from tests.integrations.buckets import Bucket


async def attach(api: Api, tree: Planted, upload_id: str) -> Any:
    """A contract with an uploaded paper."""
    made = await succeed(api, tree.partner_token, "createContract", contract_input(tree, uploadId=upload_id))
    return made["CreateContractSuccess_contract"]


async def files_of(settings: Settings, upload_id: str) -> list[str]:
    """What lies in the storage of an upload."""
    return sorted(path.name for path in (settings.data_dir / "files" / upload_id).glob("*"))


async def test_c9_a_contracts_paper_is_uploaded_and_fetched(api: Api, tree: Planted, settings: Settings) -> None:
    """Announced, sent, attached; the customer fetches it as a file to save, by an address that holds for a while."""
    upload_id = await uploaded(api, tree.partner_token, tree, PNG, fileName="Vertrag ü.png", contentType="image/png")
    contract = await attach(api, tree, upload_id)
    assert (contract["file"]["state"], contract["file"]["contentType"]) == ("ATTACHED", "image/png")
    page = await api.ask(
        tree.customer_token, document("query", "contracts"), {"where": {"number": {"eq": contract["number"]}}}
    )
    (seen,) = page["nodes"]
    fetched = await api.client.get(path_of(seen["file"]["downloadUrl"]))
    assert (fetched.status_code, fetched.content, fetched.headers["content-type"]) == (200, PNG, "image/png")
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''Vertrag%20%C3%BC.png"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert len(await files_of(settings, upload_id)) == 1


async def test_c9_another_paper_takes_the_place_of_the_first(
    api: Api, tree: Planted, shop: Workshop, settings: Settings
) -> None:
    """The first one is deleted with the next sweep; nothing changes for who names the same again."""
    first, second = [await uploaded(api, tree.partner_token, tree) for _ in range(2)]
    contract = await attach(api, tree, first)
    for upload_id in (second, second):
        content = {"id": contract["id"], "uploadId": upload_id}
        changed = await succeed(api, tree.partner_token, "updateContract", content)
        assert changed["UpdateContractSuccess_contract"]["file"]["id"] == second
    await sweep_uploads(shop)
    assert await files_of(settings, first) == []
    assert len(await files_of(settings, second)) == 1
    sql = "SELECT count(*) FROM uploads WHERE id = $1"
    assert await database.fetch_value(sql, decode("Upload", first)) == 0


async def test_o5_content_is_sent_once(api: Api, tree: Planted) -> None:
    """A second PUT is refused, and an upload announced under the same key is the same."""
    content = upload_input(tree)
    upload_id, url = await announce(api, tree.partner_token, content)
    assert [(await send(api, url, PDF)).status_code for _ in range(2)] == [201, 409]
    assert (await announce(api, tree.partner_token, content))[0] == upload_id


@pytest.mark.parametrize(
    ("content", "status"), [(b"<html>" + PDF[6:], 415), (PDF + b"!", 413), (PDF[:-1], 400), (b"", 400)]
)
async def test_o5_what_is_not_what_was_announced_is_not_kept(
    api: Api, tree: Planted, settings: Settings, content: bytes, status: int
) -> None:
    """Refused with the reason; the address still takes the right content."""
    upload_id, url = await announce(api, tree.partner_token, upload_input(tree))
    assert (await send(api, url, content)).status_code == status
    assert await files_of(settings, upload_id) == []
    assert (await send(api, url)).status_code == 201


async def test_o5_content_without_a_length_is_stopped_at_its_limit(api: Api, tree: Planted) -> None:
    """Of an endless stream nothing is read past what was announced."""
    _, url = await announce(api, tree.partner_token, upload_input(tree))
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield PDF

    answer = await api.client.put(path_of(url), content=endless())
    assert (answer.status_code, sent) == (413, 2)


async def test_o5_an_address_holds_for_what_it_was_made_for(
    api: Api, app: Starlette, tree: Planted, settings: Settings
) -> None:
    """Not for another upload, method or time, and not for ever."""
    upload_id, url = await announce(api, tree.partner_token, upload_input(tree))
    other_id, _ = await announce(api, tree.partner_token, upload_input(tree))
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    later = query | {"expires": str(int(query["expires"]) + 1)}
    forged = query | {"signature": query["signature"][:-1] + ("A" if query["signature"][-1] != "A" else "B")}
    for path, params in (
        (f"/uploads/{other_id}", query),
        (f"/uploads/{upload_id}", later),
        (f"/uploads/{upload_id}", forged),
        (f"/uploads/{upload_id}", {}),
        (f"/uploads/{upload_id}", {"expires": "x", "signature": "é"}),
        ("/uploads/..%2f..%2fetc%2fpasswd", query),
    ):
        assert (await api.client.put(path, params=params, content=PDF)).status_code in {403, 404}, (path, params)
    assert (await api.client.get(path_of(url))).status_code == 403
    addresses = SignedAddresses("http://a", bootstrap.open_vault(settings))
    past = addresses.sign("PUT", upload_id, bootstrap.utc_now() - timedelta(seconds=1))
    assert (await send(api, past)).status_code == 403
    empty = addresses.sign("GET", upload_id, bootstrap.utc_now() + timedelta(minutes=1))
    assert (await api.client.get(path_of(empty))).status_code == 404
    unknown = addresses.sign("PUT", "upl_01k00000000000000000000000", bootstrap.utc_now() + timedelta(minutes=1))
    assert (await send(api, unknown)).status_code == 404


async def test_o5_only_ones_own_stored_and_unused_files_can_be_attached(
    api: Api, tree: Planted, other_tree: Planted
) -> None:
    """Foreign ones do not exist; neither do those of another organization of the subtree."""
    foreign = await uploaded(api, other_tree.partner_token, other_tree)
    sibling = await grow(api, tree, tree.partner_id)
    theirs = await uploaded(api, sibling.partner_token, sibling)
    form = await uploaded(api, tree.partner_token, tree, purpose="ORDER_FORM")
    pending, _ = await announce(api, tree.partner_token, upload_input(tree))
    used = await uploaded(api, tree.partner_token, tree)
    await attach(api, tree, used)
    for upload_id, code in (
        (foreign, "NOT_FOUND"),
        (theirs, "NOT_FOUND"),
        (form, "NOT_ALLOWED"),
        (pending, "REQUIRED"),
        (used, "NOT_ALLOWED"),
        (tree.customer_id, "INVALID"),
    ):
        content = contract_input(tree, uploadId=upload_id)
        assert await refused(api, tree.partner_token, "createContract", content) == [("uploadId", code)]
    for upload_id in (foreign, theirs):
        assert (
            await api.ask(
                other_tree.customer_token if upload_id == theirs else tree.customer_token, NODE, {"id": upload_id}
            )
            is None
        )


NODE = "query ($id: ID!) { node(id: $id) { id } }"


async def test_o5_a_refused_contract_attaches_nothing(api: Api, tree: Planted) -> None:
    """The number is taken: the paper may be attached to the next one."""
    upload_id, contract = await uploaded(api, tree.partner_token, tree), await attach(api, tree, None)  # type: ignore[arg-type]  # without one
    content = contract_input(tree, uploadId=upload_id, number=contract["number"])
    assert await refused(api, tree.partner_token, "createContract", content) == [("number", "ALREADY_EXISTS")]
    assert (await attach(api, tree, upload_id))["file"]["id"] == upload_id


async def test_o5_what_nobody_attaches_within_a_day_is_deleted(
    api: Api, tree: Planted, shop: Workshop, settings: Settings
) -> None:
    """Row and file, whether or not the content came; twice is as good as once."""
    stale, (empty, _) = (
        await uploaded(api, tree.partner_token, tree),
        await announce(api, tree.partner_token, upload_input(tree)),
    )
    fresh, kept = [await uploaded(api, tree.partner_token, tree) for _ in range(2)]
    await attach(api, tree, kept)
    ids = [decode("Upload", upload_id) for upload_id in (stale, empty, kept)]
    await database.execute("UPDATE uploads SET created_at = created_at - interval '25 hours' WHERE id = ANY($1)", ids)
    for _ in range(2):
        await sweep_uploads(shop)
    left = await database.fetch("SELECT id FROM uploads WHERE id = ANY($1)", [*ids, decode("Upload", fresh)])
    assert {row["id"] for row in left} == {decode("Upload", fresh), decode("Upload", kept)}
    assert [len(await files_of(settings, upload_id)) for upload_id in (stale, kept, fresh)] == [0, 1, 1]
    sql = "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    told = [row["type"] for row in await database.fetch(sql, ids[0])]
    assert told == ["upload.created", "upload.stored", "upload.expired"]


async def test_o5_numbers_are_imported_by_who_sells_them(api: Api, tree: Planted) -> None:
    """A hundred megabytes of CSV may be announced for a partner, nothing for its customer."""
    content: dict[str, Any] = {
        "purpose": "NUMBER_IMPORT",
        "contentType": "text/csv",
        "fileName": "numbers.csv",
        "sizeBytes": 100_000_000,
    }
    await announce(api, tree.partner_token, upload_input(tree, organization={"id": tree.partner_id}, **content))
    own = upload_input(tree, **content, idempotencyKey=fresh_key())
    assert await refused(api, tree.customer_token, "createUpload", own) == [("purpose", "NOT_ALLOWED")]


async def test_c9_a_paper_may_be_put_into_a_bucket_directly(bucketed: Api, bucket: Bucket, tree: Planted) -> None:
    """It is looked at when it is attached: what is not what was announced is refused then."""
    answers = []
    for content in (b"<html>" + PDF[6:], PDF):
        upload_id, url = await announce(bucketed, tree.partner_token, upload_input(tree))
        paper = contract_input(tree, uploadId=upload_id)
        assert await refused(bucketed, tree.partner_token, "createContract", paper) == [("uploadId", "REQUIRED")]
        async with httpx.AsyncClient() as client:
            assert (await client.put(url, content=content)).status_code == 200
        answers.append(paper)
    assert await refused(bucketed, tree.partner_token, "createContract", answers[0]) == [("uploadId", "INVALID")]
    made = await succeed(bucketed, tree.partner_token, "createContract", answers[1])
    file = made["CreateContractSuccess_contract"]["file"]
    assert (await bucketed.client.get(path_of(file["downloadUrl"]))).content == PDF
    assert [key for key in bucket.objects if upload_id in key and "incoming" in key] == []


@pytest.fixture
async def bucketed(
    settings: Settings, addresses: bootstrap.Addresses, database: None, bucket: Bucket
) -> AsyncIterator[Api]:
    """The API of a deployment that keeps its files in a bucket."""
    quiet = bootstrap.Addresses(addresses.database_url, "unix:///nowhere/redis.sock?db=0")
    app = create_app(settings.model_copy(update={"storage_url": "s3://files"}), quiet)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as client:
        yield Api(client)
