"""Documents and bodies built to exhaust the server: each with the limit that it exceeds, and the figure found in it."""

from collections.abc import Mapping
from typing import Final

from resolvers.limits import LIMITS

# Counting stops at the first too many.
TOKENS: Final = LIMITS["tokens"] + 1
COMMENTS: Final = LIMITS["comments"] + 1


def chain(length: int, body: str) -> str:
    """Fragments F0 … each of which spreads the next one as `body` says, where NEXT is its name."""
    links = [f"fragment F{n} on Nobody {{ {body.replace('NEXT', f'F{n + 1}')} }}" for n in range(length)]
    return " ".join([*links, f"fragment F{length} on Nobody {{ x }}"])


def times(count: int, text: str) -> str:
    """A text again and again, its N counted."""
    return " ".join(text.replace("N", str(n)) for n in range(count))


# No type has a field x: had validation seen one of these, it would say so.
HOSTILE: Final[Mapping[str, tuple[str, str, int]]] = {
    "a long text": (f'{{ x(y: "{"z" * 59_988}") }}', "characters", 60_000),
    "a long name": (f"{{ {'z' * 59_996} }}", "characters", 60_000),
    "nothing but commas": ("{ x " + "," * 59_995 + "}", "characters", 60_000),
    "comments": ("{ x " + "#\n" * 9_900 + "}", "comments", COMMENTS),
    "words": (f"{{ {times(9_900, 'x')} }}", "tokens", TOKENS),
    "aliases past the tokens": (f"{{ {times(2_000, 'aN: x')} }}", "tokens", TOKENS),
    "directives past the tokens": (f"{{ x {times(1_000, '@skip(if: true)')} }}", "tokens", TOKENS),
    "texts without end": ("{ x(y: " + '"' * 19_900, "tokens", TOKENS),
    "variables": (f"query ({times(1_000, '$aN: Int')}) {{ x }}", "tokens", TOKENS),
    "operations": (times(150, "query AN { x }"), "operations", 150),
    "fragments": ("{ ...F0 } " + chain(149, "...NEXT"), "fragments", 150),
    "selections one in the other": ("{ x " * 100 + "}" * 100, "depth", 100),
    "fragments one in the other": ("{ ...F0 } " + chain(90, "x { ...NEXT }"), "depth", 91),
    "fields": (f"{{ x {{ {times(1_200, 'xN')} }} }}", "selections", 1_201),
    "fields up to the last token": (f"{{ x {{ {times(1_495, 'xN')} }} }}", "selections", 1_496),
    "fragments that double": (
        "{ ...F0 } " + chain(11, "a { ...NEXT } b { ...NEXT }"),
        "selections",
        5 * 2**11 - 3,
    ),
    "fragments that double for ever": ("{ ...F0 } " + chain(90, "a { ...NEXT } b { ...NEXT }"), "selections", 10**9),
    "aliases": (f"{{ x {{ {times(300, 'aN: x')} }} }}", "aliases", 300),
    "aliases by fragment": (f"{{ a {{ ...F0 }} b {{ ...F0 }} }} {chain(1, times(150, 'aN: x'))}", "aliases", 300),
    "root fields": (f"{{ {times(30, 'xN')} }}", "rootFields", 30),
    "root fields by fragment": (f"{{ x ...F0 }} {chain(20, 'xF: x ...NEXT')}", "rootFields", 22),
    "directives": (f"{{ x {times(60, '@skip(if: true)')} }}", "directives", 60),
    "directives by fragment": ("{ a { ...F0 } b { ...F0 } } " + chain(30, "...NEXT @skip(if: $v)"), "directives", 60),
    "one field again and again": (f"{{ x {{ {times(30, 'x { y }')} }} }}", "repetitions", 30),
    "one field in many fragments": (
        f"{{ x {{ {times(30, '...FN')} }} }} {times(30, 'fragment FN on X { x { y } }')}",
        "repetitions",
        30,
    ),
    "one field below many": (f"{{ x {{ {times(10, 'x { y y y }')} }} }}", "repetitions", 30),
    "introspection": (
        "{ __schema { types { " + "fields { type { " * 20 + "name" + " } }" * 20 + " } } }",
        "introspectionDepth",
        21,
    ),
    "passwords": (f"mutation {{ {times(10, 'aN: signIn(input: {}) { x }')} }}", "tokenMutations", 10),
    "tokens by fragment": (
        "mutation { createApiToken { x } ...F0 } " + chain(1, "a: createApiToken"),
        "tokenMutations",
        2,
    ),
}

# Nothing to count: the parser or the fragments' own order refuses them.
CIRCLES: Final[Mapping[str, str]] = {
    "a fragment in itself": "{ ...A } fragment A on Nobody { x { ...A } }",
    "two fragments in each other": "{ ...A } fragment A on Nobody { ...B } fragment B on Nobody { x ...A }",
    "a hundred in a circle": "{ ...F0 } " + chain(99, "...NEXT").replace("{ x }", "{ ...F0 }"),
    "a circle that nobody spreads": "{ x } fragment A on Nobody { ...B } fragment B on Nobody { ...A }",
}
NESTED: Final[Mapping[str, str]] = {
    "lists": "{ x(y: " + "[" * 700 + "]" * 700 + ") }",
    "objects": "{ x(y: " + "{z: " * 350 + "1" + "}" * 350 + ") }",
    "types": "query ($a: " + "[" * 700 + "ID" + "]" * 700 + ") { x }",
    "selections": "{ x " * 450 + "}" * 450,
    "inline fragments": "{ " + "... { " * 450 + "x" + " }" * 450 + " }",
}

# As large as the limits let through, and wrong at the end: these are parsed and measured, and validation refuses them.
LARGEST: Final[Mapping[str, str]] = {
    "one long text": '{ viewer { x(y: "' + "z" * 19_900 + '") } }',
    "one long text of escapes": '{ viewer { x(y: "' + r"\n" * 9_900 + '") } }',
    "one long block of lines": '{ viewer { x(y: """' + "\n" * 19_900 + '""") } }',
    "one long comment": "{ viewer { x #" + "z" * 19_900 + "\n} }",
    "fields, 690": f"{{ x {{ {times(690, 'xN')} }} }}",
    "fragments, 100": "{ viewer { ...F0 } } " + chain(99, "...NEXT"),
    "ids, 1,400": "{ nodes(ids: [" + '"x" ' * 1_400 + "]) { id x } }",
    "filters, 160": "{ orders(where: {AND: [" + "{state: {eq: DRAFT}} " * 160 + "]}) { x } }",
}

# Of a megabyte, half of what a body may have, or of what takes longest: with the status that refuses it.
_ROOM: Final = 1_048_000
BODIES: Final[Mapping[str, tuple[str, int]]] = {
    "a body too large": (f'{{"query": "{"z" * 2_200_000}"}}', 413),
    "no JSON": ("[" * 100 + "z" * _ROOM, 400),
    "lists in lists": ('{"query": ' + "[" * 500_000 + "]" * 500_000 + "}", 400),
    "objects in objects": ('{"query": "{ x }", "variables": ' + '{"a":' * 39_000 + "1" + "}" * 39_000 + "}", 400),
    "numbers": ('{"query": 1, "variables": {"a": [' + "0," * 500_000 + "0]}}", 400),
    "keys": ('{"query": 1, "variables": {' + ",".join(f'"k{n}":0' for n in range(59_990)) + "}}", 400),
    "a bulk of keys": (
        '{"query": "mutation ($input: SetPricesInput!) { setPrices(input: $input) { __typename } }", "variables": {'
        + ",".join(f'"k{n}":0' for n in range(80_000))
        + "}}",
        413,
    ),
    "variables of a query": (
        '{"variables": {' + ",".join(f'"k{n}":0' for n in range(59_990)) + '}, "query": "{ viewer { principal } }"}',
        413,
    ),
    "too many keys": ('{"query": 1, "variables": {' + ",".join(f'"k{n}":0' for n in range(80_000)) + "}}", 400),
    "a number without end": ('{"query": 1, "variables": {"a": ' + "9" * 1_000_000 + "}}", 400),
}

# Variables with more values than any query needs, and a query that takes them.
VARIABLES: Final = (
    "query ($where: OrderWhere, $ids: [ID!]!) { orders(where: $where) { nodes { id } } nodes(ids: $ids) { id } }",
    {"where": {"AND": [{}] * 3_000}, "ids": ["x"] * 3_000},
)

# Frames of one WebSocket, INIT the first message of a client with a token; and the code that ends it.
_PINGS: Final = ['{"type": "ping"}'] * 200
SOCKETS: Final[Mapping[str, tuple[list[str], int]]] = {
    "a flood of pings": (["INIT", *_PINGS], 4429),
    "a flood before the init": (_PINGS, 4429),
    "a flood of operations": (
        ["INIT", *(f'{{"type": "subscribe", "id": "{n}", "payload": {{"query": "{{ x{n} }}"}}}}' for n in range(200))],
        4429,
    ),
    "a message too large": (["INIT", '{"type": "ping", "payload": "' + "z" * 300_000 + '"}'], 1009),
    "a message nested without end": (["INIT", '{"type": ' + "[" * 100_000 + "]" * 100_000 + "}"], 4400),
    "an operation that is no object": (["INIT", '{"type": "subscribe", "id": "1", "payload": []}'], 4400),
}
