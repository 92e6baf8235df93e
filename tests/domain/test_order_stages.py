"""To which stage of a draft a problem belongs."""

import pytest

from domain.orders.stages import Stage, by_stage, stage_of
from domain.shared.errors import FieldCode, FieldError


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("lines", Stage.ITEMS),
        ("lines.0.planId", Stage.ITEMS),
        ("lines.12.quantity", Stage.ITEMS),
        ("lines.0.parameters.domain", Stage.PROVISIONING),
        ("lines.0.parameters", Stage.PROVISIONING),
        ("billingContact", Stage.CONTACTS),
        ("emergencyLocation", Stage.CONTACTS),
        ("contractId", Stage.SUMMARY),
        ("discountCodes.0", Stage.SUMMARY),
        ("trialUntil", Stage.SUMMARY),
    ],
)
def test_o1_each_problem_belongs_to_one_stage(path: str, stage: Stage) -> None:
    """CB: items, contacts, provisioning information, summary; they are told in this order, complete or not."""
    problem = FieldError(path, FieldCode.INVALID, "is wrong")
    assert stage_of(path) is stage
    assert by_stage([problem]) == {one: [problem] if one is stage else [] for one in Stage}
    assert list(by_stage([])) == list(Stage)
