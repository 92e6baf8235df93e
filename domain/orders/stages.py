"""The stages of a draft, and to which of them a problem belongs (CB: items, contacts, provisioning, summary)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from domain.shared.errors import FieldError


class Stage(StrEnum):
    """What a buyer fills in one after the other."""

    ITEMS = "ITEMS"
    CONTACTS = "CONTACTS"
    PROVISIONING = "PROVISIONING"
    SUMMARY = "SUMMARY"


_CONTACTS: Final = frozenset({"billingContact", "contact", "emergencyLocation"})
_PROVISIONING_PART: Final = 2  # of lines.0.parameters.domain


def stage_of(path: str) -> Stage:
    """Where a problem at this path is put right; what is of the order as a whole is seen in the summary."""
    parts = path.split(".")
    if parts[0] in _CONTACTS:
        return Stage.CONTACTS
    if parts[0] != "lines":
        return Stage.SUMMARY
    is_provisioning = len(parts) > _PROVISIONING_PART and parts[_PROVISIONING_PART] == "parameters"
    return Stage.PROVISIONING if is_provisioning else Stage.ITEMS


def by_stage(problems: Sequence[FieldError]) -> dict[Stage, list[FieldError]]:
    """What each stage lacks, in their order."""
    return {stage: [problem for problem in problems if stage_of(problem.path) is stage] for stage in Stage}
