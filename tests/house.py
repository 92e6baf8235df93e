"""What tests share: trees to act in, the API as a client sees it, the jobs run until nothing is due."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from domain.catalog.seeds import read_story
from domain.shared import database
from domain.shared.writes import Writes
from integrations.storage import LocalStorage
from jobs.bulk import bulk_pump
from jobs.outbox import outbox_pump
from jobs.provisioning import provisioning_pump
from jobs.webhooks import webhook_pump
from jobs.workshop import Workshop
from seeding import Planted, plant

CLOUD = {"dataLocation": "eu-central", "domain": "bergblick.example", "adminUsername": "admin"}
SAAS = {"companyName": "Bergblick Hotels"}


async def plant_tree(suffix: str) -> Planted:
    """Plant the story under names of its own."""
    story = read_story()
    for who in ("distributor", "partner", "customer"):
        story[who]["name"] += f" {suffix}"
    return await plant(story)


async def written(prepare: Callable[[Writes], Awaitable[Mapping[str, Any]]]) -> UUID:
    """Send what an action prepares; the id of the row that it made."""
    writes = Writes()
    row_id: UUID = (await prepare(writes))["id"]
    await writes.send()
    return row_id


class NoStorage(LocalStorage):
    """For who uploads nothing."""

    def __init__(self) -> None:
        """Without a folder."""

    def read(self, key: str) -> AsyncIterator[bytes]:
        """There is nothing."""
        raise FileNotFoundError(key)


@dataclass(frozen=True, slots=True)
class Api:
    """The GraphQL API through HTTP."""

    client: httpx.AsyncClient

    async def post(self, token: str | None, query: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
        """One request, whatever comes back."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, token: str, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """One request that must succeed: the value of its first root field."""
        answer = (await self.post(token, query, variables)).json()
        assert "errors" not in answer, answer["errors"]
        return next(iter(answer["data"].values()))

    async def refuse(self, token: str | None, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """One request that must be refused at the top level: its first error."""
        answer = (await self.post(token, query, variables)).json()
        assert answer.get("errors"), answer
        return answer["errors"][0]


PLACE_ORDER = """
mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename
  ... on PlaceOrderSuccess { order { id number state price { amount currency } cost { amount } margin { amount }
    lines { quantity state plan { key } product { key } price { amount } cost { amount } } } }
  ... on Error { code message }
  ... on InvalidInput { fields { path code message } }
  ... on Conflict { current allowed } } }
"""


def order_input(tree: Planted, key: str, **changes: Any) -> dict[str, Any]:
    """A complete order of the tree's customer: 25 cloud workspaces and 3 seats of the application, yearly."""
    content = {
        "customer": {"id": tree.customer_id},
        "salesModel": "YEARLY",
        "lines": [
            {"planId": tree.plans["cloud-workspace/business"], "quantity": 25, "parameters": CLOUD},
            {"planId": tree.plans["team-insights/professional"], "quantity": 3, "parameters": SAAS},
        ],
        "idempotencyKey": key,
    }
    return content | changes


async def run_jobs(shop: Workshop, *, rounds: int = 50) -> None:
    """Run every queue in this process until a round finds nothing due."""
    pumps = [make(shop, 1.0) for make in (outbox_pump, provisioning_pump, bulk_pump, webhook_pump)]
    for _ in range(rounds):
        worked = 0
        for pump in pumps:
            rows = await pump.claim(200)
            worked += len(rows)
            for start in range(0, len(rows), pump.batch):
                await pump.act(shop, rows[start : start + pump.batch])
        if not worked:
            return
    raise AssertionError("the jobs never come to rest")


async def make_due(table: str) -> None:
    """Let what waits in a queue come due now, as if its time had passed."""
    await database.execute(f"UPDATE {table} SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL")  # noqa: S608 - a constant
