"""Numbers from elsewhere."""

from typing import Final

from domain.porting.models import PortKind
from domain.porting.states import PortState
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    PortKind: (
        "PortKind",
        "What is asked of the porting desk.",
        {
            "PORT_IN": "Numbers of another carrier come in (LNP).",
            "TOLL_FREE": "New toll-free numbers.",
            "RESP_ORG": "Toll-free numbers come under our control, from another RespOrg.",
        },
    ),
    PortState: (
        "PortState",
        "Where a port order stands, and a toll-free order or a RespOrg change likewise.",
        {
            "DRAFT": "Saved, and not with the desk yet.",
            "SUBMITTED": "With the desk, and with the other side.",
            "EXCEPTION": "Refused for a reason that can be corrected; it is then submitted again.",
            "FOC_CONFIRMED": "The other side has confirmed a day (firm order commitment).",
            "PORTED": "The numbers are here, and the customer's.",
            "CANCELLED": "Given up.",
        },
    ),
}
