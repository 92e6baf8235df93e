"""Which account a server runs as when root starts it, and what that account can reach."""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.embedded import EmbeddedServerError

# Accounts that exist already: slim images have no useradd, and a product that creates users surprises its host.
_ACCOUNT_NAMES = ("postgres", "nobody")
_READ, _SEARCH = 4, 1  # as in each three bits of a mode


@dataclass(frozen=True, slots=True)
class Account:
    """A system user and its group, by number."""

    user_id: int
    group_id: int

    def take_over(self, path: Path) -> None:
        """Make this account the owner of one file or folder. Raises EmbeddedServerError where root may not do that."""
        try:
            os.chown(path, self.user_id, self.group_id)
        except PermissionError as refusal:
            raise EmbeddedServerError(
                f"this root cannot give {path} to user {self.user_id} (a container without that user or without the "
                "right to change owners?); run Provender as a plain user, or set PROVENDER_DATABASE_URL"
            ) from refusal

    def can_enter(self, folder: Path) -> bool:
        """Whether it may pass this folder and every one above it, by owner, group and mode."""
        folder = folder.resolve()
        return all(self._may(_SEARCH, passed) for passed in (folder, *folder.parents))

    def can_read(self, path: Path) -> bool:
        """Whether it may come to this file or folder and read it."""
        return self.can_enter(path.resolve().parent) and self._may(_READ | _SEARCH * path.is_dir(), path)

    def _may(self, needed: int, path: Path) -> bool:
        status = path.stat()
        if status.st_uid == self.user_id:
            granted = status.st_mode >> 6
        elif status.st_gid == self.group_id:
            granted = status.st_mode >> 3
        else:
            granted = status.st_mode
        return granted & needed == needed


def service_account(data: Path, *, names: Sequence[str] = _ACCOUNT_NAMES) -> Account | None:
    """Find the account for a server that refuses root: the owner of existing data, else a system user.

    None for a plain user, who runs it. Raises EmbeddedServerError on a machine without any of those users.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in names:
        if name in known:
            return Account(known[name].pw_uid, known[name].pw_gid)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root, and this machine has none of the users {', '.join(names)}; "
        "run Provender as a plain user, or set PROVENDER_DATABASE_URL"
    )
