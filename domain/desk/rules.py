"""What a person may hand over when a ticket is completed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_text

MAX_OUTPUTS: Final = 50
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_MAX_VALUE: Final = 4000
_MAX_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that came out of the work; what is secret is encrypted and only revealed."""

    name: str
    value: str = field(repr=False)
    is_secret: bool


def check_outputs(outputs: Sequence[Output]) -> list[FieldError]:
    """Everything wrong with the outputs of a ticket: names like those in a program, each once."""
    if len(outputs) > MAX_OUTPUTS:
        return [FieldError("outputs", FieldCode.TOO_LONG, f"at most {MAX_OUTPUTS} are allowed")]
    problems = []
    names = [output.name for output in outputs]
    for place, output in enumerate(outputs):
        path = f"outputs.{place}.name"
        if not _NAME.fullmatch(output.name):
            problems.append(FieldError(path, FieldCode.INVALID, "is a letter, then letters, digits and _, at most 64"))
        elif output.name in names[:place]:
            problems.append(FieldError(path, FieldCode.ALREADY_EXISTS, "stands there twice"))
        problems += check_text(f"outputs.{place}.value", output.value, max_length=_MAX_VALUE)
    return problems


def check_reason(reason: str) -> list[FieldError]:
    """Why it could not be done is said to those who wait."""
    return check_text("reason", reason, max_length=_MAX_REASON)
