"""The voice connector against the sandbox: a chain of steps, each once, that goes on where it stopped."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import cast

import httpx
import orjson
import pytest

from domain.provisioning.states import Action
from integrations.http.client import HttpClient
from integrations.provisioners.base import (
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
from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox
from integrations.provisioners.voice import CHAIN, VoiceProvisioner
from tests.integrations.sandboxes import SECRET, create, following, instances, now, serving

NUMBERS = ["+12125550100", "+12125550101"]
ENTERPRISE = {"enterpriseName": "Acme", "adminUsername": "boss", "numbers": NUMBERS}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A sandbox that does each step at once or nearly."""
    async with serving(create_sandbox(SECRET, settings=SandboxSettings(work_seconds=0.01))) as base_url:
        yield f"{base_url}/voice"


@pytest.fixture
def voice(url: str, http: HttpClient) -> VoiceProvisioner:
    """A connector to it."""
    return VoiceProvisioner(key="voice", base_url=url, secrets=[SECRET], http=http, clock=now, call_seconds=5.0)


async def play(voice: VoiceProvisioner, request: InstanceRequest) -> Outcome:
    """Apply and poll as the worker does, until it has an end or asks."""
    async with asyncio.timeout(10):
        outcome = await voice.apply(request)
        while isinstance(outcome, InProgress | Unfinished):
            await asyncio.sleep(0.01)
            outcome = await voice.poll(request.instance_id, request.operation_id)
            if isinstance(outcome, Unfinished):
                outcome = await voice.apply(request)
    return outcome


async def log(url: str) -> list[Mapping[str, object]]:
    """What the sandbox was asked, line by line."""
    async with httpx.AsyncClient() as client:
        text = (await client.get(url.removesuffix("/voice") + "/sandbox/log")).text
    return [orjson.loads(line) for line in text.splitlines()]


async def begun(url: str, request: InstanceRequest) -> list[str]:
    """The steps of an operation that the sandbox was found to know of, in order."""
    paths = [str(line["path"]) for line in await log(url) if line["method"] == "GET" and line["status"] == 200]
    steps = [path.split(f"{request.operation_id}_")[1] for path in paths if f"{request.operation_id}_" in path]
    return list(dict.fromkeys(steps))


async def step_of(url: str) -> list[str]:
    """The steps that are done of the one instance there is."""
    (found,) = await instances(url.removesuffix("/voice"))
    return cast("list[str]", found["steps"])


async def test_a_chain_is_set_up_step_by_step(url: str, voice: VoiceProvisioner) -> None:
    """Six requests in order, progress between them; whole with the last, which answers what came out of all."""
    request = create(ENTERPRISE)
    first = await voice.apply(request)
    assert isinstance(first, InProgress)
    assert await voice.find(request.instance_id) == Missing()
    made = await play(voice, request)
    assert isinstance(made, Succeeded)
    assert made.external_id == "sandbox-1"
    assert made.outputs == {"enterprise": "sandbox-1", "numbers": 2}
    assert made.secrets["admin_username"] == "boss"
    assert made.secrets.keys() == {"admin_username", "admin_password", "login_url"}
    (there,) = await instances(url.removesuffix("/voice"))
    assert (there["steps"], there["state"], there["creations"]) == (list(CHAIN), "active", 1)
    assert await voice.poll(request.instance_id, request.operation_id) == made
    assert await voice.apply(request) == made


async def test_each_step_can_be_asked_for_again(url: str, voice: VoiceProvisioner) -> None:
    """Answers that are lost after each step make nothing twice: what is done is read, and the chain goes on."""
    request = create({**ENTERPRISE, "sandbox": [{"fault": "drop_after_acting", "step": step} for step in CHAIN]})
    lost = 0
    outcome: Outcome = Unfinished()
    async with asyncio.timeout(10):
        while not isinstance(outcome, Succeeded):
            if isinstance(outcome, Unfinished | Missing):
                outcome = await voice.apply(request)
                lost += isinstance(outcome, OutcomeUnknown)
            await asyncio.sleep(0.01)
            outcome = await voice.poll(request.instance_id, request.operation_id)
    assert lost == len(CHAIN)
    assert await step_of(url) == list(CHAIN)
    (there,) = await instances(url.removesuffix("/voice"))
    assert there["creations"] == 1


@pytest.mark.parametrize("step", CHAIN[::2])
async def test_a_step_that_fails_is_named(url: str, voice: VoiceProvisioner, step: str) -> None:
    """The reason begins with its name, those after it are not asked for, and what is half made is not usable."""
    request = create({**ENTERPRISE, "sandbox": {"fault": "fail", "step": step, "message": "no capacity"}})
    outcome = await play(voice, request)
    assert isinstance(outcome, Failed)
    assert outcome.message == f"{step.replace('_', ' ')}: no capacity"
    assert not outcome.instance_usable
    assert await step_of(url) == list(CHAIN[: CHAIN.index(step)])
    assert not isinstance(await voice.delete(request.instance_id, f"{request.operation_id}_cleanup"), Failed)


async def test_a_failure_that_passes_goes_on_with_its_step(url: str, voice: VoiceProvisioner) -> None:
    """Applied again, the step that failed runs again, and none before it."""
    fault = {"fault": "fail", "step": "numbers", "retryable": True}
    request = create({**ENTERPRISE, "sandbox": fault})
    failed = await play(voice, request)
    assert isinstance(failed, Failed)
    assert failed.retryable
    assert isinstance(await play(voice, request), Succeeded)
    assert [line["method"] for line in await log(url)].count("PUT") == len(CHAIN) + 1
    assert await begun(url, request) == list(CHAIN)


@pytest.mark.parametrize("fault", ["ask_input", "refuse_input"])
async def test_a_step_that_asks_goes_on_with_the_answers(url: str, voice: VoiceProvisioner, fault: str) -> None:
    """What it asks for names the step; with the answers that one goes on, and the ones before it are left alone."""
    request = create({**ENTERPRISE, "sandbox": {"fault": fault, "field": "site", "step": "group"}})
    question = await play(voice, request)
    assert isinstance(question, NeedsInput)
    assert question.schema["title"] == "group"
    assert question.schema["required"] == ["site"]
    answered = replace(request, parameters={**request.parameters, "site": "HQ"})
    assert isinstance(await play(voice, answered), Succeeded)
    assert await step_of(url) == list(CHAIN)


async def test_a_change_goes_through_three_steps(url: str, voice: VoiceProvisioner) -> None:
    """Service packs, numbers, links; a suspension is one request; what is changed makes no credentials anew."""
    request = create(ENTERPRISE)
    assert isinstance(await play(voice, request), Succeeded)
    change = replace(
        following(request, Action.CHANGE, quantity=30), parameters={**request.parameters, "numbers": NUMBERS[:1]}
    )
    changed = await play(voice, change)
    assert isinstance(changed, Succeeded)
    assert changed.secrets == {}
    (there,) = await instances(url.removesuffix("/voice"))
    parameters = cast("dict[str, object]", there["parameters"])
    assert (there["quantity"], parameters["numbers"], there["state"]) == (30, NUMBERS[:1], "active")
    assert await begun(url, change) == ["service_packs", "numbers", "system_links"]
    suspension = following(change, Action.SUSPEND)
    await voice.apply(suspension)
    await asyncio.sleep(0.05)
    assert isinstance(await voice.poll(suspension.instance_id, suspension.operation_id), Succeeded)


async def test_an_enterprise_whose_operation_was_forgotten_is_gone_on_with(url: str, voice: VoiceProvisioner) -> None:
    """Where the provisioner knows the instance and not the operation, the first step counts as done."""
    request = create({**ENTERPRISE, "sandbox": {"fault": "lose_operation", "step": "enterprise"}})
    await voice.apply(request)
    await asyncio.sleep(0.05)
    assert await voice.poll(request.instance_id, request.operation_id) == Missing()
    again = replace(request, operation_id=following(request, Action.CREATE).operation_id)
    assert isinstance(await voice.apply(again), InProgress)
    assert await step_of(url) == ["enterprise"]


async def test_steps_have_an_order(url: str, voice: VoiceProvisioner) -> None:
    """The sandbox refuses a step before the one that it stands on, and one that is none."""
    request = create(ENTERPRISE)
    await voice.apply(request)
    await asyncio.sleep(0.05)
    for step, code in (("numbers", "step_out_of_order"), ("party", "unknown_step")):
        change = replace(following(request, Action.CHANGE), parameters={**request.parameters, "step": step})
        refused = await super(VoiceProvisioner, voice).apply(change)
        assert isinstance(refused, Failed)
        assert refused.code == code
