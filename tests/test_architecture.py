"""The shape of the code is kept: lengths, names, imports, docstrings, layers.

What needs the schema or a database (permissions, SDL, event catalogue) is walked in `test_schema.py`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("domain", "integrations", "jobs", "resolvers", "schema")
# Each composition root, and the roots that it may import itself: calls go from the first line to the last.
ROOTS_BELOW: Final = {
    "cli": {"app", "clock", "demo", "jobs.worker", "seeding", "bootstrap", "settings"},
    "demo": {"stories", "year", "storyteller", "household", "seeding", "bootstrap", "settings"},
    "clock": {"bootstrap"},
    "year": {"storyteller", "clock", "bootstrap"},
    "stories": {"storyteller"},
    "storyteller": set[str](),
    "household": {"bootstrap"},
    "seeding": {"bootstrap"},
    "app": {"bootstrap", "settings"},
    "jobs.worker": {"bootstrap", "settings"},
    "bootstrap": {"settings"},
    "settings": set[str](),
}
OURS: Final = {*PACKAGES, *(root.partition(".")[0] for root in ROOTS_BELOW)}

MAX_FILE_LINES: Final = 300
MAX_FUNCTION_LINES: Final = 40
INSTALLED: Final = "node_modules"
# Written by `provender make-migrations`, not by people.
GENERATED: Final = (Path("domain/migrations"),)
EMPTY_WORDS: Final = ("Util", "Utils", "Common", "Helper", "Helpers", "Manager", "Service", "Services", "Misc")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*places: str) -> Iterator[Path]:
    """List the files written by people that are, or lie below, these places, relative to the root."""
    for place in places:
        found = (ROOT / place).rglob("*.py") if (ROOT / place).is_dir() else ROOT.glob(place)
        for path in sorted(found):
            relative = path.relative_to(ROOT)
            is_foreign = INSTALLED in relative.parts or any(relative.is_relative_to(folder) for folder in GENERATED)
            if not is_foreign:
                yield relative


def module_name(path: Path) -> str:
    """Name the module that a file is imported as."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


SOURCES: Final = {
    path: (ROOT / path).read_text(encoding="utf-8") for path in python_files("*.py", *PACKAGES, "bench", "tests")
}
TREES: Final = {path: ast.parse(text, str(path)) for path, text in SOURCES.items()}
PRODUCT: Final = {path: tree for path, tree in TREES.items() if module_name(path).partition(".")[0] in OURS}
DOMAIN: Final = {path: tree for path, tree in TREES.items() if path.parts[0] == "domain"}


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function and method, nested ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, what is named) for everything that import statements below a node name; relative with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield node.lineno, source
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def test_the_walk_finds_the_code() -> None:
    """The rules below look at the whole product and at its tests."""
    assert Path("domain/shared/money.py") in DOMAIN
    assert {path.parts[0] for path in PRODUCT} >= set(PACKAGES)
    assert Path("tests/test_architecture.py") in SOURCES


def test_files_are_short() -> None:
    """No file has more than 300 lines."""
    lengths = {str(path): len(text.splitlines()) for path, text in SOURCES.items()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    """No function has more than 40 lines, from `def` to its last."""
    too_long = [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in TREES.items()
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert too_long == []


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    """A module's docstring begins with one line that is one sentence; only an empty file does without."""
    silent = []
    for path, tree in TREES.items():
        first, *rest = (ast.get_docstring(tree) or "").splitlines() or [""]
        is_sentence = first.endswith(".") and not re.search(r"[.!?]\s+[A-Z]", first)
        if tree.body and not (is_sentence and (not rest or not rest[0])):
            silent.append(f"{path}: {first!r}")
    assert silent == []


def test_no_name_is_empty() -> None:
    """Neither a file nor a class is called utils, common, helper, manager or service: a name says what it does."""
    files = [str(path) for path in SOURCES if path.stem.title() in EMPTY_WORDS]
    folders = [str(path) for path in SOURCES for part in path.parent.parts if part.title() in EMPTY_WORDS]
    classes = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(EMPTY_WORDS)
    ]
    assert files + folders + classes == []


def test_no_import_is_only_for_the_type_checker() -> None:
    """A cycle is taken apart and not hidden under TYPE_CHECKING."""
    hidden = [
        f"{path}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
        or (isinstance(node, ast.alias) and node.name == "TYPE_CHECKING")
    ]
    assert hidden == []


def test_our_modules_are_imported_at_the_top() -> None:
    """No function imports a module of ours: a lazy import hides a cycle. Commands may: nothing imports the cli."""
    lazy = [
        f"{path}:{line} {name}"
        for path, tree in TREES.items()
        if path.name != "cli.py"
        for function in functions(tree)
        for line, name in imports(function)
        if name.startswith(".") or name.partition(".")[0] in OURS
    ]
    assert lazy == []


def test_the_domain_has_no_floats() -> None:
    """The domain neither writes nor makes a float: money, rates and shares are integers, Decimals and Fractions."""
    floats = [
        f"{path}:{node.lineno}"
        for path, tree in DOMAIN.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert floats == []


def test_every_state_machine_is_listed() -> None:
    """A machine is a constant at the top of `domain/<concept>/states.py`, where the reachability test finds it."""
    unlisted = []
    for path, tree in PRODUCT.items():
        is_list = path.match("domain/*/states.py")
        constants = [node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and is_list]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node not in constants:
                called = re.match(r"(\w+\.)*StateMachine\b", ast.unparse(node.func))
                unlisted += [f"{path}:{node.lineno}"] if called else []
    assert unlisted == []


def test_only_roots_know_roots() -> None:
    """Settings and bootstrap are for the composition roots, and a root imports only those below it."""
    upwards = [
        f"{path}:{line} {name}"
        for path, tree in PRODUCT.items()
        for line, name in imports(tree)
        if name in ROOTS_BELOW and name not in ROOTS_BELOW.get(module_name(path), ())
    ]
    assert upwards == []


def test_the_layers_are_kept() -> None:
    """import-linter's contracts hold: who may import whom, between the folders and inside the domain."""
    command = (
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    )
    run = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
