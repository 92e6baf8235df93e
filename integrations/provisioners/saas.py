"""The SaaS connector: accounts that are sold in a currency."""

from collections.abc import Mapping
from typing import ClassVar

from integrations.provisioners.http import HttpProvisioner


class SaasProvisioner(HttpProvisioner):
    """Carries the currency (ISO 4217); the plan and the seats (quantity) every request has."""

    carries: ClassVar[Mapping[str, str]] = {"currency": "currency"}
