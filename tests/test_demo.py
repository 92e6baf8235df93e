"""The demo, as a newcomer runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from household import ROOT, free_port, is_free
from stories import STORIES

_SECONDS = 120.0
DEMO = (sys.executable, "-m", "cli", "demo")


def environment_of(folder: Path, port: int) -> dict[str, str]:
    """A newcomer's, with all that the demo keeps in a folder, and its API at a port."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PROVENDER_")}
    return own | {"PROVENDER_DATA_DIR": str(folder / "data"), "PROVENDER_PORT": str(port)}


def becomes(port: int, *, free: bool) -> bool:
    """Whether a port becomes free, or taken, within a while."""
    end = time.monotonic() + _SECONDS
    while is_free(port) is not free:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_the_demo_shows_every_step_and_succeeds(tmp_path: Path) -> None:
    """`provender demo --once` on servers of its own: exit code 0, each of the four stories told to its end."""
    run = subprocess.run(
        [*DEMO, "--once"],
        cwd=ROOT,
        env=environment_of(tmp_path, free_port()),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    places = [run.stdout.index(story) for story in STORIES]
    assert places == sorted(places)
    assert run.stdout.count(" COMPLETED") >= 5
    assert "FAILED, because: user already had trial" in run.stdout
    assert "FAILED, because: no capacity left" in run.stdout
    assert run.stdout.count("signature verified") >= 30
    assert run.stdout.count("is ready") >= 2
    assert "it renews: activated x 1, renewed x 12" in run.stdout
    assert "it ends: activated x 1, expired x 1, expiring x 1" in run.stdout
    assert "every step was seen" in run.stdout


@pytest.mark.parametrize("ended_by", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_nothing_outlives_a_demo_however_it_is_ended(tmp_path: Path, ended_by: str) -> None:
    """A closed terminal and a stopped job end its API as Ctrl-C does."""
    port = free_port()
    with subprocess.Popen(
        DEMO, cwd=ROOT, env=environment_of(tmp_path, port), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as run:
        assert becomes(port, free=False)
        run.send_signal(getattr(signal, ended_by))
        run.wait(_SECONDS)
    assert becomes(port, free=True)
