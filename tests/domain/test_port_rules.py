"""What a port needs to be submitted, and until when it can be held back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.porting.models import PortKind
from domain.porting.rules import PortDraft, check_confirmed, check_draft, check_pin, check_reason, held_until, missing


def test_n5_a_port_is_cancelled_until_48_hours_before_its_day() -> None:
    """Before the day begins where the customer is: in San Francisco it begins at 8 in the morning, UTC."""
    assert held_until(date(2026, 1, 15), "America/Los_Angeles") == datetime(2026, 1, 13, 8, tzinfo=UTC)
    assert held_until(date(2026, 1, 15), "Europe/Vienna") == datetime(2026, 1, 12, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        (
            PortKind.PORT_IN,
            (
                "numbers planId subscriptionId losingCarrier accountNumber billingNumber authorizedPerson "
                "serviceAddress.street serviceAddress.postalCode serviceAddress.city serviceAddress.country "
                "uploadId requestedOn"
            ),
        ),
        (PortKind.TOLL_FREE, "quantity planId subscriptionId"),
        (PortKind.RESP_ORG, "numbers planId subscriptionId currentRespOrg authorizedPerson uploadId"),
    ],
)
def test_n5_whatever_is_missing_is_named_at_once(kind: PortKind, paths: str) -> None:
    """By the names of the inputs."""
    assert " ".join(problem.path for problem in missing(kind, PortDraft())) == paths


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"numbers": ("12",)}, "numbers.0"),
        ({"numbers": ("+14155550100", "+1 415 555 0100")}, "numbers.1"),
        ({"numbers": ("+14155550100",) * 101}, "numbers"),
        ({"billing_number": "x"}, "billingNumber"),
        ({"country": "XX"}, "serviceAddress.country"),
        ({"counterpart": "x" * 201}, "losingCarrier"),
        ({"quantity": 101}, "quantity"),
    ],
)
def test_n5_what_is_wrong_is_refused_as_it_is_saved(changes: dict[str, Any], path: str) -> None:
    """Even where much is still missing."""
    assert [problem.path for problem in check_draft(PortKind.PORT_IN, PortDraft(**changes))] == [path]


@pytest.mark.parametrize("pin", ["1\x002", "\x07", "1" * 51])
def test_n5_a_pin_is_short_and_can_be_typed(pin: str) -> None:
    """Checked before it is sealed; none, and an empty one that takes it away, will do."""
    assert [problem.path for problem in check_pin(pin)] == ["pin"]
    assert not check_pin("1234") + check_pin("") + check_pin(None)


def test_n5_a_resporg_controls_toll_free_numbers_only() -> None:
    """A local number has none."""
    draft = PortDraft(numbers=("+18335550100", "+14155550100"))
    assert [problem.path for problem in check_draft(PortKind.RESP_ORG, draft)] == ["numbers.1"]


def test_n5_a_step_says_what_it_must() -> None:
    """A confirmation its day, an exception its reason."""
    today = date(2026, 1, 15)
    assert [bool(check_confirmed(day, today)) for day in (None, date(2026, 1, 14), today)] == [True, True, False]
    assert [bool(check_reason(reason)) for reason in (None, " ", "x" * 501, "wrong PIN")] == [True, True, True, False]
