"""How an attempt to reach the other side ends when there is no answer."""

from enum import StrEnum


class FailureKind(StrEnum):
    """Why there is no answer; recorded as the error class of an attempt."""

    FORBIDDEN_URL = "forbidden_url"
    FORBIDDEN_ADDRESS = "forbidden_address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"


class FetchFailed(Exception):
    """No answer.

    `before_sent`: certainly no byte of the request left, so nothing happened over there. `message` is fit for
    the owner of the URL: it never holds an address that a name of theirs resolved to.
    """

    def __init__(self, kind: FailureKind, message: str, *, before_sent: bool) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.before_sent = before_sent
