"""Generated code stays within bounds, whatever a document asks for."""

import gc
import tracemalloc
from typing import Any

from graphql import ExecutionResult, subscribe

from resolvers.fast import MAX_CONDITIONS, MAX_FIELDS, MAX_MERGED, MAX_PLANS, WORTH_COMPILING
from tests.fuzz.items import SCHEMA, Asked, item, prepared
from tests.fuzz.twins import Counting


def test_a_document_too_deep_to_compile_is_still_executed() -> None:
    """Whatever stops the generator, a limit of Python's included, stops nothing else."""
    deep = "below { " * 120 + "name" + " }" * 120
    assert prepared(f"{{ items {{ name {deep} }} }}").warmed([item(below=[item()])]).short_cuts == 0


def test_fragments_that_double_are_not_written_out() -> None:
    """Fragments that name the next one twice select 2^40 fields, of which a document compiles at most its share."""
    doubling = " ".join(
        f"fragment F{n} on Item {{ a: below {{ ...F{n + 1} }} b: below {{ ...F{n + 1} }} }}" for n in range(40)
    )
    page = prepared(f"{{ items {{ ...F0 }} }} {doubling} fragment F40 on Item {{ name }}")
    page.warmed([item()])
    assert page.plans.fields_left < 0
    assert set(page.plans.by_key.values()) == {None}


def test_a_document_keeps_so_many_plans() -> None:
    """More conditions than a document may have plans for are executed without."""
    names = [f"c{n}" for n in range(7)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    skipped = " ".join(f"{name}: name @skip(if: ${name})" for name in names)
    page = prepared(f"query ({declared}) {{ items {{ name {skipped} }} }}", *names)
    for number in range(2**7):
        chosen: dict[str, Any] = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        page.run([item()], **chosen)
    assert len(page.plans.by_key) == MAX_PLANS
    assert MAX_FIELDS > page.plans.fields_left > 0


def test_long_keys_are_not_kept() -> None:
    """Nothing is compiled for a field merged from too many places, or under too many conditions."""
    merged = prepared("{ " + "items { name } " * (MAX_MERGED + 1) + "}")
    conditional = prepared("{ items { name } }", *(f"c{n}" for n in range(MAX_CONDITIONS + 1)))
    assert [merged.warmed([item()]).short_cuts, conditional.warmed([item()]).short_cuts] == [0, 0]
    assert [merged.plans.by_key, conditional.plans.by_key] == [{}, {}]


def _compiled_sizes() -> tuple[int, int]:
    """How many bytes the largest code of a document takes, and how many are left once it is gone."""
    page = prepared("{ items { " + " ".join(f"a{n}: name" for n in range(MAX_FIELDS - 2)) + " } }")
    page.run([item()])
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    assert page.run([item()]).short_cuts == 1
    grown = tracemalloc.get_traced_memory()[0] - before
    page.plans.by_key.clear()
    gc.collect()
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown, left


def test_the_largest_code_is_small() -> None:
    """All that one document can have generated takes less than 2 MB, and goes with the document.

    The least of three: what else of the process makes something meanwhile is counted too.
    """
    sizes = [_compiled_sizes() for _ in range(3)]
    assert min(grown for grown, _ in sizes) < 2_000_000
    assert min(left for _, left in sizes) < 200_000


async def test_a_long_subscription_keeps_nothing_of_its_events() -> None:
    """The memory of a subscription is flat: what one event's selections were is forgotten with it."""
    page = prepared("subscription { arrivals { name below { name } } }")
    page.plans.runs = WORTH_COMPILING
    asked = Asked([item(below=[item()])], page.plans)
    source: Any = subscribe(SCHEMA, page.document, context_value=asked, executor_class=Counting)
    events = await source if hasattr(source, "__await__") else source
    sizes = []
    for number in range(1, 2_001):
        answer = await anext(events)
        assert isinstance(answer, ExecutionResult)
        assert answer.data == {"arrivals": [{"name": "x", "below": [{"name": "x"}]}]}
        if number == 500:
            tracemalloc.start()
        if number in {1_000, 2_000}:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    await events.aclose()
    assert sizes[1] - sizes[0] < 50_000
    assert asked.short_cuts == 2_000
