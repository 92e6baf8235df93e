"""The contract's client against a sandbox that misbehaves, over real sockets: nothing is doubled, nothing lost."""

import asyncio
import socket
from dataclasses import replace

import httpx
import pytest

from domain.provisioning.states import Action
from integrations.http.client import HttpClient
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    InstanceRequest,
    Missing,
    NeedsInput,
    OutcomeUnknown,
    ProvisionerUnavailable,
    Succeeded,
    Unavailable,
)
from integrations.provisioners.http import HttpProvisioner
from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox
from integrations.provisioners.sandbox.faults import Fault, FaultKind
from tests.integrations.sandboxes import (
    SECRET,
    connect,
    create,
    done,
    following,
    instances,
    now,
    serving,
    settled,
)


def faulty(fault: str, **options: object) -> InstanceRequest:
    """Build a creation whose parameters ask for a fault."""
    return create({"sandbox": {"fault": fault, **options}})


async def creations(url: str) -> list[object]:
    """Tell how often each instance was made."""
    return [instance["creations"] for instance in await instances(url)]


@pytest.mark.parametrize("fault", ["drop_before_acting", "server_error"])
async def test_an_unknown_outcome_is_looked_up_and_asked_again(
    url: str, provisioner: HttpProvisioner, fault: str
) -> None:
    """After a broken connection or a 5xx the instance is looked for; as it is missing, the operation is repeated."""
    request = faulty(fault)
    assert isinstance(await provisioner.apply(request), OutcomeUnknown)
    assert await provisioner.find(request.instance_id) == Missing()
    await done(provisioner, request)
    assert await creations(url) == [1]


@pytest.mark.parametrize("fault", ["drop_after_acting", "server_error_after_acting"])
async def test_what_was_acted_on_before_the_break_is_found(url: str, provisioner: HttpProvisioner, fault: str) -> None:
    """When the answer is lost after the act, the instance is found, and even a repetition makes no second one."""
    request = faulty(fault)
    assert isinstance(await provisioner.apply(request), OutcomeUnknown)
    assert isinstance(await provisioner.find(request.instance_id), InProgress)
    assert isinstance(await provisioner.apply(request), Accepted)
    assert isinstance(await settled(provisioner, request), Succeeded)
    assert await creations(url) == [1]


async def test_an_answer_that_comes_too_late_is_an_unknown_outcome(url: str, http: HttpClient) -> None:
    """A call that outlasts its deadline may have been acted on."""
    hasty = connect(url, http, call_seconds=0.1)
    request = faulty("slow", seconds=0.5)
    assert isinstance(await hasty.apply(request), OutcomeUnknown)
    assert isinstance(await connect(url, http).find(request.instance_id), InProgress | Succeeded)


async def test_a_503_that_says_when_to_return_did_nothing(url: str, provisioner: HttpProvisioner) -> None:
    """503 with Retry-After is the provisioner's word that nothing was done; without, it is like any 5xx."""
    request = faulty("server_error", status=503, retry_after=7)
    assert await provisioner.apply(request) == Unavailable("answered 503: the sandbox was told to fail", 7.0)
    assert await creations(url) == []
    assert isinstance(await provisioner.apply(faulty("server_error", status=503)), OutcomeUnknown)


async def test_nobody_listening_did_nothing(http: HttpClient) -> None:
    """A connection that was refused carried no request; every call says so."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        absent = connect(f"http://127.0.0.1:{closed.getsockname()[1]}", http)
        request = create()
        assert isinstance(await absent.apply(request), Unavailable)
        assert isinstance(await absent.delete(request.instance_id, request.operation_id), Unavailable)
        assert isinstance(await absent.find(request.instance_id), Unavailable)
        with pytest.raises(ProvisionerUnavailable):
            await absent.usage(request.instance_id, now())


async def test_a_read_that_fails_is_never_an_unknown_outcome(provisioner: HttpProvisioner) -> None:
    """A GET changes nothing, so one that broke is simply asked again."""
    request = create({"sandbox": [{"fault": kind, "method": "GET"} for kind in ("drop_before_acting", "server_error")]})
    await provisioner.apply(request)
    assert isinstance(await provisioner.poll(request.instance_id, request.operation_id), Unavailable)
    assert isinstance(await settled(provisioner, request), Succeeded)


async def test_a_failure_is_final_and_leaves_a_remnant(provisioner: HttpProvisioner) -> None:
    """A failed creation says why, says it again when repeated, and its remnant is there to be deleted."""
    request = faulty("fail", code="domain_taken", message="example.com belongs to another tenant", times=None)
    await provisioner.apply(request)
    failed = Failed("domain_taken", "example.com belongs to another tenant", retryable=False, instance_usable=False)
    assert await settled(provisioner, request) == failed
    assert await provisioner.apply(request) == failed
    assert isinstance(await provisioner.find(request.instance_id), Failed)
    deletion = following(request, Action.DELETE)
    await provisioner.delete(request.instance_id, deletion.operation_id)
    await settled(provisioner, deletion)
    assert await provisioner.find(request.instance_id) == Missing()


async def test_a_failure_that_may_pass_is_run_again(url: str, provisioner: HttpProvisioner) -> None:
    """The same operation, applied again after a retryable failure, runs again and succeeds."""
    request = faulty("fail", retryable=True)
    await provisioner.apply(request)
    failed = await settled(provisioner, request)
    assert isinstance(failed, Failed)
    assert failed.retryable
    await done(provisioner, request)
    assert await creations(url) == [1]


@pytest.mark.parametrize("action", [Action.CHANGE, Action.DELETE])
async def test_an_instance_survives_a_failed_change(provisioner: HttpProvisioner, action: Action) -> None:
    """A change or deletion that fails leaves a usable instance."""
    method = "DELETE" if action is Action.DELETE else "PUT"
    fault = {"fault": "fail", "method": method, "retryable": True}
    request = create()
    await done(provisioner, request)
    change = replace(following(request, Action.CHANGE, quantity=30), parameters={"sandbox": fault})
    await provisioner.apply(change)
    if action is Action.DELETE:
        await settled(provisioner, change)
        change = following(change, Action.DELETE)
        await provisioner.apply(change)
    failed = await settled(provisioner, change)
    assert isinstance(failed, Failed)
    assert failed.instance_usable
    assert isinstance(await provisioner.find(request.instance_id), Succeeded)
    await done(provisioner, change)


async def test_an_operation_that_asks_for_input_resumes_with_it(url: str, provisioner: HttpProvisioner) -> None:
    """An operation under way can ask; it goes on as the same operation, once it is answered and not before."""
    request = faulty("ask_input", field="tax_id")
    await provisioner.apply(request)
    asked = await settled(provisioner, request)
    assert isinstance(asked, NeedsInput)
    assert asked.schema["required"] == ["tax_id"]
    assert await provisioner.apply(request) == asked
    assert isinstance(await provisioner.apply(following(request, Action.SUSPEND)), Unavailable)
    await done(provisioner, replace(request, parameters={**request.parameters, "tax_id": "DE1"}))
    assert await creations(url) == [1]


async def test_input_that_is_asked_for_at_once_begins_nothing(url: str, provisioner: HttpProvisioner) -> None:
    """A 422 asks before anything was begun."""
    request = faulty("refuse_input", field="tax_id")
    assert isinstance(await provisioner.apply(request), NeedsInput)
    assert await creations(url) == []
    await done(provisioner, replace(request, parameters={**request.parameters, "tax_id": "DE1"}))


async def test_work_that_is_done_at_once_needs_no_polling(provisioner: HttpProvisioner) -> None:
    """A provisioner may answer with the result; so it may for a deletion."""
    request = create({"sandbox": [{"fault": "at_once"}, {"fault": "at_once", "method": "DELETE"}]})
    made = await provisioner.apply(request)
    assert isinstance(made, Succeeded)
    assert "admin_password" in made.secrets
    deletion = following(request, Action.DELETE)
    assert await provisioner.apply(deletion) == Succeeded("")
    assert await provisioner.find(request.instance_id) == Missing()


async def test_a_lost_operation_is_found_by_its_instance(provisioner: HttpProvisioner) -> None:
    """When the provisioner knows the operation no more, the instance still tells the result."""
    request = faulty("lose_operation")
    await provisioner.apply(request)
    assert await provisioner.poll(request.instance_id, request.operation_id) == Missing()
    async with asyncio.timeout(5):
        while isinstance(found := await provisioner.find(request.instance_id), InProgress):  # noqa: ASYNC110 - polling is the point
            await asyncio.sleep(0.02)
    assert isinstance(found, Succeeded)
    assert "admin_password" in found.secrets


async def test_faults_are_armed_listed_and_disarmed(url: str, provisioner: HttpProvisioner) -> None:
    """An armed fault meets as many requests as it says, of the instance that it names."""
    request = create()
    async with httpx.AsyncClient(base_url=url) as client:
        armed = {"fault": "server_error", "instance_id": request.instance_id, "times": 2}
        assert (await client.post("/sandbox/faults", json=armed)).status_code == 201
        assert (await client.post("/sandbox/faults", json={"fault": "melt"})).status_code == 400
        assert [f["fault"] for f in (await client.get("/sandbox/faults")).json()] == ["server_error"]
        assert isinstance(await provisioner.apply(create()), Accepted)
        assert isinstance(await provisioner.apply(request), OutcomeUnknown)
        assert (await client.delete("/sandbox/faults")).status_code == 204
        assert isinstance(await provisioner.apply(request), Accepted)


async def test_faults_of_the_settings_are_in_force_from_the_start(http: HttpClient) -> None:
    """A sandbox can be set to fail before anyone asks anything of it."""
    settings = SandboxSettings(work_seconds=0.05, faults=(Fault(fault=FaultKind.SERVER_ERROR, times=1),))
    async with serving(create_sandbox(SECRET, settings=settings)) as url:
        provisioner = connect(url, http)
        assert isinstance(await provisioner.apply(create()), OutcomeUnknown)
        assert isinstance(await provisioner.apply(create()), Accepted)


async def test_what_is_no_fault_is_refused(provisioner: HttpProvisioner) -> None:
    """A misspelt fault is told at once, not taken for good behaviour."""
    refused = await provisioner.apply(faulty("melt"))
    assert isinstance(refused, Failed)
    assert refused.code == "malformed"


async def test_the_log_has_a_line_for_each_request(url: str, provisioner: HttpProvisioner) -> None:
    """The log tells when, what, how it was answered and which fault met it, and no secret."""
    request = faulty("drop_after_acting")
    await provisioner.apply(request)
    made = await settled(provisioner, request)
    assert isinstance(made, Succeeded)
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        text = (await client.get("/sandbox/log")).text
        listed = (await client.get("/sandbox/instances")).text
    first = httpx.Response(200, text=text.splitlines()[0]).json()
    assert first.keys() == {"at", "method", "path", "status", "note"}
    assert (first["method"], first["status"], first["note"]) == ("PUT", None, "drop_after_acting")
    assert made.secrets["admin_password"] not in text + listed
