"""Generated code is used where it should be, and nowhere else."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from graphql import MiddlewareManager, Undefined, execute_sync

from resolvers.fast import WORTH_COMPILING
from tests.fuzz.items import SCHEMA, Accident, Asked, Watched, item, prepared
from tests.fuzz.twins import Counting


def test_a_list_is_one_short_cut_from_the_second_run_on() -> None:
    """A page of plain objects is completed by generated code in one go, once its document has run before."""
    page = prepared("{ items { name title below { __typename name } } }")
    values = [item(below=[item(), item()]) for _ in range(50)]
    assert page.run(values).short_cuts == 0
    assert page.run(values).short_cuts == 1
    assert page.run(values).short_cuts == 1
    assert len(page.plans.by_key) == 1


def test_what_is_wrong_in_one_item_leaves_the_others_their_short_cut() -> None:
    """Where the code of a list gives up, each of its objects is tried by itself."""
    page = prepared("{ items { name below { name } } }")
    assert page.warmed([item(), item(below=(item(),)), item(name=None)]).short_cuts == 2


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{ items { name loud } }", [item()]),
        ("{ items { name title } }", [item(title=Undefined)]),
        ("{ items { __typename } }", [ValueError("an error")]),
        ("{ items { __typename } }", [Undefined]),
        ("{ items { __typename } }", ["not an item, but who would know"]),
        ("{ accidents { __typename } }", [Accident()]),
        ("{ items { name } }", (item() for _ in range(0))),
    ],
)
def test_what_is_no_plain_attribute_is_graphql_cores(text: str, values: Any) -> None:
    """Extensions, Undefined, errors as values, other classes and iterators never go through generated code."""
    assert prepared(text).warmed(values).short_cuts == 0


def test_a_property_is_read_once() -> None:
    """Giving up leaves no trace: what does something when it is read is not read by generated code."""
    watched = prepared("{ watched { __typename name } }")
    one = Watched.__new__(Watched)
    one.__dict__.update(name=None, reads=[])
    watched.warmed([one])
    assert len(one.__dict__["reads"]) == 2 * watched.plans.runs


def test_a_list_that_runs_dry_is_not_touched() -> None:
    """An iterator is still whole when graphql-core gets it."""
    page = prepared("{ items { name } }")
    page.plans.runs = WORTH_COMPILING
    result = execute_sync(
        SCHEMA, page.document, context_value=Asked(iter([item(), item()]), page.plans), executor_class=Counting
    )
    assert result.data == {"items": [{"name": "x"}, {"name": "x"}]}


def test_middleware_sees_every_field() -> None:
    """With middleware, of which Strawberry's extensions make one, nothing is short."""
    seen = []

    def look(resolve: Callable[..., Any], source: object, info: Any, **arguments: object) -> Any:
        seen.append(info.field_name)
        return resolve(source, info, **arguments)

    page = prepared("{ items { name } }")
    page.warmed([item()])
    seen.clear()
    assert page.run([item()], middleware=MiddlewareManager(look)).short_cuts == 0
    assert seen == ["items", "name"] * 2


def test_conditions_choose_the_code() -> None:
    """One document has a plan for each set of values that its @skip and @include have had."""
    page = prepared(
        "query ($a: Boolean!, $b: Boolean!) { items { name @skip(if: $a) title @include(if: $b) } }", "a", "b"
    )
    for _ in range(3):
        for a in (True, False):
            for b in (True, False):
                page.run([item(title="t")], a=a, b=b)
    assert len(page.plans.by_key) == 4


def test_names_of_a_response_are_quoted() -> None:
    """A response name that is a word of Python's, or of the generator's own, is a key and no code."""
    names = ["class", "v", "v1", "c1", "GiveUp", "complete", "__dict__", "None"]
    page = prepared("{ items { " + " ".join(f"{name}: name" for name in names) + " } }")
    assert page.warmed([item()]).short_cuts == 1


async def test_executions_at_once_share_their_plans() -> None:
    """Executions of one document in turns of one loop, with other conditions each, keep apart."""
    page = prepared("query ($a: Boolean!) { items { name @skip(if: $a) title } }", "a")

    async def run(number: int) -> None:
        await asyncio.sleep(0)
        page.run([item()], a=number % 2 == 0)

    await asyncio.gather(*(run(number) for number in range(40)))
    assert len(page.plans.by_key) == 2
