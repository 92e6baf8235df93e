"""The manual connector: whatever is asked of it, a person at the desk does."""

from datetime import datetime

from integrations.provisioners.base import InstanceRequest, NeedsPerson, Outcome, UsageReading

KEY = "manual"


class ManualProvisioner:
    """Speaks to nobody: its answers are those of tickets, which the job opens and reads."""

    @property
    def key(self) -> str:
        """The name under which the registry knows it."""
        return KEY

    async def apply(self, _request: InstanceRequest) -> Outcome:
        """Ask a person."""
        return NeedsPerson()

    async def poll(self, _instance_id: str, _operation_id: str) -> Outcome:
        """Still with the person."""
        return NeedsPerson()

    async def find(self, _instance_id: str) -> Outcome:
        """Only a person knows."""
        return NeedsPerson()

    async def delete(self, _instance_id: str, _operation_id: str) -> Outcome:
        """Ask a person."""
        return NeedsPerson()

    async def usage(self, _instance_id: str, _since: datetime) -> list[UsageReading]:
        """Nobody counts."""
        return []
