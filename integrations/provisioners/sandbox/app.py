"""The sandbox as an ASGI application: the contract's routes, and its own under /sandbox."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from integrations.provisioners.sandbox.callbacks import Callbacks
from integrations.provisioners.sandbox.console import Console
from integrations.provisioners.sandbox.contract import Contract
from integrations.provisioners.sandbox.desk import Desk
from integrations.provisioners.sandbox.faults import Fault
from integrations.provisioners.sandbox.misbehaviour import Misbehaviour
from integrations.provisioners.sandbox.store import Store
from integrations.provisioners.sandbox.work import Workshop

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "cloud": ("data_location", "domain", "admin_username"),
    "saas": ("currency",),
    "voice": (),
}
INSTANCE_PATH: Final = "/v1/instances/{instance_id}"


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How the sandbox behaves where nobody says otherwise.

    `required` names, by kind of product, the parameters it asks for if they are missing: below `/cloud`, `/saas` and
    `/voice` it plays these kinds, at the root it requires nothing. `faults` are in force from the start.
    """

    work_seconds: float = 0.3
    faults: tuple[Fault, ...] = ()
    required: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: REQUIRED)


def utc_now() -> datetime:
    """Return the time of the machine, in UTC."""
    return datetime.now(UTC)


def create_sandbox(
    secret: str,
    *,
    database: Path | str = ":memory:",
    settings: SandboxSettings | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """Build the sandbox; `secret` is the connector's `whsec_…`, `database` a SQLite file that may exist already.

    Only what the contract describes is signed: the routes under /sandbox are for those who run it.
    """
    settings = settings or SandboxSettings()
    store = Store(database)
    callbacks = Callbacks(secret, store=store, clock=clock)
    workshop = Workshop(store, callbacks=callbacks, work_seconds=settings.work_seconds, clock=clock)
    misbehaviour = Misbehaviour(store, settings.faults)
    desk = Desk(
        secret,
        store=store,
        contract=Contract(store, workshop=workshop, misbehaviour=misbehaviour, clock=clock),
        misbehaviour=misbehaviour,
        required=settings.required,
        clock=clock,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workshop.take_up()
        yield
        await workshop.aclose()
        await callbacks.aclose()
        store.close()

    return Starlette(routes=_routes(desk, Console(store, clock)), lifespan=lifespan)


def _routes(desk: Desk, console: Console) -> list[BaseRoute]:
    contract = [
        Route(INSTANCE_PATH, desk.answer, methods=["PUT", "GET", "DELETE"]),
        Route(f"{INSTANCE_PATH}/operations/{{operation_id}}", desk.answer, methods=["GET"]),
        Route(f"{INSTANCE_PATH}/usage", desk.answer, methods=["GET"]),
    ]
    return [
        Route("/healthz", console.healthz),
        Route("/sandbox/instances", console.instances),
        Route("/sandbox/log", console.log),
        Route("/sandbox/usage", console.report, methods=["POST"]),
        Route("/sandbox/faults", console.armed, methods=["GET"]),
        Route("/sandbox/faults", console.arm, methods=["POST"]),
        Route("/sandbox/faults", console.disarm, methods=["DELETE"]),
        *contract,
        Mount("/{kind}", routes=contract),
    ]
