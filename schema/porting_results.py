"""How the mutations of port orders, toll-free orders and RespOrg changes can end."""

from typing import Annotated

import strawberry

from schema.errors import Conflict, InvalidInput, NotFound, NumbersTaken
from schema.porting import PortOrder

_NOW = "As it is now."


@strawberry.type(description="It is saved.")
class CreatePortOrderSuccess:
    """The good end of `createPortOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="It is changed.")
class UpdatePortOrderSuccess:
    """The good end of `updatePortOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="It is with the desk.")
class SubmitPortOrderSuccess:
    """The good end of `submitPortOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="What the other side did is noted.")
class AdvancePortOrderSuccess:
    """The good end of `advancePortOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="It is given up.")
class CancelPortOrderSuccess:
    """The good end of `cancelPortOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="It is with the desk.")
class CreateTollFreeOrderSuccess:
    """The good end of `createTollFreeOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="What the registry did is noted.")
class AdvanceTollFreeOrderSuccess:
    """The good end of `advanceTollFreeOrder`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="It is with the desk.")
class CreateRespOrgChangeSuccess:
    """The good end of `createRespOrgChange`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="What the other side did is noted.")
class AdvanceRespOrgChangeSuccess:
    """The good end of `advanceRespOrgChange`."""

    port_order: PortOrder = strawberry.field(description=_NOW)


@strawberry.type(description="The PIN; that it was looked at is in the event log.")
class RevealPortPinSuccess:
    """The good end of `revealPortPin`."""

    pin: str | None = strawberry.field(description="The PIN; null: none is kept.")


CreatePortOrderResult = Annotated[
    CreatePortOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreatePortOrderResult", description="How `createPortOrder` can end."),
]
UpdatePortOrderResult = Annotated[
    UpdatePortOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdatePortOrderResult", description="How `updatePortOrder` can end."),
]
SubmitPortOrderResult = Annotated[
    SubmitPortOrderSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("SubmitPortOrderResult", description="How `submitPortOrder` can end."),
]
AdvancePortOrderResult = Annotated[
    AdvancePortOrderSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("AdvancePortOrderResult", description="How `advancePortOrder` can end."),
]
CancelPortOrderResult = Annotated[
    CancelPortOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CancelPortOrderResult", description="How `cancelPortOrder` can end."),
]
CreateTollFreeOrderResult = Annotated[
    CreateTollFreeOrderSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("CreateTollFreeOrderResult", description="How `createTollFreeOrder` can end."),
]
AdvanceTollFreeOrderResult = Annotated[
    AdvanceTollFreeOrderSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("AdvanceTollFreeOrderResult", description="How `advanceTollFreeOrder` can end."),
]
CreateRespOrgChangeResult = Annotated[
    CreateRespOrgChangeSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("CreateRespOrgChangeResult", description="How `createRespOrgChange` can end."),
]
AdvanceRespOrgChangeResult = Annotated[
    AdvanceRespOrgChangeSuccess | InvalidInput | NotFound | Conflict | NumbersTaken,
    strawberry.union("AdvanceRespOrgChangeResult", description="How `advanceRespOrgChange` can end."),
]
RevealPortPinResult = Annotated[
    RevealPortPinSuccess | InvalidInput | NotFound,
    strawberry.union("RevealPortPinResult", description="How `revealPortPin` can end."),
]
