"""What is asked of a provisioner, and when it is looked at again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import orjson

from domain.shared.errors import FieldCode, FieldError

_FIRST_POLL: Final = timedelta(seconds=5)
_LONGEST: Final = timedelta(minutes=5)
_SHORTEST: Final = timedelta(milliseconds=100)  # a provisioner that always says "at once" must not make us spin
_GROWTH: Final = (3, 2)  # x 1.5 a poll
_POLLS_TO_LONGEST: Final = 12
DEADLINE_HOURS: Final = 24  # where the plan says nothing else
MAX_PARAMETERS_BYTES: Final = 16 * 1024
DELETION_DEADLINE: Final = timedelta(days=7)  # what is not wanted any more is not left behind for an outage


def poll_delay(polls: int, *, jitter_permille: int, retry_after: timedelta | None = None) -> timedelta:
    """How long to wait before poll number `polls` + 1: from 5 s, x 1.5 each, up to 5 min (provisioning.md).

    `jitter_permille` (800 to 1200) spreads it by +- 20 %; what the provisioner asks for in `retry_after` is honoured,
    from 100 ms to the same bound.
    """
    if retry_after is not None:
        return min(max(retry_after, _SHORTEST), _LONGEST)
    up, down = _GROWTH
    steps = min(polls, _POLLS_TO_LONGEST)
    delay = min(_FIRST_POLL * int(up**steps) / int(down**steps), _LONGEST)
    return delay * jitter_permille / 1000


def changed(confirmed: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """The whole wanted state: what was confirmed last, and over it what is to be different, parameters by name."""
    parameters = {**confirmed["parameters"], **request.get("parameters", {})}
    return {**confirmed, **request, "parameters": parameters}


def check_parameters_size(path: str, parameters: Mapping[str, Any]) -> list[FieldError]:
    """Provisioning information is bounded, whatever its schema takes."""
    if len(orjson.dumps(parameters)) <= MAX_PARAMETERS_BYTES:
        return []
    return [FieldError(path, FieldCode.TOO_LONG, f"takes more than {MAX_PARAMETERS_BYTES} bytes")]
