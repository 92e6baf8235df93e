"""Where an embedded server's files lie, so that its account reaches them and its socket's path is short enough."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from integrations.embedded import EmbeddedServerError
from integrations.embedded.account import Account, service_account
from integrations.embedded.warden import GATE, locked

# sun_path holds 104 bytes on macOS and 108 on Linux; PostgreSQL adds "/.s.PGSQL.5432".
_SOCKET_FOLDER_BYTES = 80
# The names below them are random, or checked for their owner. The second one always suits a socket's path.
TEMPORARY_FOLDERS = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108  # see above
# Needs no quoting in a URL, in a configuration list or on a command line; arq reads its socket's path unquoted.
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]+")


def find_home(folder: Path, *, grounds: Iterable[Path]) -> tuple[Path, Account | None]:
    """Find or make the home for the server of `folder`, and the account that runs it there.

    It is the folder itself where the account reaches it. Otherwise (root, with a clone below a private folder) nothing
    is opened up: the home is made on the first usable one of `grounds`, and the link `home` in the folder leads to it,
    so that removing the folder means starting empty.
    """
    link = folder / "home"
    home = link.resolve() if link.is_dir() else folder
    account = service_account(home / "data")
    if account is None or home != folder or account.can_enter(folder):
        return home, account
    if (folder / "data").exists():
        raise EmbeddedServerError(f"user {account.user_id}, who owns {folder / 'data'}, can no longer reach it")
    with locked(folder / GATE):
        if not link.is_dir():
            link.unlink(missing_ok=True)  # it led to a place that is gone
            link.symlink_to(_new_home(usable_ground(grounds, account)))
    return link.resolve(), account


def _new_home(ground: Path) -> Path:
    home = Path(tempfile.mkdtemp(prefix="provender-", dir=ground))
    home.chmod(0o711)
    return home


def usable_ground(grounds: Iterable[Path], account: Account) -> Path:
    """Pick the first folder, made if missing, that the account reaches and where only root can move what root put."""
    for ground in grounds:
        try:
            ground.mkdir(mode=0o755)
            ground.chmod(0o755)  # whatever the umask says
        except OSError:
            if not ground.is_dir():
                continue
        status = ground.stat()
        only_root_moves = not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_mode & stat.S_ISVTX
        if (
            status.st_uid == os.geteuid()
            and only_root_moves
            and account.can_enter(ground)
            and os.access(ground, os.W_OK)
        ):
            return ground
    raise EmbeddedServerError(
        f"user {account.user_id}, who would run the server, reaches no folder that root can write; "
        "run Provender as a plain user, or set PROVENDER_DATABASE_URL"
    )


def reachable_copy(trees: Sequence[Path], *, below: Path, name: str, account: Account, grounds: Iterable[Path]) -> Path:
    """Find the folder below which the account can read `trees`: `below` itself, or a copy of it called `name`.

    The copy is made once and put in place by one rename; it holds what a running server needs, not the headers.
    """
    if all(account.can_read(tree) for tree in trees):
        return below
    ground = usable_ground(grounds, account)
    copy = ground / name
    if copy.is_dir() and copy.stat().st_uid == os.geteuid():
        return copy
    draft = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=ground))
    for tree in trees:
        shutil.copytree(
            tree,
            draft / tree.relative_to(below),
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
        )
    _open_to_readers(draft)
    try:
        draft.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(draft)
        if not copy.is_dir():
            raise
    return copy


def _open_to_readers(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)


def socket_folder(preferred: Path, *, home: Path, account: Account | None) -> Path:
    """Pick the preferred folder if its path suits a socket, else a private one in the system's temporary folder.

    `home` exists; its inode keeps the sockets of a home that was removed and made again apart.
    Raises EmbeddedServerError if somebody else has taken the place.
    """
    if _suits(preferred):
        return preferred
    digest = hashlib.sha256(f"{home}:{home.stat().st_ino}".encode(errors="surrogateescape")).hexdigest()[:16]
    name = f"provender-{digest}"
    folder = next(base / name for base in TEMPORARY_FOLDERS if _suits(base / name))
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    owners = {os.geteuid()} | ({account.user_id} if account else set())
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners or status.st_mode & 0o077:
        raise EmbeddedServerError(f"{folder} should be a private folder of this user but is not; remove it")
    if account is not None:
        account.take_over(folder)
    return folder


def _suits(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= _SOCKET_FOLDER_BYTES and _PLAIN.fullmatch(str(folder)) is not None
