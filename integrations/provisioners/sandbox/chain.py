"""How the sandbox plays a voice platform: set up step by step, in order, whole only once the last one is done."""

import secrets
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from integrations.provisioners.sandbox.records import Instance, InstanceState, OperationRequest
from integrations.provisioners.sandbox.wire import Refusal

STEPS: Final = ("enterprise", "group", "service_packs", "customer_administrator", "numbers", "system_links")


def step_of(request: OperationRequest | None) -> str | None:
    """Which step a request is for; None for what is asked in one piece."""
    step = request.parameters.get("step") if request is not None else None
    return step if isinstance(step, str) else None


def check_order(instance: Instance | None, request: OperationRequest) -> None:
    """Refuse a step whose name is none, or that comes before the one that it stands on."""
    step = step_of(request)
    if step is None:
        return
    if step not in STEPS:
        raise Refusal(422, "unknown_step", f"the steps are {', '.join(STEPS)}")
    done = instance.steps if instance is not None else []
    before = STEPS[: STEPS.index(step)]
    if lacking := [name for name in before if name not in done and request.action != "CREATE"]:
        raise Refusal(409, "step_out_of_order", f"{lacking[0]} comes before {step}")


def taken(instance: Instance, step: str) -> dict[str, object]:
    """What a step that is done changes of an instance: its outputs grow, and the last one makes it whole."""
    outputs = {**instance.outputs, **_outputs(instance, step)}
    steps = [*instance.steps, *([] if step in instance.steps else [step])]
    is_new = instance.state is InstanceState.CREATING
    state = InstanceState.ACTIVE if is_new and steps == list(STEPS) else instance.state
    return {"outputs": outputs, "steps": steps, "state": state}


def _outputs(instance: Instance, step: str) -> Mapping[str, JsonValue]:
    place = f"https://{instance.external_id}.sandbox.example"
    match step:
        case "enterprise":
            return {"enterprise": instance.external_id}
        case "customer_administrator" if step not in instance.steps:
            name = str(instance.parameters.get("admin_username", "admin"))
            return {
                "admin_username": {"secret": True, "value": name},
                "admin_password": {"secret": True, "value": secrets.token_urlsafe(18)},
            }
        case "numbers":
            numbers = instance.parameters.get("numbers")
            return {"numbers": len(numbers) if isinstance(numbers, list) else 0}
        case "system_links" if step not in instance.steps:
            return {"login_url": {"secret": True, "value": f"{place}/login?once={secrets.token_urlsafe(18)}"}}
        case _:
            return {}
