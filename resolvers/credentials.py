"""Resolvers of credentials."""

from collections.abc import Mapping

from domain.provisioning.credentials import open_link, reveal_credentials, take_credentials
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.attempts import attempt
from schema.context import Info
from schema.credentials import (
    Credential,
    OpenCredentialsInput,
    OpenCredentialsResult,
    OpenCredentialsSuccess,
    RevealCredentialsInput,
    RevealCredentialsResult,
    RevealCredentialsSuccess,
)


async def reveal(info: Info, input: RevealCredentialsInput) -> RevealCredentialsResult:  # noqa: A002 - the argument's public name
    """See what opens an instance; who saw it is recorded."""
    if (input.instance_id is None) == (input.subscription_id is None):
        raise Invalid([FieldError("instanceId", FieldCode.REQUIRED, "give either instanceId or subscriptionId")])
    act = take_credentials if input.last_time else reveal_credentials
    shown = await act(
        actor_of(info),
        instance_id=decode("Instance", input.instance_id, path="instanceId") if input.instance_id else None,
        subscription_id=(
            decode("Subscription", input.subscription_id, path="subscriptionId") if input.subscription_id else None
        ),
        open_sealed=info.context.house.open_sealed,
    )
    return RevealCredentialsSuccess(credentials=_listed(shown))


async def open_mailed(info: Info, input: OpenCredentialsInput) -> OpenCredentialsResult:  # noqa: A002 - the argument's public name
    """See what opens an instance by the secret of a mailed link, once; open to everyone, a few failures at a time."""
    house = info.context.house
    async with attempt(info, input.token):
        shown = await open_link(house.clock, input.token, open_sealed=house.open_sealed)
    return OpenCredentialsSuccess(credentials=_listed(shown))


def _listed(shown: Mapping[str, str]) -> list[Credential]:
    return [Credential(name=name, value=value) for name, value in sorted(shown.items())]
