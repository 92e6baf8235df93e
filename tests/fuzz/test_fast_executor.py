"""The fast executor answers what graphql-core answers, of any document and any values."""

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Final

import pytest
from graphql import GraphQLSchema, print_ast
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st

from resolvers.fast import Plans
from tests.fuzz.documents import CONDITIONS, OPERATIONS, Writer
from tests.fuzz.products import PRODUCT, ReadWorld
from tests.fuzz.rich import RICH
from tests.fuzz.twins import Twins, rooted
from tests.fuzz.worlds import World

RUNS_OF_A_DOCUMENT: Final = 8
EXECUTIONS: Final = int(os.environ.get("FUZZ_EXECUTIONS", "1500"))
RICH_SCHEMA: Final = rooted(RICH._schema)  # noqa: SLF001 - graphql-core's own schema has no public name


# graphql-core drops coroutines where an error ends their parent; both executors drop the same ones. Where one is
# collected while a namedtuple is made, which has no builtins, the warning of it cannot even be given.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def dropped() -> Iterator[None]:
    """Coroutines that were dropped are collected here, not under another test."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One loop for all examples: to make one costs more than to run one."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


def fuzz(
    examples: int,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with choices for its document, a seed for its values and the share of lies among them."""
    drawn = given(
        choices=st.randoms(use_true_random=False, note_method_calls=False),
        seed=st.integers(0, 2**32),
        lies=st.sampled_from([0, 0.01, 0.1, 0.4]),
    )
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    limited = settings(max_examples=max(1, examples), suppress_health_check=slow)
    return lambda test: limited(drawn(test))


def agree(
    schema: GraphQLSchema,
    choices: Random,
    loop: asyncio.AbstractEventLoop,
    new_world: Callable[[int], World],
) -> None:
    """Fail unless every run of one document, with other variables and values each time, is the same by both."""
    writer = Writer(schema, choices)
    document = writer.document(depth=4)
    assume(document is not None)
    assert document is not None
    note(print_ast(document))
    twins = Twins(schema, document, Plans(CONDITIONS), loop)
    for run in range(RUNS_OF_A_DOCUMENT):
        variables = writer.variables()
        note(f"{OPERATIONS[run % 2]} {variables}")
        twins.compare(partial(new_world, run), OPERATIONS[run % 2], variables)
    event(f"generated code {'was' if any(twins.short_cuts) else 'was not'} used")
    assert twins.short_cuts[0] == 0


@fuzz(EXECUTIONS * 2 // 3 // RUNS_OF_A_DOCUMENT)
def test_generated_code_and_graphql_core_agree(
    loop: asyncio.AbstractEventLoop, choices: Random, seed: int, lies: float
) -> None:
    """Data, order of keys, errors and effects are the same, while variables and values change under one document."""
    agree(RICH_SCHEMA, choices, loop, lambda run: World(RICH_SCHEMA, seed + run, lies))


@fuzz(EXECUTIONS // 3 // RUNS_OF_A_DOCUMENT)
def test_they_agree_on_what_the_product_reads_from_records(
    loop: asyncio.AbstractEventLoop, choices: Random, seed: int, lies: float
) -> None:
    """The product's own types, built from records by its own readers, come out the same as well."""
    agree(PRODUCT, choices, loop, lambda run: ReadWorld(PRODUCT, seed + run, lies))
