"""A subtree is one range of an index, and the range says what the prefix says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.tenancy import ROOT, Scope

# Few small numbers and their like: siblings such as 1, 10 and 100 are what a careless prefix confuses.
NODES = st.sampled_from([1, 2, 3, 9, 10, 11, 19, 42, 100, 101, 999, 1337]) | st.integers(0, 2**63)
SCOPES = st.lists(NODES, max_size=6).map(lambda nodes: Scope("".join(f"{node}." for node in nodes)))


def in_range(scope: Scope, other: Scope) -> bool:
    """Whether `other` lies in the range [lower, upper) as an index with collation "C" compares: by bytes."""
    return scope.lower.encode() <= other.path.encode() < scope.upper.encode()


@given(scope=SCOPES, other=SCOPES)
def test_the_range_is_the_prefix(scope: Scope, other: Scope) -> None:
    """A path lies in the range exactly when it starts with the scope's path."""
    assert in_range(scope, other) == other.path.startswith(scope.path) == scope.covers(other)


@given(scope=SCOPES, below=st.lists(NODES, max_size=4))
def test_everything_below_is_covered(scope: Scope, below: list[int]) -> None:
    """An organization covers itself and every one below it, at any depth."""
    other = scope
    for node in below:
        other = other.child(node)
    assert scope.covers(other)
    assert in_range(scope, other)


@given(scope=SCOPES, node=NODES)
def test_nothing_above_is_covered(scope: Scope, node: int) -> None:
    """An organization never covers the one it lies under."""
    assert not scope.child(node).covers(scope)
    assert not in_range(scope.child(node), scope)


@pytest.mark.parametrize(("path", "sibling"), [("1.4.", "1.42."), ("1.42.", "1.4."), ("1.", "10."), ("1.2.", "2.2.")])
def test_a_number_that_begins_alike_is_another_tenant(path: str, sibling: str) -> None:
    """Node 4 and node 42 are strangers, though one's digits begin the other's."""
    assert not Scope(path).covers(Scope(sibling))
    assert not in_range(Scope(path), Scope(sibling))


@given(scope=SCOPES, one=NODES, other=NODES)
def test_siblings_do_not_overlap(scope: Scope, one: int, other: int) -> None:
    """The ranges of two organizations under one parent share nothing."""
    left, right = scope.child(one), scope.child(other)
    assert (left.upper <= right.lower or right.upper <= left.lower) == (one != other)


@given(SCOPES)
def test_the_root_covers_all(scope: Scope) -> None:
    """The root's range holds every path there is, its own included."""
    assert ROOT.covers(scope)
    assert in_range(ROOT, scope)
    assert in_range(ROOT, ROOT)


@given(SCOPES)
def test_the_chain_leads_from_the_root_down(scope: Scope) -> None:
    """The chain lists each organization from the top to this one; each covers all that follow."""
    chain = [Scope(path) for path in scope.chain]
    assert len(chain) == scope.path.count(".")
    assert all(above.covers(below) for i, above in enumerate(chain) for below in chain[i:])
    assert not chain or chain[-1] == scope


def test_a_chain_is_who_sells_to_whom() -> None:
    """The chain of a customer names its distributor, its partner and itself."""
    assert ROOT.chain == []
    assert ROOT.child(1).child(42).child(1337).chain == ["1.", "1.42.", "1.42.1337."]
