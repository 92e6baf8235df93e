"""A leaky bucket for each principal: shared by all processes in Redis, a process's own while Redis is away.

A process draws points in chunks and spends them without asking, so most requests make no call. What it holds counts as
spent in Redis and is given back with its next draw, at the latest that after `HOLD_SECONDS`: over any time a principal
gets at most what one bucket gives, and what is restored in HOLD_SECONDS; while Redis is away, that of each process.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from integrations.line import RedisLine

HOLD_SECONDS: Final = 1.0
_CHUNK: Final = 20  # parts of a bucket
_KEPT_PRINCIPALS: Final = 10_000

# One call: time passes for the bucket, what was held comes back, what is needed (or more) is taken.
# Bucket; maximum, restored each second, needed, wanted, given back -> taken (0: too few), left.
_DRAW: Final = """
local maximum, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local needed, wanted, back = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(state[1]) or maximum, tonumber(state[2]) or now
level = math.min(maximum, level + math.max(0, now - at) * rate / 1000 + back)
local taken = 0
if level >= needed then taken = math.floor(math.min(wanted, level)) end
level = level - taken
redis.call('HSET', KEYS[1], 'level', string.format('%.3f', level), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((maximum - level) / rate * 1000) + 1000)
return {taken, math.floor(level)}
"""


@dataclass(slots=True)
class _Purse:
    """What this process holds for a principal until `held_until`, and what its bucket had at a time."""

    level: float
    at: float
    held: int = 0
    held_until: float = 0.0


class Throttle:
    """The buckets as one process sees them: `maximum` points each, `restore_per_second` of them come back.

    Where points are not drawn ahead, each reservation is a call, and what processes hold keeps nobody waiting.
    """

    def __init__(
        self,
        line: RedisLine,
        *,
        maximum: int,
        restore_per_second: int,
        is_drawn_ahead: bool = True,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.maximum = maximum
        self.restore_per_second = restore_per_second
        self._ahead = maximum // _CHUNK if is_drawn_ahead else 0
        self._line = line
        self._draw = line.script(_DRAW)
        self._clock = clock
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    async def reserve(self, principal: str, points: int) -> float:
        """Take the points; the seconds until there are enough, 0 when they are taken."""
        now = self._clock()
        purse = self._purse(principal, now)
        if purse.held >= points and now < purse.held_until:
            purse.held -= points
            return 0.0
        back, purse.held = purse.held, 0
        figures = [self.maximum, self.restore_per_second, points, points + self._ahead, back]
        answer = await self._line.call(lambda: self._draw([f"provender:bucket:{principal}"], figures))
        if answer is None:
            return self._reserve_alone(purse, points, back)
        taken, level = int(answer[0]), int(answer[1])
        purse.level, purse.at = level, self._clock()
        if not taken:
            if purse.held >= points:  # others that asked at the same time have drawn chunks meanwhile
                purse.held -= points
                return 0.0
            return (points - level) / self.restore_per_second
        purse.held += taken - points
        purse.held_until = purse.at + HOLD_SECONDS
        return 0.0

    def settle(self, principal: str, *, reserved: int, used: int) -> None:
        """Give back what was reserved and not used; what the bucket has filled up with meanwhile is not given twice."""
        now = self._clock()
        purse = self._purse(principal, now)
        purse.held = int(min(purse.held + reserved - used, self.maximum - self._level(purse, now)))

    def available(self, principal: str) -> int:
        """The points that are left now, as far as this process knows."""
        now = self._clock()
        purse = self._purse(principal, now)
        return max(0, int(min(self.maximum, self._level(purse, now) + purse.held)))

    def _reserve_alone(self, purse: _Purse, points: int, back: int) -> float:
        """Take the points from what the bucket should have by now, as if this were the only process."""
        now = self._clock()
        purse.level, purse.at = min(self.maximum, self._level(purse, now) + back), now
        if purse.level < points:
            return (points - purse.level) / self.restore_per_second
        purse.level -= points
        return 0.0

    def _level(self, purse: _Purse, now: float) -> float:
        return min(self.maximum, purse.level + (now - purse.at) * self.restore_per_second)

    def _purse(self, principal: str, now: float) -> _Purse:
        purse = self._purses.get(principal)
        if purse is None:
            purse = self._purses[principal] = _Purse(level=self.maximum, at=now)
            if len(self._purses) > _KEPT_PRINCIPALS:
                self._purses.popitem(last=False)
        else:
            self._purses.move_to_end(principal)
        return purse
