"""Runs the programs of docs/integrating as their READMEs say."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from household import ROOT, free_port
from tests.processes.town import Town, until

PROGRAMS: Final = ROOT / "docs" / "integrating"
_ENDPOINT: Final = """
mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  ... on CreateWebhookEndpointSuccess { secret } } }
"""


def told(town: Town) -> dict[str, str]:
    """What a program of a partner is told by its environment."""
    return {**os.environ, "PROVENDER_URL": town.api_url, "PROVENDER_TOKEN": town.token}


async def run(*command: str | Path, environment: Mapping[str, str], cwd: Path | None = None) -> tuple[int, str]:
    """Run a program to its end: its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@contextmanager
def receiving(log: Path, secret: str, port: int, *command: str | Path) -> Iterator[str]:
    """A receiver of webhooks while the block runs; what it prints goes to `log`. Yields its URL."""
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    with log.open("wb") as out, subprocess.Popen([str(part) for part in command], env=environment, stdout=out) as child:
        try:
            yield f"http://127.0.0.1:{port}/webhooks"
        finally:
            child.terminate()


async def endpoint_of(town: Town, key: str) -> tuple[str, int]:
    """Have the partner's order events delivered to a port of this machine: the secret, and the port."""
    port = free_port()
    content = {
        "organization": {"id": town.planted.partner_id},
        "url": f"http://127.0.0.1:{port}/webhooks",
        "eventTypes": ["order.*"],
        "idempotencyKey": key,
    }
    answer = await town.api.ask(town.token, _ENDPOINT, {"input": content})
    return answer["secret"], port


async def received(town: Town, log: Path, url: str) -> None:
    """Wait for a receiver to run, place an order, and see its events printed; what is forged is refused."""
    port = int(url.rpartition(":")[2].partition("/")[0])

    async def is_listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    await until("the receiver listens", is_listening)
    async with httpx.AsyncClient(trust_env=False) as client:
        forged = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
        assert (await client.post(url, json={"type": "order.completed"}, headers=forged)).status_code == 400
        assert (await client.post(url, content=b"x" * 300_000)).status_code in {400, 413}
    await town.completed(await town.place())

    async def is_printed() -> bool:
        return "order.completed" in _printed(log)

    await until("order.completed printed", is_printed)
    lines = _lines(log)
    assert len(lines) == len(set(lines)), f"each event once: {lines}"


def _printed(log: Path) -> list[str]:
    """The types of the events that were printed."""
    return [line.split(" ")[0] for line in _lines(log)]


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines()
