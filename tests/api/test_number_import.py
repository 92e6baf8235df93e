"""N1: a seller's stock comes from files, in steps that survive whatever dies."""

from typing import Any

import pytest

from domain.numbers import importing as importing_steps
from domain.shared import database
from domain.shared.ids import decode
from jobs.bulk import step
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.phones import block, importing, stock
from tests.api.uploads import uploaded
from tests.api.walk import document
from tests.api.worlds import run_tree, succeed
from tests.house import Api

OPERATION = """
query ($id: ID!) { bulkOperation(id: $id) {
  state kind total done failed errors { item code message } failure { code reason } } }
"""
FILE = """number,rate_center,sku
+14155550100,,
(415) 555-0101,Okld Main,
4155550102,,team-insights/professional
415555,,
"+1 415 555 0103","Oak, Land",
+14155550104,,no/such

+14155550100,,
+18005550199,,
+43 662 12345678,Salzburg,
"""


async def start(api: Api, tree: Planted, file: str, **changes: Any) -> str:
    """The bulk operation of an import into the distributor's stock."""
    owner = {"id": tree.distributor_id}
    upload_id = await uploaded(
        api, tree.distributor_token, tree, file.encode(), organization=owner, purpose="NUMBER_IMPORT",
        fileName="stock.csv", contentType="text/csv",
    )  # fmt: skip
    content = importing(tree, upload_id, organization=None, **changes)
    answer = await succeed(api, tree.distributor_token, "importNumbers", content)
    operation_id: str = answer["ImportNumbersSuccess_bulkOperation"]["id"]
    return operation_id


async def ended(api: Api, tree: Planted, operation_id: str) -> Any:
    """How an operation ended."""
    return await api.ask(tree.distributor_token, OPERATION, {"id": operation_id})


async def in_stock(tree: Planted) -> list[tuple[Any, ...]]:
    """The distributor's numbers: number, country, rate center, kind, SKU."""
    rows = await database.fetch(
        "SELECT n.e164, n.country, n.rate_center, n.kind, p.key FROM numbers n JOIN plans p ON p.id = n.plan_id "
        "WHERE n.seller_id = $1 ORDER BY n.e164",
        decode("Organization", tree.distributor_id),
    )
    return [tuple(row) for row in rows]


async def test_n1_a_file_becomes_stock_and_its_bad_lines_are_named(api: Api, shop: Workshop, tree: Planted) -> None:
    """Numbers come as people write them; what is wrong is told by line, and the rest is imported."""
    operation_id = await start(api, tree, FILE)
    await run_tree(shop, tree)
    assert await ended(api, tree, operation_id) == {
        "state": "COMPLETED", "kind": "NUMBER_IMPORT", "total": 9, "done": 7, "failed": 2, "failure": None,
        "errors": [
            {"item": "line 5", "code": "INVALID", "message": "'415555' is no valid number"},
            {"item": "line 7", "code": "NOT_FOUND", "message": "there is no SKU 'no/such'"},
        ],
    }  # fmt: skip
    assert await in_stock(tree) == [
        ("+14155550100", "US", "SNFC CNTRL", "LOCAL", "starter"),
        ("+14155550101", "US", "OKLD MAIN", "LOCAL", "starter"),
        ("+14155550102", "US", "SNFC CNTRL", "LOCAL", "professional"),
        ("+14155550103", "US", "OAK, LAND", "LOCAL", "starter"),
        ("+18005550199", "US", "SNFC CNTRL", "TOLL_FREE", "starter"),
        ("+4366212345678", "AT", "SALZBURG", "LOCAL", "starter"),
    ]


async def test_n1_a_file_can_be_imported_again(api: Api, shop: Workshop, tree: Planted) -> None:
    """What the seller has stays as it is; what another of the tree has is told of."""
    numbers = block("+14155550100", 3)
    await stock(tree, numbers[:1], rate_center="WAS HERE")
    await stock(tree, numbers[1:2], seller=tree.partner_id)
    operation_id = await start(api, tree, "number\n" + "\n".join(numbers))
    await run_tree(shop, tree)
    answer = await ended(api, tree, operation_id)
    assert (answer["state"], answer["done"], answer["failed"]) == ("COMPLETED", 2, 1)
    assert answer["errors"] == [
        {"item": "line 3", "code": "ALREADY_EXISTS", "message": "+14155550101 is in somebody else's inventory"}
    ]
    assert [(row[0], row[2]) for row in await in_stock(tree)] == [
        ("+14155550100", "WAS HERE"),
        ("+14155550102", "SNFC CNTRL"),
    ]


async def test_n1_an_import_goes_on_where_the_last_step_ended(
    api: Api, shop: Workshop, tree: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps end with whole lines; one that is lost with its worker is done again, and each number comes once."""
    monkeypatch.setattr(importing_steps, "LINES", 1)
    numbers = block("+14155550000", 3000)
    name = "sku;number;rate_center\n" + "".join(f";{number};Place {number[-1]}\n" for number in numbers)
    filler = "\n" * 1_100_000  # more than is read at once
    operation_id = decode("BulkOperation", await start(api, tree, name + filler + f";{numbers[-1][:-1]}9;Last"))
    for _ in range(2):  # the first time its lease is lost before it can commit
        row = await database.fetch_row("SELECT * FROM bulk_operations WHERE id = $1", operation_id)
        await step(shop, {**(row or {}), "lease_token": operation_id})
    assert await in_stock(tree) == []
    await run_tree(shop, tree)
    row = await database.fetch_row("SELECT * FROM bulk_operations WHERE id = $1", operation_id)
    assert row is not None
    assert (row["state"], row["done"], row["failed"], row["attempts"]) == ("COMPLETED", 3001, 0, 0)
    assert [number for number, *_ in await in_stock(tree)] == numbers


@pytest.mark.parametrize("file", ["telephone\n+14155550100\n", "+14155550100\n"])
async def test_n1_a_file_without_its_header_fails(api: Api, shop: Workshop, tree: Planted, file: str) -> None:
    """And the reason is told."""
    operation_id = await start(api, tree, file)
    await run_tree(shop, tree)
    answer = await ended(api, tree, operation_id)
    assert (answer["state"], answer["failure"]["code"], answer["done"]) == ("FAILED", "BAD_INPUT", 0)


async def test_n1_an_import_whose_file_is_gone_fails(api: Api, shop: Workshop, tree: Planted) -> None:
    """Somebody emptied the storage: no later try would find it, and whoever waits for the import is told."""
    operation_id = await start(api, tree, FILE)
    sql = "SELECT parameters->>'storage_key' FROM bulk_operations WHERE id = $1"
    key = await database.fetch_value(sql, decode("BulkOperation", operation_id))
    await shop.storage.forget(key.partition("/")[0])
    await run_tree(shop, tree)
    operation = await ended(api, tree, operation_id)
    assert (operation["state"], operation["done"]) == ("FAILED", 0)
    assert operation["failure"] == {"code": "NOT_FOUND", "reason": "the file of the upload was not found"}


async def test_n1_only_a_stored_file_for_numbers_is_imported(api: Api, tree: Planted) -> None:
    """Every problem of the input is named; a customer may not import at all."""
    upload_id = await uploaded(api, tree.partner_token, tree)
    content = importing(tree, upload_id, country="xx", rateCenter=" ")
    query = document("mutation", "importNumbers")
    answer = await api.ask(tree.partner_token, query, {"input": content})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["country", "rateCenter"]
    answer = await api.ask(tree.partner_token, query, {"input": importing(tree, upload_id)})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["uploadId"]
    error = await api.refuse(tree.customer_token, query, {"input": importing(tree, upload_id)})
    assert error["extensions"]["code"] == "FORBIDDEN"
