"""Draws what a run has found, as PNG and SVG."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

from bench.figures import Against, Curve, Figure, Point, Results

FORMATS: Final = ("png", "svg")
_OURS, _FLOOR, _MUST, _AIM = "#2457a6", "#9aa3ad", "#c2410c", "#15803d"


def draw(results: Results, folder: Path) -> None:
    """Write ratio, processes and rows into the folder."""
    mpl.use("agg")
    mpl.rcParams.update(
        {
            "svg.hashsalt": "provender",  # the same drawing is the same file
            "savefig.dpi": 110,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
    )
    drawings = {"ratio": _ratios(results.figures)}
    for curve, draw_curve in _CURVES.items():
        if points := [point for point in results.points if point.curve is curve]:
            drawings[curve.value] = draw_curve(points)
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawings.items():
        _save(drawing, folder / name)


def _save(drawing: Any, stem: Path) -> None:
    for suffix in FORMATS:
        drawing.savefig(stem.with_suffix(f".{suffix}"), metadata={"Date": None} if suffix == "svg" else None)
    plt.close(drawing)


def _ratios(figures: Sequence[Figure]) -> Any:
    """A bar for each rate that is held against its floor, with what it must reach and what is aimed at."""
    held = [figure for figure in figures if figure.goal and figure.goal.against is Against.FLOOR][::-1]
    drawing, axes = plt.subplots(figsize=(8, 0.8 + 0.6 * len(held)), layout="constrained")
    ratios = [figure.ratio or 0.0 for figure in held]
    titles = [f"{figure.title}\n{ratio:.2f}" for figure, ratio in zip(held, ratios, strict=True)]
    axes.barh(titles, ratios, height=0.5, color=_OURS)
    for name, color in (("must", _MUST), ("aim", _AIM)):
        values = [getattr(figure.goal, name) for figure in held]
        places = range(len(held))
        below, above = [place - 0.38 for place in places], [place + 0.38 for place in places]
        axes.vlines(values, below, above, color=color, linewidth=2, label=name)
    axes.set_xlim(0, max(1.0, *ratios) * 1.05)
    axes.set_xlabel("rate as a share of the floor's (1 = as fast as the floor)")
    drawing.legend(loc="outside upper right", ncols=2)
    return drawing


def _processes(points: Sequence[Point]) -> Any:
    """Rate and p99 of the list, beside the floor's, over the number of processes."""
    drawing, (rates, latencies) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    counts = [point.x for point in points]
    _lines(rates, counts, [point.ours for point in points], [point.floor for point in points])
    _lines(latencies, counts, [point.p99_ms for point in points], [point.floor_p99_ms for point in points])
    rates.set_ylabel("lists a second")
    latencies.set_ylabel("p99, ms")
    for axes in (rates, latencies):
        axes.set_xticks(counts)
        axes.set_xlabel("server processes")
    drawing.legend(*rates.get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return drawing


def _rows(points: Sequence[Point]) -> Any:
    """The rate of each read, beside its floor's, over the number of orders: a panel each, their scales differ."""
    workloads = sorted({point.workload for point in points})
    drawing, grid = plt.subplots(1, len(workloads), figsize=(9, 3.6), layout="constrained", squeeze=False)
    for axes, workload in zip(grid[0], workloads, strict=True):
        own = [point for point in points if point.workload == workload]
        orders = [point.x for point in own]
        axes.set_xscale("log")
        _lines(axes, orders, [point.ours for point in own], [point.floor for point in own])
        axes.set_xticks(orders)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        axes.xaxis.set_minor_formatter(FuncFormatter(lambda _x, _: ""))
        axes.set_xlabel("orders")
        axes.set_ylabel(f"{workload}, requests a second")
    drawing.legend(*grid[0][0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return drawing


def _lines(axes: Any, x: Sequence[int], ours: Sequence[float], floor: Sequence[float]) -> None:
    axes.plot(x, floor, marker="o", color=_FLOOR, label="floor")
    axes.plot(x, ours, marker="o", color=_OURS, label="Provender")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)


_CURVES: Final[Mapping[Curve, Callable[[Sequence[Point]], Any]]] = {Curve.PROCESSES: _processes, Curve.ROWS: _rows}
