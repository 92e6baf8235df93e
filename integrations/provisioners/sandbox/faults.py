"""What the sandbox can be told to do wrong, and when it does it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter


class FaultKind(StrEnum):
    """One way to misbehave."""

    SLOW = "slow"
    SERVER_ERROR = "server_error"
    SERVER_ERROR_AFTER_ACTING = "server_error_after_acting"
    DROP_BEFORE_ACTING = "drop_before_acting"
    DROP_AFTER_ACTING = "drop_after_acting"
    REFUSE_INPUT = "refuse_input"
    ASK_INPUT = "ask_input"
    SLOW_WORK = "slow_work"
    AT_ONCE = "at_once"
    FAIL = "fail"
    LOSE_OPERATION = "lose_operation"
    CALLBACK_LATE = "callback_late"
    CALLBACK_TWICE = "callback_twice"
    CALLBACK_FORGED = "callback_forged"
    CALLBACK_NEVER = "callback_never"


# These meet one request; the others belong to the operation that a request begins.
REQUEST_FAULTS: Final = frozenset(
    {
        FaultKind.SLOW,
        FaultKind.SERVER_ERROR,
        FaultKind.SERVER_ERROR_AFTER_ACTING,
        FaultKind.DROP_BEFORE_ACTING,
        FaultKind.DROP_AFTER_ACTING,
    }
)
OPERATION_FAULTS: Final = frozenset(FaultKind) - REQUEST_FAULTS
# These aren't counted: they end when `field` is among the parameters.
INPUT_FAULTS: Final = frozenset({FaultKind.REFUSE_INPUT, FaultKind.ASK_INPUT})


class Fault(BaseModel):
    """One fault, as `parameters.sandbox` or the settings or `POST /sandbox/faults` say it.

    It meets `times` requests or operations (null: all) by `method`, of one instance or of any. `seconds` is how long
    `slow`, `slow_work` and `callback_late` take; `status` and `retry_after` shape the server errors; `code`, `message`,
    `retryable` and `instance_usable` a failure; `field` is the parameter that the input faults ask for. With `step` it
    meets that step of a chain only, with `having` what has these among its parameters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: FaultKind
    method: Literal["PUT", "GET", "DELETE"] = "PUT"
    times: Annotated[int, Field(ge=1)] | None = 1
    instance_id: str | None = None
    seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0
    status: Annotated[int, Field(ge=500, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")] = "sandbox_failure"
    message: str = "the sandbox was told to fail"
    retryable: bool = False
    instance_usable: bool = False
    field: str = "answer"
    step: str | None = None
    having: dict[str, JsonValue] = Field(default_factory=dict)

    def meets(self, *, method: str, instance_id: str, parameters: Mapping[str, JsonValue]) -> bool:
        """Whether the request is one that it was meant for."""
        return (
            self.method == method
            and self.instance_id in {None, instance_id}
            and self.step in {None, parameters.get("step")}
            and self.having.items() <= parameters.items()
            and not (self.fault in INPUT_FAULTS and self.field in parameters)
        )


_FAULTS: Final = TypeAdapter(list[Fault])


def read_faults(parameters: Mapping[str, JsonValue]) -> list[Fault]:
    """Read `parameters.sandbox`, one fault or a list of them. Raises pydantic.ValidationError."""
    said = parameters.get("sandbox") or []
    return _FAULTS.validate_python(said if isinstance(said, list) else [said])


def first(faults: Iterable[Fault], kind: FaultKind) -> Fault | None:
    """Return the first fault of a kind, if there is one."""
    return next((fault for fault in faults if fault.fault is kind), None)


def input_schema(names: Sequence[str]) -> dict[str, JsonValue]:
    """Build the JSON Schema that asks for text under each of the names."""
    properties: dict[str, JsonValue] = {
        name: {"type": "string", "title": name.replace("_", " ").capitalize(), "minLength": 1} for name in names
    }
    return {"type": "object", "required": list(names), "properties": properties}
