# mypy: ignore-errors
"""What schemathesis needs to know of the API: its scalars, ids that are there, and what an answer may be.

It runs in an environment of its own, where schemathesis is: mypy, which runs in ours, does not see it.
"""

import json
import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

IDS = json.loads(os.environ["IDS"])  # all ids that there are; a TypeID says what it names
TALLY = Path(os.environ["TALLY"])
# What a client may be told of a document that fits the schema. INTERNAL is never right.
CODES = {"BAD_INPUT", "BAD_REQUEST", "FORBIDDEN", "NOT_FOUND"}
# By a word in the name of an argument, or else of the field: the prefix of the ids that it takes.
PREFIXES = {
    "plan": "pln_", "product": "prd_", "subscription": "sub_", "token": "tok_", "endpoint": "whe_", "order": "ord_",
    "customer": "org_", "organization": "org_", "parent": "org_", "partner": "org_", "aggregate": "ord_",
    "bulk": "bop_", "invoice": "inv_",
}  # fmt: skip
WORDLESS = {"input", "where", "AND", "OR", "id", "ids", "eq", "in"}

texts = st.text(max_size=20)
amounts = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=4).map(str)
values = st.one_of(st.booleans().map(nodes.Boolean), st.integers().map(nodes.Int), texts.map(nodes.String))
schemathesis.graphql.scalar("Decimal", st.one_of(amounts, texts).map(nodes.String))
schemathesis.graphql.scalar("CurrencyCode", st.one_of(st.sampled_from(["EUR", "JPY", "USD"]), texts).map(nodes.String))
schemathesis.graphql.scalar("JSON", st.one_of(values, st.lists(values, max_size=2).map(nodes.List)))


class Mending(graphql.Visitor):
    """Makes a generated document ask for what is there: a page of some size from the start, and ids of planted rows.

    Left to chance alone, every page has both `first` and `last`, and no id names anything.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random

    def leave_field(self, node: graphql.FieldNode, *_: object) -> graphql.FieldNode | None:
        """Ask for one page, from the start."""
        names = {argument.name.value for argument in node.arguments}
        if not {"first", "last"} & names:
            return None
        kept = [each for each in node.arguments if each.name.value not in {"first", "last", "after", "before"}]
        size = graphql.IntValueNode(value=str(self.random.choice((1, 3, 20, 100))))
        page = graphql.ArgumentNode(name=graphql.NameNode(value="first"), value=size)
        return graphql.FieldNode(
            alias=node.alias, name=node.name, directives=node.directives, arguments=(*kept, page),
            selection_set=node.selection_set,
        )  # fmt: skip

    def enter_string_value(self, _node: Any, _key: Any, parent: Any, _path: Any, ancestors: Any) -> Any:
        """Name something that is there."""
        around = (*ancestors, parent)
        names = [each.name.value for each in around if isinstance(getattr(each, "name", None), graphql.NameNode)]
        if not (names and (names[-1] in {"id", "ids", "eq", "in"} or names[-1].endswith("Id"))):
            return None
        word = next((name for name in reversed(names) if name not in WORDLESS), "").lower()
        prefix = next((prefix for part, prefix in PREFIXES.items() if part in word), "")
        if not prefix and names[-1] in {"eq", "in"}:
            return None  # some other text
        known = [each for each in IDS if each.startswith(prefix)] or IDS
        return graphql.StringValueNode(value=self.random.choice(known))


@schemathesis.hook
def map_body(context: Any, body: graphql.DocumentNode) -> graphql.DocumentNode:
    """Mend three valid documents of four; the fourth stays as wild as it came, and the invalid ones as invalid."""
    if graphql.validate(context.operation.schema.client_schema, body):
        return body
    random = Random(graphql.print_ast(body))  # noqa: S311 - the same document is mended the same way
    return graphql.visit(body, Mending(random)) if random.random() < 0.75 else body


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Revoke no token that was there before: those who ask hold them."""
    if isinstance(case.body, str) and "revokeApiToken" in case.body:
        for token_id in (each for each in IDS if each.startswith("tok_")):
            case.body = case.body.replace(token_id, token_id[:-1])


@schemathesis.check
class AnswersAreTheApis:
    """Every answer is a GraphQL response in time, and what is wrong with the request is said in our codes."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()

    def after_response(self, _context: Any, response: Any, case: Any) -> None:
        """Look at one answer."""
        if response.status_code != 200:  # `application/json`: whatever was asked
            raise AssertionError(f"HTTP {response.status_code}: {response.text[:500]}")
        content = response.json()
        codes = {error["extensions"]["code"] for error in content.get("errors", ())}
        if codes - CODES or not {"data", "errors"} & content.keys():
            raise AssertionError(f"{sorted(codes - CODES)}: {response.text[:500]}")
        has_data = any(value is not None for value in (content.get("data") or {}).values())
        self.tally[f"{case.operation.label} {'answered' if has_data else 'refused'}"] += 1

    def after_run(self, _context: Any) -> None:
        """Leave what was seen to who started the run."""
        TALLY.write_text(json.dumps(self.tally), encoding="utf-8")
