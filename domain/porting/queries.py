"""Reading what the porting desk works on."""

from typing import Final

from domain.porting.models import PortKind
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing


def _of(kind: PortKind) -> Listing:
    return Listing(
        f"(SELECT * FROM ports WHERE kind = '{kind.value}') AS ports",  # noqa: S608 - a constant
        filters={"state": "state", "customer_id": "organization_id", "created_at": "created_at"},
        sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
    )


PORT_ORDERS: Final = _of(PortKind.PORT_IN)
TOLL_FREE_ORDERS: Final = _of(PortKind.TOLL_FREE)
RESP_ORG_CHANGES: Final = _of(PortKind.RESP_ORG)
PORTS: Final = Listing("ports")  # of every kind, by id
