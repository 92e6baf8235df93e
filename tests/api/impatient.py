"""The application with small bounds behind a real socket, so that tests see them without waiting."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

import bootstrap
from app import create_app
from domain.access.actions import revoke_api_token
from domain.access.queries import Callers
from domain.shared.ids import decode
from resolvers.sessions import LiveLimits
from settings import Settings

FRIEND: Final = "https://shop.example"
LIMITS: Final = LiveLimits(
    init_seconds=0.4,
    recheck_seconds=0.2,
    heartbeat_seconds=0.1,
    operations_per_connection=3,
    operations_per_principal=4,
    connections_per_principal=3,
    message_bytes=10_000,
    message_burst=30,
    messages_per_second=5,
)


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application whose database this process has open already; yields its http URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@asynccontextmanager
async def open_impatient(settings: Settings, addresses: bootstrap.Addresses, folder: Path) -> AsyncIterator[str]:
    """The application with `LIMITS`, queries by GET, one friendly origin, and no Redis; yields its http URL."""
    friendly = settings.model_copy(update={"cors_origins": [FRIEND], "queries_by_get": True})
    nowhere = bootstrap.Addresses(addresses.database_url, f"unix://{folder}/no.sock")
    async with listening(create_app(friendly, nowhere, live_limits=LIMITS)) as url:
        yield url


async def revoke(token: str) -> None:
    """Revoke a token, as its holder."""
    actor = await Callers(bootstrap.CLOCK).actor_of_token(token)
    assert actor is not None
    await revoke_api_token(actor, decode("ApiToken", actor.principal))
