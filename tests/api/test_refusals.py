"""An input is refused with all that is wrong with it at once, also where something in it stands for nothing."""

from typing import Any

import pytest

from domain.shared import database
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.targets import BASES, make_targets
from tests.api.walk import Path, document, dotted, leaves, put, root_fields
from tests.api.worlds import succeed
from tests.house import Api, order_input

NONSENSE = "nonsense"
_ORDERS = "SELECT count(*) FROM orders"


def _said(content: Any, path: Path) -> bool:
    """Whether there is anything at this path."""
    for step in path:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return False
    return content is not None


async def refused(api: Api, tree: Planted, mutation: str, content: dict[str, Any]) -> dict[str, str]:
    """Path and code of each field that is refused."""
    answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": content})
    assert answer["__typename"] == "InvalidInput", answer
    return {field["path"]: field["code"] for field in answer["InvalidInput_fields"]}


@pytest.mark.no_cover
async def test_every_malformed_id_of_an_input_is_named_at_once(api: Api, tree: Planted) -> None:
    """For each mutation: with nonsense in the place of each id that its input has, all of them are named."""
    targets = await make_targets(api, tree)
    for name, field in sorted(root_fields("mutation").items()):
        content = BASES[name](tree, targets)
        paths = [path for path, _ in leaves(field.args["input"].type, frozenset({"ID"})) if _said(content, path)]
        if not paths:
            continue
        for path in paths:
            content = put(content, path, NONSENSE)
        found = await refused(api, tree, name, content)
        assert {path for path, code in found.items() if code == "INVALID"} >= set(map(dotted, paths)), name


async def test_what_else_is_wrong_is_named_with_it(api: Api, tree: Planted) -> None:
    """Malformed ids, information that is no object and what breaks a rule, in one answer; nothing is kept of it."""
    key, (good, second) = fresh_key(), order_input(tree, "")["lines"]
    wrong = order_input(
        tree,
        key,
        lines=[
            {**good, "planId": NONSENSE},
            {**second, "planId": tree.customer_id},
            {**good, "parameters": 7, "quantity": 0},
        ],
        cycleMultiplier=0,
        acceptedTerms=[NONSENSE],
    )
    before = await database.fetch_value(_ORDERS)
    assert await refused(api, tree, "placeOrder", wrong) == {
        "lines.0.planId": "INVALID",
        "lines.1.planId": "INVALID",
        "lines.2.parameters": "INVALID",
        "acceptedTerms.0": "INVALID",
        "lines.2.quantity": "OUT_OF_RANGE",
        "cycleMultiplier": "OUT_OF_RANGE",
    }
    assert await database.fetch_value(_ORDERS) == before
    await succeed(api, tree.partner_token, "placeOrder", order_input(tree, key))


async def test_a_draft_is_not_changed_by_what_cannot_be_read(api: Api, tree: Planted) -> None:
    """A mutation without a key of its own: what could be read of it is not done either."""
    made = await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    draft = made["CreateOrderSuccess_order"]
    change = {"id": draft["id"], "contractId": NONSENSE, "cycleMultiplier": 3, "expectedVersion": draft["version"]}
    assert await refused(api, tree, "updateOrder", change) == {"contractId": "INVALID"}
    order = await api.ask(tree.partner_token, document("query", "order"), {"id": draft["id"]})
    assert (order["cycleMultiplier"], order["version"]) == (draft["cycleMultiplier"], draft["version"])


async def test_a_preview_names_all_that_it_cannot_read(api: Api, tree: Planted) -> None:
    """Of a query: at the top level, each field in its extensions."""
    lines = [{**line, "planId": NONSENSE} for line in order_input(tree, "")["lines"]]
    content = {"customer": {"id": tree.customer_id}, "salesModel": "YEARLY", "lines": lines}
    error = await api.refuse(tree.partner_token, document("query", "previewOrder"), {"input": content})
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert [field["path"] for field in error["extensions"]["fields"]] == ["lines.0.planId", "lines.1.planId"]
