"""What holds for every mutation of the schema, walked: one added later is covered without new wiring."""

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.targets import BASES, make_targets
from tests.api.walk import document, root_fields
from tests.house import Api

# It goes on with a session that was told of when it began: every quarter of an hour, for each person.
UNTOLD = {"refreshSession"}


def test_every_mutation_has_a_valid_input_to_walk_with() -> None:
    """The walks know a valid input for each mutation there is."""
    assert set(BASES) == set(root_fields("mutation"))


@pytest.mark.parametrize("mutation", sorted(BASES))
async def test_a_mutation_that_succeeds_records_an_event_of_its_actor(api: Api, tree: Planted, mutation: str) -> None:
    """Whatever is changed is told of, in the same transaction and under the credential that did it."""
    targets = await make_targets(api, tree)
    before = await _told(tree)
    answer = await api.ask(
        tree.partner_token, document("mutation", mutation), {"input": BASES[mutation](tree, targets)}
    )
    assert answer["__typename"].endswith("Success"), answer
    assert (await _told(tree) > before) is (mutation not in UNTOLD)


async def _told(tree: Planted) -> int:
    """How many events the tree's partner has caused."""
    found: int = await database.fetch_value(
        "SELECT count(*) FROM events e JOIN organizations o ON e.scope LIKE o.scope || '%' "
        "WHERE o.id = $1 AND e.actor ~ '^(tok|mem|crl)_'",
        decode("Organization", tree.distributor_id),
    )
    return found
