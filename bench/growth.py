"""Whether cost grows as the work does: the read workloads over rows, the list over server processes."""

from contextlib import nullcontext
from typing import Final

from bench.figures import Curve, Point, Results
from bench.ground import Ground, open_fleets, open_rows
from bench.operations import LIST_ORDERS, SINGLE_ORDER, Operation, compare

# Times the usual number of orders.
ROWS_TIMES: Final = (0.1, 1, 10)
PROCESSES: Final = (1, 2, 4)
READS: Final = (LIST_ORDERS, SINGLE_ORDER)


async def measure_rows(ground: Ground, results: Results) -> None:
    """The reads on a tenth, once and ten times the orders, lines in proportion."""
    for times in ROWS_TIMES:
        # Those of the ground are there already.
        opened = nullcontext(ground.rows) if times == 1 else open_rows(ground.bench, round(ground.rows.orders * times))
        async with opened as rows:
            with open_fleets(rows, 1) as grown:
                for operation in READS:
                    results.points.append(await _point(Curve.ROWS, operation, rows.orders, grown))


async def measure_processes(ground: Ground, results: Results) -> None:
    """The list with several processes on the servers' cores; the connections stay as many and are spread evenly."""
    for processes in PROCESSES:
        with open_fleets(ground.rows, processes) as grown:
            results.points.append(await _point(Curve.PROCESSES, LIST_ORDERS, processes, grown))


async def _point(curve: Curve, operation: Operation, x: int, ground: Ground) -> Point:
    compared = await compare(ground, operation.pair(ground))
    ours, floor = compared.ours, compared.floor
    return Point(curve, operation.name, x, ours.rate, floor.rate, ours.p99_ms, floor.p99_ms)
