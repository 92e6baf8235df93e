"""What the documents say is so: commands, settings, paths, operations and events are those of the code."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from domain.events.reference import events_page
from domain.events.schemas import EventSpec
from domain.events.types import EventType
from resolvers.api import SCHEMA
from settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
PINNED: Final = (*LOCKS, "tests/conformance/ariadne-codegen.lock")
FEATURES: Final = ROOT / "docs" / "features.md"
_SCHEMA: Final = SCHEMA._schema  # noqa: SLF001 - graphql-core's own schema has no public name
ROOT_FIELDS: Final = {
    name
    for root in (_SCHEMA.query_type, _SCHEMA.mutation_type, _SCHEMA.subscription_type)
    if root is not None
    for name in root.fields
}


def quoted(text: str) -> set[str]:
    """What stands between back-quotes on one line."""
    return set(re.findall(r"`([^`\n]+)`", text))


def test_the_event_reference_is_current() -> None:
    """docs/events.md is what the catalogue says; `make schema` writes it."""
    assert (ROOT / "docs" / "events.md").read_text(encoding="utf-8") == events_page()


def test_event_types_with_the_same_data_share_a_table() -> None:
    """The reference lists the fields of a kind of thing once, and apart only where a type has others."""
    text, number = {"type": "string", "description": "a text"}, {"type": "integer", "description": "a number"}
    page = events_page(
        {
            EventType.ORDER_CREATED: EventSpec("Order", "Made.", {"word": text}),
            EventType.ORDER_FAILED: EventSpec("Order", "Failed.", {"word": text}),
            EventType.ORDER_CANCELLED: EventSpec("Order", "Cancelled.", {"count": number}),
        }
    )
    assert re.findall("^## (.+)$", page, re.MULTILINE)[2:] == ["Order", "Order, `order.cancelled`"]
    assert page.count("| `word` | string | a text |") == 1
    assert page.count("| `count` | integer | a number |") == 1


def test_every_setting_is_explained() -> None:
    """The README's table names every setting, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = "".join(line.split("|")[1] for line in readme.splitlines() if line.startswith("| `PROVENDER_"))
    assert quoted(rows) == {f"PROVENDER_{name.upper()}" for name in Settings.model_fields}


def test_compose_sets_what_there_is() -> None:
    """The variables of docker-compose.yml are settings, or the sandbox's secret."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    given = {name for service in services.values() for name in service.get("environment", ())}
    known = {f"PROVENDER_{name.upper()}" for name in Settings.model_fields} | {"PROVENDER_SANDBOX_SECRET"}
    assert {name for name in given if name.startswith("PROVENDER_")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the repository leads to one, and its fragment to a heading."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        place, _, fragment = target.partition("#")
        path = page.parent / place if place else page
        assert path.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    """A `make` command that a page prints is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


def test_features_name_what_exists() -> None:
    """The paths of docs/features.md exist, its operations are root fields, and no root field is left out."""
    named = quoted(FEATURES.read_text(encoding="utf-8"))
    paths = {name for name in named if "/" in name}
    operations = {name for name in named - paths if re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)}
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    assert operations == ROOT_FIELDS


def test_features_stand_once() -> None:
    """A feature is either there or planned, and has one row."""
    ids: list[str] = []
    for cell in re.findall(r"^\| ([A-Z]\d[^|]*) \|", FEATURES.read_text(encoding="utf-8"), re.MULTILINE):
        for item in cell.split():
            first, _, last = item.partition("-")
            numbers = range(int(first[1:]), int((last or first)[1:]) + 1)
            ids += [f"{first[0]}{number}" for number in numbers]
    assert len(ids) == len(set(ids))


def test_decisions_are_numbered_and_short() -> None:
    """Decision records count from 0001, are under 60 lines, and give context, decision and consequences."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 60, record.name
        assert {"## Context", "## Decision", "## Consequences"} <= set(text.splitlines()), record.name


@pytest.mark.parametrize("name", PINNED)
def test_locks_name_no_host_and_no_path(name: str) -> None:
    """A lock pins versions by hash and says nothing of where they were fetched from."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9._-]+==\S+(?: ; .+)? \\$", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    assert not re.search(r"https?://|file:|(?<!\w)/[a-z]|^--", text, re.MULTILINE)


def test_the_lock_of_npm_names_no_address() -> None:
    """It pins every package by version and hash, and says nothing of where they or their makers are."""
    text = (ROOT / "tests" / "conformance" / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    del packages[""]
    assert packages
    assert all(entry["version"] and entry["integrity"] for entry in packages.values())
    assert "://" not in text


def test_the_runtime_lock_is_part_of_the_other() -> None:
    """What runs in production is what the tests ran with."""
    runtime, tested = (
        set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert runtime <= tested
