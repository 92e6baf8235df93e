"""What a query selects below a field, so that rows and relations are loaded once and only when asked for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from schema.context import Info


class Selection(dict[str, "Selection"]):
    """Field name -> what is selected below it.

    Aliases and type conditions are merged: it may name too much, never too little.
    `spread` names the fragments that are in it already: each is walked once, however often it is spread.
    """

    def __init__(self) -> None:
        super().__init__()
        self.spread: set[str] = set()

    def below(self, *names: str) -> "Selection":
        """What is selected below a path of fields; empty where the path is not selected."""
        found = self
        for name in names:
            found = found.get(name, Selection())
        return found

    def add(self, other: "Selection") -> None:
        """Select what `other` selects as well, all the way down."""
        for name, inner in other.items():
            self.setdefault(name, Selection()).add(inner)


_MAX_KEPT: Final = 64  # of one document: conditions may make many of a few fields
T = TypeVar("T")


def kept(info: Info, what: object, work_out: Callable[[], T]) -> T:
    """What follows from the field being resolved and the selection below it alone: worked out once a document."""
    known = info.context.selected
    # The nodes live as long as what is known of them: their ids are theirs alone.
    key = (what, *map(id, info._raw_info.field_nodes))  # noqa: SLF001 - Strawberry's own info copies them
    found: T | None = known.get(key)
    if found is None:
        if len(known) >= _MAX_KEPT:
            known.clear()
        found = known[key] = work_out()
    return found


def selection_of(info: Info) -> Selection:
    """The selection below the field being resolved."""
    return kept(info, Selection, lambda: _selection(info))


def _selection(info: Info) -> Selection:
    raw = info._raw_info  # noqa: SLF001 - Strawberry's own selected_fields builds a slower copy of the same
    tree = Selection()
    for node in raw.field_nodes:
        _collect(node.selection_set, raw.fragments, tree)
    return tree


def _collect(
    selections: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode], tree: Selection
) -> None:
    for node in _selected(selections):
        if isinstance(node, FieldNode):
            _collect(node.selection_set, fragments, tree.setdefault(node.name.value, Selection()))
        elif isinstance(node, InlineFragmentNode):
            _collect(node.selection_set, fragments, tree)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in tree.spread:
            tree.spread.add(node.name.value)
            _collect(fragments[node.name.value].selection_set, fragments, tree)


def _selected(selections: SelectionSetNode | None) -> Iterable[object]:
    return selections.selections if selections else ()
