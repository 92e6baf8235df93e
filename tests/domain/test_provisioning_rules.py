"""When an operation at a provisioner is looked at again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.provisioning.rules import DEADLINE_HOURS, changed, poll_delay

LONGEST = timedelta(minutes=5)
JITTER = st.integers(800, 1200)


@pytest.mark.parametrize(
    ("polls", "seconds"),
    [(0, 5), (1, 7.5), (2, 11.25), (3, 16.875), (10, 288.325195), (11, 300), (12, 300), (10_000, 300)],
)
def test_polls_begin_at_5_s_and_grow_by_half_up_to_5_min(polls: int, seconds: float) -> None:
    """Without jitter the delays are 5 s x 1.5 each, and 5 min from the twelfth on."""
    assert poll_delay(polls, jitter_permille=1000).total_seconds() == pytest.approx(seconds)


@given(st.integers(0, 10**6), JITTER)
def test_a_delay_stays_within_its_spread(polls: int, jitter: int) -> None:
    """Jitter moves a delay by at most a fifth: never below 4 s, never above 6 min."""
    delay = poll_delay(polls, jitter_permille=jitter)
    plain = poll_delay(polls, jitter_permille=1000)
    assert plain * 0.8 - timedelta(microseconds=1) <= delay <= plain * 1.2 + timedelta(microseconds=1)
    assert timedelta(seconds=4) <= delay <= LONGEST * 1.2


@given(st.integers(0, 100), JITTER)
def test_delays_never_shrink(polls: int, jitter: int) -> None:
    """With one jitter, each delay is at least as long as the one before."""
    assert poll_delay(polls, jitter_permille=jitter) <= poll_delay(polls + 1, jitter_permille=jitter)


@given(st.integers(0, 100), JITTER, st.timedeltas(timedelta(days=-1), timedelta(days=400)))
def test_what_the_provisioner_asks_for_is_honoured_within_bounds(polls: int, jitter: int, asked: timedelta) -> None:
    """Retry-After takes the place of the delay, but it is never less than 100 ms and never more than 5 min."""
    delay = poll_delay(polls, jitter_permille=jitter, retry_after=asked)
    assert timedelta(milliseconds=100) <= delay <= LONGEST
    if timedelta(seconds=1) <= asked <= LONGEST:
        assert delay == asked


def test_a_provisioner_that_says_at_once_does_not_make_us_spin() -> None:
    """Retry-After: 0 still leaves a pause between two looks."""
    assert poll_delay(0, jitter_permille=1000, retry_after=timedelta(0)) > timedelta(0)


def test_an_operation_is_given_up_after_a_day() -> None:
    """The deadline leaves room for hundreds of polls at the longest delay."""
    assert timedelta(hours=DEADLINE_HOURS) / (LONGEST * 1.2) > 200


def test_what_is_asked_is_the_whole_wanted_state() -> None:
    """What was confirmed stays, what is to be different replaces it, parameters by name."""
    confirmed = {"product": "p", "plan": "small", "quantity": 3, "parameters": {"domain": "a", "admin": "x"}}
    wanted = changed(confirmed, {"plan": "large", "parameters": {"admin": "y"}})
    assert wanted == {"product": "p", "plan": "large", "quantity": 3, "parameters": {"domain": "a", "admin": "y"}}
    assert changed(confirmed, {}) == confirmed
