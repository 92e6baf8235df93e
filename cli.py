"""The `provender` command: each process of the house, and what an operator does by hand.

A command loads what it runs as it runs: an API process holds neither the worker nor the demo in its memory.
"""

import asyncio
import gc
import json
import logging
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, cast

import typer
import uvicorn
from starlette.applications import Starlette

import bootstrap
from integrations.logs import configure_logging
from settings import Settings

cli = typer.Typer(
    name="provender",
    help="The GraphQL backend for channel businesses.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
ROOT = Path(__file__).parent
SDL_FILE = ROOT / "schema" / "schema.graphql"
EVENTS_FILE = ROOT / "docs" / "events.md"
Port = Annotated[int, typer.Option(help="The port to listen on.")]


class _Server(uvicorn.Server):
    """Tells the application that it stops, before it waits for its connections to end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; called in the event loop, once no new connections are taken."""
        stopping = getattr(cast("Starlette", self.config.app).state, "stopping", None)
        if stopping is not None:
            stopping.set()
        await super().shutdown(sockets)


def _serve(app: Starlette, *, host: str, port: int) -> None:
    # Uvicorn stops gracefully at SIGTERM and then raises it again: that is to end the process in order, not to kill it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=8,
        server_header=False,
        ws_max_size=256 * 1024,
    )
    # A frame of broken UTF-8 is answered with close code 1007; its traceback tells an operator nothing.
    logging.getLogger("uvicorn.error").addFilter(lambda record: "Invalid UTF-8" not in record.getMessage())
    server = _Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


@cli.command()
def serve() -> None:
    """Serve the API."""
    gc.disable()  # nothing of what a start makes is garbage; `bootstrap.settle_memory` switches it on again
    from app import create_app

    settings = Settings()
    configure_logging(settings.log_level)
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        asyncio.run(bootstrap.migrate(addresses))
        _serve(create_app(settings, addresses), host=settings.host, port=settings.port)


@cli.command()
def worker() -> None:
    """Carry events, provision, deliver webhooks."""
    from jobs.worker import work

    settings = Settings()
    configure_logging(settings.log_level)
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        bootstrap.run(lambda: work(settings, addresses))


@cli.command()
def migrate() -> None:
    """Bring the database to today's schema."""
    settings = Settings()
    with ExitStack() as stack:
        asyncio.run(bootstrap.migrate(bootstrap.open_servers(settings, stack)))
    typer.echo("The database is at today's schema.")


@cli.command("create-distributor")
def create_distributor(
    name: Annotated[str, typer.Option(help="Its account name.")],
    time_zone: Annotated[str, typer.Option(help="IANA time zone, like Europe/Vienna.")],
    currency: Annotated[str, typer.Option(help="ISO 4217, like EUR.")],
) -> None:
    """Plant the root of a tree and print its first token, which can make all others."""
    from domain.shared.errors import DomainError
    from seeding import plant_distributor

    settings = Settings()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        try:
            made = asyncio.run(plant_distributor(addresses, name=name, time_zone=time_zone, currency=currency))
        except DomainError as error:
            raise typer.BadParameter(error.message) from error
        typer.echo(json.dumps(made, indent=2))


@cli.command()
def sandbox(
    secret: Annotated[str, typer.Option(envvar="PROVENDER_SANDBOX_SECRET", help="The whsec_… it shares with us.")],
    port: Port = 8100,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    database: Annotated[str, typer.Option(help="A SQLite file, so that it outlives its process.")] = ":memory:",
    work_seconds: Annotated[float, typer.Option(help="How long an operation takes.")] = 0.3,
) -> None:
    """Run the sandbox provisioner."""
    from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox

    app = create_sandbox(secret, database=database, settings=SandboxSettings(work_seconds=work_seconds))
    _serve(app, host=host, port=port)


@cli.command()
def receiver(
    secret: Annotated[str, typer.Option(envvar="PROVENDER_RECEIVER_SECRET", help="The endpoint's whsec_….")],
    port: Port = 8200,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run a webhook receiver that verifies what it gets and prints it, one JSON line each."""
    from integrations.webhooks.receiver import create_receiver

    _serve(create_receiver(secret, lambda event: print(json.dumps(event), flush=True)), host=host, port=port)


@cli.command("export-schema")
def export_schema() -> None:
    """Write the SDL to schema/schema.graphql."""
    from resolvers.api import sdl

    SDL_FILE.write_text(sdl(), encoding="utf-8")
    typer.echo(f"Wrote {SDL_FILE.name}.")


@cli.command("check-schema")
def check_schema() -> None:
    """Fail, with the difference, unless schema/schema.graphql is what the code says."""
    import difflib

    from resolvers.api import sdl

    written = SDL_FILE.read_text(encoding="utf-8") if SDL_FILE.exists() else ""
    difference = difflib.unified_diff(
        written.splitlines(), sdl().splitlines(), str(SDL_FILE.relative_to(ROOT)), "the code", lineterm=""
    )
    if lines := list(difference):
        typer.echo("\n".join([*lines, "", "The committed schema is not current: make schema"]), err=True)
        raise typer.Exit(1)


@cli.command("export-events")
def export_events() -> None:
    """Write the reference of all events to docs/events.md."""
    from domain.events.reference import events_page

    EVENTS_FILE.write_text(events_page(), encoding="utf-8")
    typer.echo(f"Wrote {EVENTS_FILE.name}.")


@cli.command("make-migrations")
def make_migrations() -> None:
    """Write the migration that brings the last one's tables to today's models; needs no database."""
    from integrations.snapshot import write_migrations

    config = bootstrap.tortoise_config("postgres://", 1)
    for path in asyncio.run(write_migrations(config)) or ["No model has changed."]:
        typer.echo(path)


@cli.command("write-snapshot")
def write_snapshot() -> None:
    """Write what all migrations together make to domain/migrations/snapshot.sql, which new databases take at once."""
    from tempfile import TemporaryDirectory

    from integrations.embedded.postgres import Durability, find_program, start_postgres
    from integrations.snapshot import dump_snapshot

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="provender-snapshot-")))
        postgres = start_postgres(folder, durability=Durability.DISPOSABLE)
        stack.callback(postgres.stop)
        asyncio.run(bootstrap.replay_migrations(postgres.dsn))
        text = dump_snapshot(find_program("pg_dump"), postgres.dsn, bootstrap.migration_names())
    bootstrap.SNAPSHOT.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {bootstrap.SNAPSHOT.name}.")


@cli.command("new-key")
def new_key() -> None:
    """Make a key for PROVENDER_SECRET_KEYS."""
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


@cli.command()
def reseal() -> None:
    """Seal every stored secret with the newest key; exits with 1 where no key opens one."""
    from keys import reseal_stored

    settings = Settings()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        done = asyncio.run(reseal_stored(addresses, bootstrap.open_vault(settings)))
    typer.echo(json.dumps([asdict(each) for each in done], indent=2))
    raise typer.Exit(1 if any(each.unreadable for each in done) else 0)


@cli.command()
def seed() -> None:
    """Plant the story's tree and the catalogs that ship, and print its tokens; repeated, it changes nothing there."""
    from rich.console import Console
    from rich.progress import Progress

    from seeding import seed_all, stock_size

    settings = Settings()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        bar = stack.enter_context(Progress(console=Console(stderr=True)))
        task = bar.add_task("Products", total=stock_size())
        planted = asyncio.run(seed_all(addresses, on_product=lambda _: bar.advance(task)))
        bar.stop()
        typer.echo(json.dumps(planted, indent=2, default=asdict))


@cli.command()
def clock(
    move: Annotated[str, typer.Argument(help="+1y, +3mo, +2w, +10d or +6h lets time pass; reset ends it.")] = "",
) -> None:
    """Show the time of this data folder's processes, or move it: in development only, while a worker runs."""
    from clock import NobodyWorks, later, let_pass

    settings = Settings()
    if not settings.is_development:
        raise typer.BadParameter("the clock can be moved in development only")
    bootstrap.follow_clock(settings)
    if move == "reset":
        bootstrap.MOVABLE.move(timedelta())
    elif move:
        try:
            until = later(bootstrap.utc_now(), move)
            with ExitStack() as stack:
                asyncio.run(let_pass(bootstrap.open_servers(settings, stack), until, typer.echo))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        except NobodyWorks as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    typer.echo(f"{bootstrap.utc_now():%Y-%m-%d %H:%M} UTC, {bootstrap.MOVABLE.ahead} ahead of the machine.")


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Tell the stories, check every step, and stop.")] = False,  # noqa: FBT002 - a command-line switch
) -> None:
    """Start everything, tell four stories from an invitation to verified webhooks, and print each step."""
    import demo as story

    raise typer.Exit(story.play(Settings(), story.Ending.STOP if once else story.Ending.KEEP_RUNNING))


def main() -> None:
    """The console script."""
    cli()


if __name__ == "__main__":
    main()
