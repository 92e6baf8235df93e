"""How results are shown and kept: the table on the terminal and in docs/benchmarks.md, results.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from bench.figures import Against, Figure, Goal, Point, Results, Standing
from household import ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"
FOLDER: Final = ROOT / "docs" / "benchmarks"
BEGIN: Final = "<!-- begin: written by `make bench ARGS=--keep` -->"
END: Final = "<!-- end -->"
HEADINGS: Final = ("workload", "ours", "floor", "ratio", "must", "aim", "p50 ms", "p99 ms", "CPU ms", "")
POINT_HEADINGS: Final = ("workload", "ours", "floor", "ratio", "p99 ms", "floor's p99 ms", "at")
_STYLES: Final[Mapping[Standing, str]] = {
    Standing.AIM: "bold green",
    Standing.MUST: "green",
    Standing.MISSED: "red",
    Standing.NONE: "",
}
_SIGNS: Final[Mapping[Against, str]] = {Against.FLOOR: "≥", Against.LIMIT: "≤", Against.RATE: "≥"}


def _number(value: float | None, unit: str = "") -> str:
    """Three digits that count, with thousands marked; a dash for what was not taken."""
    if value is None:
        return "-"
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits
    return f"{digits}{unit}"


def _bound(goal: Goal | None, value: float | None) -> str:
    return "-" if goal is None or value is None else f"{_SIGNS[goal.against]} {value:g}"


def cells(figure: Figure) -> list[str]:
    """One line of the table, under HEADINGS."""
    goal = figure.goal
    return [
        figure.title,
        _number(figure.ours, figure.unit),
        _number(figure.floor, figure.unit),
        "-" if figure.ratio is None else f"{figure.ratio:.2f}",
        _bound(goal, goal.must if goal else None),
        _bound(goal, goal.aim if goal else None),
        _number(figure.p50_ms),
        _number(figure.p99_ms),
        _number(figure.cpu_ms),
        figure.standing.value,
    ]


def point_cells(point: Point) -> list[str]:
    """One line of the table of curves, under POINT_HEADINGS."""
    ratio = f"{point.ours / point.floor:.2f}"
    rates = [_number(point.ours, "/s"), _number(point.floor, "/s"), ratio]
    return [point.workload, *rates, _number(point.p99_ms), _number(point.floor_p99_ms), f"{point.unit}: {point.x:,}"]


def show(results: Results, console: Console) -> None:
    """Print the tables."""
    rows = [(cells(figure), _STYLES[figure.standing]) for figure in results.figures]
    console.print(_rich(HEADINGS, rows))
    if results.points:
        console.print(_rich(POINT_HEADINGS, [(point_cells(point), "") for point in results.points]))


def _rich(headings: Sequence[str], rows: Sequence[tuple[list[str], str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if 0 < place < len(headings) - 1 else "left", no_wrap=True)
    for row, style in rows:
        table.add_row(*row, style=style)
    return table


def markdown(results: Results, machine: Mapping[str, str], measured_at: datetime, options: Mapping[str, Any]) -> str:
    """The tables as they stand in the document."""
    what = ", ".join(f"{name} {value}" for name, value in machine.items())
    how = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in options.items())
    rows = [cells(figure) for figure in results.figures]
    parts = [
        f"Measured {measured_at:%Y-%m-%d %H:%M} UTC.",
        f"Machine: {what}.",
        f"Options: {how}.",
        _table(HEADINGS, rows),
        _table(POINT_HEADINGS, [point_cells(point) for point in results.points]),
    ]
    return "\n\n".join(parts)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 2), "---"], *rows]
    return "\n".join(f"| {' | '.join(cell.strip() for cell in line)} |" for line in lines)


def as_json(results: Results, machine: Mapping[str, str], measured_at: datetime, options: Mapping[str, Any]) -> str:
    """All of a run, for programs."""
    figures = [
        {
            **asdict(figure),
            "title": figure.title.strip(),
            "ratio": figure.ratio,
            "goal": asdict(figure.goal) if figure.goal else None,
            "standing": figure.standing,
        }
        for figure in results.figures
    ]
    kept = {
        "measured_at": measured_at.isoformat(timespec="seconds"),
        "machine": machine,
        "options": options,
        "figures": figures,
        "points": [asdict(point) for point in results.points],
    }
    return f"{json.dumps(_rounded(kept), indent=2)}\n"


def _rounded(value: Any) -> Any:
    """Four digits that count: more would only be noise."""
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write_between(page: Path, text: str) -> None:
    """Put `text` between the two markers of the document."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
