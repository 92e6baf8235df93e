"""What graphql-core's `validate` finds, in a third of the time: its rules and its types, on a shorter walk.

A document as large as the limits allow, and wrong, is refused by the rules alone. graphql-core's walk can edit what it
walks, asks each of some thirty rules about every node, most of which are names and concern none, and looks up what was
worked out of a part by that part's hash, for which all that is below is walked again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    TypeInfo,
    ValidationContext,
    Visitor,
    specified_rules,
)
from graphql.language.visitor import BREAK
from graphql.validation.validate import (
    FragmentNestingVisitor,
    ValidationAbortedError,
    query_document_keys_to_validate,
)
from graphql.validation.validation_context import NodeWithSelectionSet, VariableUsage, VariableUsageVisitor
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

RULES: Final[tuple[type[ASTValidationRule], ...]] = (*specified_rules, OneOfInputValidationRule)
MAX_ERRORS: Final = 5
# Where only a name stands: no rule looks at it by itself.
_NAMES: Final = frozenset({"name", "alias"})
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(key for key in keys if key not in _NAMES) for kind, keys in query_document_keys_to_validate.items()
}

Act = Callable[..., Any]


class _ByIdentity(dict[Any, Any]):
    """A mapping of nodes that live as long as it does: two that read alike are two."""

    def __setitem__(self, node: object, value: object) -> None:
        super().__setitem__(id(node), value)

    def get(self, node: object, default: Any = None) -> Any:
        """What is kept of a node."""
        return super().get(id(node), default)


@dataclass(frozen=True, slots=True)
class _Stop:
    """What there is to do at a node of one kind: below it, and for each rule that is concerned, by its place."""

    below: tuple[str, ...]
    enter_types: Act | None
    entering: tuple[tuple[int, Act], ...]
    leaving: tuple[tuple[int, Act | None], ...]
    leave_types: Act | None


class _Walk:
    """One walk of all rules through a document, each node's types known to them; as visitors, they edit nothing."""

    def __init__(self, types: TypeInfo, rules: list[Visitor]) -> None:
        self._types = types
        self._rules = rules
        self._stops: dict[str, _Stop] = {}
        self._skipping: list[object] = [None] * len(rules)
        self._ancestors: list[Any] = []

    def walk(self, node: Node, key: object = None, parent: object = None) -> None:
        """Visit a node and all below it; `parent` is the node that it belongs to, or the tuple that it stands in."""
        stop = self._stops.get(node.kind)
        if stop is None:
            stop = self._stops[node.kind] = self._stop(node.kind)
        ancestors = self._ancestors
        if stop.enter_types is not None:
            stop.enter_types(node)
        self._enter(stop, node, key, parent)
        ancestors.append(parent)
        for name in stop.below:
            child = getattr(node, name, None)
            if isinstance(child, tuple):
                ancestors.append(node)
                for index, each in enumerate(child):
                    self.walk(each, index, child)
                ancestors.pop()
            elif child is not None:
                self.walk(child, name, node)
        ancestors.pop()
        self._leave(stop, node, key, parent)
        if stop.leave_types is not None:
            stop.leave_types()

    def _enter(self, stop: _Stop, node: Node, *where: object) -> None:
        skipping = self._skipping
        for place, act in stop.entering:
            if skipping[place] is None:
                answer = act(node, *where, (), self._ancestors)
                if answer is not None:
                    skipping[place] = BREAK if answer is BREAK or answer is True else node

    def _leave(self, stop: _Stop, node: Node, *where: object) -> None:
        skipping = self._skipping
        for place, act in stop.leaving:
            if skipping[place] is node:
                skipping[place] = None
            elif skipping[place] is None and act is not None:
                answer = act(node, *where, (), self._ancestors)
                if answer is BREAK or answer is True:
                    skipping[place] = BREAK

    def _stop(self, kind: str) -> _Stop:
        found = [(place, rule.get_enter_leave_for_kind(kind)) for place, rule in enumerate(self._rules)]
        concerned = [(place, acts) for place, acts in found if acts.enter or acts.leave]
        return _Stop(
            _KEYS.get(kind, ()),
            getattr(self._types, f"enter_{kind}", None),
            tuple((place, acts.enter) for place, acts in concerned if acts.enter),
            # One that skipped a node goes on when it is left, whether it has anything to do there or not.
            tuple((place, acts.leave) for place, acts in concerned),
            getattr(self._types, f"leave_{kind}", None),
        )


class _Context(ValidationContext):
    """What rules share, kept by the nodes themselves; where variables are used is found by the short walk too."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, note: Callable[[GraphQLError], None]) -> None:
        self._types = TypeInfo(schema)
        super().__init__(schema, document, self._types, note, hide_suggestions=True)
        self._fragment_spreads = _ByIdentity()
        self._variable_usages = _ByIdentity()
        self._recursive_variable_usages = _ByIdentity()
        self._has_variables = document.loc is None or "$" in document.loc.source.body

    def walk(self, node: Node, visitors: list[Visitor]) -> None:
        """Walk visitors through a node and all below it."""
        _Walk(self._types, visitors).walk(node)

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        """Where the variables of an operation, or of a fragment, are used."""
        if not self._has_variables:
            return []
        usages: list[VariableUsage] | None = self._variable_usages.get(node)
        if usages is None:
            finder = VariableUsageVisitor(self._types, node if isinstance(node, FragmentDefinitionNode) else None)
            self.walk(node, [finder])
            usages = self._variable_usages[node] = finder.usages
        return usages


def validate(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """The first errors of a document; one more says so where there are others. Names are not suggested."""
    errors: list[GraphQLError] = []

    def note(error: GraphQLError) -> None:
        if len(errors) >= MAX_ERRORS:
            raise ValidationAbortedError("Too many validation errors, error limit reached. Validation aborted.")
        errors.append(error)

    context = _Context(schema, document, note)
    visitors = list(_visitors(document, context))
    try:
        context.walk(document, visitors)
    except ValidationAbortedError as error:
        error.__context__ = None  # it would keep all that was under way
        errors.append(error.with_traceback(None))
    except RecursionError:
        errors.append(ValidationAbortedError("Validation aborted."))
    finally:
        for visitor in visitors:  # each holds itself, and all of the document, in a circle
            visitor.__dict__.clear()
    return errors


def _visitors(document: DocumentNode, context: ValidationContext) -> Iterator[Visitor]:
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    if fragments:
        yield FragmentNestingVisitor(fragments)
    for rule in RULES:
        yield rule(context)
