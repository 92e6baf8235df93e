"""Which provisioner answers to which key, built from configuration."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from integrations.http.client import HttpClient
from integrations.provisioners.base import Provisioner
from integrations.provisioners.cloud import CloudProvisioner
from integrations.provisioners.guarded import Guarded, Limits
from integrations.provisioners.http import HttpProvisioner
from integrations.provisioners.manual import ManualProvisioner
from integrations.provisioners.saas import SaasProvisioner
from integrations.provisioners.voice import VoiceProvisioner

KINDS: Final[Mapping[str, type[HttpProvisioner]]] = {
    "cloud": CloudProvisioner,
    "saas": SaasProvisioner,
    "voice": VoiceProvisioner,
}


@dataclass(frozen=True, slots=True)
class ProvisionerConfig:
    """One provisioner: `kind` is a key of KINDS; `secrets` are `whsec_…`, newest first, several in a rotation."""

    key: str
    kind: str
    base_url: str
    secrets: tuple[str, ...] = field(repr=False)
    limits: Limits = field(default_factory=Limits)


class UnknownProvisioner(LookupError):
    """A product names a provisioner that isn't configured, or a configuration a kind that isn't built."""


class Registry:
    """Every configured provisioner, by key."""

    def __init__(self, provisioners: Iterable[Provisioner]) -> None:
        self._by_key: dict[str, Provisioner] = {}
        for provisioner in provisioners:
            if provisioner.key in self._by_key:
                raise ValueError(f"the provisioner {provisioner.key!r} is configured twice")
            self._by_key[provisioner.key] = provisioner

    @property
    def keys(self) -> list[str]:
        """The keys that are configured, sorted."""
        return sorted(self._by_key)

    def get(self, key: str) -> Provisioner:
        """Return the provisioner of that key. Raises UnknownProvisioner, naming those that are configured."""
        try:
            return self._by_key[key]
        except KeyError:
            configured = ", ".join(self.keys) or "none"
            raise UnknownProvisioner(f"no provisioner {key!r} is configured; configured: {configured}") from None


def build_registry(
    configs: Iterable[ProvisionerConfig], *, http: HttpClient, clock: Callable[[], datetime]
) -> Registry:
    """Build the connector of each configuration, and the manual one, which needs none.

    Raises UnknownProvisioner for a kind that KINDS lacks.
    """
    return Registry([ManualProvisioner(), *(_build(config, http=http, clock=clock) for config in configs)])


def _build(config: ProvisionerConfig, *, http: HttpClient, clock: Callable[[], datetime]) -> Provisioner:
    if config.kind not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise UnknownProvisioner(f"provisioner {config.key!r}: no kind {config.kind!r}; kinds: {kinds}")
    made = KINDS[config.kind](key=config.key, base_url=config.base_url, secrets=config.secrets, http=http, clock=clock)
    return Guarded(made, config.limits, clock)
