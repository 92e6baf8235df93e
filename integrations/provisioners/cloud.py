"""The cloud connector: tenants in a data location, with a domain and a first administrator."""

from collections.abc import Mapping
from typing import ClassVar

from integrations.provisioners.http import HttpProvisioner


class CloudProvisioner(HttpProvisioner):
    """Carries data location, domain and administrator name; the plan and the seats (quantity) every request has."""

    carries: ClassVar[Mapping[str, str]] = {
        "dataLocation": "data_location",
        "domain": "domain",
        "adminUsername": "admin_username",
    }
