"""The Python programs of docs/integrating do what they say; those for node are run by `make conformance`."""

import sys
from pathlib import Path

from tests.integrating.programs import PROGRAMS, endpoint_of, received, receiving, run, told
from tests.processes.town import Town

ONBOARD = PROGRAMS / "onboarding" / "onboard.py"


async def test_a_customer_is_onboarded_and_running_it_again_changes_nothing(town: Town) -> None:
    """From nothing to an ACTIVE subscription; the second run finds the same customer and the same order."""
    command = (sys.executable, ONBOARD, "C-1001", "Alpenblick Hotels")
    code, said = await run(*command, environment=told(town))
    assert code == 0, said
    assert "customer Alpenblick Hotels org_" in said
    assert "5 x Professional ACTIVE" in said
    assert await run(*command, environment=told(town)) == (0, said)


async def test_onboarding_says_why_it_could_not(town: Town) -> None:
    """A bad name or a bad token ends it with the reason and not with a traceback."""
    code, said = await run(sys.executable, ONBOARD, "C-1002", "", environment=told(town))
    assert (code, said.startswith("BAD_INPUT: ")) == (1, True), said
    assert "company" in said
    nobody = told(town) | {"PROVENDER_TOKEN": "nonsense"}
    code, said = await run(sys.executable, ONBOARD, "C-1002", "Alpenblick", environment=nobody)
    assert (code, said.startswith("refused: send a valid token")) == (1, True), said


async def test_the_python_receiver_prints_what_is_genuine_once(town: Town, tmp_path: Path) -> None:
    """Deliveries are verified, forged ones refused, every event is handled once."""
    secret, port = await endpoint_of(town, "python receiver")
    log = tmp_path / "receiver.log"
    with receiving(log, secret, port, sys.executable, PROGRAMS / "webhooks" / "receiver.py") as url:
        await received(town, log, url)
