"""The `provender` command: each process of the house, and what an operator does by hand."""

import asyncio
import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from cryptography.fernet import Fernet
from graphql import lexicographic_sort_schema, print_schema
from starlette.applications import Starlette

import bootstrap
import demo as story
from app import create_app
from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox
from integrations.webhooks.receiver import create_receiver
from jobs import worker as jobs_worker
from resolvers.api import SCHEMA
from seeding import seed as seed_story
from settings import Settings

cli = typer.Typer(
    name="provender",
    help="The GraphQL backend for channel businesses.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
SDL_FILE = Path(__file__).parent / "schema" / "schema.graphql"
Port = Annotated[int, typer.Option(help="The port to listen on.")]


def _serve(app: Starlette, *, host: str, port: int) -> None:
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        ws_max_size=256 * 1024,
    )


@cli.command()
def serve() -> None:
    """Serve the API."""
    settings = Settings()
    bootstrap.configure_logging(settings)
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        asyncio.run(bootstrap.migrate(addresses))
        _serve(create_app(settings, addresses), host=settings.host, port=settings.port)


@cli.command()
def worker() -> None:
    """Carry events, provision, deliver webhooks."""
    settings = Settings()
    bootstrap.configure_logging(settings)
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        bootstrap.run(lambda: jobs_worker.work(settings, addresses))


@cli.command()
def migrate() -> None:
    """Bring the database to today's schema."""
    settings = Settings()
    with ExitStack() as stack:
        asyncio.run(bootstrap.migrate(bootstrap.open_servers(settings, stack)))
    typer.echo("The database is at today's schema.")


@cli.command()
def sandbox(
    secret: Annotated[str, typer.Option(envvar="PROVENDER_SANDBOX_SECRET", help="The whsec_… it shares with us.")],
    port: Port = 8100,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    database: Annotated[str, typer.Option(help="A SQLite file, so that it outlives its process.")] = ":memory:",
    work_seconds: Annotated[float, typer.Option(help="How long an operation takes.")] = 0.3,
) -> None:
    """Run the sandbox provisioner."""
    app = create_sandbox(secret, database=database, settings=SandboxSettings(work_seconds=work_seconds))
    _serve(app, host=host, port=port)


@cli.command()
def receiver(
    secret: Annotated[str, typer.Option(envvar="PROVENDER_RECEIVER_SECRET", help="The endpoint's whsec_….")],
    port: Port = 8200,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run a webhook receiver that verifies what it gets and prints it, one JSON line each."""
    _serve(create_receiver(secret, lambda event: print(json.dumps(event), flush=True)), host=host, port=port)


@cli.command("export-schema")
def export_schema() -> None:
    """Write the SDL to schema/schema.graphql."""
    SDL_FILE.write_text(sdl(), encoding="utf-8")
    typer.echo(f"Wrote {SDL_FILE.name}.")


def sdl() -> str:
    """The schema in SDL, sorted."""
    return print_schema(lexicographic_sort_schema(SCHEMA._schema)) + "\n"  # noqa: SLF001 - graphql-core's own schema has no public name


@cli.command("new-key")
def new_key() -> None:
    """Make a key for PROVENDER_SECRET_KEYS."""
    typer.echo(Fernet.generate_key().decode())


@cli.command()
def seed() -> None:
    """Plant the story's tree and catalog, and print its tokens; repeated, it changes nothing that is there."""
    settings = Settings()
    with ExitStack() as stack:
        addresses = bootstrap.open_servers(settings, stack)
        typer.echo(json.dumps(asyncio.run(seed_story(addresses)), indent=2, default=asdict))


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the story, check every step, and stop.")] = False,  # noqa: FBT002 - a command-line switch
) -> None:
    """Start everything, plant a story, play an order from draft to verified webhooks, and print each step."""
    raise typer.Exit(story.play(Settings(), story.Ending.STOP if once else story.Ending.KEEP_RUNNING))


def main() -> None:
    """The console script."""
    cli()


if __name__ == "__main__":
    main()
