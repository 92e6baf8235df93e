"""Who tells the stories: a client of the running house, with nothing but HTTP, WebSocket and the mails it sends."""

import asyncio
import email.policy
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS: Final = 20.0
ENDED: Final = frozenset({"COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "CANCELLED", "REJECTED"})
_WATCH: Final = "subscription ($id: ID!) { orderUpdated(id: $id) { number state failure { code reason } } }"
_PLANS: Final = (
    "query ($key: String!) { products(where: {key: {eq: $key}}) { nodes { plans { id key } terms { id } } } }"
)
_LINK: Final = re.compile(r"#token=(\S+)")
Say = Callable[[str, str], None]


class StepMissing(RuntimeError):
    """A step of a story was not seen, or not in time."""


def must(holds: object, what: str) -> None:
    """StepMissing unless it holds."""
    if not holds:
        raise StepMissing(f"it is not so: {what}")


@dataclass(slots=True)
class Teller:
    """Plays every part of a story; `tokens` are those of distributor, partner and, later, of people, by who they are.

    `run` makes names that no earlier run has; `mails` is the folder in which the house catches them.
    """

    client: httpx.AsyncClient
    api: str
    sandbox: str
    mails: Path
    tokens: dict[str, str]
    ids: Mapping[str, str]
    say: Say
    run: str = field(default_factory=lambda: uuid4().hex[:10])
    _plans: dict[str, str] = field(default_factory=dict)
    _terms: dict[str, str] = field(default_factory=dict)

    async def look(self, who: str, query: str, **variables: Any) -> Any:
        """The first root field of a query."""
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who else {}
        body = {"query": query, "variables": variables}
        response = await self.client.post(f"{self.api}/graphql", json=body, headers=headers)
        is_json = response.headers.get("content-type", "").startswith("application/")
        answer: dict[str, Any] = response.json() if is_json else {"errors": response.text[:200]}
        if answer.get("errors"):
            raise StepMissing(f"the API answered {answer['errors']}")
        return next(iter(answer["data"].values()))

    async def ask(self, who: str, mutation: str, shows: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """What a mutation answers, be it what its success `shows` or an error."""
        name = mutation[0].upper() + mutation[1:]
        query = (
            f"mutation ($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename "
            f"... on {name}Success {{ {shows} }} ... on Error {{ code message }} "
            "... on InvalidInput { fields { path code message } } } }"
        )
        answer: dict[str, Any] = await self.look(who, query, input=content)
        return answer

    async def do(self, who: str, mutation: str, shows: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """A mutation that must succeed."""
        answer = await self.ask(who, mutation, shows, content)
        must(answer["__typename"].endswith("Success"), f"{mutation}: {answer}")
        return answer

    async def make(self, who: str, mutation: str, shows: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The same of one that creates, charges or provisions: under an idempotency key."""
        return await self.do(who, mutation, shows, {**content, "idempotencyKey": uuid4().hex})

    async def plan(self, name: str) -> str:
        """The id of a plan by `product/plan`, as the catalog of the partner has it."""
        if name not in self._plans:
            product, key = name.split("/")
            (found,) = (await self.look("partner", _PLANS, key=product))["nodes"]
            self._plans |= {f"{product}/{plan['key']}": plan["id"] for plan in found["plans"]}
            self._terms |= {plan["id"]: found["terms"]["id"] for plan in found["plans"] if found["terms"]}
            must(f"{product}/{key}" in self._plans, f"there is a plan {name}")
        return self._plans[name]

    async def line(self, name: str, quantity: int, **parameters: Any) -> dict[str, Any]:
        """A line of an order."""
        return {"planId": await self.plan(name), "quantity": quantity, "parameters": parameters}

    def terms(self, lines: Sequence[Mapping[str, Any]]) -> list[str]:
        """The terms of service of what these lines order."""
        return list({self._terms[line["planId"]] for line in lines if line["planId"] in self._terms})

    async def upload(self, who: str, owner_id: str, purpose: str, name: str, kind: str, content: bytes) -> str:
        """A file, announced and sent to the signed address; the id of its upload."""
        announced = {"organization": {"id": owner_id}, "purpose": purpose, "fileName": name, "contentType": kind}
        made = await self.make(who, "createUpload", "upload { id } url", {**announced, "sizeBytes": len(content)})
        sent = await self.client.put(made["url"], content=content)
        must(sent.is_success, f"the file is taken: {sent.status_code} {sent.text}")
        upload_id: str = made["upload"]["id"]
        return upload_id

    async def arm(self, fault: str, **how: Any) -> None:
        """Let the sandbox misbehave once."""
        await self.client.post(f"{self.sandbox}/sandbox/faults", json={"fault": fault, **how})

    async def until(self, what: str, look: Callable[[], Awaitable[Any]]) -> Any:
        """Look again and again until there is something; StepMissing past the patience of an audience."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (found := await look()):
            if time.monotonic() > end:
                raise StepMissing(f"not seen within {PATIENCE_SECONDS:g} s: {what}")
            await asyncio.sleep(0.05)
        return found

    async def letter(self, address: str, subject: str) -> EmailMessage:
        """The mail to an address that has these words in its subject."""

        async def look() -> EmailMessage | None:
            return next((mail for to, mail in self._caught() if to == address and subject in mail["Subject"]), None)

        found: EmailMessage = await self.until(f"a mail to {address}: {subject}", look)
        self.say("mail", f"to {address}: {found['Subject']}")
        return found

    def _caught(self) -> Iterator[tuple[str, EmailMessage]]:
        """The mails of this run, whose addresses are its own, in the order of their ids."""
        for path in sorted(self.mails.glob("*.eml")):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if self.run in str(mail["To"]):
                yield str(mail["To"]), mail

    def caught(self) -> list[tuple[str, str]]:
        """To whom each mail of this run went, and its subject."""
        return [(to, mail["Subject"].strip()) for to, mail in self._caught()]  # a long one begins on the next line

    async def link_in(self, address: str, subject: str) -> str:
        """The secret behind the link of such a mail."""
        body = (await self.letter(address, subject)).get_body(("plain",))
        found = _LINK.search(body.get_content() if body else "")
        if found is None:
            raise StepMissing(f"the mail to {address} has a link")
        return found[1]

    async def follow(self, who: str, order_id: str) -> list[str]:
        """Watch an order by a GraphQL subscription until it ends; the states that were seen."""
        states: list[str] = []
        url, protocols = self.api.replace("http", "ws", 1) + "/graphql", [Subprotocol("graphql-transport-ws")]
        async with asyncio.timeout(PATIENCE_SECONDS), connect(url, subprotocols=protocols) as socket:
            hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {self.tokens[who]}"}}
            await socket.send(json.dumps(hello))
            await socket.recv()
            payload = {"query": _WATCH, "variables": {"id": order_id}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            while not states or states[-1] not in ENDED:
                message = json.loads(await socket.recv())
                must(message["type"] == "next", f"the live update goes on: {message}")
                seen = message["payload"]["data"]["orderUpdated"]
                if not states or states[-1] != seen["state"]:
                    reason = f", because: {seen['failure']['reason']}" if seen["failure"] else ""
                    self.say("order", f"{seen['number']} {seen['state']}{reason}")
                    states.append(seen["state"])
        return states

    async def ends(self, who: str, order_id: str, state: str) -> None:
        """Watch an order until it ends, which must be so."""
        states = await self.follow(who, order_id)
        must(states[-1] == state, f"the order ends {state}: {' -> '.join(states)}")
