"""Resolvers of the viewer and of machine tokens."""

from uuid import UUID

from domain.access import actions
from domain.access.people import MEMBERS, member_of
from domain.access.queries import API_TOKENS
from domain.organizations.queries import ORGANIZATIONS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.attempts import attempt
from resolvers.keyed import run_once_with_secret
from resolvers.lists import read_one, read_page, read_written
from resolvers.references import organization_id
from schema.access import (
    ApiToken,
    CreateApiTokenInput,
    CreateApiTokenResult,
    CreateApiTokenSuccess,
    RevokeApiTokenInput,
    RevokeApiTokenResult,
    RevokeApiTokenSuccess,
    Viewer,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def viewer(info: Info) -> Viewer:
    """Who you are to this API."""
    actor = actor_of(info)
    own = await read_written(info, "Organization", ORGANIZATIONS, actor.organization_id, "organization")
    member_id = member_of(actor)
    person = await read_one(info, "Member", MEMBERS, member_id, "member") if member_id else None
    return Viewer(principal=actor.principal, organization=own, permissions=sorted(actor.permissions), member=person)


async def api_tokens(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[ApiToken]:
    """The machine tokens of your subtree, newest first."""
    return await read_page(info, "ApiToken", API_TOKENS, page_request(first, after, last, before))


async def create_api_token(info: Info, input: CreateApiTokenInput) -> CreateApiTokenResult:  # noqa: A002 - the argument's public name
    """Make a machine token for an organization of your subtree; its secret is shown once."""
    house = info.context.house
    owner_id = await organization_id(info, input.organization, "organization")

    async def act() -> dict[str, str]:
        token = house.new_token()
        token_id = await actions.create_api_token(
            actor_of(info),
            organization_id=owner_id,
            name=input.name,
            permissions=input.permissions,
            expires_at=input.expires_at,
            token=token,
        )
        return {"id": str(token_id), "secret": house.seal(token).decode()}

    async with attempt(info, actor_of(info).principal):
        made = await run_once_with_secret(info, input, act)
    token = await read_written(info, "ApiToken", API_TOKENS, UUID(made["id"]), "apiToken")
    return CreateApiTokenSuccess(api_token=token, secret=house.open_sealed(made["secret"].encode()))


async def revoke_api_token(info: Info, input: RevokeApiTokenInput) -> RevokeApiTokenResult:  # noqa: A002 - the argument's public name
    """Make a machine token useless from now on."""
    token_id = await actions.revoke_api_token(actor_of(info), decode("ApiToken", input.id))
    return RevokeApiTokenSuccess(api_token=await read_written(info, "ApiToken", API_TOKENS, token_id, "apiToken"))
