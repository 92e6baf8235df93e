"""What the tests of provisioners share: a sandbox behind a real socket, and operations to ask of it."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import uvicorn
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from domain.provisioning.states import Action
from domain.shared.ids import encode
from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy
from integrations.provisioners.base import Accepted, InProgress, InstanceRequest, Outcome, Provisioner, Succeeded
from integrations.provisioners.http import CONNECT_SECONDS, HttpProvisioner
from integrations.provisioners.sandbox.app import SandboxSettings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
QUICK = SandboxSettings(work_seconds=0.05)


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def create(parameters: Mapping[str, object] | None = None) -> InstanceRequest:
    """Build the creation of a new instance."""
    return InstanceRequest(
        instance_id=encode("Instance", uuid7()),
        operation_id=encode("ProvisioningOperation", uuid7()),
        action=Action.CREATE,
        product="workspace",
        plan="business",
        quantity=25,
        parameters=parameters or {},
        generation=1,
        callback_url="http://127.0.0.1:9/callbacks/none",
        deadline=now() + timedelta(minutes=5),
    )


def following(request: InstanceRequest, action: Action, *, quantity: int = 25) -> InstanceRequest:
    """Build the next operation on the same instance."""
    return replace(
        request,
        operation_id=encode("ProvisioningOperation", uuid7()),
        action=action,
        quantity=quantity,
        generation=request.generation + 1,
    )


async def settled(provisioner: Provisioner, request: InstanceRequest) -> Outcome:
    """Poll the operation until it has moved."""
    async with asyncio.timeout(5):
        outcome = await provisioner.poll(request.instance_id, request.operation_id)
        while isinstance(outcome, InProgress):
            await asyncio.sleep(0.02)
            outcome = await provisioner.poll(request.instance_id, request.operation_id)
    return outcome


async def done(provisioner: Provisioner, request: InstanceRequest) -> Succeeded:
    """Apply the operation and wait for its success."""
    assert isinstance(await provisioner.apply(request), Accepted)
    outcome = await settled(provisioner, request)
    assert isinstance(outcome, Succeeded)
    return outcome


async def instances(url: str) -> list[dict[str, object]]:
    """List what the sandbox has."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/sandbox/instances")
    listed: list[dict[str, object]] = answer.json()
    return listed


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Run an ASGI application, its lifespan included, behind a real socket, in a thread with a loop of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="critical", lifespan="on", ws="none", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():  # noqa: ASYNC110 - uvicorn, in its thread, sets no asyncio.Event
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)
        listener.close()


def new_http() -> HttpClient:
    """Build a client that may call local servers."""
    policy = EgressPolicy(allow_http=True, allow_private=True)
    return HttpClient(policy, "provender-test", connect_timeout_seconds=CONNECT_SECONDS)


def connect(url: str, http: HttpClient, *, secret: str = SECRET, call_seconds: float = 5.0) -> HttpProvisioner:
    """Build the contract's client for a sandbox."""
    return HttpProvisioner(
        key="sandbox", base_url=url, secrets=[secret], http=http, clock=now, call_seconds=call_seconds
    )
