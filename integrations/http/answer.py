"""Parses one HTTP/1.1 answer from bytes as they come, within limits; knows no sockets."""

from dataclasses import dataclass

import httptools

HEAD_LIMIT_BYTES = 64 * 1024
_FIRST_FINAL_STATUS = 200


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A parsed answer: header names as they came, `body` cut to the read limit if `truncated`."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    truncated: bool


class MalformedAnswer(Exception):
    """The other side does not speak HTTP/1.1, or its head has no end."""


class AnswerParser:
    """Feed it what was received until `is_complete`; then `answer()` has it, and no more than the limits allow.

    At most HEAD_LIMIT_BYTES of head and, past that, `read_limit_bytes` off the wire are taken in: chunk
    framing and trailers count, so that no framing is a way around the limit.
    """

    def __init__(self, *, read_limit_bytes: int) -> None:
        self.is_complete = False
        self._read_limit_bytes = read_limit_bytes
        self._wire_bytes = 0
        self._status: int | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._is_cut = False
        self._is_reusable = False
        # None once the answer is whole: the parser holds this object, and a cycle would wait for the collector.
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    @property
    def is_reusable(self) -> bool:
        """The answer ended by itself, nothing followed it, and the other side keeps the connection open."""
        return self.is_complete and self._is_reusable and not self._is_cut

    def feed(self, data: bytes) -> None:
        """Take in bytes; MalformedAnswer if they can't be an answer's."""
        if self._parser is None:
            self._is_reusable = False
            return
        self._wire_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.is_complete:
                raise MalformedAnswer(f"not an HTTP/1.1 answer: {error}") from None
            self._is_reusable = False
        if not self.is_complete:
            self._stop_at_limits()
        if self.is_complete:
            self._parser = None

    def end(self) -> None:
        """Take note that the other side closed; MalformedAnswer if the answer was not whole by then."""
        if self.is_complete:
            return
        if self._status is None:
            raise MalformedAnswer("the connection was closed without an answer")
        if not self._ends_with_connection():
            raise MalformedAnswer("the connection was closed inside the answer")
        self.is_complete = True
        self._parser = None

    def answer(self) -> RawAnswer:
        """Return the answer, once `is_complete`."""
        if self._status is None or not self.is_complete:
            raise RuntimeError("the answer is not complete")
        body = bytes(self._body[: self._read_limit_bytes])
        is_truncated = self._is_cut or len(self._body) > self._read_limit_bytes
        return RawAnswer(self._status, tuple(self._headers), body, is_truncated)

    # Callbacks of httptools.

    def on_message_begin(self) -> None:
        """Begin a message; a second final one was not asked for."""
        if self.is_complete:
            self._is_reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of the head; trailers and what follows the answer are dropped."""
        if self._status is None:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Learn the status; an informational head (1xx) is forgotten, the answer is still to come."""
        if self._status is not None or self._parser is None:
            return
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL_STATUS:
            self._headers.clear()
            return
        self._status = status

    def on_body(self, data: bytes) -> None:
        """Keep body bytes up to one past the limit, which tells that there were more."""
        if not self.is_complete:
            self._body += data[: self._read_limit_bytes + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        """Complete the answer, unless what ended was only informational."""
        if self._status is not None and self._parser is not None and not self.is_complete:
            self.is_complete = True
            self._is_reusable = self._parser.should_keep_alive()

    def _stop_at_limits(self) -> None:
        if self._status is None:
            if self._wire_bytes > HEAD_LIMIT_BYTES:
                raise MalformedAnswer(f"the head of the answer is longer than {HEAD_LIMIT_BYTES} bytes")
            return
        limit = HEAD_LIMIT_BYTES + self._read_limit_bytes
        if len(self._body) > self._read_limit_bytes or self._wire_bytes > limit:
            self.is_complete = self._is_cut = True

    def _ends_with_connection(self) -> bool:
        """Tell whether the body runs to the end of the connection (RFC 9112, 6.3, rule 8)."""
        fields = {name.lower(): value.lower() for name, value in self._headers}
        coding = fields.get(b"transfer-encoding")
        if coding is not None:
            return not coding.rstrip().endswith(b"chunked")
        return b"content-length" not in fields
