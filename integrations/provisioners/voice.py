"""The voice connector: hosted telephony is set up step by step, each a request of its own that may be repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from domain.provisioning.states import Action
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    InstanceRequest,
    Missing,
    NeedsInput,
    Outcome,
    OutcomeUnknown,
    Succeeded,
    Unfinished,
)
from integrations.provisioners.http import HttpProvisioner

CHAIN: Final = ("enterprise", "group", "service_packs", "customer_administrator", "numbers", "system_links")
# What an action goes through; the others are one request. The first step of a creation makes the instance.
STEPS: Final[Mapping[Action, Sequence[str]]] = {Action.CREATE: CHAIN, Action.CHANGE: (CHAIN[2], *CHAIN[4:])}


class VoiceProvisioner(HttpProvisioner):
    """Carries enterprise, group, administrator, default domain, time zone and numbers; quantity: the seats.

    A step is the operation `{operation id}_{step}` at the provisioner, with the name of the step among its parameters.
    One `apply` asks for one step: which one is next, the provisioner's own GETs tell, so it goes on where it stopped.
    """

    carries: ClassVar[Mapping[str, str]] = {
        "enterpriseName": "enterprise_name",
        "groupName": "group_name",
        "adminUsername": "admin_username",
        "defaultDomain": "default_domain",
        "timeZone": "time_zone",
        "numbers": "numbers",
    }

    async def apply(self, request: InstanceRequest) -> Outcome:
        """Ask for the next step, or once more for the one that failed or asked; InProgress while there are more."""
        steps = STEPS.get(request.action)
        if steps is None:
            return await super().apply(request)
        place, seen = await self._reached(request.instance_id, request.operation_id, steps)
        match seen:
            case Missing():
                place = 0
            case Succeeded() if place + 1 < len(steps):
                place += 1
            case Failed(retryable=True) | NeedsInput():
                pass
            case _:
                return _of_step(seen, steps, place)
        return _of_step(_as_done(await super().apply(_step(request, steps, place)), place), steps, place)

    async def poll(self, instance_id: str, operation_id: str) -> Outcome:
        """Where the last step stands that was asked for; Unfinished if that is done and another comes."""
        seen = await super().poll(instance_id, operation_id)
        if not isinstance(seen, Missing):
            return seen
        place, seen = await self._reached(instance_id, operation_id, CHAIN)
        if isinstance(seen, Succeeded) and place + 1 < len(CHAIN):
            return Unfinished()
        return _of_step(seen, CHAIN, place)

    async def find(self, instance_id: str) -> Outcome:
        """Whether the whole instance exists: of one that is being made, the steps have to be asked for again."""
        found = await super().find(instance_id)
        return Missing() if isinstance(found, InProgress) else found

    async def _reached(self, instance_id: str, operation_id: str, steps: Sequence[str]) -> tuple[int, Outcome]:
        """The last step that the provisioner knows of, by its place, and how it stands; Missing: it knows none."""
        for place in reversed(range(len(steps))):
            seen = await super().poll(instance_id, f"{operation_id}_{steps[place]}")
            if not isinstance(seen, Missing):
                return place, seen
        return 0, Missing()


def _step(request: InstanceRequest, steps: Sequence[str], place: int) -> InstanceRequest:
    """The request of one step; all but the first of a creation change what is there."""
    return replace(
        request,
        operation_id=f"{request.operation_id}_{steps[place]}",
        action=request.action if place == 0 else Action.CHANGE,
        parameters={**request.parameters, "step": steps[place]},
    )


def _as_done(outcome: Outcome, place: int) -> Outcome:
    """The enterprise that is there already was made by this step: an id names one instance for ever."""
    if place == 0 and isinstance(outcome, Failed) and outcome.code == "already_exists":
        return Succeeded("")
    return outcome


def _of_step(outcome: Outcome, steps: Sequence[str], place: int) -> Outcome:
    """What a step's outcome is for the chain; its name is told to people wherever it does not simply go on."""
    name, told = steps[place].replace("_", " "), outcome
    match outcome:
        case Succeeded() if place + 1 < len(steps):
            told = InProgress(_percent(place + 1, steps), 0.0)
        case Accepted(_, retry_after):
            told = InProgress(_percent(place, steps), retry_after)
        case InProgress(progress, retry_after):
            told = InProgress(_percent(place, steps) + (progress or 0) // len(steps), retry_after)
        case NeedsInput(schema, field_errors):
            told = NeedsInput({"title": name, **schema}, field_errors)
        case Failed(message=message, instance_usable=usable):
            # Of a chain that ends half-way something is there, though this step left all as it was.
            told = replace(outcome, message=f"{name}: {message}", instance_usable=usable and place == 0)
        case OutcomeUnknown(reason):
            told = replace(outcome, reason=f"{name}: {reason}")
    return told


def _percent(done: int, steps: Sequence[str]) -> int:
    return done * 100 // len(steps)
