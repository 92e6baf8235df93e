"""The table of workloads: what `--only` names, in the order in which they run."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bench.claims import measure_claims
from bench.figures import Results
from bench.ground import Bench, Ground, open_ground
from bench.growth import measure_processes, measure_rows
from bench.imports import ImportGround, measure_import, open_import
from bench.operations import LIST_ORDERS, PLACE_ORDER, SINGLE_ORDER
from bench.processes import measure_memory, measure_start
from bench.renewals import RenewalGround, measure_renewals, open_renewals
from bench.search import SearchGround, measure_search, open_search
from bench.webhooks import WebhookGround, measure_latency, measure_rate, open_webhooks

G = TypeVar("G")


@dataclass(frozen=True, slots=True)
class Workload(Generic[G]):
    """`measure` adds what it finds to the results; one that takes minutes runs only when it is asked for."""

    name: str
    measure: Callable[[G, Results], Awaitable[None]]
    takes_minutes: bool = False


@dataclass(frozen=True, slots=True)
class Family(Generic[G]):
    """Workloads that share their ground, which is opened once."""

    open: Callable[[Bench], AbstractAsyncContextManager[G]]
    workloads: tuple[Workload[G], ...]

    async def run(self, bench: Bench, names: Collection[str], results: Results, say: Callable[[str], None]) -> None:
        """Measure those that are named; without one, nothing is opened."""
        chosen = [workload for workload in self.workloads if workload.name in names]
        if not chosen:
            return
        say("loading rows")
        async with self.open(bench) as ground:
            for workload in chosen:
                say(workload.name)
                await workload.measure(ground, results)


GRAPHQL: Final[Family[Ground]] = Family(
    open_ground,
    (
        Workload("list", LIST_ORDERS.measure),
        Workload("single", SINGLE_ORDER.measure),
        Workload("memory", measure_memory),
        Workload("start", measure_start),
        Workload("processes", measure_processes, takes_minutes=True),
        Workload("rows", measure_rows, takes_minutes=True),
        # Runs last, because it adds rows; it is shown where ORDER says.
        Workload("place", PLACE_ORDER.measure),
    ),
)
WEBHOOKS: Final[Family[WebhookGround]] = Family(
    open_webhooks,
    (Workload("webhooks", measure_rate), Workload("claims", measure_claims), Workload("latency", measure_latency)),
)
SEARCH: Final[Family[SearchGround]] = Family(open_search, (Workload("search", measure_search, takes_minutes=True),))
RENEWALS: Final[Family[RenewalGround]] = Family(open_renewals, (Workload("renewals", measure_renewals),))
IMPORT: Final[Family[ImportGround]] = Family(open_import, (Workload("import", measure_import, takes_minutes=True),))
FAMILIES: Final = (GRAPHQL, WEBHOOKS, RENEWALS, IMPORT, SEARCH)
EVERY: Final = {workload.name: workload.takes_minutes for family in FAMILIES for workload in family.workloads}
# How figures are shown, by what their names begin with.
ORDER: Final = (
    "list",
    "single",
    "place",
    "webhooks",
    "claims",
    "latency",
    "renewals",
    "memory",
    "start",
    "import",
    "search",
)
