"""Credentials of instances: types and inputs."""

from typing import Annotated

import strawberry

from schema.errors import Conflict, InvalidInput, NotFound


@strawberry.type(description="One secret that opens an instance. Show it, do not keep it.")
class Credential:
    """Never part of any list, event or log."""

    name: str = strawberry.field(description="What it is, such as `admin_password`.")
    value: str = strawberry.field(description="The secret.")


@strawberry.input(description="An instance whose credentials are to be seen: by its own id or its subscription's.")
class RevealCredentialsInput:
    """What `revealCredentials` takes."""

    instance_id: strawberry.ID | None = strawberry.field(description="The instance; or", default=None)
    subscription_id: strawberry.ID | None = strawberry.field(description="its subscription.", default=None)
    last_time: bool = strawberry.field(
        description="Whether they are forgotten afterwards: nobody sees them again, by no link either.", default=False
    )


@strawberry.type(description="The credentials; that they were seen is in the event log.")
class RevealCredentialsSuccess:
    """The good end of `revealCredentials`."""

    credentials: list[Credential] = strawberry.field(description="By name.")


@strawberry.input(description="The secret of a mailed link.")
class OpenCredentialsInput:
    """What `openCredentials` takes."""

    token: str = strawberry.field(description="What stands behind #token= in the link; it works once.")


@strawberry.type(description="The credentials; the link is used up.")
class OpenCredentialsSuccess:
    """The good end of `openCredentials`."""

    credentials: list[Credential] = strawberry.field(description="By name.")


RevealCredentialsResult = Annotated[
    RevealCredentialsSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RevealCredentialsResult", description="How `revealCredentials` can end."),
]
OpenCredentialsResult = Annotated[
    OpenCredentialsSuccess | InvalidInput | NotFound,
    strawberry.union("OpenCredentialsResult", description="How `openCredentials` can end."),
]
