"""Writes the bytes of an HTTP/1.1 request: what the caller set, and what is the same for every request of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from integrations.http.guard import Target

# Set here alone; identity, because a compressed answer could unfold without bound.
_OWN_FIELDS = frozenset(
    {
        b"host",
        b"accept-encoding",
        b"connection",
        b"content-length",
        b"expect",
        b"transfer-encoding",
        b"upgrade",
        b"user-agent",
    }
)
# Their answers are framed by rules of their own.
_REFUSED_METHODS = frozenset({"HEAD", "CONNECT"})
_METHODS_WITHOUT_BODY = frozenset({"GET", "DELETE"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request with its body in memory; `fields` are header names in lower case and values, as on the wire."""

    method: str
    url: str
    fields: Sequence[tuple[bytes, bytes]]
    body: bytes

    @classmethod
    def from_httpx(cls, request: httpx.Request) -> "Outgoing":
        """Take over a request of httpx's; httpx.RequestNotRead if its body is a stream."""
        fields = [(name.lower(), value) for name, value in request.headers.raw]
        return cls(request.method, str(request.url), fields, request.content)


def encode(outgoing: Outgoing, target: Target, *, user_agent: str) -> bytes:
    """Return head and body for the wire; ValueError for HEAD, CONNECT, or a header that would read as two."""
    if outgoing.method in _REFUSED_METHODS:
        raise ValueError(f"{outgoing.method} is not a method of this client")
    lines = [
        f"{outgoing.method} {target.path} HTTP/1.1\r\nhost: {target.authority}".encode("ascii"),
        b"accept-encoding: identity",
        b"user-agent: " + user_agent.encode("ascii"),
        *[b"%b: %b" % field for field in outgoing.fields if field[0] not in _OWN_FIELDS],
    ]
    if outgoing.body or outgoing.method not in _METHODS_WITHOUT_BODY:
        lines.append(b"content-length: %d" % len(outgoing.body))
    head = b"\r\n".join(lines)
    # As many line ends as were put in, neither more nor halves of one.
    if not head.count(b"\r") == head.count(b"\n") == len(lines) or b"\0" in head:
        raise ValueError("a header of the request holds a line break")
    return b"%b\r\n\r\n%b" % (head, outgoing.body)
