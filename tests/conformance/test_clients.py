"""Other people's GraphQL clients drive the product as their users would."""

import sys
from pathlib import Path

from gql import Client as GqlClient
from gql import gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from household import ROOT, Household, free_port
from tests.conformance.tools import FOLDER, Client
from tests.house import SAAS
from tests.processes.town import Town

PLACE = (FOLDER / "operations.graphql").read_text(encoding="utf-8")
# Queries by GET, of which these three tell, are declined where they are off.
BY_GET = ("5A70", "D6D5", "6A70")


async def test_the_server_audit_of_graphql_http_passes_whole(client: Client) -> None:
    """61 of 61, MAY and SHOULD included, with queries by GET on."""
    assert "61 of 61" in await client.run("node", "audit.mjs")


async def test_the_audit_declines_queries_by_get_and_nothing_else(town: Town, client: Client) -> None:
    """58 of 61 as the product comes: only what MAY be served by GET is not."""
    household = Household(town.household.addresses, town.household.log_dir / "by-post", town.household.environment)
    port = free_port()
    try:
        household.start("api", ["serve"], {"PROVENDER_PORT": str(port), "PROVENDER_QUERIES_BY_GET": "false"})
        household.await_http("api", f"http://127.0.0.1:{port}/readyz")
        said = await Client(f"http://127.0.0.1:{port}", client.planted).run("node", "audit.mjs", *BY_GET)
    finally:
        household.close()
    assert "58 of 61" in said


async def test_graphql_ws_follows_an_order(client: Client) -> None:
    """graphql-transport-ws: query, mutation, live update, early end, ping, refusal."""
    assert "COMPLETED" in await client.run("node", "graphql-ws.mjs")


async def test_graphql_sse_follows_an_order(client: Client) -> None:
    """Server-sent events, distinct connections: query, mutation, live update, early end, refusal."""
    assert "COMPLETED" in await client.run("node", "graphql-sse.mjs")


async def test_gql_plays_the_main_job(town: Town) -> None:
    """Python's gql, which reads the schema by introspection: place over HTTP, watch over WebSocket."""
    headers = {"authorization": f"Bearer {town.token}"}
    order = {
        "customer": {"id": town.planted.customer_id},
        "salesModel": "YEARLY",
        "lines": [{"planId": town.planted.plans["team-insights/professional"], "quantity": 2, "parameters": SAAS}],
        "idempotencyKey": "gql",
    }
    http = HTTPXAsyncTransport(f"{town.api_url}/graphql", headers=headers)
    async with GqlClient(transport=http, fetch_schema_from_transport=True) as session:
        request = gql(PLACE)
        request.variable_values = {"input": order}
        request.operation_name = "PlaceOrder"
        placed = (await session.execute(request))["placeOrder"]
    assert placed["__typename"] == "PlaceOrderSuccess"
    socket = WebsocketsTransport(f"{town.api_url.replace('http', 'ws')}/graphql", init_payload=headers)
    states: list[str] = []
    async with GqlClient(transport=socket) as session:
        request = gql(PLACE)
        request.variable_values = {"id": placed["order"]["id"]}
        request.operation_name = "OrderUpdated"
        async for update in session.subscribe(request):
            states.append(update["orderUpdated"]["state"])
            if states[-1] == "COMPLETED":
                break
    assert states[-1] == "COMPLETED"


async def test_ariadne_codegen_makes_a_client_that_plays_the_main_job(client: Client, tmp_path: Path) -> None:
    """ariadne-codegen from the SDL: typed Python methods that place an order and see it complete."""
    tool = Path(sys.prefix) / "ariadne-codegen" / "bin"  # its graphql-core is another than ours
    settings = (FOLDER / "ariadne.toml").read_text(encoding="utf-8")
    (tmp_path / "ariadne.toml").write_text(settings.replace("ROOT", str(ROOT)), encoding="utf-8")
    await client.run(tool / "ariadne-codegen", "--config", "ariadne.toml", cwd=tmp_path)
    said = await client.run(tool / "python", FOLDER / "ariadne_story.py", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert "COMPLETED" in said
