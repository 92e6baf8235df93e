"""What those who run the sandbox see and set: its instances, its log, its faults."""

from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from integrations.provisioners.sandbox.faults import Fault
from integrations.provisioners.sandbox.records import Reading, Report
from integrations.provisioners.sandbox.store import Store
from integrations.provisioners.sandbox.wire import Refusal, malformed, refused


class Console:
    """The routes under /sandbox, unsigned; no answer holds an output, so none holds a secret."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def healthz(self, _request: Request) -> Response:
        """Say that it answers."""
        return JSONResponse({"status": "ok"})

    async def instances(self, _request: Request) -> Response:
        """List every instance there ever was, the deleted ones too."""
        return JSONResponse(
            [instance.model_dump(mode="json", exclude={"outputs", "usage"}) for instance in self._store.instances()]
        )

    async def log(self, _request: Request) -> Response:
        """List what happened, one JSON object a line: every request, and every callback with what became of it."""
        return PlainTextResponse("".join(f"{line}\n" for line in self._store.log()), media_type="application/x-ndjson")

    async def arm(self, request: Request) -> Response:
        """Arm a fault for requests to come."""
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            return refused(malformed(error))
        self._store.arm(fault)
        return JSONResponse(fault.model_dump(mode="json"), 201)

    async def report(self, request: Request) -> Response:
        """Let an instance have so many users from now, or another time, on."""
        try:
            report = Report.model_validate_json(await request.body())
        except ValidationError as error:
            return refused(malformed(error))
        instance = self._store.instance(report.instance_id)
        if instance is None:
            return refused(Refusal(404, "not_found", "there is no such instance"))
        reading = Reading(at=report.at or self._clock(), users=report.users)
        self._store.save(instance.model_copy(update={"usage": [*instance.usage, reading]}))
        return JSONResponse(reading.model_dump(mode="json"), 201)

    async def armed(self, _request: Request) -> Response:
        """List the armed faults, used up or not."""
        return JSONResponse([fault.model_dump(mode="json") for fault in self._store.armed().values()])

    async def disarm(self, _request: Request) -> Response:
        """Forget the armed faults."""
        self._store.disarm()
        return Response(status_code=204)
