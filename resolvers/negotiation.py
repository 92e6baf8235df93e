"""Which media type to answer with, by the request's Accept header (RFC 9110, section 12.5.1)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

GRAPHQL_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
# Besides its own name, what means a type. Only who names the event stream gets one: wildcards want one answer.
_RANGES: Final[Mapping[str, tuple[str, ...]]] = {
    JSON: ("application/*", "*/*"),
    GRAPHQL_JSON: ("application/*", "*/*"),
    EVENT_STREAM: (),
}
_MOST_RANGES: Final = 100
_REMEMBERED_LENGTH: Final = 200


def acceptable(accept: str | None) -> tuple[str, ...]:
    """The media types that the client takes, the best first; none when it takes nothing that there is.

    The highest q wins, then the type that was named earlier; under a wildcard, JSON before the newer media type.
    """
    if accept is None or not accept.strip():
        return (JSON, GRAPHQL_JSON)
    return _remembered(accept) if len(accept) <= _REMEMBERED_LENGTH else _read(accept)


def _read(accept: str) -> tuple[str, ...]:
    places: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept.split(",")[:_MOST_RANGES]):
        name, quality = _read_range(part)
        if quality is not None:
            places.setdefault(name, (-quality, place))
    found = []
    for rank, (media_type, wider) in enumerate(_RANGES.items()):
        named = next((places[name] for name in (media_type, *wider) if name in places), None)
        if named is not None and named[0] < 0:
            found.append((named, rank, media_type))
    return tuple(media_type for _, _, media_type in sorted(found))


_remembered = lru_cache(maxsize=256)(_read)


def _read_range(part: str) -> tuple[str, float | None]:
    """A media range and its q, 1 when it has none; None when its q is no number from 0 to 1."""
    name, *parameters = part.split(";")
    quality: float | None = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            digits = value.strip()
            is_number = digits[:1] in {"0", "1"} and digits.replace(".", "", 1).isdecimal() and digits.isascii()
            quality = float(digits) if is_number and float(digits) <= 1 else None
    return name.strip().lower(), quality
