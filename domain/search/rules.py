"""What a search term means: words, digits, an id; pure decisions."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from unicodedata import normalize
from uuid import UUID

from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import decode_any
from domain.shared.texts import check_text

MAX_TERM: Final = 100
MAX_WORDS: Final = 6
MIN_DIGITS: Final = 4  # of the end of a number: one in ten thousand has them
_MAX_DIGITS: Final = 15  # of a number by E.164
_WHOLE_DIGITS: Final = 8  # with so many it is a national number, and zeros before it are dialled only
_MAX_WORD: Final = 64
_MARKS: Final = re.compile("[\u0300-\u036f]")
# As `search_words_of` of the database has them.
_SEPARATORS: Final = re.compile("[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003]+")
_NUMBER: Final = re.compile(r"[+()\d\s./-]+")


class SearchMatch(StrEnum):
    """By what something was found; their order is that of the hits."""

    ID = "ID"
    NUMBER = "NUMBER"
    NAME = "NAME"
    REFERENCE = "REFERENCE"
    CONTRACT_NUMBER = "CONTRACT_NUMBER"
    CONTRACT_REFERENCE = "CONTRACT_REFERENCE"


# How `search_words` keeps them.
STORED: Final = {
    1: SearchMatch.NAME,
    2: SearchMatch.REFERENCE,
    3: SearchMatch.CONTRACT_NUMBER,
    4: SearchMatch.CONTRACT_REFERENCE,
}


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for: beginnings of words, the last digits of a number in reverse, the id of an organization."""

    words: tuple[str, ...]
    digits: str
    organization_id: UUID | None


def read_term(text: str) -> Term:
    """The meaning of what was typed; Invalid at `term` when it is empty, too long, or nothing to look for."""
    if problems := check_text("term", text, max_length=MAX_TERM):
        raise Invalid(problems)
    folded = _MARKS.sub("", normalize("NFKD", text.casefold()))
    chunks = (_SEPARATORS.sub("", chunk)[:_MAX_WORD] for chunk in folded.split())
    words = tuple(dict.fromkeys(filter(None, chunks)))
    if not words:
        raise Invalid([FieldError("term", FieldCode.INVALID, "has neither letters nor digits")])
    if len(words) > MAX_WORDS:
        message = f"has {len(words)} words, at most {MAX_WORDS} are allowed"
        raise Invalid([FieldError("term", FieldCode.TOO_LONG, message)])
    return Term(words, _digits(text), _organization_id(text.strip()))


def _digits(text: str) -> str:
    """The digits of what looks like a number, in reverse and without what is dialled before it within a country.

    E.164 ends with the national number, however it is written: `(415) 555-0134`, `0662 12345`, `0043 662 12345`.
    """
    if not _NUMBER.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text)
    if len(digits) >= _WHOLE_DIGITS:
        digits = digits.lstrip("0")
    is_end = digits.isascii() and MIN_DIGITS <= len(digits) <= _MAX_DIGITS
    return digits[::-1] if is_end else ""


def _organization_id(text: str) -> UUID | None:
    try:
        kind, value = decode_any(text)
    except ValueError:
        return _bare(text)
    return value if kind == "Organization" else None


def _bare(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def last_with(prefix: str) -> str:
    """The last text that begins with `prefix`, in the order of code points."""
    return f"{prefix}\U0010ffff"
