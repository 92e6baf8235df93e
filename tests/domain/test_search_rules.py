"""What a search term means."""

import pytest

from domain.search.rules import last_with, read_term
from domain.shared.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Bergblick", ("bergblick",)),
        ("  MÜLLER-lüd  GmbH ", ("mullerlud", "gmbh")),
        ("ERP-77", ("erp77",)),
        ("gmbh GmbH", ("gmbh",)),
        ("Ωmega — Ост", ("ωmega", "ост")),
    ],
)
def test_a6_words_are_folded(typed: str, words: tuple[str, ...]) -> None:
    """Without case, accents and signs; a word with signs within is looked for as a whole."""
    assert read_term(typed).words == words


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("(415) 555-0134", "4155550134"),
        ("+1 415.555.0134", "14155550134"),
        ("0662/12345", "66212345"),
        ("0043 662 12345", "4366212345"),
        ("0134", "0134"),
        ("555-0134", "5550134"),
        ("555", ""),
        ("4155550134x", ""),
        ("1234567890123456", ""),
    ],
)
def test_a6_digits_are_the_end_of_a_number(typed: str, digits: str) -> None:
    """As people type it: with signs, a trunk prefix or an international one; four digits at least."""
    assert read_term(typed).digits == digits[::-1]


def test_a6_an_organization_is_named_by_either_form_of_its_id() -> None:
    """As the API writes it, and as a bare UUID; ids of other things are words."""
    bare = read_term("0195d9a0-0000-7000-8000-000000000001").organization_id
    assert bare is not None
    assert read_term("ord_01k00000000000000000000000").organization_id is None


@pytest.mark.parametrize("typed", ["", "   ", "--", "x" * 101, "a b c d e f g", "a\x00b"])
def test_a6_a_term_is_bounded(typed: str) -> None:
    """Nothing to look for, and too much."""
    with pytest.raises(Invalid):
        read_term(typed)


def test_a6_a_beginning_is_a_range() -> None:
    """All that begin with it, and nothing else."""
    words = ["alo", "alp", "alpine", "alpü", "alq"]
    assert [word for word in words if "alp" <= word <= last_with("alp")] == words[1:4]
