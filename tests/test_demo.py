"""The demo, as a newcomer runs it."""

import os
import subprocess
import sys
from pathlib import Path

from household import ROOT, free_port
from stories import STORIES

_SECONDS = 120.0


def test_the_demo_shows_every_step_and_succeeds(tmp_path: Path) -> None:
    """`provender demo --once` on servers of its own: exit code 0, each of the four stories told to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROVENDER_")}
    environment |= {"PROVENDER_DATA_DIR": str(tmp_path / "data"), "PROVENDER_PORT": str(free_port())}
    run = subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--once"],
        cwd=ROOT,
        env=environment,
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
