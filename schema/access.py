"""Who acts, and machine tokens: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.shared.actor import Permission
from schema.errors import Conflict, InvalidInput, NotFound
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.people import Member
from schema.reading import Reader, column, computed, identity


@strawberry.type(description="Who asks.")
class Viewer:
    """The actor of the request."""

    principal: str = strawberry.field(description="The credential that asks, by its id.")
    organization: Organization = strawberry.field(description="The organization it acts for.")
    permissions: list[Permission] = strawberry.field(description="What it may do.")
    member: Member | None = strawberry.field(description="The person who asks, with its role; null for a machine.")


@strawberry.type(description="A machine's credential; the secret itself is shown once, when it is made.")
class ApiToken(Node):
    """Read from `api_tokens`."""

    name: str = strawberry.field(description="What it is called.")
    hint: str = strawberry.field(description="The secret's last characters.")
    permissions: list[Permission] = strawberry.field(description="What it was granted.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it stops working; null: never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


API_TOKEN: Final = Reader(
    ApiToken,
    {
        "id": identity("ApiToken"),
        "name": column("name"),
        "hint": column("hint"),
        "permissions": computed(("permissions",), lambda record: [Permission(name) for name in record["permissions"]]),
        "created_at": column("created_at"),
        "expires_at": column("expires_at"),
        "last_used_at": column("last_used_at"),
        "revoked_at": column("revoked_at"),
    },
)


@strawberry.input(description="A machine token to make.")
class CreateApiTokenInput:
    """What `createApiToken` takes."""

    organization: OrganizationRef = strawberry.field(description="Whom the token acts for: of your subtree.")
    name: str = strawberry.field(description="What to call it.")
    permissions: list[Permission] = strawberry.field(description="What to grant: at most what you have yourself.")
    expires_at: datetime | None = strawberry.field(description="When it stops working; null: never.", default=None)
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The token was made.")
class CreateApiTokenSuccess:
    """The good end of `createApiToken`."""

    api_token: ApiToken = strawberry.field(description="The new token.")
    secret: str = strawberry.field(description="Send it as `Authorization: Bearer …`. It cannot be shown again.")


@strawberry.input(description="A machine token to revoke.")
class RevokeApiTokenInput:
    """What `revokeApiToken` takes."""

    id: strawberry.ID = strawberry.field(description="The token.")


@strawberry.type(description="The token works no more.")
class RevokeApiTokenSuccess:
    """The good end of `revokeApiToken`."""

    api_token: ApiToken = strawberry.field(description="The revoked token.")


CreateApiTokenResult = Annotated[
    CreateApiTokenSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateApiTokenResult", description="How `createApiToken` can end."),
]
RevokeApiTokenResult = Annotated[
    RevokeApiTokenSuccess | InvalidInput | NotFound,
    strawberry.union("RevokeApiTokenResult", description="How `revokeApiToken` can end."),
]
