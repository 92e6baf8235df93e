"""The voice connector: hosted telephony for an enterprise and its groups."""

from collections.abc import Mapping
from typing import ClassVar

from integrations.provisioners.http import HttpProvisioner


class VoiceProvisioner(HttpProvisioner):
    """Carries enterprise, group, default domain, time zone and numbers (E.164); quantity is the number of seats."""

    carries: ClassVar[Mapping[str, str]] = {
        "enterpriseName": "enterprise_name",
        "groupName": "group_name",
        "defaultDomain": "default_domain",
        "timeZone": "time_zone",
        "numbers": "numbers",
    }
