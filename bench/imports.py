"""A stock of a million numbers from a file: uploaded, imported by a worker, counted until the last line is in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bench.figures import Figure, Results
from bench.ground import Bench, spawn_api
from bench.load import Refused
from bench.machine import memory
from household import Household, free_port
from seeding import Planted

LINES: Final = 1_000_000
_PATIENCE_SECONDS: Final = 600.0
_LOOK_AGAIN_SECONDS: Final = 0.2
_UPLOAD: Final = """
mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
  ... on CreateUploadSuccess { url upload { id } } ... on Error { message } } }
"""
_IMPORT: Final = """
mutation ($input: ImportNumbersInput!) { importNumbers(input: $input) {
  ... on ImportNumbersSuccess { bulkOperation { id } } ... on Error { message } } }
"""
_PROGRESS: Final = "query ($id: ID!) { bulkOperation(id: $id) { state done failed failure { reason } } }"


@dataclass(frozen=True, slots=True)
class ImportGround:
    """An API and a worker on a database of their own, and who asks them."""

    house: Household
    planted: Planted
    client: httpx.AsyncClient
    worker: int

    async def ask(self, query: str, variables: dict[str, Any]) -> Any:
        """The value of the first root field."""
        answer = (await self.client.post("/graphql", json={"query": query, "variables": variables})).json()
        if "errors" in answer:
            raise Refused(json.dumps(answer["errors"]))
        return next(iter(answer["data"].values()))


@asynccontextmanager
async def open_import(bench: Bench) -> AsyncIterator[ImportGround]:
    """Plant a database and start both processes."""
    port = free_port()
    async with bench.database("provender_bench_import") as (addresses, planted):
        with bench.household(addresses) as house:
            files = {"PROVENDER_DATA_DIR": str(bench.folder / "import")}
            spawn_api(bench, house, "import", port, files)
            worker = bench.spawn(house, "worker", ["cli", "worker"], files)
            house.await_port("import", port)
            headers = {"authorization": f"Bearer {planted.distributor_token}"}
            url = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
                yield ImportGround(house, planted, client, worker)


def _file() -> bytes:
    """Numbers that are valid, each once, as a carrier lists them."""
    return ("number,rate_center\n" + "".join(f"{line},RC {line[4:7]}\n" for line in _numbers())).encode()


def _numbers() -> Iterator[str]:
    """A hundred exchanges with all their lines."""
    exchanges = ((npa, nxx) for npa in (212, 312, 415, 503, 617) for nxx in range(220, 240))
    return (f"+1{npa}{nxx}{line:04}" for npa, nxx in exchanges for line in range(10_000))


async def measure_import(ground: ImportGround, results: Results) -> None:
    """From the mutation to the end of the operation, and what the worker holds then."""
    upload_id = await _upload(ground, _file())
    content = {
        "organization": {"id": ground.planted.distributor_id},
        "uploadId": upload_id,
        "planId": ground.planted.plans["cloud-workspace/starter"],
        "country": "US",
        "rateCenter": "BENCH",
        "idempotencyKey": "import",
    }
    began = time.perf_counter()
    started = await ground.ask(_IMPORT, {"input": content})
    operation = await _ended(ground, started["bulkOperation"]["id"])
    seconds = time.perf_counter() - began
    if operation["done"] != LINES:
        raise Refused(json.dumps(operation))
    results.figures += [
        Figure("import", "import of 1,000,000 numbers", " s", seconds),
        Figure("import: RSS", "import: RSS of the worker", " MB", memory(ground.worker).rss_mb),
    ]


async def _upload(ground: ImportGround, content: bytes) -> str:
    announced = {
        "organization": {"id": ground.planted.distributor_id},
        "purpose": "NUMBER_IMPORT",
        "fileName": "stock.csv",
        "contentType": "text/csv",
        "sizeBytes": len(content),
        "idempotencyKey": "upload",
    }
    made = await ground.ask(_UPLOAD, {"input": announced})
    parts = urlsplit(made["url"])
    answer = await ground.client.put(f"{parts.path}?{parts.query}", content=content)
    if answer.is_error:
        raise Refused(answer.text)
    upload_id: str = made["upload"]["id"]
    return upload_id


async def _ended(ground: ImportGround, operation_id: str) -> Any:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            operation = await ground.ask(_PROGRESS, {"id": operation_id})
            if operation["state"] not in {"QUEUED", "RUNNING"}:
                return operation
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
