"""Operations at provisioners: whatever the provisioner answers, and wherever a worker dies, one instance is made."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

import bootstrap
from domain.provisioning.callbacks import look_now, receive_callback
from domain.provisioning.settling import Held, mark_sent
from domain.shared import database
from domain.shared.ids import encode
from integrations.provisioners.registry import ProvisionerConfig, build_registry
from jobs.outbox import carry
from jobs.provisioning import advance
from tests.integrations.sandboxes import SECRET, new_http
from tests.jobs.bench import Bench

SUCCEEDED = "SUCCEEDED"


async def started(bench: Bench, *faults: dict[str, Any]) -> tuple[UUID, Any]:
    """An order whose first line meets these faults: its id, and that line's operation, claimed; the other waits."""
    order_id = await bench.place(cloud={"sandbox": list(faults)} if faults else None)
    while events := await bench.claim("events"):
        await carry(bench.shop, events)
    cloud, saas = await bench.operations(order_id)
    await database.execute("UPDATE provisioning_operations SET due_at = NULL WHERE id = $1", saas["id"])
    return order_id, await claimed(bench, cloud["id"])


async def claimed(bench: Bench, operation_id: UUID) -> Any:
    """Claim the one operation that is due."""
    (row,) = await bench.claim("provisioning_operations")
    assert row["id"] == operation_id
    return row


async def operation(operation_id: UUID) -> Any:
    """An operation's row as it is now."""
    return await database.fetch_row("SELECT * FROM provisioning_operations WHERE id = $1", operation_id)


async def calls(bench: Bench, row: Any) -> list[str]:
    """The methods of the requests about an operation's instance, in the order in which the sandbox answered."""
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"{bench.sandbox_url}/sandbox/log")).text.splitlines()
    entries = [orjson.loads(line) for line in lines]
    instance_id = encode("Instance", row["instance_id"])
    return [entry["method"] for entry in entries if instance_id in entry["path"]]


async def look_again(bench: Bench, row: Any, **later: float) -> Any:
    """Let time pass, claim the operation and take its next step; answers the row after it."""
    bench.clock.pass_by(**(later or {"minutes": 6}))
    await advance(bench.shop, await claimed(bench, row["id"]))
    return await operation(row["id"])


async def acted_on(bench: Bench, order_id: UUID) -> None:
    """Wait until the sandbox has made the instance of the order's first line, 5 s at most."""
    async with asyncio.timeout(5):
        while not (await bench.sandbox_creations(order_id))[0]:  # noqa: ASYNC110 - it happens in another server
            await asyncio.sleep(0.01)


async def seconds_to_next_look(bench: Bench, row: Any) -> float:
    """How far off the next look is."""
    due_at = (await operation(row["id"]))["due_at"]
    return float((due_at - bench.clock.now()).total_seconds())


async def test_an_operation_that_is_done_at_once_is_kept_whole(bench: Bench) -> None:
    """The instance is ACTIVE with its outputs; what the provisioner marked secret is sealed and opens again."""
    _, row = await started(bench)
    await advance(bench.shop, row)
    now = await operation(row["id"])
    assert (now["state"], now["due_at"], now["lease_token"]) == (SUCCEEDED, None, None)
    assert now["finished_at"] is not None
    instance = await database.fetch_row("SELECT * FROM instances WHERE id = $1", row["instance_id"])
    assert instance is not None
    assert (instance["state"], instance["external_id"]) == ("ACTIVE", "sandbox-1")
    assert set(instance["outputs"]) == {"tenant"}
    opened = orjson.loads(bench.shop.vault.open(instance["outputs_sealed"]))
    assert set(opened) == {"admin_username", "admin_password", "login_url"}


async def test_an_accepted_operation_is_asked_about_when_the_provisioner_says(slow_bench: Bench) -> None:
    """202 with a time: RUNNING until then, then a GET and no second PUT."""
    _, row = await started(slow_bench, {"fault": "slow_work", "seconds": 0.2})
    await advance(slow_bench.shop, row)
    assert (await operation(row["id"]))["state"] == "RUNNING"
    assert 0 < await seconds_to_next_look(slow_bench, row) <= 0.3
    await asyncio.sleep(0.25)  # the sandbox works by the machine's own clock
    assert (await look_again(slow_bench, row, seconds=0))["state"] == SUCCEEDED
    assert await calls(slow_bench, row) == ["PUT", "GET"]


@pytest.mark.parametrize(
    ("fault", "expected_calls"),
    [
        ("drop_before_acting", ["PUT", "GET", "GET", "PUT"]),
        ("drop_after_acting", ["PUT", "GET"]),
        ("server_error", ["PUT", "GET", "GET", "PUT"]),
        ("server_error_after_acting", ["PUT", "GET"]),
    ],
)
async def test_an_unknown_outcome_is_looked_up_before_anything_is_asked_again(
    bench: Bench, fault: str, expected_calls: list[str]
) -> None:
    """UNKNOWN waits, then GETs decide: asked again only where neither operation nor instance is known."""
    order_id, row = await started(bench, {"fault": fault})
    await advance(bench.shop, row)
    assert (await operation(row["id"]))["state"] == "UNKNOWN"
    assert 4 <= await seconds_to_next_look(bench, row) <= 6
    assert (await look_again(bench, row))["state"] == SUCCEEDED
    assert await calls(bench, row) == expected_calls
    assert (await bench.sandbox_creations(order_id))[0] == 1


async def test_a_provisioner_that_is_busy_is_asked_again_when_it_says(bench: Bench) -> None:
    """503 with Retry-After did nothing: RETRY_WAIT until then."""
    _, row = await started(bench, {"fault": "server_error", "status": 503, "retry_after": 40})
    await advance(bench.shop, row)
    now = await operation(row["id"])
    assert now["state"] == "RETRY_WAIT"
    assert "503" in now["failure_reason"]
    assert 39 <= await seconds_to_next_look(bench, row) <= 40
    after = await look_again(bench, row, seconds=41)
    assert (after["state"], after["failure_reason"]) == (SUCCEEDED, None)


async def test_a_provisioner_that_is_down_delays_and_loses_nothing(bench: Bench) -> None:
    """Nobody listens: the operation waits, with the reason for people, and succeeds when somebody does."""
    _, row = await started(bench)
    http = new_http()
    nowhere = [ProvisionerConfig("cloud", "cloud", "http://127.0.0.1:9/cloud", (SECRET,))]
    lonely = replace(bench.shop, provisioners=build_registry(nowhere, http=http, clock=bootstrap.utc_now))
    await advance(lonely, row)
    await http.aclose()
    now = await operation(row["id"])
    assert now["state"] == "RETRY_WAIT"
    assert now["failure_reason"]
    assert (await look_again(bench, row))["state"] == SUCCEEDED


async def test_a_refusal_for_good_ends_the_line_with_its_reason(bench: Bench) -> None:
    """FAILED for good: the operation, its line and the order keep code and reason; the other line goes on."""
    fault = {"fault": "fail", "code": "no_capacity", "message": "no capacity left"}
    order_id = await bench.place(cloud={"sandbox": fault})
    await bench.work()
    failed, good = await bench.operations(order_id)
    assert (failed["state"], failed["failure_code"], failed["due_at"]) == ("FAILED", "no_capacity", None)
    assert good["state"] == SUCCEEDED
    order = await bench.order(order_id)
    assert (order["state"], order["failure_reason"]) == ("PARTIALLY_COMPLETED", "no capacity left")
    bench.clock.pass_by(days=30)
    await bench.work()
    assert (await calls(bench, failed)).count("PUT") == 1


async def test_a_failure_that_may_pass_is_asked_again_after_a_pause(slow_bench: Bench) -> None:
    """`retryable`: RETRY_WAIT, and then the same operation once more, which makes the one instance."""
    order_id, row = await started(slow_bench, {"fault": "fail", "retryable": True, "message": "come again"})
    await advance(slow_bench.shop, row)
    waiting = await look_again(slow_bench, row)
    assert (waiting["state"], waiting["failure_reason"]) == ("RETRY_WAIT", "sandbox_failure: come again")
    await look_again(slow_bench, row)
    assert (await look_again(slow_bench, row))["state"] == SUCCEEDED
    assert (await calls(slow_bench, row)).count("PUT") == 2
    assert (await slow_bench.sandbox_creations(order_id))[0] == 1


@pytest.mark.parametrize("fault", ["refuse_input", "ask_input"])
async def test_a_provisioner_that_asks_for_data_waits_for_it(bench: Bench, fault: str) -> None:
    """NEEDS_INPUT with the schema, and nobody looks until it is answered; asked again meanwhile, it is told of once."""
    _, row = await started(bench, {"fault": fault, "field": "tax_number"})
    await advance(bench.shop, row)
    now = await operation(row["id"])
    assert (now["state"], now["due_at"], now["input_schema"]["required"]) == ("NEEDS_INPUT", None, ["tax_number"])
    await look_now(bench.actor(), row["id"])
    again = await look_again(bench, row)
    assert (again["state"], again["paused_at"]) == ("NEEDS_INPUT", now["paused_at"])
    sql = "SELECT count(*) FROM events WHERE aggregate_id = $1 AND type = 'instance.input_needed'"
    assert await database.fetch_value(sql, row["instance_id"]) == 1


async def test_an_operation_is_given_up_at_its_deadline(slow_bench: Bench) -> None:
    """A provisioner that works for ever is not waited for beyond the deadline; until then it is."""
    _, row = await started(slow_bench, {"fault": "slow_work", "seconds": 3600})
    await advance(slow_bench.shop, row)
    assert (await look_again(slow_bench, row, hours=23))["state"] == "RUNNING"
    late = await look_again(slow_bench, row, hours=2)
    assert (late["state"], late["failure_code"]) == ("ORPHAN_CLEANUP", "DEADLINE")


async def test_an_operation_that_the_provisioner_lost_is_asked_again(slow_bench: Bench) -> None:
    """404 for something that was sent: the same operation is sent again, and makes no second instance."""
    order_id, row = await started(slow_bench, {"fault": "lose_operation"})
    await advance(slow_bench.shop, row)
    for _ in range(5):
        if (await look_again(slow_bench, row))["state"] == SUCCEEDED:
            break
    assert (await operation(row["id"]))["state"] == SUCCEEDED
    assert (await slow_bench.sandbox_creations(order_id))[0] == 1


async def test_a_provisioner_that_is_not_configured_fails_the_line(bench: Bench) -> None:
    """The reason names the key that is missing and those that are there."""
    _, row = await started(bench)
    await database.execute("UPDATE instances SET provisioner = 'fax' WHERE id = $1", row["instance_id"])
    await advance(bench.shop, row)
    now = await operation(row["id"])
    assert (now["state"], now["failure_code"]) == ("FAILED", "PROVISIONER_UNKNOWN")
    assert "'fax'" in now["failure_reason"]
    assert "cloud" in now["failure_reason"]


async def test_two_workers_on_one_operation_make_one_instance(bench: Bench) -> None:
    """The same step taken twice at once, under one lease: one instance, one success, one event."""
    order_id, row = await started(bench, {"fault": "slow", "seconds": 0.1})
    await asyncio.gather(advance(bench.shop, row), advance(bench.shop, row))
    assert (await bench.sandbox_creations(order_id))[0] == 1
    assert (await bench.events(order_id)).count("instance.provisioned") == 1


async def test_a_worker_that_lost_its_lease_sends_nothing(bench: Bench) -> None:
    """Its lease ran out and another took over: the late one neither calls the provisioner nor settles."""
    _, old = await started(bench)
    bench.clock.pass_by(seconds=61)
    new = await claimed(bench, old["id"])
    await advance(bench.shop, old)
    assert await calls(bench, old) == []
    assert (await operation(old["id"]))["lease_token"] == new["lease_token"]
    await advance(bench.shop, new)
    assert (await operation(old["id"]))["state"] == SUCCEEDED


async def test_a_worker_that_dies_after_marking_it_sent_leaves_one_instance(bench: Bench) -> None:
    """Marked as sent and never sent: the next worker looks first, finds nothing, and sends it."""
    order_id, row = await started(bench)
    assert await mark_sent(Held(row["id"], row["lease_token"]), bench.clock.now())
    assert (await look_again(bench, row))["state"] == SUCCEEDED
    assert await calls(bench, row) == ["GET", "GET", "PUT"]
    assert (await bench.sandbox_creations(order_id))[0] == 1


async def test_a_worker_that_dies_before_it_settles_leaves_one_instance(bench: Bench) -> None:
    """The provisioner has acted, nobody knows: the next worker looks, and finds it done."""
    order_id, row = await started(bench, {"fault": "slow", "seconds": 0.3})
    dying = asyncio.create_task(advance(bench.shop, row))
    await acted_on(bench, order_id)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert (await look_again(bench, row))["state"] == SUCCEEDED
    assert (await bench.sandbox_creations(order_id))[0] == 1
    assert (await bench.events(order_id)).count("instance.provisioned") == 1


async def test_a_callback_takes_the_lease_from_a_worker_that_waits_for_an_answer(bench: Bench) -> None:
    """News while a request is under way: another worker looks and settles; the first one's answer changes nothing."""
    order_id, row = await started(bench, {"fault": "slow", "seconds": 0.3})
    waiting = asyncio.create_task(advance(bench.shop, row))
    await acted_on(bench, order_id)
    assert await receive_callback(bench.actor(), row["id"], f"msg_{bootstrap.new_id()}")
    await advance(bench.shop, await claimed(bench, row["id"]))
    assert (await operation(row["id"]))["state"] == SUCCEEDED
    await waiting
    assert (await bench.sandbox_creations(order_id))[0] == 1
    assert (await bench.events(order_id)).count("instance.provisioned") == 1


async def test_each_look_waits_longer_than_the_one_before(slow_bench: Bench) -> None:
    """Without a word from the provisioner the pauses grow from 5 s by half each time."""
    _, row = await started(slow_bench, {"fault": "drop_before_acting", "times": None})
    await advance(slow_bench.shop, row)
    pauses = [await seconds_to_next_look(slow_bench, row)]
    for _ in range(3):
        await look_again(slow_bench, row)
        pauses.append(await seconds_to_next_look(slow_bench, row))
    for pause, plain in zip(pauses, [5, 7.5, 11.25, 16.875], strict=True):
        assert timedelta(seconds=plain * 0.79) <= timedelta(seconds=pause) <= timedelta(seconds=plain * 1.2)
