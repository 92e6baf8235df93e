"""What the sandbox is told to do wrong meets what it was meant for."""

import pytest

from integrations.provisioners.sandbox.faults import Fault, FaultKind


@pytest.mark.parametrize(
    ("having", "parameters", "meets"),
    [
        ({}, {"domain": "a.example"}, True),
        ({"domain": "a.example"}, {"domain": "a.example", "seats": 3}, True),
        ({"domain": "a.example"}, {"domain": "b.example"}, False),
        ({"domain": "a.example", "tags": ["x"]}, {"domain": "a.example", "tags": ["x"]}, True),
        ({"domain": "a.example"}, {}, False),
    ],
)
def test_a_fault_may_be_for_requests_of_certain_parameters(
    having: dict[str, str], parameters: dict[str, str], meets: bool
) -> None:
    """Whatever else comes to the sandbox at that moment goes on undisturbed."""
    fault = Fault.model_validate({"fault": FaultKind.FAIL, "having": having})
    assert fault.meets(method="PUT", instance_id="ins_1", parameters=parameters) is meets
