"""The TypeScript programs of docs/integrating compile against today's SDL, and do what they say."""

import json
from pathlib import Path

from tests.conformance.tools import FOLDER, Client, project, run
from tests.integrating.programs import PROGRAMS, endpoint_of, received, receiving
from tests.processes.town import Town


async def test_the_frontend_lists_orders_and_follows_one(town: Town, client: Client, tmp_path: Path) -> None:
    """Typed by codegen from the SDL, compiled in strict mode, run: every order is listed, the newest one followed."""
    for _ in range(3):
        await town.place()
    source = project(tmp_path, PROGRAMS / "frontend")
    run("graphql-codegen", "--config", "codegen.mjs", cwd=source)
    run("tsc", cwd=source)
    said = await client.run("node", "dist/main.js", cwd=source, PROVENDER_URL=town.api_url, PROVENDER_TOKEN=town.token)
    assert len([line for line in said.splitlines() if "Bergblick" in line]) >= 3
    assert said.rstrip().endswith("is COMPLETED")


def test_the_frontend_needs_what_is_tested_here() -> None:
    """Its package.json names the versions that package-lock.json pins."""
    wanted = json.loads((PROGRAMS / "frontend" / "package.json").read_text(encoding="utf-8"))
    pinned = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    needed = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: pinned[name] for name in needed} == needed


async def test_the_typescript_receiver_prints_what_is_genuine_once(town: Town, tmp_path: Path) -> None:
    """Deliveries are verified, forged ones refused, every event is handled once."""
    source = project(tmp_path, PROGRAMS / "webhooks")
    options = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck")
    (source / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    run("tsc", *options, "receiver.ts", cwd=source)
    secret, port = await endpoint_of(town, "typescript receiver")
    log = tmp_path / "receiver.log"
    with receiving(log, secret, port, "node", source / "receiver.js") as url:
        await received(town, log, url)
