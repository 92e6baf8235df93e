"""Other people's compilers and linters read the SDL."""

import json
from pathlib import Path

from household import ROOT
from tests.conformance.tools import FOLDER, NODE_MODULES, SDL, project, run

SCALARS = {"CurrencyCode": "string", "Date": "string", "DateTime": "string", "Decimal": "string", "JSON": "unknown"}


def test_the_schema_linter_has_nothing_to_say() -> None:
    """graphql-eslint, all its schema rules and its Relay rules; `eslint.config.mjs` says why some are set or off."""
    eslint = NODE_MODULES / "eslint" / "bin" / "eslint.js"
    config = FOLDER / "eslint.config.mjs"
    run("node", eslint, "--no-config-lookup", "--config", config, SDL, cwd=ROOT)


def test_the_relay_compiler_takes_a_page_of_fragments_and_connections(tmp_path: Path) -> None:
    """relay-compiler: @connection, @refetchable on Query and Node, @appendNode, @deleteRecord, a live update."""
    source = project(tmp_path, FOLDER / "relay")
    (source / "__generated__").mkdir()
    config = {
        "src": str(source),
        "schema": str(tmp_path / "schema" / "schema.graphql"),
        "language": "typescript",
        "eagerEsModules": True,
        "artifactDirectory": str(source / "__generated__"),
        "customScalarTypes": SCALARS,
        "featureFlags": {"enforce_fragment_alias_where_ambiguous": {"kind": "disabled"}},
    }
    (tmp_path / "relay.config.json").write_text(json.dumps(config), encoding="utf-8")
    run("relay-compiler", "--noWatchman", "relay.config.json", cwd=tmp_path)
    made = {path.name for path in (source / "__generated__").iterdir()}
    assert {"OrderListPaginationQuery.graphql.ts", "OrderListPlaceMutation.graphql.ts"} <= made


def test_graphql_codegen_types_the_whole_schema(tmp_path: Path) -> None:
    """@graphql-codegen's strictest TypeScript of every type and of some operations compiles."""
    environment = {"SDL": str(SDL), "DOCUMENTS": str(FOLDER / "operations.graphql"), "OUT": str(tmp_path)}
    run("graphql-codegen", "--config", "codegen.mjs", environment=environment)
    files = [tmp_path / "schema.ts", tmp_path / "operations.ts"]
    run("tsc", "--noEmit", "--strict", "--target", "es2022", "--typeRoots", tmp_path, *files)
    assert "OrganizationRef" in files[0].read_text(encoding="utf-8")
