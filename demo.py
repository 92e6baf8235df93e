"""The demo: starts the whole house, plays the main job on it as its users would, and prints each step with its time."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from enum import Enum
from secrets import token_bytes
from typing import Any, Final

import httpx
from rich.console import Console
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

import bootstrap
from household import Household, free_port, is_free
from integrations.webhooks.signing import SECRET_BYTES_MIN, new_secret
from seeding import Planted, seed
from settings import Settings

_PATIENCE_SECONDS: Final = 15.0
_EXPECTED_CALLS: Final = ("PUT", "CALLBACK", "GET")
CREATE: Final = """
mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderSuccess { order { id number state } } ... on Error { code message } } }
"""
SUBMIT: Final = """
mutation ($input: SubmitOrderInput!) { submitOrder(input: $input) {
  ... on SubmitOrderSuccess { order { id state price { amount currency } cost { amount } margin { amount } } }
  ... on Error { code message } } }
"""
PLACE: Final = """
mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on PlaceOrderSuccess { order { id number state } } ... on Error { code message } } }
"""
ENDPOINT: Final = """
mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  ... on CreateWebhookEndpointSuccess { webhookEndpoint { id } secret } ... on Error { code message } } }
"""
REMOVE: Final = """
mutation ($input: DeleteWebhookEndpointInput!) { deleteWebhookEndpoint(input: $input) { __typename } }
"""
WATCH: Final = "subscription ($id: ID!) { orderUpdated(id: $id) { number state failure { code reason } } }"
OUTCOME: Final = """
query ($id: ID!) { order(id: $id) { state failure { code reason }
  lines { quantity plan { name } subscription { id state termStart expiresOn } } } }
"""


class Ending(Enum):
    """What happens once the story is told."""

    STOP = "stop"
    KEEP_RUNNING = "keep running"


class StepMissing(RuntimeError):
    """A step of the story was not seen in time."""


@dataclass(slots=True)
class Stage:
    """Prints what is seen, with the seconds since the curtain rose."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    began: float = field(default_factory=time.monotonic)

    def say(self, who: str, what: str, style: str = "") -> None:
        """One line."""
        self.console.print(f"[dim]{time.monotonic() - self.began:7.3f} s[/]  [bold]{who:<12}[/] {what}", style=style)


@dataclass(slots=True)
class Play:
    """The running house, from the outside: only HTTP and WebSocket, as any client has them."""

    stage: Stage
    api: str
    sandbox: str
    receiver: str
    planted: Planted
    client: httpx.AsyncClient

    async def ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """One GraphQL request as the partner; an expected failure ends the story."""
        headers = {"authorization": f"Bearer {self.planted.partner_token}"}
        body = {"query": query, "variables": variables}
        response = await self.client.post(f"{self.api}/graphql", json=body, headers=headers)
        is_json = response.headers.get("content-type", "").startswith("application/")
        answer: dict[str, Any] = response.json() if is_json else {"errors": response.text[:200]}
        if answer.get("errors"):
            raise StepMissing(f"the API answered {answer['errors']}")
        content: dict[str, Any] = next(iter(answer["data"].values()))
        if "message" in content:
            raise StepMissing(f"the API answered {content}")
        return content

    async def until(self, what: str, look: Callable[[], Awaitable[bool]]) -> None:
        """Look again and again until it is so; StepMissing past the patience of an audience."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while not await look():
            if time.monotonic() > end:
                raise StepMissing(f"not seen within {_PATIENCE_SECONDS:g} s: {what}")
            await asyncio.sleep(0.05)

    async def follow(self, order_id: str, number: str) -> list[str]:
        """Watch an order over a GraphQL subscription until it ends; answers the states that were seen."""
        states: list[str] = []
        url = self.api.replace("http", "ws", 1) + "/graphql"
        token = {"authorization": f"Bearer {self.planted.partner_token}"}
        protocols = [Subprotocol("graphql-transport-ws")]
        async with asyncio.timeout(_PATIENCE_SECONDS), connect(url, subprotocols=protocols) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": token}))
            await socket.recv()
            payload = {"query": WATCH, "variables": {"id": order_id}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            while not states or states[-1] not in {"COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "CANCELLED"}:
                message = json.loads(await socket.recv())
                if message["type"] != "next":
                    raise StepMissing(f"the live update ended with {message}")
                seen = message["payload"]["data"]["orderUpdated"]
                if not states or states[-1] != seen["state"]:
                    reason = f"  because: {seen['failure']['reason']}" if seen["failure"] else ""
                    self.stage.say("order", f"{number} [cyan]{seen['state']}[/]{reason}")
                    states.append(seen["state"])
        return states


async def _show_calls(play: Play, calls: list[str]) -> None:
    """Print each new call between us and the provisioner, as the sandbox logs it."""
    lines = (await play.client.get(f"{play.sandbox}/sandbox/log")).text.splitlines()
    for line in lines[len(calls) :]:
        entry = json.loads(line)
        calls.append(" ".join(str(value) for key, value in entry.items() if key != "at" and value is not None))
        play.stage.say("provisioner", calls[-1], style="magenta")


async def _show_deliveries(play: Play, types: list[str]) -> None:
    """Print each new delivery that the receiver has verified."""
    deliveries = (await play.client.get(f"{play.receiver}/deliveries")).json()["deliveries"]
    for delivery in deliveries[len(types) :]:
        event = delivery["event"]
        types.append(f"{event['type']} {event['data'].get('number', '')}".strip())
        play.stage.say("webhook", f"[green]{event['type']}[/] {event['id']} signature verified")


async def _watch(play: Play, calls: list[str], delivered: list[str]) -> None:
    while True:
        with suppress(httpx.HTTPError):
            await _show_calls(play, calls)
            await _show_deliveries(play, delivered)
        await asyncio.sleep(0.1)


def _order(planted: Planted, key: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "customer": {"id": planted.customer_id},
        "salesModel": "YEARLY",
        "lines": lines,
        "subscriptionReference": "ERP-7731",
        "idempotencyKey": key,
    }


def _lines(planted: Planted) -> list[dict[str, Any]]:
    cloud = {"dataLocation": "eu-central", "domain": "bergblick.example", "adminUsername": "admin"}
    return [
        {"planId": planted.plans["cloud-workspace/business"], "quantity": 25, "parameters": cloud},
        {
            "planId": planted.plans["team-insights/professional"],
            "quantity": 3,
            "parameters": {"companyName": "Bergblick Hotels"},
        },
    ]


async def _tell(play: Play, run: str) -> None:
    """Act one: from draft to completed. Act two: the provisioner cannot. Every step must be seen."""
    planted, calls, delivered = play.planted, list[str](), list[str]()
    watching = asyncio.create_task(_watch(play, calls, delivered))
    try:
        drafted = (await play.ask(CREATE, {"input": _order(planted, f"{run}-create", _lines(planted))}))["order"]
        play.stage.say("order", f"{drafted['number']} [cyan]{drafted['state']}[/] created with 2 lines")
        following = asyncio.create_task(play.follow(drafted["id"], drafted["number"]))
        submit = {"input": {"id": drafted["id"], "idempotencyKey": f"{run}-submit"}}
        order = (await play.ask(SUBMIT, submit))["order"]
        price = f"price {order['price']['amount']} {order['price']['currency']}"
        sums = f"{price}, cost {order['cost']['amount']}, margin {order['margin']['amount']}"
        play.stage.say("order", f"{drafted['number']} [cyan]{order['state']}[/] submitted: {sums}")
        if (states := await following)[-1] != "COMPLETED":
            raise StepMissing(f"the order went {' -> '.join(states)}")
        outcome = await play.ask(OUTCOME, {"id": drafted["id"]})
        for line in outcome["lines"]:
            had = line["subscription"]
            term = f"{had['termStart']} to {had['expiresOn']}"
            play.stage.say("subscription", f"{line['quantity']} x {line['plan']['name']} {had['state']}, {term}")

        await play.client.post(f"{play.sandbox}/sandbox/faults", json={"fault": "fail", "message": "no capacity left"})
        failing = _order(planted, f"{run}-fail", _lines(planted)[1:])
        refused = (await play.ask(PLACE, {"input": failing}))["order"]
        if (states := await play.follow(refused["id"], refused["number"]))[-1] != "FAILED":
            raise StepMissing(f"the failing order went {' -> '.join(states)}")

        number = drafted["number"]
        wanted = {
            f"order.{step} {number}" for step in ("created", "submitted", "approved", "provisioning", "completed")
        }
        wanted |= {"subscription.activated", "instance.provisioned", f"order.failed {refused['number']}"}
        await play.until(f"webhooks {sorted(wanted)}", lambda: _all_in(wanted, delivered))
        await play.until("calls to the provisioner and its callbacks", lambda: _all_in(set(_EXPECTED_CALLS), calls))
    finally:
        watching.cancel()


async def _all_in(wanted: set[str], seen: list[str]) -> bool:
    return all(any(item in text for text in seen) for item in wanted)


async def _perform(play: Play, house: Household, receiver_port: int, ending: Ending) -> None:
    run = str(time.time_ns())
    endpoint = {
        "organization": {"id": play.planted.partner_id},
        "url": f"{play.receiver}/webhooks",
        "eventTypes": ["order.*", "subscription.*", "instance.*"],
        "description": "the demo's receiver",
        "idempotencyKey": f"{run}-endpoint",
    }
    made = await play.ask(ENDPOINT, {"input": endpoint})
    house.start("receiver", ["receiver", "--port", str(receiver_port)], {"PROVENDER_RECEIVER_SECRET": made["secret"]})
    await asyncio.to_thread(house.await_http, "receiver", f"{play.receiver}/deliveries")
    play.stage.say("webhook", f"endpoint {made['webhookEndpoint']['id']} delivers to {play.receiver}")
    try:
        await _tell(play, run)
        play.stage.say("demo", "[bold green]every step was seen[/]")
        if ending is Ending.KEEP_RUNNING:
            _print_invitation(play)
            await asyncio.Event().wait()
    finally:
        with suppress(httpx.HTTPError, StepMissing):
            await play.ask(REMOVE, {"input": {"id": made["webhookEndpoint"]["id"]}})


def _print_invitation(play: Play) -> None:
    say = play.stage.console.print
    say(f'\nGraphiQL  {play.api}/graphql\nHeaders   {{"authorization": "Bearer <token>"}}')
    for who in ("distributor", "partner", "customer"):
        say(f"{who:<12}{getattr(play.planted, f'{who}_token')}")
    say("Ctrl-C stops everything.\n")


async def _run(house: Household, stage: Stage, settings: Settings, ending: Ending) -> None:
    planted = await seed(house.addresses)
    stage.say("seed", f"distributor, partner, customer, {len(planted.plans)} plans, prices on two edges")
    ports = {name: free_port() for name in ("sandbox", "receiver")}
    api_port = settings.port if is_free(settings.port) else free_port()
    secret = new_secret(token_bytes(SECRET_BYTES_MIN))
    sandbox, api = f"http://127.0.0.1:{ports['sandbox']}", f"http://127.0.0.1:{api_port}"
    house.environment = {
        "PROVENDER_PORT": str(api_port),
        "PROVENDER_PUBLIC_URL": api,
        "PROVENDER_PROVISIONERS": json.dumps(
            [
                {"key": kind, "kind": kind, "base_url": f"{sandbox}/{kind}", "secret": secret}
                for kind in ("cloud", "saas")
            ]
        ),
    }
    house.start("sandbox", ["sandbox", "--port", str(ports["sandbox"])], {"PROVENDER_SANDBOX_SECRET": secret})
    house.start("api", ["serve"])
    house.start("worker", ["worker"])
    await asyncio.to_thread(house.await_http, "sandbox", f"{sandbox}/healthz")
    await asyncio.to_thread(house.await_http, "api", f"{api}/readyz")
    stage.say("house", f"API at {api}, a worker, the sandbox provisioner at {sandbox}; logs in {house.log_dir}")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        receiver = f"http://127.0.0.1:{ports['receiver']}"
        await _perform(Play(stage, api, sandbox, receiver, planted, client), house, ports["receiver"], ending)


def play(settings: Settings, ending: Ending) -> int:
    """Play the story; 0 when every step was seen, 1 when one was not."""
    stage = Stage()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        stage.say("servers", "PostgreSQL and Redis answer")
        house = Household(addresses, settings.data_dir / "logs")
        stack.callback(house.close)
        try:
            asyncio.run(_run(house, stage, settings, ending))
        except (StepMissing, TimeoutError, httpx.HTTPError, ConnectionClosed) as error:
            stage.say("demo", f"[bold red]a step is missing:[/] {error!r}")
            for name in house.children:
                stage.console.print(f"--- {name}\n{house.tail(name)}", markup=False)
            return 1
        except KeyboardInterrupt:
            stage.say("demo", "stopping")
    return 0
