"""`provender seed` as an operator uses it."""

import json
from pathlib import Path

import bootstrap
from seeding import stock_size
from tests.house import Api
from tests.test_cli import provender


async def test_seeding_says_how_far_it_is_and_prints_tokens_that_work(
    api: Api, addresses: bootstrap.Addresses, tmp_path: Path
) -> None:
    """The bar goes to standard error, the result as JSON to standard output; a second run plants no second tenant."""
    first, second = [provender(addresses, tmp_path, "seed") for _ in range(2)]
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Products" in first.stderr
    assert "100%" in first.stderr
    planted, again = json.loads(first.stdout), json.loads(second.stdout)
    assert planted["distributor_id"] == again["distributor_id"]
    assert planted["plans"] == again["plans"]
    for token in (planted["customer_token"], again["customer_token"]):
        assert (await api.ask(token, "{ products { totalCount } }"))["totalCount"] == stock_size() + 3
