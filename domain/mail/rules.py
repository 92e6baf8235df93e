"""When a mail that was not taken is tried again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

# After each failed attempt, how long until the next: about a day in all, as links in mails last days.
RETRY_AFTER: Final[Sequence[timedelta]] = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=15),
)


def retry_delay(attempts: int, *, jitter_permille: int) -> timedelta | None:
    """How long after failed attempt number `attempts` (from 1) the next one comes; None when it was the last."""
    if attempts > len(RETRY_AFTER):
        return None
    return RETRY_AFTER[attempts - 1] * jitter_permille / 1000
