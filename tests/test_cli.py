"""The `provender` command as an operator uses it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from household import ROOT
from tests.house import Api


def provender(addresses: bootstrap.Addresses, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command on this process's database."""
    environment = {
        "PATH": "",
        "PROVENDER_DATABASE_URL": addresses.database_url,
        "PROVENDER_REDIS_URL": addresses.redis_url,
        "PROVENDER_DATA_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_an_operator_plants_a_distributor_whose_token_makes_the_rest(
    api: Api, addresses: bootstrap.Addresses, tmp_path: Path
) -> None:
    """`create-distributor` prints an id and a token that may do all a distributor may."""
    run = provender(
        addresses, tmp_path, "create-distributor", "--name", "Mine", "--time-zone", "Asia/Tokyo", "--currency", "JPY"
    )
    assert run.returncode == 0, run.stderr
    made = json.loads(run.stdout)
    viewer = await api.ask(made["token"], "{ viewer { organization { id name kind currency } permissions } }")
    assert viewer["organization"] == {
        "id": made["organization"],
        "name": "Mine",
        "kind": "DISTRIBUTOR",
        "currency": "JPY",
    }
    assert {"ORGANIZATIONS_MANAGE", "TOKENS_MANAGE", "COSTS_READ"} <= set(viewer["permissions"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", "Mine", "--time-zone", "Mars/Olympus", "--currency", "EUR"), "timeZone"),
        (("--name", "Mine", "--time-zone", "Europe/Vienna", "--currency", "EURO"), "currency"),
        (("--name", " ", "--time-zone", "Europe/Vienna", "--currency", "EUR"), "name"),
        (("--name", "Mine"), "--time-zone"),
    ],
)
def test_what_cannot_be_is_said_without_a_traceback(
    addresses: bootstrap.Addresses, database: None, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A wrong option ends with code 2 and a sentence that names it."""
    run = provender(addresses, tmp_path, "create-distributor", *arguments)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_stored_secrets_are_sealed_anew(addresses: bootstrap.Addresses, database: None, tmp_path: Path) -> None:
    """`reseal` prints, by column, what it has done; every column is there."""
    run = provender(addresses, tmp_path, "reseal")
    done = {each["column"]: each for each in json.loads(run.stdout)}
    assert {"webhook_endpoints.secret_sealed", "instances.outputs_sealed", "ports.pin_sealed"} <= set(done)
    assert run.returncode == int(any(each["unreadable"] for each in done.values()))
