"""What falls due in the life of a subscription, and on which day: one pure decision that the worker follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.shared.calendar import Term, add_months
from domain.subscriptions.rules import Billing, months_of
from domain.subscriptions.states import SubscriptionState as S


class Step(StrEnum):
    """What the worker does to a subscription when its day has come; of those of one day the first comes first."""

    REMIND = "REMIND"
    BEGIN_BILLING = "BEGIN_BILLING"
    RENEW = "RENEW"
    SUSPEND = "SUSPEND"
    EXPIRE = "EXPIRE"
    REMOVE = "REMOVE"


@dataclass(frozen=True, slots=True)
class LapsePolicy:
    """How long what is not paid is waited for, and what is over is kept (days)."""

    remind_days: int
    grace_days: int
    suspended_days: int
    kept_days: int


# Reminders seven days ahead are domain.md's; a week of grace, two of suspension and a month in which what has expired
# can come back are what hosters commonly give.
LAPSE: Final = LapsePolicy(remind_days=7, grace_days=7, suspended_days=14, kept_days=30)


@dataclass(frozen=True, slots=True)
class Life:
    """All that decides what comes next; dates are local to the customer.

    `billed_until` is the first day that is not charged yet, None before the first charge. `unpaid_since` is the first
    day of a term that could not be paid for, tried again on `retry_on`. `reminded_of` is the end that was told of.
    While its provisioner changes it, all but reminders waits: only then is it known what a term is to be charged for.
    """

    state: S
    term_start: date | None
    term_end: date | None
    billed_until: date | None
    trial_ends_on: date | None
    expires_on: date | None
    auto_renew: bool
    unpaid_since: date | None
    retry_on: date | None
    reminded_of: date | None
    kept_until: date | None
    is_changing: bool = False

    @property
    def ends(self) -> bool:
        """Whether its term is the last one."""
        asked = self.expires_on is not None and self.term_end is not None and self.term_end > self.expires_on
        return asked or not self.auto_renew


_KEPT: Final = tuple(name for name in Life.__slots__ if name not in {"state", "is_changing"})
_ORDER: Final = {step: place for place, step in enumerate(Step)}


def life_of(row: Mapping[str, Any]) -> Life:
    """The life of a row of `subscriptions`."""
    return Life(S(row["state"]), **{name: row[name] for name in _KEPT}, is_changing=row["change"] is not None)


def next_step(life: Life) -> tuple[date, Step] | None:
    """The next thing to do and its day; None when nothing ever falls due by itself."""
    steps = sorted(_STEPS.get(life.state, _nothing)(life), key=lambda one: (one[0], _ORDER[one[1]]))
    return next((step for step in steps if step[1] is Step.REMIND or not life.is_changing), None)


def next_term(start: date, billing: Billing, *, anchor_day: int, expires_on: date | None) -> Term:
    """The term that follows: one billing cycle by the anchor, cut off after the last day that was asked for."""
    end = add_months(start, months_of(billing), anchor_day=anchor_day)
    return Term(start, end if expires_on is None else min(end, expires_on + timedelta(days=1)))


def _reminder(life: Life, end: date | None) -> Iterator[tuple[date, Step]]:
    if end is not None and life.reminded_of != end:
        yield end - timedelta(days=LAPSE.remind_days), Step.REMIND


def _trialing(life: Life) -> Iterator[tuple[date, Step]]:
    if life.trial_ends_on is not None:
        yield from _reminder(life, life.trial_ends_on)
        yield life.trial_ends_on, Step.BEGIN_BILLING if life.auto_renew else Step.EXPIRE


def _running(life: Life) -> Iterator[tuple[date, Step]]:
    if life.billed_until is None and life.term_start is not None:
        yield from _reminder(life, life.term_start)
        yield max(life.term_start, life.retry_on or life.term_start), Step.BEGIN_BILLING
        yield from _lapse(life)
        return
    if life.term_end is None:
        return
    if life.ends:
        yield from _reminder(life, life.term_end)
        yield life.term_end, Step.EXPIRE
    else:
        yield max(life.term_end, life.retry_on or life.term_end), Step.RENEW
        yield from _lapse(life)


def _lapse(life: Life) -> Iterator[tuple[date, Step]]:
    """What is not paid for is suspended after its grace, and expires when it stays so."""
    if life.unpaid_since is None:
        return
    grace_ends = life.unpaid_since + timedelta(days=LAPSE.grace_days)
    if life.state is S.ACTIVE:
        yield grace_ends, Step.SUSPEND
    yield grace_ends + timedelta(days=LAPSE.suspended_days), Step.EXPIRE


def _expired(life: Life) -> Iterator[tuple[date, Step]]:
    if life.kept_until is not None:
        yield life.kept_until, Step.REMOVE


def _nothing(_life: Life) -> Iterator[tuple[date, Step]]:
    return iter(())


_STEPS: Final = {S.TRIALING: _trialing, S.ACTIVE: _running, S.SUSPENDED: _running, S.EXPIRED: _expired}
