"""schemathesis writes documents of its own by the schema: whatever they ask, nothing breaks."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

import bootstrap
from resolvers.api import SCHEMA
from tests.conformance.tools import FOLDER, run
from tests.integrating.conftest import running_town
from tests.processes.town import Town, until

# Of each root field: some forty seconds in all. `make conformance SCHEMATHESIS_EXAMPLES=2000` searches for longer.
EXAMPLES: Final = os.environ.get("SCHEMATHESIS_EXAMPLES", "50")
SEED: Final = os.environ.get("SCHEMATHESIS_SEED", "1")
_CORE: Final = SCHEMA._schema  # noqa: SLF001 - graphql-core's own schema has no public name
ROOTS: Final = [kind for kind in (_CORE.query_type, _CORE.mutation_type) if kind]
_PATIENCE_SECONDS: Final = 3600
# Its own `not_a_server_error` takes any code that it does not know for a fault, BAD_INPUT too, and
# `positive_data_acceptance` any refusal: the check in schemathesis_hooks.py is stricter with what is ours.
_EXCLUDED: Final = "not_a_server_error,positive_data_acceptance"
_HAVE: Final = """
query { organizations { nodes { id } } orders { nodes { id lines { id } } }
  subscriptions { nodes { id } } events { nodes { id } } products { nodes { id plans { id } } }
  apiTokens { nodes { id } } webhookEndpoints { nodes { id } } webhookDeliveries { nodes { id } }
  provisioningOperations { nodes { id } } bulkOperations { nodes { id } } invoices { nodes { id } } }
"""
_INVOICE: Final = """
mutation ($input: IssueInvoicesInput!) { issueInvoices(input: $input) {
  ... on IssueInvoicesSuccess { bulkOperation { id } } ... on Error { message } } }
"""
# Nothing that is made up by the schema alone is an order that could be placed, or a text with words in it.
_NEVER_ANSWERED: Final = {"Query.previewOrder", "Query.search"}


def ids_in(value: Any) -> set[str]:
    """Every id in an answer, however deep."""
    if isinstance(value, dict):
        below = set().union(*(ids_in(each) for each in value.values()))
        return below | ({value["id"]} if isinstance(value.get("id"), str) else set())
    return set().union(*(ids_in(each) for each in value)) if isinstance(value, list) else set()


async def environment_of(town: Town, folder: Path) -> dict[str, str]:
    """What the hooks are told: the ids that there are, and where to leave what was seen."""
    answer = (await town.api.post(town.planted.distributor_token, _HAVE)).json()
    assert "errors" not in answer, answer
    return {
        "IDS": json.dumps(sorted(ids_in(answer["data"]))),
        "TALLY": str(folder / "tally.json"),
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(FOLDER),
    }


async def search(town: Town, token: str, folder: Path) -> dict[str, int]:
    """Let schemathesis loose with a token; what was asked, and whether it was answered."""
    environment = await environment_of(town, folder)
    options = {
        "--header": f"authorization: Bearer {token}",
        "--phases": "fuzzing",
        "--mode": "all",
        "--checks": "all",
        "--exclude-checks": _EXCLUDED,
        "--seed": SEED,
        "--max-examples": EXAMPLES,
        "--generation-database": "none",
        "--output-sanitize": "false",
    }
    tool = str(Path(sys.prefix) / "schemathesis" / "bin" / "schemathesis")
    command = [tool, "run", f"{town.api_url}/graphql", *(part for option in options.items() for part in option)]
    await asyncio.to_thread(
        lambda: run(*command, cwd=folder, environment=environment, patience_seconds=_PATIENCE_SECONDS)
    )
    tally: dict[str, int] = json.loads((folder / "tally.json").read_text(encoding="utf-8"))
    return tally


async def invoiced(town: Town) -> None:
    """Issue an invoice of what the order has charged, by a bulk operation."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # which it may be already where the customer is
    period = {"periodStart": str(tomorrow - timedelta(days=30)), "periodLastDay": str(tomorrow)}
    content = {**period, "idempotencyKey": "invoices"}
    answer = await town.api.ask(town.planted.distributor_token, _INVOICE, {"input": content})
    assert "bulkOperation" in answer, answer

    async def look() -> bool:
        return bool(await town.database.fetchval("SELECT count(*) FROM invoices"))

    await until("an invoice", look)


@pytest.fixture(scope="module")
async def playground(servers: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town to be laid waste: with an order, and budgets that never empty, for a request refused finds nothing."""
    budget = {
        "PROVENDER_COST_MAXIMUM": "2000000000",
        "PROVENDER_COST_RESTORE_PER_SECOND": "1000000000",
        "PROVENDER_ATTEMPTS_PER_SUBJECT": "1000000",
        "PROVENDER_ATTEMPTS_PER_ADDRESS": "1000000",
    }
    async with running_town(servers, tmp_path_factory.mktemp("schemathesis"), budget) as town:
        await town.completed(await town.place())
        await invoiced(town)
        yield town
        assert "Traceback" not in town.household.tail("api", 10_000_000)


async def test_schemathesis_finds_no_fault(playground: Town, tmp_path: Path) -> None:
    """No 5xx, no INTERNAL, nothing but GraphQL responses; each root field was also seen to answer."""
    tally = await search(playground, playground.planted.distributor_token, tmp_path)
    fields = {f"{kind.name}.{name}" for kind in ROOTS for name in kind.fields}
    assert {name for name in fields if not tally.get(f"{name} answered")} <= _NEVER_ANSWERED


async def test_schemathesis_finds_no_fault_as_a_customer(playground: Town, tmp_path: Path) -> None:
    """The same for who may do less: what is forbidden is said so."""
    assert await search(playground, playground.planted.customer_token, tmp_path)
