"""What falls due in the life of a subscription, and on which day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import SalesModel
from domain.shared.errors import Conflict, ErrorCode
from domain.subscriptions.due import LAPSE, Life, Step, next_step, next_term
from domain.subscriptions.guards import GUARDS, Obstacle, Standing, refusal_of, require
from domain.subscriptions.rules import Billing
from domain.subscriptions.states import SUBSCRIPTION, SubscriptionState

S = SubscriptionState
START, END = date(2026, 1, 31), date(2026, 2, 28)
RUNNING = Life(
    state=S.ACTIVE, term_start=START, term_end=END, billed_until=END, trial_ends_on=None, expires_on=None,
    auto_renew=True, unpaid_since=None, retry_on=None, reminded_of=None, kept_until=None,
)  # fmt: skip
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (END, Step.RENEW)),
        ({"state": S.SUSPENDED}, (END, Step.RENEW)),
        ({"term_end": None}, None),
        ({"auto_renew": False}, (END - WEEK, Step.REMIND)),
        ({"auto_renew": False, "reminded_of": END}, (END, Step.EXPIRE)),
        ({"auto_renew": False, "reminded_of": START}, (END - WEEK, Step.REMIND)),
        ({"expires_on": date(2026, 2, 27)}, (END - WEEK, Step.REMIND)),
        ({"expires_on": date(2026, 2, 28)}, (END, Step.RENEW)),
        ({"billed_until": None}, (START - WEEK, Step.REMIND)),
        ({"billed_until": None, "reminded_of": START}, (START, Step.BEGIN_BILLING)),
        ({"state": S.TRIALING, "trial_ends_on": START}, (START - WEEK, Step.REMIND)),
        ({"state": S.TRIALING, "trial_ends_on": START, "reminded_of": START}, (START, Step.BEGIN_BILLING)),
        (
            {"state": S.TRIALING, "trial_ends_on": START, "reminded_of": START, "auto_renew": False},
            (START, Step.EXPIRE),
        ),
        ({"unpaid_since": END, "retry_on": END + timedelta(days=3)}, (END + timedelta(days=3), Step.RENEW)),
        ({"unpaid_since": END, "retry_on": END + WEEK}, (END + WEEK, Step.RENEW)),
        ({"unpaid_since": END, "retry_on": END + 2 * WEEK}, (END + WEEK, Step.SUSPEND)),
        (
            {"state": S.SUSPENDED, "unpaid_since": END, "retry_on": END + 9 * WEEK},
            (END + 3 * WEEK, Step.EXPIRE),
        ),
        ({"state": S.EXPIRED, "kept_until": END}, (END, Step.REMOVE)),
        ({"state": S.EXPIRED}, None),
        ({"state": S.TERMINATED}, None),
        ({"state": S.PENDING}, None),
    ],
)
def test_s12_the_next_step_and_its_day(changes: dict[str, Any], expected: tuple[date, Step] | None) -> None:
    """Each state knows what comes next; what is paid for is tried before it is suspended on the same day."""
    assert next_step(replace(RUNNING, **changes)) == expected


def test_s12_lapsing_takes_what_the_policy_says() -> None:
    """A week of grace, two of suspension, a month in which it can come back; reminders a week ahead."""
    assert (LAPSE.grace_days, LAPSE.suspended_days, LAPSE.kept_days, LAPSE.remind_days) == (7, 14, 30, 7)


@given(st.dates(date(2020, 1, 1), date(2050, 1, 1)), st.integers(1, 60), st.sampled_from(["MONTHLY", "YEARLY"]))
def test_s12_terms_follow_each_other_by_their_anchor(start: date, multiplier: int, model: str) -> None:
    """Without a gap; the day of the month comes back after a shorter month."""
    billing = Billing(SalesModel(model), multiplier)
    first = next_term(start, billing, anchor_day=start.day, expires_on=None)
    second = next_term(first.end, billing, anchor_day=start.day, expires_on=None)
    assert (first.start, second.start) == (start, first.end)
    assert first.days > 0
    is_shorter = (second.end + timedelta(days=1)).month != second.end.month
    assert second.end.day == start.day or is_shorter


STANDINGS = st.builds(Standing, st.sampled_from(S), *[st.booleans()] * 7)


@given(STANDINGS, st.sampled_from(sorted(GUARDS)))
def test_s14_what_is_hinted_is_what_is_refused(standing: Standing, action: Any) -> None:
    """An action is refused if and only if the table says so, with the same words."""
    refusal = refusal_of(action, standing)
    if refusal is None:
        require(action, standing)
        return
    with pytest.raises(Conflict) as refused:
        require(action, standing)
    assert refused.value.message == refusal.reason
    assert (refused.value.code is ErrorCode.PROTECTED) is (refusal.obstacle is Obstacle.PROTECTED)
    assert set(refused.value.allowed) <= set(SUBSCRIPTION.moves[standing.state])
