"""How often secrets may be tried: two leaky buckets, of who is tried and of where it is tried from."""

from ipaddress import IPv6Address, ip_address
from typing import Final

from integrations.line import RedisLine
from integrations.throttle import Throttle

WINDOW_SECONDS: Final = 900
_SITE_BITS: Final = 64  # whoever has one IPv6 address has all of its /64


class Attempts:
    """At most so many at once, as many again within 15 minutes; shared by all processes like `Throttle`."""

    def __init__(self, line: RedisLine, *, per_subject: int, per_address: int) -> None:
        self._by_subject = _bucket(line, per_subject)
        self._by_address = _bucket(line, per_address)

    async def take_of_subject(self, subject: str) -> float:
        """Count one attempt on a subject; the seconds until there may be one, 0 when it is counted."""
        return await self._by_subject.reserve(_subject(subject), WINDOW_SECONDS)

    async def take_of_address(self, address: str) -> float:
        """Count one attempt from an address; the seconds until there may be one, 0 when it is counted."""
        return await self._by_address.reserve(_site(address), WINDOW_SECONDS)

    def give_back(self, subject: str, address: str) -> None:
        """Take back an attempt that succeeded."""
        self._by_subject.settle(_subject(subject), reserved=WINDOW_SECONDS, used=0)
        self._by_address.settle(_site(address), reserved=WINDOW_SECONDS, used=0)


def _bucket(line: RedisLine, most: int) -> Throttle:
    """One that a process draws nothing from ahead: twenty of them would leave nothing for an address that tries once.

    An attempt costs as many points as a window has seconds: then whole points come back each second.
    """
    return Throttle(line, maximum=most * WINDOW_SECONDS, restore_per_second=most, is_drawn_ahead=False)


def _subject(subject: str) -> str:
    return f"tries:of:{subject}"


def _site(address: str) -> str:
    """The name by which an address is counted."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"tries:from:{address}"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"tries:from:{int(parsed) >> _SITE_BITS:x}"
    return f"tries:from:{getattr(parsed, 'ipv4_mapped', None) or parsed}"
