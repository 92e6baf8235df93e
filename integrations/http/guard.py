"""Decides where this process may connect to: pure rules over addresses and URLs (SSRF)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

URL_LIMIT_CHARACTERS = 2048

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """What a deployment permits beyond https to public addresses; development and tests permit both."""

    allow_http: bool = False
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked URL leads: `host` is lower-case ASCII without brackets, `path` carries the query."""

    scheme: str
    host: str
    port: int
    path: str
    authority: str


class ForbiddenUrl(ValueError):
    """A URL that this process must not call; `reason` is fit for the person who typed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Range(StrEnum):
    """What a special range is to us: NEVER is no destination, LOCAL is one where private ones are allowed."""

    NEVER = "never"
    LOCAL = "local"


# The IANA special-purpose registries of IPv4 and IPv6, multicast, and the metadata services of clouds.
# `ipaddress.is_global` won't do: it passes 6to4, NAT64, anycast relays and what was registered after Python's release.
SPECIAL_RANGES: tuple[tuple[str, Range, str], ...] = (
    ("0.0.0.0/8", Range.NEVER, "this network"),
    ("10.0.0.0/8", Range.LOCAL, "private use"),
    ("100.64.0.0/10", Range.LOCAL, "shared address space (CGNAT)"),
    ("100.100.100.200/32", Range.NEVER, "cloud metadata (Alibaba)"),
    ("127.0.0.0/8", Range.LOCAL, "loopback"),
    ("168.63.129.16/32", Range.NEVER, "cloud metadata (Azure, a public address)"),
    ("169.254.0.0/16", Range.NEVER, "link-local, cloud metadata"),
    ("172.16.0.0/12", Range.LOCAL, "private use"),
    ("192.0.0.0/24", Range.NEVER, "IETF protocol assignments, DS-Lite, cloud metadata (Oracle)"),
    ("192.0.2.0/24", Range.NEVER, "documentation"),
    ("192.31.196.0/24", Range.NEVER, "AS112"),
    ("192.52.193.0/24", Range.NEVER, "AMT"),
    ("192.88.99.0/24", Range.NEVER, "6to4 relay anycast"),
    ("192.168.0.0/16", Range.LOCAL, "private use"),
    ("192.175.48.0/24", Range.NEVER, "AS112 direct delegation"),
    ("198.18.0.0/15", Range.NEVER, "benchmarking"),
    ("198.51.100.0/24", Range.NEVER, "documentation"),
    ("203.0.113.0/24", Range.NEVER, "documentation"),
    ("224.0.0.0/4", Range.NEVER, "multicast"),
    ("240.0.0.0/4", Range.NEVER, "reserved, broadcast"),
    ("::/128", Range.NEVER, "unspecified"),
    ("::1/128", Range.LOCAL, "loopback"),
    ("::/96", Range.NEVER, "IPv4-compatible"),
    ("::ffff:0:0/96", Range.NEVER, "IPv4-mapped"),
    ("::ffff:0:0:0/96", Range.NEVER, "IPv4-translated"),
    ("64:ff9b::/96", Range.NEVER, "NAT64"),
    ("64:ff9b:1::/48", Range.NEVER, "NAT64, local use"),
    ("100::/64", Range.NEVER, "discard-only"),
    ("100:0:0:1::/64", Range.NEVER, "dummy prefix"),
    ("2001::/23", Range.NEVER, "IETF protocol assignments: Teredo, benchmarking, AMT, ORCHID, DRIP"),
    ("2001:db8::/32", Range.NEVER, "documentation"),
    ("2002::/16", Range.NEVER, "6to4"),
    ("2620:4f:8000::/48", Range.NEVER, "AS112 direct delegation"),
    ("3ffe::/16", Range.NEVER, "6bone, returned"),
    ("3fff::/20", Range.NEVER, "documentation"),
    ("5f00::/16", Range.NEVER, "segment routing (SRv6)"),
    ("fc00::/7", Range.LOCAL, "unique local"),
    ("fd00:ec2::/32", Range.NEVER, "cloud metadata (AWS)"),
    ("fd20:ce::254/128", Range.NEVER, "cloud metadata (Google)"),
    ("fe80::/10", Range.NEVER, "link-local"),
    ("fec0::/10", Range.NEVER, "site-local, deprecated"),
    ("ff00::/8", Range.NEVER, "multicast"),
)
# Nothing outside of it has been allocated to anyone (IANA "IPv6 Address Space").
_IPV6_GLOBAL_UNICAST = IPv6Network("2000::/3")
# ISATAP (RFC 5214) hides an IPv4 destination in the lower half of any prefix.
_ISATAP_MARKS = frozenset({0x00005EFE, 0x02005EFE})

_RANGES: tuple[tuple[IPv4Network | IPv6Network, Range], ...] = tuple(
    (ip_network(network), kind) for network, kind, _ in SPECIAL_RANGES
)

# Ports that speak other protocols, for which our bytes could be a command (WHATWG Fetch, "bad port", from 1024 up).
# Below 1024 only the web's own two are open.
WEB_PORTS = frozenset({80, 443})
BAD_PORTS = frozenset({1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}) | (
    frozenset(range(6665, 6670))
)
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Names that never leave the host or its site (RFC 6761, 6762, 8375, 9476 and ICANN's "internal").
LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "alt")

_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
# A host that ends in a number is an IPv4 address to resolvers, whatever its notation (WHATWG URL, "ends in a number").
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")


def is_public(address: Address) -> bool:
    """Tell whether anyone on the Internet could be meant by this address, and nobody nearer."""
    return not _special(address) and not _hides_special(address)


def is_permitted(address: Address, policy: EgressPolicy) -> bool:
    """Tell whether a connection to this address may be opened.

    `allow_private` adds loopback, private use, shared and unique local addresses. Link-local ones, metadata
    services, multicast and those that carry another address inside stay closed: no webhook lives there.
    """
    if is_public(address):
        return True
    return policy.allow_private and _special(address) == {Range.LOCAL}


@lru_cache(maxsize=4096)
def check_url(url: str, policy: EgressPolicy) -> Target:
    """Take a URL apart, or raise ForbiddenUrl; the name in it is vetted again when it is resolved."""
    if len(url) > URL_LIMIT_CHARACTERS:
        raise ForbiddenUrl(f"a URL has at most {URL_LIMIT_CHARACTERS} characters")
    if _UNPRINTABLE.search(url):
        raise ForbiddenUrl("a URL has no spaces, control characters or backslashes")
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, UnicodeError):
        raise ForbiddenUrl("this is not a URL") from None
    if parsed.scheme != "https" and not (parsed.scheme == "http" and policy.allow_http):
        schemes = "https:// or http://" if policy.allow_http else "https://"
        raise ForbiddenUrl(f"the URL must begin with {schemes}")
    if parsed.userinfo:
        raise ForbiddenUrl("a URL carries no user name or password")
    port = _DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if port not in WEB_PORTS and (not 1024 <= port <= 0xFFFF or port in BAD_PORTS):  # noqa: PLR2004 - TCP's own figures
        raise ForbiddenUrl(f"port {port} is not one that webhooks use")
    _check_host(host, policy)
    name = f"[{host}]" if ":" in host else host
    authority = name if port == _DEFAULT_PORTS[parsed.scheme] else f"{name}:{port}"
    return Target(parsed.scheme, host, port, parsed.raw_path.decode("ascii"), authority)


def literal_address(host: str) -> Address | None:
    """Read a host that is an address in its canonical notation; None if it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_host(host: str, policy: EgressPolicy) -> None:
    address = literal_address(host)
    if address is not None:
        if "%" in host or not is_permitted(address, policy):
            raise ForbiddenUrl("this address is not a public one")
        return
    if _NUMERIC_HOST.fullmatch(host):
        raise ForbiddenUrl("an IPv4 address is written as four decimal numbers")
    if not _HOST.fullmatch(host):
        raise ForbiddenUrl("this is not a host name")
    is_local = "." not in host or any(host == name or host.endswith(f".{name}") for name in LOCAL_NAMES)
    if is_local and not policy.allow_private:
        raise ForbiddenUrl("this name only means something on a local network")


def _special(address: Address) -> set[Range]:
    found = {kind for network, kind in _RANGES if address in network}
    if not found and isinstance(address, IPv6Address) and address not in _IPV6_GLOBAL_UNICAST:
        return {Range.NEVER}
    # ::1 lies inside the IPv4-compatible prefix, yet it is loopback before anything else.
    return {Range.LOCAL} if address == IPv6Address("::1") else found


def _hides_special(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return False
    interface = int(address) & 0xFFFF_FFFF_FFFF_FFFF
    return interface >> 32 in _ISATAP_MARKS and bool(_special(IPv4Address(interface & 0xFFFF_FFFF)))
