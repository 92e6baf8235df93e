"""Draws the faults that meet a request, and lets the ones about its connection happen."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue
from starlette.responses import JSONResponse, Response

from integrations.provisioners.sandbox.faults import INPUT_FAULTS, Fault, FaultKind, first, read_faults
from integrations.provisioners.sandbox.store import Store
from integrations.provisioners.sandbox.wire import Dropped


class Misbehaviour:
    """Knows the faults of the settings, the armed ones and those that a request's own parameters ask for."""

    def __init__(self, store: Store, standing: Sequence[Fault]) -> None:
        self._store = store
        self._standing = tuple(standing)

    def draw(
        self, kinds: frozenset[FaultKind], *, method: str, instance_id: str, parameters: Mapping[str, JsonValue]
    ) -> list[Fault]:
        """Return the faults of these kinds that meet the request, and count the hit of each.

        Raises pydantic.ValidationError for a `parameters.sandbox` that says no fault.
        """
        met = [
            (key, fault)
            for key, fault in self._known(instance_id, parameters)
            if fault.fault in kinds and fault.meets(method=method, instance_id=instance_id, parameters=parameters)
        ]
        asked = [fault for _, fault in met if fault.fault in INPUT_FAULTS]
        return asked + self._store.draw((key, fault) for key, fault in met if fault.fault not in INPUT_FAULTS)

    def _known(self, instance_id: str, parameters: Mapping[str, JsonValue]) -> Iterator[tuple[str, Fault]]:
        for fault in read_faults(parameters):
            yield f"{instance_id} {fault.model_dump_json()}", fault
        for fault in self._standing:
            yield f"settings {fault.model_dump_json()}", fault
        yield from self._store.armed().items()


async def misbehave(faults: Sequence[Fault], act: Callable[[], Response]) -> Response:
    """Act, unless a fault comes before; answer, unless one comes after."""
    if first(faults, FaultKind.DROP_BEFORE_ACTING):
        return Dropped()
    if error := first(faults, FaultKind.SERVER_ERROR):
        return _server_error(error)
    answer = act()
    if slow := first(faults, FaultKind.SLOW):
        await asyncio.sleep(slow.seconds)
    if first(faults, FaultKind.DROP_AFTER_ACTING):
        return Dropped()
    if error := first(faults, FaultKind.SERVER_ERROR_AFTER_ACTING):
        return _server_error(error)
    return answer


def _server_error(fault: Fault) -> Response:
    headers = None if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return JSONResponse({"code": fault.code, "message": fault.message}, fault.status, headers)
