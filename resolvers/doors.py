"""The ways in that a request opens: fresh secrets, and what people prove themselves by."""

from functools import partial
from typing import Final

from domain.access.doors import Door
from domain.access.inviting import Secret
from schema.context import Info

MACHINE_PREFIX: Final = "pvd"
ACCESS_PREFIX: Final = "pva"
INVITATION_PREFIX: Final = "pvi"
_REFRESH_PREFIX: Final = "pvr"


def door_of(info: Info) -> Door:
    """The way in of this request."""
    house = info.context.house
    return Door(
        clock=house.clock,
        passwords=house.passwords,
        new_access_token=partial(house.new_secret, ACCESS_PREFIX),
        new_refresh_token=partial(house.new_secret, _REFRESH_PREFIX),
        address=info.context.address,
    )


def fresh_secret(info: Info, prefix: str) -> Secret:
    """A new secret for a mail: secret scanners know it by its prefix."""
    token = info.context.house.new_secret(prefix)
    return Secret(token, info.context.house.seal(token))
