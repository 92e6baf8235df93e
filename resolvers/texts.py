"""Texts: what one exceeds, found before it is parsed, which takes fifty times as long; and parsing it."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from graphql import DocumentNode, GraphQLError, parse

from resolvers.limits import LIMITS, exceeded

# A comment or a token. What is not closed goes to the end of the text: nothing is ever looked at twice.
_LEXEME: Final = re.compile(
    r"""#[^\r\n]*+|[_A-Za-z]\w*+|\.\.\.|[!$&():=@\[\]{|}]|-?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+"""
    r"""|\"{3}(?:[^"\\]|\\(?:\"{3})?|"(?!""))*+(?:\"{3})?|"(?:[^"\\\r\n]|\\.)*+"?""",
    re.ASCII,
)
_SIGNS: Final = frozenset({"...", *"!$&:=@[]|"})
# What stands before the second name of a selection, or of a directive.
_BEFORE_OTHER_NAMES: Final = frozenset({"...", ":", "@"})


def overfull(text: str) -> list[GraphQLError]:
    """Which limit a text exceeds for sure, if any: its length, its tokens and comments, what one definition selects."""
    if len(text) > LIMITS["characters"]:
        return [exceeded("characters", len(text), LIMITS["characters"])]
    tokens, comments = read(text, LIMITS["tokens"] + LIMITS["comments"] + 1)
    found = {
        "tokens": min(len(tokens), LIMITS["tokens"] + 1),
        "comments": min(comments, LIMITS["comments"] + 1),
        **written(tokens),
    }
    errors = [exceeded(name, figure, LIMITS[name]) for name, figure in found.items() if figure > LIMITS[name]]
    return errors[:1]  # where the tokens are too many, their rest was not looked at: no other figure is whole


def read(text: str, most: int) -> tuple[list[str], int]:
    """The tokens among the first `most` tokens and comments of a text, and how many comments are among them."""
    lexemes = [found.group() for found in islice(_LEXEME.finditer(text), most)]
    tokens = [lexeme for lexeme in lexemes if lexeme[0] != "#"]
    return tokens, len(lexemes) - len(tokens)


def written(tokens: list[str]) -> dict[str, int]:
    """What is written out, the most in one definition: fields and inline fragments with a type, and aliases.

    The document has as many of each or more, for fragments add to them.
    """
    totals = _Written()
    braces = parentheses = 0
    before = ""
    for sign in tokens:
        if sign in {"(", ")"}:
            parentheses += 1 if sign == "(" else -1
        elif parentheses:
            pass  # arguments and variables
        elif sign == "{":
            braces += 1
        elif sign == "}":
            braces -= 1
            if braces == 0:
                totals.close()
        elif braces and sign == ":":
            totals.aliases += 1
        elif braces and sign not in _SIGNS and before not in _BEFORE_OTHER_NAMES:
            totals.selections += 1
        before = sign
    return {"selections": totals.most_selections, "aliases": totals.most_aliases}


@dataclass(slots=True)
class _Written:
    """What the definition at hand has, and the most that one had."""

    selections: int = 0
    aliases: int = 0
    most_selections: int = 0
    most_aliases: int = 0

    def close(self) -> None:
        """The definition ends."""
        self.most_selections = max(self.most_selections, self.selections)
        self.most_aliases = max(self.most_aliases, self.aliases)
        self.selections = self.aliases = 0


def parsed(text: str) -> DocumentNode | GraphQLError:
    """The document in a text, or what is wrong with it.

    Its words point forwards only: by the circles that they are made in, it would have to wait for a full collection.
    """
    if len(text) > LIMITS["characters"]:
        return exceeded("characters", len(text), LIMITS["characters"])
    try:
        document = parse(text, max_lexical_tokens=LIMITS["tokens"], max_comments=LIMITS["comments"])
    except GraphQLError as error:
        return _counted(error)
    token = document.loc.start_token if document.loc else None
    while token is not None:
        token.prev, token = None, token.next
    return document


def _counted(error: GraphQLError) -> GraphQLError:
    """The parser stops at the first token or comment too many: then that is what was found."""
    for limit in ("tokens", "comments"):
        if f"more than {LIMITS[limit]} {limit}" in error.message:
            return exceeded(limit, LIMITS[limit] + 1, LIMITS[limit])
    return error
