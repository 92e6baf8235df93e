"""How single answers are read, those against the contract included, and which connector a key leads to."""

from datetime import UTC, datetime

import orjson
import pytest

from domain.provisioning.states import Action
from integrations.http.client import Answer
from integrations.provisioners.answers import Reader
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    Missing,
    NeedsInput,
    Outcome,
    OutcomeUnknown,
    ParameterError,
    ProvisionerUnavailable,
    Succeeded,
    Unavailable,
    UsageReading,
)
from integrations.provisioners.cloud import CloudProvisioner
from integrations.provisioners.guarded import Guarded
from integrations.provisioners.registry import KINDS, ProvisionerConfig, Registry, UnknownProvisioner, build_registry
from tests.integrations.sandboxes import OTHER_SECRET, SECRET, new_http, now

READER = Reader(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
BUSY = Unavailable("another operation runs on the instance")
TEXT_SCHEMA = {"type": "object", "properties": {"domain": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"type": "string"}}}


def answer(status: int, body: object = None, *, retry_after: str | None = None, truncated: bool = False) -> Answer:
    fields = () if retry_after is None else ((b"Retry-After", retry_after.encode()),)
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Answer(status, fields, content, truncated, 0.01)


def failed(code: str, message: str, *, retryable: bool = False, instance_usable: bool = True) -> Failed:
    return Failed(code, message, retryable, instance_usable)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer(202, {}), Accepted("pop_ours")),
        (answer(202, {"operation": "theirs", "retry_after": 10}), Accepted("theirs", 10.0)),
        (answer(202, {"operation": "theirs", "retry_after": 1e300}), Accepted("theirs", 86_400)),
        (answer(202, {"operation": "theirs"}, retry_after="20"), Accepted("theirs", 20.0)),
        (answer(200, {"state": "active", "external_id": "x"}), Succeeded("x")),
        (answer(201, {"state": "succeeded", "external_id": "x", "outputs": {"a": 1}}), Succeeded("x", {"a": 1})),
        (answer(200, {"state": "creating"}), InProgress()),
        (answer(200, {"state": "needs_input", "needs_input": {"type": "object"}}), NeedsInput({"type": "object"})),
        (answer(200, {"state": "failed"}), failed("failed", "the provisioner gave no reason", instance_usable=False)),
        (answer(400, b"<html>"), failed("http_400", "answered against the contract: body: json_invalid")),
        (answer(400, {"code": "bad", "message": "no"}), failed("bad", "no")),
        (answer(404, {}), Unavailable("answered 404")),
        (answer(409, {"code": "operation_in_progress", "retry_after": 3}), Unavailable(BUSY.reason, 3.0)),
        (answer(409, b""), BUSY),
        (answer(409, {"code": "quota", "message": "full", "retryable": True}), failed("quota", "full", retryable=True)),
        (answer(422, {"needs_input": TEXT_SCHEMA}), NeedsInput(TEXT_SCHEMA)),
        (answer(422, {"code": "x", "field_errors": [{"path": "a.b", "message": "odd"}]}), failed("x", "a.b: odd")),
        (answer(429, {}, retry_after="5"), Unavailable("answered 429", 5.0)),
        (answer(429, {}, retry_after="soon"), Unavailable("answered 429")),
        (answer(503, {}, retry_after="Sun, 01 Mar 2026 12:01:00 GMT"), Unavailable("answered 503", 60.0)),
        (answer(503, {}), OutcomeUnknown("answered 503")),
        (answer(500, {"message": "oh"}, retry_after="5"), OutcomeUnknown("answered 500: oh")),
        (answer(302, b""), OutcomeUnknown("answered 302")),
        (answer(204, b""), OutcomeUnknown("answered 204")),
    ],
)
def test_an_answer_to_a_put_has_one_meaning(given: Answer, outcome: Outcome) -> None:
    """What is certain is told from what must be looked up, by the table in the contract."""
    assert READER.applied(given, action=Action.CREATE, operation_id="pop_ours") == outcome


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body: json_invalid"),
        (b"[]", "body: model_type"),
        ({}, "no state ''"),
        ({"state": "melted"}, "no state 'melted'"),
        ({"state": "active", "external_id": 5}, "external_id: string_type"),
        ({"state": "active", "external_id": "a\0b"}, "a NUL character"),
        ({"state": "creating", "retry_after": -1}, "retry_after: greater_than_equal"),
        ({"state": "needs_input"}, "needs_input: the schema isn't of an object"),
        (
            {"state": "needs_input", "needs_input": {"type": "object", "required": 1}},
            "needs_input: the schema is not valid at /required",
        ),
        (
            {"state": "needs_input", "needs_input": {"type": "object", "allOf": [{"$ref": "http://169.254.169.254/"}]}},
            "needs_input: the schema refers to another document",
        ),
        (
            {"state": "needs_input", "needs_input": {"type": "object", "title": "x" * 40_000}},
            "needs_input: the schema is longer",
        ),
    ],
)
def test_an_answer_against_the_contract_is_not_guessed_at(body: object, reason: str) -> None:
    """A broken answer to a write leaves its outcome unknown, to a read the state unchanged; it is said why."""
    written = READER.applied(answer(200, body), action=Action.CHANGE, operation_id="pop_ours")
    assert isinstance(written, OutcomeUnknown)
    assert f"against the contract: {reason}" in written.reason
    assert isinstance(READER.read(answer(200, body)), Unavailable)


def test_an_answer_that_is_too_long_is_not_believed() -> None:
    """A body that was cut can't be read, even if what is left of it parses."""
    cut = answer(200, {"state": "active"}, truncated=True)
    assert isinstance(READER.read(cut), Unavailable)


def test_a_broken_request_for_input_is_a_refusal() -> None:
    """A 422 began nothing, so one whose schema can't be used fails the operation and doesn't leave it open."""
    refused = READER.applied(answer(422, {"needs_input": {"type": "string"}}), action=Action.CREATE, operation_id="pop")
    assert isinstance(refused, Failed)
    assert "needs_input" in refused.message


def test_what_is_not_plain_is_secret() -> None:
    """Marked outputs, and any object that isn't marked as it should be, are never among what is shown."""
    outputs = {
        "shown": "yes",
        "count": 3,
        "none": None,
        "marked": {"secret": True, "value": "s1"},
        "unmarked": {"password": "s2"},
        "half": {"secret": False, "value": "s3"},
        "list": ["s4"],
    }
    outcome = READER.read(answer(200, {"state": "succeeded", "external_id": "x", "outputs": outputs, "generation": 2}))
    assert isinstance(outcome, Succeeded)
    assert outcome.outputs == {"shown": "yes", "count": 3, "none": None}
    assert outcome.secrets == {
        "marked": "s1",
        "unmarked": '{"password":"s2"}',
        "half": '{"secret":false,"value":"s3"}',
        "list": '["s4"]',
    }
    assert outcome.generation == 2
    assert "s1" not in repr(outcome)


def test_long_messages_are_cut() -> None:
    """Of a message 500 characters are kept."""
    outcome = READER.applied(answer(400, {"message": "x" * 9000}), action=Action.CREATE, operation_id="pop")
    assert isinstance(outcome, Failed)
    assert len(outcome.message) == 500


def test_input_comes_with_what_was_wrong() -> None:
    """Field errors name the parameter."""
    body = {"state": "needs_input", "needs_input": {"type": "object"}, "field_errors": [{"path": "a", "message": "b"}]}
    assert READER.read(answer(200, body)) == NeedsInput({"type": "object"}, (ParameterError("a", "b"),))


@pytest.mark.parametrize("status", [404, 410])
def test_gone_is_missing_but_for_a_creation(status: int) -> None:
    """404 and 410 say that there is none; to a creation they say that the address is wrong."""
    gone = answer(status, {"code": "not_found", "message": "none"})
    assert READER.read(gone) == Missing()
    assert READER.applied(gone, action=Action.CHANGE, operation_id="pop") == Missing()
    assert READER.deleted(gone, operation_id="pop") == Succeeded("")
    assert READER.applied(gone, action=Action.CREATE, operation_id="pop") == Unavailable(f"answered {status}: none")


@pytest.mark.parametrize("status", [200, 204])
def test_a_deletion_done_at_once_is_a_success(status: int) -> None:
    """Neither 200 nor 204 leaves anything to wait for."""
    assert READER.deleted(answer(status, b""), operation_id="pop") == Succeeded("")


def test_progress_is_a_whole_percentage() -> None:
    """Fractions are cut off."""
    assert READER.read(answer(200, {"state": "in_progress", "progress": 33.4})) == InProgress(33)


def test_usage_is_sorted_and_dated() -> None:
    """Readings come oldest first; one without a time zone, or below zero, is against the contract."""
    later, earlier = {"at": "2026-03-02T00:00:00Z", "users": 2}, {"at": "2026-03-01T00:00:00+00:00", "users": 1}
    assert READER.usage(answer(200, [later, earlier])) == [
        UsageReading(datetime(2026, 3, 1, tzinfo=UTC), 1),
        UsageReading(datetime(2026, 3, 2, tzinfo=UTC), 2),
    ]
    for broken in ([{"at": "2026-03-01T00:00:00", "users": 1}], [{"at": "2026-03-01T00:00:00Z", "users": -1}], b"{"):
        with pytest.raises(ProvisionerUnavailable, match="against the contract"):
            READER.usage(answer(200, broken))
    with pytest.raises(ProvisionerUnavailable) as raised:
        READER.usage(answer(503, {}, retry_after="9"))
    assert raised.value.retry_after_seconds == 9.0


async def test_a_key_leads_to_its_connector() -> None:
    """Each configuration makes the connector of its kind; an unknown key or kind names those that there are."""
    http = new_http()
    configs = [ProvisionerConfig(kind, kind, "https://example.com", (SECRET, OTHER_SECRET)) for kind in KINDS]
    registry = build_registry(configs, http=http, clock=now)
    assert registry.keys == ["cloud", "manual", "saas", "voice"]
    guarded = registry.get("cloud")
    assert isinstance(guarded, Guarded)
    assert isinstance(guarded.inner, CloudProvisioner)
    with pytest.raises(
        UnknownProvisioner, match="no provisioner 'fax' is configured; configured: cloud, manual, saas, voice"
    ):
        registry.get("fax")
    with pytest.raises(UnknownProvisioner, match="no kind 'fax'; kinds: cloud, saas, voice"):
        build_registry([ProvisionerConfig("a", "fax", "https://example.com", (SECRET,))], http=http, clock=now)
    with pytest.raises(ValueError, match="'cloud' is configured twice"):
        Registry([registry.get("cloud"), registry.get("cloud")])
    assert SECRET not in repr(configs)
    await http.aclose()
