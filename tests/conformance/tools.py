"""Runs what npm installed, as anybody would from a terminal."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from household import ROOT
from seeding import Planted

FOLDER: Final = Path(__file__).resolve().parent
NODE_MODULES: Final = FOLDER / "node_modules"
SDL: Final = ROOT / "schema" / "schema.graphql"
_PATIENCE_SECONDS: Final = 120


def run(
    *command: str | Path,
    cwd: Path = FOLDER,
    environment: Mapping[str, str] | None = None,
    patience_seconds: float = _PATIENCE_SECONDS,
) -> str:
    """Run a program of npm's or of this folder to its good end: what it said."""
    path = f"{NODE_MODULES / '.bin'}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PATH": path, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=patience_seconds,
        check=False,
    )
    sys.stdout.write(ended.stdout)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def project(folder: Path, source: Path) -> Path:
    """A copy of a project at its place below `folder`, with the packages that npm installed and the SDL around it."""
    copied = folder / source.relative_to(ROOT)
    shutil.copytree(source, copied, ignore=shutil.ignore_patterns("node_modules", "dist", "gql"))
    (folder / "node_modules").symlink_to(NODE_MODULES)
    (folder / "schema").mkdir()
    shutil.copy(SDL, folder / "schema")
    return copied


@dataclass(frozen=True, slots=True)
class Client:
    """Where the API is, and who asks."""

    api: str
    planted: Planted

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts read."""
        return {"API": self.api, "TOKEN": self.planted.partner_token, "STORY": json.dumps(asdict(self.planted))}

    async def run(self, *command: str | Path, cwd: Path = FOLDER, **more: str) -> str:
        """Run a program against the API."""
        environment = self.environment | more
        return await asyncio.to_thread(lambda: run(*command, cwd=cwd, environment=environment))
