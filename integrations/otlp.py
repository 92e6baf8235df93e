"""Traces by OpenTelemetry, sent by OTLP over HTTP; imported only where a receiver is configured."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domain.shared.traces import TRACEPARENT
from integrations.spans import Kind, Span, Value

_W3C: Final = TraceContextTextMapPropagator()
_EXPORT_SECONDS: Final = 3


class _Told:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, **attributes: Value) -> None:
        """Say more about it; names take `.` for each `__`."""
        self._span.set_attributes(_named(attributes))

    def fail(self, reason: str) -> None:
        """Say that it did not work."""
        self._span.set_status(Status(StatusCode.ERROR, reason))


class OtlpSpans:
    """Sends spans to the receiver at `endpoint` (its base, below which is `/v1/traces`), behind everybody's back.

    What more there is to set, the standard variables OTEL_… say: headers, sampler, resource attributes.
    """

    def __init__(self, endpoint: str, service: str) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("provender")

    @contextmanager
    def span(self, name: str, kind: Kind, parent: str | None, **attributes: Value) -> Iterator[Span]:
        """A span below `parent`, or the first of a trace; an exception that leaves it is noted with it."""
        above = _W3C.extract({"traceparent": parent}, Context()) if parent else Context()
        with self._tracer.start_as_current_span(
            name, context=above, kind=SpanKind[kind.value], attributes=_named(attributes)
        ) as span:
            token = TRACEPARENT.set(_traceparent(span))
            try:
                yield _Told(span)
            finally:
                TRACEPARENT.reset(token)

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()


def _traceparent(span: trace.Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _named(attributes: dict[str, Value]) -> dict[str, Value]:
    return {name.replace("__", "."): value for name, value in attributes.items()}
