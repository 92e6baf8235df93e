"""State machines as data: a table of moves, checked before every change of state."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from domain.shared.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class StateMachine(Generic[S]):
    """`moves` maps each state to the states it may become; a state without moves is terminal."""

    subject: str
    initial: S
    moves: Mapping[S, frozenset[S]]

    def check(self, current: S, target: S) -> None:
        """Raise IllegalTransition unless the table has the move `current` -> `target`."""
        allowed = self.moves.get(current, frozenset())
        if target not in allowed:
            raise IllegalTransition(self.subject, current, target, sorted(allowed))

    def check_from(self, sources: Collection[S], current: S, target: S) -> None:
        """As `check`, for an action whose moves are only those from `sources`."""
        if current not in sources:
            others = self.moves.get(current, frozenset()) - {target}
            raise IllegalTransition(self.subject, current, target, sorted(others))
        self.check(current, target)

    def allows(self, current: S, target: S) -> bool:
        """Whether the table has the move."""
        return target in self.moves.get(current, frozenset())

    @property
    def states(self) -> frozenset[S]:
        """Every state the table names, the initial one included."""
        return frozenset({self.initial}).union(self.moves, *self.moves.values())

    @property
    def terminal(self) -> frozenset[S]:
        """The states that nothing leaves."""
        return frozenset(s for s in self.states if not self.moves.get(s))

    @property
    def reachable(self) -> frozenset[S]:
        """The states that some chain of moves reaches from the initial one, itself included."""
        seen: set[S] = set()
        ahead = [self.initial]
        while ahead:
            state = ahead.pop()
            if state not in seen:
                seen.add(state)
                ahead.extend(self.moves.get(state, frozenset()))
        return frozenset(seen)
