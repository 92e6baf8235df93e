"""State machines are tables: what they have is allowed, what they lack is refused, and none strands a state."""

import pkgutil
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module

import pytest

import domain
from domain.shared.errors import Conflict, ErrorCode, IllegalTransition
from domain.shared.states import StateMachine


class Door(StrEnum):
    """The states of an example."""

    OPEN = "OPEN"
    SHUT = "SHUT"
    LOCKED = "LOCKED"
    WALLED_UP = "WALLED_UP"
    PAINTED = "PAINTED"


DOOR = StateMachine(
    subject="door",
    initial=Door.OPEN,
    moves={
        Door.OPEN: frozenset({Door.SHUT}),
        Door.SHUT: frozenset({Door.OPEN, Door.LOCKED, Door.WALLED_UP}),
        Door.LOCKED: frozenset({Door.SHUT}),
        Door.WALLED_UP: frozenset(),
        Door.PAINTED: frozenset({Door.OPEN}),
    },
)


def machines() -> Iterator[tuple[str, StateMachine[StrEnum]]]:
    """Every machine that a `states` module of a concept declares, under its dotted name."""
    for concept in pkgutil.iter_modules(domain.__path__, "domain."):
        if not concept.ispkg:
            continue
        for module in pkgutil.iter_modules(import_module(concept.name).__path__, f"{concept.name}."):
            if module.name.endswith(".states"):
                for name, value in vars(import_module(module.name)).items():
                    if isinstance(value, StateMachine):
                        yield f"{module.name}.{name}", value


MACHINES = dict(machines())


@pytest.mark.parametrize("current", Door)
@pytest.mark.parametrize("target", Door)
def test_a_move_is_allowed_when_the_table_has_it(current: Door, target: Door) -> None:
    """`allows` and `check` say what the table says, for every pair of states."""
    in_table = target in DOOR.moves[current]
    assert DOOR.allows(current, target) == in_table
    if in_table:
        DOOR.check(current, target)
    else:
        with pytest.raises(IllegalTransition):
            DOOR.check(current, target)


def test_a_refusal_says_where_one_is_and_where_one_may_go() -> None:
    """An illegal transition names the thing, its state, the state asked for and the allowed ones, sorted."""
    with pytest.raises(IllegalTransition) as refusal:
        DOOR.check(Door.SHUT, Door.SHUT)
    assert refusal.value.message == "door is SHUT and cannot become SHUT"
    assert refusal.value.code is ErrorCode.ILLEGAL_TRANSITION
    assert refusal.value.current == "SHUT"
    assert refusal.value.allowed == ("LOCKED", "OPEN", "WALLED_UP")
    assert isinstance(refusal.value, Conflict)


def test_a_terminal_state_allows_nothing() -> None:
    """From a state without moves every target is refused and no alternative is offered."""
    with pytest.raises(IllegalTransition) as refusal:
        DOOR.check(Door.WALLED_UP, Door.OPEN)
    assert refusal.value.allowed == ()


def test_a_state_the_table_does_not_have_goes_nowhere() -> None:
    """A state without an entry is terminal, as a target and as a source, and the initial one always exists."""
    machine = StateMachine("gate", Door.LOCKED, {Door.OPEN: frozenset({Door.SHUT})})
    assert machine.states == {Door.OPEN, Door.SHUT, Door.LOCKED}
    assert machine.terminal == {Door.SHUT, Door.LOCKED}
    assert machine.reachable == {Door.LOCKED}
    assert not machine.allows(Door.SHUT, Door.OPEN)
    with pytest.raises(IllegalTransition):
        machine.check(Door.LOCKED, Door.OPEN)


def test_reachable_is_what_moves_lead_to() -> None:
    """States are reachable through chains of moves, cycles included; moves out of a state do not make it so."""
    assert DOOR.reachable == {Door.OPEN, Door.SHUT, Door.LOCKED, Door.WALLED_UP}
    assert DOOR.states - DOOR.reachable == {Door.PAINTED}
    assert DOOR.terminal == {Door.WALLED_UP}


def test_the_machines_of_the_product_are_found() -> None:
    """The tests below have machines to look at."""
    assert "domain.provisioning.states.OPERATION" in MACHINES


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_is_reachable(name: str) -> None:
    """From the initial state some chain of moves leads to every state that the enum names."""
    machine = MACHINES[name]
    assert set(type(machine.initial)) - machine.reachable == set()
    assert machine.states == machine.reachable


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_terminal_states_are_stated(name: str) -> None:
    """The table has a row for every state of its enum, so a terminal one is stated to be and not forgotten."""
    machine = MACHINES[name]
    assert set(machine.moves) == set(type(machine.initial))
    assert machine.terminal == {state for state, targets in machine.moves.items() if not targets}
    for state in machine.terminal:
        assert not any(machine.allows(state, target) for target in machine.states)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_no_move_stays_where_it_is(name: str) -> None:
    """A move changes the state: to stay is no transition and records no event."""
    machine = MACHINES[name]
    assert [state for state in machine.states if machine.allows(state, state)] == []


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_can_come_to_an_end(name: str) -> None:
    """Where a machine has terminal states, no other state is a trap that leads to none of them."""
    machine = MACHINES[name]
    for state in machine.states if machine.terminal else ():
        onwards = StateMachine(machine.subject, state, machine.moves)
        assert onwards.reachable & machine.terminal, state
