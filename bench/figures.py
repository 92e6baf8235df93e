"""What a run finds, and what is to be reached: figures with their floors and goals, and the points of curves."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Against(StrEnum):
    """What a goal is held against: the share of the floor that is reached at least, or the value that is kept to."""

    FLOOR = "share of the floor, at least"
    LIMIT = "value, at most"
    RATE = "value, at least"


class Standing(StrEnum):
    """How a figure stands to its goal."""

    AIM = "aim reached"
    MUST = "must reached"
    MISSED = "missed"
    NONE = ""


_REACHES: Final[Mapping[Against, Callable[[float, float], bool]]] = {
    Against.FLOOR: operator.ge,
    Against.LIMIT: operator.le,
    Against.RATE: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach, and what we aim at."""

    against: Against
    must: float
    aim: float | None = None


# By the name of the figure.
GOALS: Final[Mapping[str, Goal]] = {
    "list": Goal(Against.FLOOR, 0.55, 0.8),
    "list: CPU there": Goal(Against.LIMIT, 1.5, 1.0),
    "single": Goal(Against.FLOOR, 0.40, 0.55),
    "place": Goal(Against.FLOOR, 0.25, 0.4),
    "webhooks": Goal(Against.FLOOR, 0.08, 0.15),
    "renewals": Goal(Against.RATE, 1500, 5000),
    "renewals: growth": Goal(Against.LIMIT, 20),
    "claims": Goal(Against.RATE, 3000),
    "latency: p50": Goal(Against.LIMIT, 100, 30),
    "latency: p99": Goal(Against.LIMIT, 1000),
    "latency: Redis down: p99": Goal(Against.LIMIT, 6000),
    "memory: RSS": Goal(Against.LIMIT, 130, 90),
    "start": Goal(Against.LIMIT, 2.0, 1.0),
    "import": Goal(Against.LIMIT, 60),
    "search: p99": Goal(Against.LIMIT, 20, 5),
    "search: few: p99": Goal(Against.LIMIT, 20, 5),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `ours` and `floor` in `unit`, which is written behind the number.

    Latencies and the server's CPU a request are given where they were taken.
    """

    name: str
    title: str
    unit: str
    ours: float
    floor: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_ms: float | None = None

    @property
    def goal(self) -> Goal | None:
        """What it is held to, if anything."""
        return GOALS.get(self.name)

    @property
    def ratio(self) -> float | None:
        """Ours as a share of the floor."""
        return self.ours / self.floor if self.floor else None

    @property
    def standing(self) -> Standing:
        """How it stands to its goal."""
        if self.goal is None:
            return Standing.NONE
        reached = (self.ratio or 0.0) if self.goal.against is Against.FLOOR else self.ours
        reaches = _REACHES[self.goal.against]
        if self.goal.aim is not None and reaches(reached, self.goal.aim):
            return Standing.AIM
        return Standing.MUST if reaches(reached, self.goal.must) else Standing.MISSED


class Curve(StrEnum):
    """What a workload is run over."""

    ROWS = "rows"
    PROCESSES = "processes"


_COUNTED: Final[Mapping[Curve, str]] = {Curve.ROWS: "orders", Curve.PROCESSES: "server processes"}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve: the rates a second and the p99 of a workload, ours and the floor's, at `x`."""

    curve: Curve
    workload: str
    x: int
    ours: float
    floor: float
    p99_ms: float
    floor_p99_ms: float

    @property
    def unit(self) -> str:
        """What `x` counts."""
        return _COUNTED[self.curve]


@dataclass(slots=True)
class Results:
    """What a run has found so far."""

    figures: list[Figure] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
