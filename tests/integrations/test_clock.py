"""The clock that is moved in development: one time for all that follow a file."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clock import later
from integrations.clock import LOOK_SECONDS, MovableClock, machine_now


def test_it_is_the_machines_until_it_is_moved(tmp_path: Path) -> None:
    """Without a file it is not ahead; moved by one, it is ahead for all that follow the file, soon; and back."""
    mine, another, production = MovableClock(), MovableClock(), MovableClock()
    for each in (mine, another):
        each.follow(tmp_path / "data" / "clock")
        assert each.ahead == timedelta()
    for days in (365, 3, 0):
        mine.move(timedelta(days=days))
        assert mine.ahead == timedelta(days=days)
        time.sleep(LOOK_SECONDS)
        assert another.ahead == timedelta(days=days)
        assert timedelta() <= another.now() - machine_now() - timedelta(days=days) + timedelta(seconds=5)
    with pytest.raises(RuntimeError, match="cannot be moved"):
        production.move(timedelta(days=1))
    assert production.ahead == timedelta()


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("+1y", datetime(2029, 2, 28, 9, tzinfo=UTC)),
        ("+3mo", datetime(2028, 5, 29, 9, tzinfo=UTC)),
        ("+2w", datetime(2028, 3, 14, 9, tzinfo=UTC)),
        ("+10d", datetime(2028, 3, 10, 9, tzinfo=UTC)),
        ("+16h", datetime(2028, 3, 1, 1, tzinfo=UTC)),
    ],
)
def test_steps_are_of_the_calendar(step: str, expected: datetime) -> None:
    """Years and months end on the same day, or on the last of a shorter month."""
    assert later(datetime(2028, 2, 29, 9, tzinfo=UTC), step) == expected


@pytest.mark.parametrize("step", ["", "1y", "-1d", "+1", "+y", "+99999d", "+1 y", "+1y "])
def test_anything_else_is_no_step(step: str) -> None:
    """Time does not go back, and nothing is guessed."""
    with pytest.raises(ValueError, match="is no step"):
        later(datetime(2028, 2, 29, tzinfo=UTC), step)
