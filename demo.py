"""The demo: starts the whole house, tells it the four stories as its users would, prints each step with its time."""

import asyncio
import json
import re
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from enum import Enum
from secrets import token_bytes
from typing import Any, Final

import httpx
from rich.console import Console
from rich.markup import escape
from websockets.exceptions import ConnectionClosed

import bootstrap
from household import Household, free_port, is_free
from integrations.webhooks.signing import SECRET_BYTES_MIN, new_secret
from seeding import Planted, seed_all
from settings import Settings
from stories import STORIES, meet
from storyteller import StepMissing, Teller
from year import TITLE, pass_a_year

_EXPECTED_CALLS: Final = ("PUT", "CALLBACK", "GET", "DELETE")
_EVENTS: Final = ("order.*", "order_form.*", "subscription.*", "instance.*", "credentials.*", "number.*", "backorder.*")
_EXPECTED_EVENTS: Final = (
    *("order.created", "order_form.attached", "order.submitted", "order.approved", "order.provisioning"),
    *("order.completed", "order.failed", "order.retried", "subscription.activated", "subscription.trial_started"),
    *("instance.provisioned", "credentials.ready", "number.assigned", "backorder.fulfilled"),
)
_STATES: Final = re.compile(r"\b(DRAFT|PENDING_APPROVAL|APPROVED|PROVISIONING|COMPLETED|FAILED|ACTIVE|TRIALING)\b")
_ENDPOINT: Final = "webhookEndpoint { id } secret"


class Ending(Enum):
    """What happens once the stories are told."""

    STOP = "stop"
    KEEP_RUNNING = "keep running"


@dataclass(slots=True)
class Stage:
    """Prints what is seen, with the seconds since the curtain rose."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    began: float = field(default_factory=time.monotonic)

    def say(self, who: str, what: str, style: str = "") -> None:
        """One line; the states of orders stand out."""
        told = _STATES.sub(r"[cyan]\1[/]", escape(what))
        self.console.print(f"[dim]{time.monotonic() - self.began:7.3f} s[/]  [bold]{who:<12}[/] {told}", style=style)

    def title(self, what: str) -> None:
        """The beginning of a story."""
        self.console.print(f"\n[bold]{what}[/]")


@dataclass(slots=True)
class Wings:
    """What happens behind the stage: calls between the house and the provisioners, webhooks that were delivered."""

    stage: Stage
    teller: Teller
    receiver: str
    calls: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)

    async def watch(self) -> None:
        """Print what is new, until it is cancelled."""
        while True:
            with suppress(httpx.HTTPError):
                await self._show_calls()
                await self._show_deliveries()
            await asyncio.sleep(0.1)

    async def _show_calls(self) -> None:
        lines = (await self.teller.client.get(f"{self.teller.sandbox}/sandbox/log")).text.splitlines()
        for line in lines[len(self.calls) :]:
            entry = json.loads(line)
            self.calls.append(" ".join(str(value) for key, value in entry.items() if key != "at" and value is not None))
            if not self.calls[-1].startswith("GET"):  # looking how far it is: many times
                self.stage.say("provisioner", self.calls[-1].replace("/v1/instances/", " "), style="magenta")

    async def _show_deliveries(self) -> None:
        """The receiver has verified each of them, as the official library does."""
        found = (await self.teller.client.get(f"{self.receiver}/deliveries")).json()["deliveries"]
        for delivery in found[len(self.delivered) :]:
            event = delivery["event"]
            self.delivered.append(f"{event['type']} {event['data'].get('number') or ''}".strip())
            self.stage.say("webhook", f"{self.delivered[-1]}: signature verified", style="green")

    def seen(self, wanted: Sequence[str], where: Sequence[str]) -> Callable[[], Awaitable[bool]]:
        """Whether each of these is in something that was seen."""

        async def look() -> bool:
            return all(any(item in text for text in where) for item in wanted)

        return look


async def _tell(stage: Stage, teller: Teller, receiver: str, addresses: bootstrap.Addresses) -> None:
    """The stories, one after the other; every step must be seen, on the stage and behind it."""
    wings = Wings(stage, teller, receiver)
    watching = asyncio.create_task(wings.watch())
    try:
        stage.title("The people")
        await meet(teller)
        for title, story in STORIES.items():
            stage.title(title)
            await story(teller)
        stage.title(TITLE)
        await pass_a_year(teller, addresses)
        stage.title("What was seen")
        await teller.until(f"webhooks {_EXPECTED_EVENTS}", wings.seen(_EXPECTED_EVENTS, wings.delivered))
        await teller.until("calls to the provisioner and its callbacks", wings.seen(_EXPECTED_CALLS, wings.calls))
    finally:
        watching.cancel()
    stage.say("provisioner", f"{len(wings.calls)} calls and callbacks")
    stage.say("webhook", f"{len(wings.delivered)} deliveries, each with its signature verified")
    for address, subject in teller.caught():
        stage.say("mail", f"to {address}: {subject}")
    stage.say("mail", f"they lie in {teller.mails}, for any mail program")


async def _perform(stage: Stage, teller: Teller, house: Household, receiver_port: int, ending: Ending) -> None:
    receiver = f"http://127.0.0.1:{receiver_port}"
    endpoint = {
        "organization": {"id": teller.ids["partner"]},
        "url": f"{receiver}/webhooks",
        "eventTypes": list(_EVENTS),
        "description": "the demo's receiver",
    }
    made = await teller.make("partner", "createWebhookEndpoint", _ENDPOINT, endpoint)
    house.start("receiver", ["receiver", "--port", str(receiver_port)], {"PROVENDER_RECEIVER_SECRET": made["secret"]})
    await asyncio.to_thread(house.await_http, "receiver", f"{receiver}/deliveries")
    stage.say("webhook", f"endpoint {made['webhookEndpoint']['id']} delivers to {receiver}")
    try:
        await _tell(stage, teller, receiver, house.addresses)
        stage.say("demo", "every step was seen", style="bold green")
        if ending is Ending.KEEP_RUNNING:
            _print_invitation(stage, teller)
            await asyncio.Event().wait()
    finally:
        with suppress(httpx.HTTPError, StepMissing):
            await teller.do("partner", "deleteWebhookEndpoint", "__typename", {"id": made["webhookEndpoint"]["id"]})


def _print_invitation(stage: Stage, teller: Teller) -> None:
    say = stage.console.print
    say(f'\nGraphiQL  {teller.api}/graphql\nHeaders   {{"authorization": "Bearer <token>"}}')
    for who in ("distributor", "partner", "customer"):
        say(f"{who:<12}{teller.tokens[who]}")
    say("Ctrl-C stops everything.\n")


def _parts(planted: Planted, what: str) -> dict[str, str]:
    return {who: getattr(planted, f"{who}_{what}") for who in ("distributor", "partner", "customer")}


async def _run(house: Household, stage: Stage, settings: Settings, ending: Ending) -> None:
    names: list[str] = []
    planted = await seed_all(house.addresses, on_product=names.append)
    stage.say("seed", f"distributor, partner, customer, {len(names)} products of the catalogs, prices on two edges")
    ports = {name: free_port() for name in ("sandbox", "receiver")}
    api_port = settings.port if is_free(settings.port) else free_port()
    secret = new_secret(token_bytes(SECRET_BYTES_MIN))
    sandbox, api = f"http://127.0.0.1:{ports['sandbox']}", f"http://127.0.0.1:{api_port}"
    provisioners: list[dict[str, Any]] = [
        {"key": kind, "kind": kind, "base_url": f"{sandbox}/{kind}", "secret": secret}
        for kind in ("cloud", "saas", "voice")
    ]
    house.environment = {
        "PROVENDER_DATA_DIR": str(settings.data_dir.absolute()),
        "PROVENDER_PORT": str(api_port),
        "PROVENDER_PUBLIC_URL": api,
        "PROVENDER_PROVISIONERS": json.dumps(provisioners),
    }
    house.start("sandbox", ["sandbox", "--port", str(ports["sandbox"])], {"PROVENDER_SANDBOX_SECRET": secret})
    house.start("api", ["serve"])
    house.start("worker", ["worker"])
    await asyncio.to_thread(house.await_http, "sandbox", f"{sandbox}/healthz")
    await asyncio.to_thread(house.await_http, "api", f"{api}/readyz")
    stage.say("house", f"API at {api}, a worker, the sandbox provisioner at {sandbox}; logs in {house.log_dir}")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        mails, tokens, ids = settings.data_dir / "mail", _parts(planted, "token"), _parts(planted, "id")
        teller = Teller(client, api, sandbox, mails=mails, tokens=tokens, ids=ids, say=stage.say)
        await _perform(stage, teller, house, ports["receiver"], ending)


def _interrupt_however_it_ends() -> None:
    """Have a closed terminal, or whoever stops a background job, be a Ctrl-C: its processes would outlive the demo."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows has no SIGHUP
            signal.signal(number, signal.default_int_handler)


def play(settings: Settings, ending: Ending) -> int:
    """Play the stories; 0 when every step was seen, 1 when one was not."""
    _interrupt_however_it_ends()
    stage = Stage()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        stage.say("servers", "PostgreSQL and Redis answer")
        house = Household(addresses, settings.data_dir / "logs")
        stack.callback(house.close)
        try:
            asyncio.run(_run(house, stage, settings, ending))
        except (StepMissing, TimeoutError, httpx.HTTPError, ConnectionClosed) as error:
            stage.say("demo", f"a step is missing: {error!r}", style="bold red")
            for name in house.children:
                stage.console.print(f"--- {name}\n{house.tail(name)}", markup=False)
            return 1
        except KeyboardInterrupt:
            stage.say("demo", "stopping")
    return 0
