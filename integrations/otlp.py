"""Traces by OpenTelemetry, sent by OTLP over HTTP; its libraries are loaded only where a receiver is configured."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

from domain.shared.traces import TRACEPARENT
from integrations.spans import Kind, Span, Value

_EXPORT_SECONDS: Final = 3
_CLOSE_SECONDS: Final = 2.0


class OtlpSpans:
    """Sends spans to the receiver at `endpoint` (its base, below which is `/v1/traces`), behind everybody's back.

    What more there is to set, the standard variables OTEL_… say: headers, sampler, resource attributes. ImportError
    where the libraries are not there: they are an extra.
    """

    def __init__(self, endpoint: str, service: str) -> None:
        from opentelemetry import trace  # noqa: PLC0415 - an extra, and slow to load
        from opentelemetry.context import Context  # noqa: PLC0415 - as above
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
        from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415 - as above

        resource = Resource.create({"service.name": service})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("provender")
        self._w3c, self._nothing = tracecontext.TraceContextTextMapPropagator(), Context()
        self._kinds = {kind: trace.SpanKind[kind.value] for kind in Kind}
        self._failed = trace.StatusCode.ERROR

    @contextmanager
    def span(self, name: str, kind: Kind, parent: str | None, **attributes: Value) -> Iterator[Span]:
        """A span below `parent`, or the first of a trace; an exception that leaves it is noted with it."""
        above = self._w3c.extract({"traceparent": parent}, self._nothing) if parent else self._nothing
        with self._tracer.start_as_current_span(
            name, context=above, kind=self._kinds[kind], attributes=_named(attributes)
        ) as span:
            token = TRACEPARENT.set(_traceparent(span.get_span_context()))
            try:
                yield _Told(span, self._failed)
            finally:
                TRACEPARENT.reset(token)

    def close(self) -> None:
        """Send what was not sent yet, for two seconds at most: a process that stops waits for nobody longer."""
        # Its own waits for each batch, and for half a minute in all.
        sending = Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(_CLOSE_SECONDS)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # theirs


class _Told:
    """A span of OpenTelemetry, and what it calls failed."""

    def __init__(self, span: Any, failed: Any) -> None:
        self._span = span
        self._failed = failed

    def note(self, **attributes: Value) -> None:
        """Say more about it; names take `.` for each `__`."""
        self._span.set_attributes(_named(attributes))

    def fail(self, reason: str) -> None:
        """Say that it did not work."""
        self._span.set_status(self._failed, reason)


def _traceparent(context: Any) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _named(attributes: dict[str, Value]) -> dict[str, Value]:
    return {name.replace("__", "."): value for name, value in attributes.items()}
