"""Why something ended badly."""

import strawberry


@strawberry.type(description="Why something failed; kept for ever.")
class Failure:
    """Read by schema.reading.FAILURE."""

    code: str = strawberry.field(description="The reason, for programs.")
    reason: str = strawberry.field(description="The reason, for people.")
