"""The GraphQL workloads: list, single and placeOrder, each beside the statement that answers the same."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any, Final

import bootstrap
from bench.figures import Figure, Results
from bench.ground import Fleet, Ground, Options
from bench.load import Measured, encode, measure, pooled
from domain.shared.ids import decode
from domain.shared.tenancy import Scope

CONNECTIONS: Final = 8
_LINES: Final = "lines { id quantity state unitPrice { amount } price { amount } cost { amount } }"
_FIELDS: Final = (
    "id number state salesModel cycleMultiplier currency autoRenew subscriptionReference createdAt submittedAt "
    f"price {{ amount }} cost {{ amount }} {_LINES}"
)
LIST: Final = f"query Orders {{ orders(first: 50) {{ nodes {{ {_FIELDS} }} pageInfo {{ endCursor }} }} }}"
SINGLE: Final = f"query Order($id: ID!) {{ order(id: $id) {{ {_FIELDS} }} }}"
PLACE: Final = """
mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on PlaceOrderSuccess { order { id number state price { amount } } } ... on Error { code message } } }
"""
_KEY: Final = "k" * 32  # stands for an idempotency key until each request gets its own


@dataclass(frozen=True, slots=True)
class Pair:
    """The requests to ours and those to the floor, without end."""

    ours: Iterator[bytes]
    floor: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a workload, and the CPU milliseconds that a request costs the servers of each."""

    ours: Measured
    floor: Measured
    cpu_ms: float
    floor_cpu_ms: float


def graphql(query: str, variables: Mapping[str, Any] | None, token: str) -> bytes:
    """A GraphQL request as it goes over the wire."""
    return encode("/graphql", json.dumps({"query": query, "variables": variables}).encode(), token)


def _floor(path: str, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: 2\r\n{lines}\r\n{{}}".encode()


def _bounds(ground: Ground) -> dict[str, str]:
    scope = Scope(ground.rows.loaded.partner_scope)
    return {"x-low": scope.lower, "x-high": scope.upper}


def list_pair(ground: Ground) -> Pair:
    """The first page of a partner's orders."""
    return Pair(cycle([graphql(LIST, None, ground.rows.token)]), cycle([_floor("/list", _bounds(ground))]))


def single_pair(ground: Ground) -> Pair:
    """One order after the other of the same partner."""
    ids, bounds = ground.rows.loaded.order_ids, _bounds(ground)
    return Pair(
        cycle([graphql(SINGLE, {"id": order_id}, ground.rows.token) for order_id in ids]),
        cycle([_floor("/single", {"x-id": str(decode("Order", order_id)), **bounds}) for order_id in ids]),
    )


def order_lines(plans: Mapping[str, str]) -> list[dict[str, Any]]:
    """Three lines of the planted catalog, as an order's input has them."""
    cloud = {"dataLocation": "eu-central", "domain": "bench.example", "adminUsername": "admin"}
    return [
        {"planId": plans["cloud-workspace/business"], "quantity": 25, "parameters": cloud},
        {"planId": plans["cloud-workspace/starter"], "quantity": 5, "parameters": cloud},
        {"planId": plans["team-insights/professional"], "quantity": 3, "parameters": {"companyName": "B"}},
    ]


def keyed_requests(query: str, content: Mapping[str, Any], token: str) -> Iterator[bytes]:
    """The same mutation again and again, each time with an idempotency key of its own."""
    template = graphql(query, {"input": {**content, "idempotencyKey": _KEY}}, token)
    before, _, after = template.partition(_KEY.encode())
    run = bootstrap.new_id().hex[:20]
    return (b"%b%b%012d%b" % (before, run.encode(), place, after) for place in count())


def place_pair(ground: Ground) -> Pair:
    """Orders of the planted customer, placed by its partner."""
    planted = ground.rows.planted
    content = {
        "customer": {"id": planted.customer_id},
        "salesModel": "YEARLY",
        "lines": order_lines(planted.plans),
    }
    customer = str(decode("Organization", planted.customer_id))
    plan = str(decode("Plan", planted.plans["cloud-workspace/business"]))
    return Pair(
        keyed_requests(PLACE, content, planted.partner_token),
        cycle([_floor("/place", {"x-customer": customer, "x-plan": plan})]),
    )


@dataclass(frozen=True, slots=True)
class Operation:
    """One GraphQL workload: its name, what the table calls it, its requests.

    `reference_rate` is what its floor does on the machine on which its goal in milliseconds was set, a second.
    """

    name: str
    title: str
    pair: Callable[[Ground], Pair]
    reference_rate: float | None = None

    async def measure(self, ground: Ground, results: Results) -> None:
        """Measure it beside its floor, and what the CPU of a request would be at the reference's speed."""
        compared = await compare(ground, self.pair(ground))
        ours, floor = compared.ours, compared.floor
        title, rates = self.title, (ours.rate, floor.rate)
        results.figures.append(Figure(self.name, title, "/s", *rates, ours.p50_ms, ours.p99_ms, compared.cpu_ms))
        if self.reference_rate is not None:
            there_ms = compared.cpu_ms * floor.rate / self.reference_rate
            results.figures += [
                Figure(f"{self.name}: CPU", f"{title}: CPU", " ms", compared.cpu_ms, compared.floor_cpu_ms),
                Figure(f"{self.name}: CPU there", f"{title}: CPU at the reference's speed", " ms", there_ms),
            ]


LIST_ORDERS: Final = Operation("list", "list of 50 orders", list_pair, reference_rate=1_191)
SINGLE_ORDER: Final = Operation("single", "single order", single_pair)
PLACE_ORDER: Final = Operation("place", "placeOrder, 3 lines", place_pair)


async def compare(ground: Ground, pair: Pair) -> Compared:
    """Load the floor and ours by turns, so that what else the machine does falls on both."""
    options = ground.bench.options
    sides: dict[str, tuple[Fleet, Iterator[bytes]]] = {
        "floor": (ground.floor, pair.floor),
        "ours": (ground.api, pair.ours),
    }
    rounds: dict[str, list[Measured]] = {name: [] for name in sides}
    cpu_seconds = dict.fromkeys(sides, 0.0)
    for _ in range(options.rounds):
        for name, (fleet, requests) in sides.items():
            before = fleet.cpu_seconds()
            rounds[name].append(await _one(fleet, requests, options))
            cpu_seconds[name] += fleet.cpu_seconds() - before
    measured = {name: pooled(of_side) for name, of_side in rounds.items()}
    cpu_ms = {name: cpu_seconds[name] / max(measured[name].answered, 1) * 1000 for name in sides}
    return Compared(measured["ours"], measured["floor"], cpu_ms["ours"], cpu_ms["floor"])


async def _one(fleet: Fleet, requests: Iterator[bytes], options: Options) -> Measured:
    return await measure(fleet.ports, requests, connections=CONNECTIONS, seconds=options.seconds)
