"""`make bench`: measures each workload beside its floor, in one run, prints the table, and keeps it if asked to."""

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer
import uvloop
from rich.console import Console

import bootstrap
from bench import plots, report
from bench.figures import Results
from bench.ground import Bench, Options
from bench.load import Refused
from bench.machine import describe, load_average, on_cores
from bench.workloads import EVERY, FAMILIES, ORDER
from settings import Settings

BUSY: Final = 0.5  # a load average above it means that somebody else is at work

RENEWALS: Final = 20_000
ALL_RENEWALS: Final = 200_000

console: Final = Console(width=132)


def _cores(text: str) -> frozenset[int]:
    """`0-2,5` as numbers."""
    spans = (part.partition("-") for part in text.split(","))
    return frozenset(core for first, _, last in spans for core in range(int(first), int(last or first) + 1))


def _chosen(only: str, *, is_full: bool) -> frozenset[str]:
    named = frozenset(filter(None, only.split(",")))
    if unknown := named - EVERY.keys():
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(EVERY)}")
    return named or frozenset(name for name, takes_minutes in EVERY.items() if is_full or not takes_minutes)


async def _measure(bench: Bench, names: frozenset[str]) -> tuple[Results, str]:
    results = Results()
    connection = await asyncpg.connect(bench.servers.database_url)
    postgres = str(await connection.fetchval("SHOW server_version"))
    await connection.close()
    for family in FAMILIES:
        await family.run(bench, names, results, lambda what: console.print(f"[dim]{what} …[/]"))
    results.figures.sort(key=lambda figure: ORDER.index(figure.name.partition(":")[0]))
    return results, postgres


def _run(options: Options, names: frozenset[str]) -> tuple[Results, str]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="provender-bench-")))
        # As root, PostgreSQL runs as another user: its data must not have to move to where it would stay.
        folder.chmod(0o755)
        # What is started from here on, PostgreSQL and Redis too, shares the cores of the load.
        stack.enter_context(on_cores(options.load_cores))
        bench = Bench(bootstrap.open_servers(Settings(data_dir=folder), stack), folder, options)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(bench, names))


def _keep(results: Results, machine: dict[str, str], options: Options) -> None:
    kept = {
        "seconds": options.seconds,
        "rounds": options.rounds,
        "orders": options.orders,
        "server_cores": ",".join(map(str, sorted(options.server_cores))),
        "load_cores": ",".join(map(str, sorted(options.load_cores))),
    }
    at = bootstrap.utc_now()
    plots.draw(results, report.FOLDER)
    (report.FOLDER / "results.json").write_text(report.as_json(results, machine, at, kept), encoding="utf-8")
    report.write_between(report.PAGE, report.markdown(results, machine, at, kept))


def main(  # noqa: PLR0913 - each is an option of the command
    *,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(EVERY)}.")] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Also over processes and rows, up to ten times the rows.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Measure all and write docs/benchmarks.")] = False,
    seconds: Annotated[float, typer.Option(help="How long a round is.", min=1)] = 3.0,
    rounds: Annotated[int, typer.Option(help="Rounds of the floor and of ours, by turns.", min=1)] = 3,
    organizations: Annotated[
        int, typer.Option(help="How many the search box is tried on; five numbers each.", min=1_000)
    ] = 1_000_000,
    orders: Annotated[int, typer.Option(help="How many orders are loaded.", min=10_000)] = 100_000,
    cores: Annotated[
        str, typer.Option(help="Of the processes under test : of PostgreSQL, Redis and the load.")
    ] = "0:1",
) -> None:
    """Measure each workload beside its floor and print the table."""
    if keep and only:
        raise typer.BadParameter("--keep keeps all of one run; leave --only out")
    under_test, _, loading = cores.partition(":")
    renewals = ALL_RENEWALS if full or keep else RENEWALS
    options = Options(seconds, rounds, orders, _cores(under_test), _cores(loading), organizations, renewals)
    names = _chosen(only, is_full=full or keep)
    load = load_average()
    if load > BUSY:
        console.print(f"[yellow]The machine is not idle (load average {load:.1f}): trust ratios only.[/]")
    try:
        results, postgres = _run(options, names)
    except Refused as refused:
        console.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from refused
    report.show(results, console)
    if keep:
        _keep(results, describe() | {"PostgreSQL": postgres, "load average before": f"{load:.1f}"}, options)
        console.print(f"Kept in {report.PAGE} and {report.FOLDER.name}/.")


if __name__ == "__main__":
    typer.run(main)
