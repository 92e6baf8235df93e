"""The contract's client against the sandbox, over real sockets: every operation and what can go right with it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from domain.provisioning.states import Action
from domain.shared.ids import encode
from integrations.http.client import HttpClient
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    Missing,
    NeedsInput,
    ParameterError,
    ProvisionerUnavailable,
    Succeeded,
    Unavailable,
)
from integrations.provisioners.cloud import CloudProvisioner
from integrations.provisioners.http import HttpProvisioner
from integrations.provisioners.sandbox.app import create_sandbox
from tests.integrations.sandboxes import (
    OTHER_SECRET,
    QUICK,
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


async def test_a_creation_is_accepted_worked_on_and_answers_its_outputs(provisioner: HttpProvisioner) -> None:
    """A CREATE is accepted, in progress, then done, with what is secret kept apart from what may be shown."""
    request = create({"admin_username": "Admin"})
    accepted = await provisioner.apply(request)
    assert isinstance(accepted, Accepted)
    assert accepted.operation == request.operation_id
    assert accepted.retry_after_seconds is not None
    running = await provisioner.poll(request.instance_id, request.operation_id)
    assert isinstance(running, InProgress)
    assert running.progress is not None
    assert isinstance(await provisioner.find(request.instance_id), InProgress)
    outcome = await settled(provisioner, request)
    assert isinstance(outcome, Succeeded)
    assert outcome.external_id == "sandbox-1"
    assert outcome.outputs == {"tenant": "sandbox-1"}
    assert outcome.secrets["admin_username"] == "Admin"
    assert outcome.secrets.keys() == {"admin_username", "admin_password", "login_url"}
    assert outcome.secrets["admin_password"] not in repr(outcome)


async def test_find_answers_what_creation_answered(provisioner: HttpProvisioner) -> None:
    """An instance that is found tells its generation and its secrets, so a lost answer loses nothing."""
    request = create()
    assert await provisioner.find(request.instance_id) == Missing()
    made = await done(provisioner, request)
    assert await provisioner.find(request.instance_id) == replace(made, generation=1)


async def test_the_same_operation_many_times_at_once_makes_one_instance(url: str, provisioner: HttpProvisioner) -> None:
    """One operation id acts once, however often and however concurrently it is applied."""
    request = create()
    outcomes = await asyncio.gather(*(provisioner.apply(request) for _ in range(20)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    first = await settled(provisioner, request)
    assert await provisioner.apply(request) == first
    assert [(i["instance_id"], i["creations"]) for i in await instances(url)] == [(request.instance_id, 1)]


async def test_another_operation_waits_until_the_first_has_ended(provisioner: HttpProvisioner) -> None:
    """While one operation runs on an instance, another is certainly not begun and is to be tried later."""
    request = create({"sandbox": {"fault": "slow_work", "seconds": 3}})
    await provisioner.apply(request)
    busy = await provisioner.apply(following(request, Action.SUSPEND))
    assert isinstance(busy, Unavailable)
    assert busy.retry_after_seconds == 1.0


async def test_an_instance_is_changed_suspended_and_resumed(url: str, provisioner: HttpProvisioner) -> None:
    """CHANGE, SUSPEND and RESUME each bring the instance to its state and generation, and make no second one."""
    request = create()
    await done(provisioner, request)
    states = []
    for action, quantity in ((Action.CHANGE, 30), (Action.SUSPEND, 30), (Action.RESUME, 30)):
        request = following(request, action, quantity=quantity)
        assert (await done(provisioner, request)).outputs == {}
        (listed,) = await instances(url)
        states.append((listed["state"], listed["quantity"], listed["generation"], listed["creations"]))
    assert states == [("active", 30, 2, 1), ("suspended", 30, 3, 1), ("active", 30, 4, 1)]


@pytest.mark.parametrize("action", [Action.CHANGE, Action.SUSPEND, Action.RESUME])
async def test_what_does_not_exist_is_missing_not_made(url: str, provisioner: HttpProvisioner, action: Action) -> None:
    """An operation on an unknown instance makes none."""
    assert await provisioner.apply(following(create(), action)) == Missing()
    assert await instances(url) == []


async def test_an_operation_that_does_not_fit_is_refused_and_leaves_the_instance(provisioner: HttpProvisioner) -> None:
    """A second creation, an older generation, another request under a used id, a late one: each says why."""
    request = create()
    await done(provisioner, request)
    change = following(request, Action.CHANGE, quantity=26)
    await done(provisioner, change)
    refused = {
        "already_exists": following(request, Action.CREATE),
        "stale_generation": replace(following(request, Action.SUSPEND), generation=1),
        "idempotency_mismatch": replace(change, quantity=27),
        "deadline_passed": replace(following(change, Action.CHANGE), deadline=now() - timedelta(seconds=1)),
    }
    for code, asked in refused.items():
        outcome = await provisioner.apply(asked)
        assert isinstance(outcome, Failed), code
        assert (outcome.code, outcome.retryable, outcome.instance_usable) == (code, False, True)
    elsewhere = await provisioner.apply(replace(change, instance_id=encode("Instance", uuid7())))
    assert isinstance(elsewhere, Failed)
    assert elsewhere.code == "idempotency_mismatch"


async def test_deleting_ends_in_success_however_often_it_is_asked(provisioner: HttpProvisioner) -> None:
    """A deletion is worked on and succeeds; repeated, or asked for what is gone or never was, it succeeds at once."""
    request = create()
    await done(provisioner, request)
    deletion = following(request, Action.DELETE)
    assert isinstance(await provisioner.apply(deletion), Accepted)
    assert isinstance(await provisioner.find(request.instance_id), InProgress)
    again = await provisioner.delete(request.instance_id, following(request, Action.DELETE).operation_id)
    assert isinstance(again, Accepted)
    assert again.operation == deletion.operation_id
    assert isinstance(await settled(provisioner, deletion), Succeeded)
    assert await provisioner.find(request.instance_id) == Missing()
    gone = Succeeded("")
    assert await provisioner.delete(request.instance_id, deletion.operation_id) == gone
    assert await provisioner.apply(following(request, Action.DELETE)) == gone
    assert await provisioner.apply(following(create(), Action.DELETE)) == gone
    mistaken = await provisioner.delete(request.instance_id, request.operation_id)
    assert isinstance(mistaken, Failed)
    assert mistaken.code == "idempotency_mismatch"


async def test_deleting_abandons_what_runs(provisioner: HttpProvisioner) -> None:
    """A creation that still runs ends with the instance that it was making."""
    request = create({"sandbox": {"fault": "slow_work", "seconds": 0.3}})
    await provisioner.apply(request)
    deletion = following(request, Action.DELETE)
    await provisioner.apply(deletion)
    abandoned = await provisioner.poll(request.instance_id, request.operation_id)
    assert isinstance(abandoned, Failed)
    assert abandoned.code == "deleted"
    assert isinstance(await settled(provisioner, deletion), Succeeded)
    await asyncio.sleep(0.4)
    assert await provisioner.find(request.instance_id) == Missing()


async def test_missing_parameters_are_asked_for_and_the_operation_resumes(url: str, http: HttpClient) -> None:
    """A kind of product asks for the parameters it requires; the same operation goes through once they are there."""
    provisioner = CloudProvisioner(key="cloud", base_url=f"{url}/cloud/", secrets=[SECRET], http=http, clock=now)
    request = create({"dataLocation": "eu-central", "adminUsername": "Admin"})
    asked = await provisioner.apply(request)
    assert isinstance(asked, NeedsInput)
    assert asked.schema["required"] == ["domain"]
    assert asked.field_errors == (ParameterError("domain", "is required"),)
    assert await provisioner.find(request.instance_id) == Missing()
    made = await done(provisioner, replace(request, parameters={**request.parameters, "domain": "example.com"}))
    assert made.secrets["admin_username"] == "Admin"
    (listed,) = await instances(url)
    assert listed["parameters"] == {"data_location": "eu-central", "admin_username": "Admin", "domain": "example.com"}


async def test_usage_is_read_since_a_time(provisioner: HttpProvisioner) -> None:
    """Readings come oldest first, from the given time on."""
    began = now()
    request = create()
    await done(provisioner, request)
    await done(provisioner, following(request, Action.CHANGE, quantity=30))
    readings = await provisioner.usage(request.instance_id, began)
    assert [reading.users for reading in readings] == [25, 30]
    assert [r.users for r in await provisioner.usage(request.instance_id, readings[1].at)] == [30]
    with pytest.raises(ProvisionerUnavailable, match="answered 404"):
        await provisioner.usage(create().instance_id, began)


async def test_a_wrong_secret_is_refused_and_nothing_is_made(url: str, http: HttpClient) -> None:
    """Who doesn't know the secret moves nothing; to us that is a provisioner that can't be used now."""
    stranger = connect(url, http, secret=OTHER_SECRET)
    request = create()
    assert await stranger.apply(request) == Unavailable("answered 401: No matching signature found")
    assert isinstance(await stranger.find(request.instance_id), Unavailable)
    assert isinstance(await stranger.delete(request.instance_id, request.operation_id), Unavailable)
    with pytest.raises(ProvisionerUnavailable, match="401"):
        await stranger.usage(request.instance_id, now())
    assert await instances(url) == []


async def test_while_a_secret_is_rotated_both_are_good(url: str, http: HttpClient) -> None:
    """Each secret in force signs, so a provisioner that knows only the old one goes on working."""
    rotating = HttpProvisioner(key="sandbox", base_url=url, secrets=[OTHER_SECRET, SECRET], http=http, clock=now)
    assert isinstance(await rotating.apply(create()), Accepted)


async def test_a_clock_that_is_off_is_refused(url: str, http: HttpClient) -> None:
    """A signature older than 300 s is worth nothing, whoever made it."""
    late = HttpProvisioner(
        key="sandbox", base_url=url, secrets=[SECRET], http=http, clock=lambda: now() - timedelta(seconds=302)
    )
    assert await late.apply(create()) == Unavailable("answered 401: Message timestamp too old")


async def test_the_sandbox_takes_up_its_work_after_a_restart(http: HttpClient, tmp_path: Path) -> None:
    """Instances and unfinished operations outlive the sandbox's process."""
    database = tmp_path / "sandbox.sqlite3"
    request = create({"sandbox": {"fault": "slow_work", "seconds": 0.3}})
    async with serving(create_sandbox(SECRET, database=database, settings=QUICK)) as url:
        before = connect(url, http)
        assert isinstance(await before.apply(request), Accepted)
    async with serving(create_sandbox(SECRET, database=database, settings=QUICK)) as url:
        after = connect(url, http)
        assert isinstance(await after.apply(request), Accepted)
        assert isinstance(await settled(after, request), Succeeded)
        assert [i["creations"] for i in await instances(url)] == [1]
