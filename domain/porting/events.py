"""What the events of ports say: never the PIN, nor the account at the losing carrier."""

from collections.abc import Mapping
from typing import Any, Final

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.porting.states import PortState
from domain.shared.ids import encode

MOVED: Final[Mapping[PortState, EventType]] = {
    PortState.SUBMITTED: EventType.PORT_SUBMITTED,
    PortState.EXCEPTION: EventType.PORT_EXCEPTION_RAISED,
    PortState.FOC_CONFIRMED: EventType.PORT_FOC_CONFIRMED,
    PortState.PORTED: EventType.PORT_PORTED,
    PortState.CANCELLED: EventType.PORT_CANCELLED,
}


def port_event(event_type: EventType, row: Mapping[str, Any]) -> NewEvent:
    """The event of a port: `row` is as it stands now."""
    data = {
        "port_id": encode("PortOrder", row["id"]),
        "kind": row["kind"],
        "customer_id": encode("Organization", row["organization_id"]),
        "state": row["state"],
        "numbers": list(row["numbers"]),
        "foc_date": row["confirmed_on"].isoformat() if row["confirmed_on"] else None,
        "reason": row["exception_reason"],
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
