"""One trace from a mutation over its events and its provisioning to the webhooks that tell of it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from domain.shared import database
from domain.shared.ids import decode
from integrations.otlp import OtlpSpans
from jobs.workshop import Workshop
from resolvers.traced import Traced
from seeding import Planted
from tests.api.bases import endpoint_input, fresh_key
from tests.api.worlds import run_all, run_tree, succeed
from tests.house import Api, order_input
from tests.integrations.sandboxes import serving

BUY = """
mutation Buy($i: PlaceOrderInput!) { placeOrder(input: $i) { __typename ... on PlaceOrderSuccess { order { id } } } }
"""
SAVE = """
mutation ($i: CreateOrderInput!) { createOrder(input: $i) { __typename ... on CreateOrderSuccess { order { id } } } }
"""
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = bytes.fromhex(CALLER.split("-")[1])


@dataclass
class Collector:
    """A receiver of traces by OTLP, and of webhooks, with what it got."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    hooks: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        """Its routes."""

        async def take(request: Request) -> Response:
            export = ExportTraceServiceRequest.FromString(await request.body())
            for resource in export.resource_spans:
                names = [one.value.string_value for one in resource.resource.attributes if one.key == "service.name"]
                self.services.update(names)
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
            return Response(status_code=200)

        async def hook(request: Request) -> Response:
            self.hooks.append(dict(request.headers))
            return Response(status_code=204)

        return Starlette(
            routes=[Route("/v1/traces", take, methods=["POST"]), Route("/webhooks", hook, methods=["POST"])]
        )


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """A collector behind a real socket."""
    made = Collector()
    async with serving(made.app()) as url:
        made.url = url
        yield made


async def post(
    app: ASGIApp, tree: Planted, query: str, variables: dict[str, Any], traceparent: str = CALLER
) -> httpx.Response:
    """What the API answers to a request that is a part of a caller's trace."""
    transport = httpx.ASGITransport(app=app)
    headers = {"authorization": f"Bearer {tree.partner_token}", "traceparent": traceparent}
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as client:
        return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def test_one_trace_from_mutation_to_delivery(
    app: Starlette, api: Api, shop: Workshop, tree: Planted, collector: Collector
) -> None:
    """The caller's trace goes on in the request, each reaction, each call to a provisioner and each webhook."""
    hooked = endpoint_input(tree, url=f"{collector.url}/webhooks", eventTypes=["order.completed"])
    await succeed(api, tree.partner_token, "createWebhookEndpoint", hooked)
    spans = OtlpSpans(collector.url, "provender-test")
    answer = await post(Traced(app, spans), tree, BUY, {"i": order_input(tree, fresh_key())})
    order_id = answer.json()["data"]["placeOrder"]["order"]["id"]
    traced = replace(shop, spans=spans)
    await run_all(traced, [tree], order_id)
    await run_tree(traced, tree)
    await asyncio.to_thread(spans.close)
    own = [span for span in collector.spans if span.trace_id == TRACE]
    names = {span.name for span in own}
    assert {"POST /graphql", "event order.approved", "provision CREATE", "event order.completed", "webhook"} <= names
    assert collector.services == {"provender-test"}
    by_id = {span.span_id: span for span in own}
    roots = [span for span in own if span.parent_span_id not in by_id]
    assert [(span.name, span.parent_span_id.hex()) for span in roots] == [("POST /graphql", CALLER.split("-")[2])]
    told = {one.key: one.value for one in roots[0].attributes}
    assert told["graphql.operation.name"].string_value == "Buy"
    assert told["http.response.status_code"].int_value == 200
    [hook] = collector.hooks
    delivery = next(span for span in own if span.name == "webhook")
    assert hook["traceparent"] == f"00-{TRACE.hex()}-{delivery.span_id.hex()}-01"


async def test_nothing_is_traced_unless_it_is_asked_for(app: Starlette, tree: Planted) -> None:
    """Without a receiver of traces a caller's trace is not kept, nor handed on."""
    answer = await post(app, tree, SAVE, {"i": order_input(tree, fresh_key())})
    order_id = decode("Order", answer.json()["data"]["createOrder"]["order"]["id"])
    kept = await database.fetch("SELECT traceparent FROM events WHERE aggregate_id = $1", order_id)
    assert [row["traceparent"] for row in kept] == [None]


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_receiver_of_traces_that_is_away_harms_nobody(app: Starlette, tree: Planted, *, hangs: bool) -> None:
    """Requests are answered as ever, whether it refuses or hangs; what could not be told is dropped within seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1] if hangs else 9
        spans = OtlpSpans(f"http://127.0.0.1:{port}", "provender-test")
        answer = await post(Traced(app, spans), tree, "{ viewer { __typename } }", {}, traceparent="nonsense")
        assert answer.status_code == 200
        began = time.monotonic()
        await asyncio.to_thread(spans.close)
        assert time.monotonic() - began < 8
