"""Why something ended badly."""

import strawberry

from schema.scalars import Record


@strawberry.type(description="Why something failed; kept for ever.")
class Failure:
    """Built with `failure`."""

    code: str = strawberry.field(description="The reason, for programs.")
    reason: str = strawberry.field(description="The reason, for people.")


def failure(record: Record) -> Failure | None:
    """The failure a record tells of, None if none."""
    if record["failure_code"] is None:
        return None
    return Failure(code=record["failure_code"], reason=record["failure_reason"] or "")
