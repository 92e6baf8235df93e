"""An id says what it names, and only its own writing of itself is read back."""

import re
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.shared.errors import ErrorCode, FieldCode, Invalid
from domain.shared.ids import PREFIXES, TYPES, decode, decode_any, encode

KINDS = st.sampled_from(sorted(PREFIXES))
SUFFIX = "01h455vb4pex5vsknk084sn02q"
HOSTILE = [
    "",
    "_",
    "ord",
    "ord_",
    SUFFIX,
    f"_{SUFFIX}",
    f"ord__{SUFFIX}",
    f"xyz_{SUFFIX}",
    f"ORD_{SUFFIX}",
    f"ord_{SUFFIX.upper()}",
    f"ord-{SUFFIX}",
    f" ord_{SUFFIX}",
    f"ord_{SUFFIX} ",
    f"ord_{SUFFIX}\n",
    f"ord_{SUFFIX}\x00",
    f"ord_{SUFFIX[:-1]}",
    f"ord_{SUFFIX}0",
    f"ord_8{SUFFIX[1:]}",
    "ord_" + "z" * 26,
    "ord_" + "i" * 26,
    "ord_" + "l" * 26,
    "ord_" + "o" * 26,
    "ord_" + "u" * 26,
    "ord_" + "-" * 26,
    "ord_" + "\u0660" * 26,
    "ord_" + "\ud800" * 26,
    "ord_" + "0" * 25 + "\u00e9",
    "ord_" + "0" * 24 + "\u00e9",
    "ord_" + "0" * 1_000_000,
    "0192f0a0-0000-7000-8000-000000000001",
    "ord_0192f0a0-0000-7000-8000-000000000001",
    "' OR 1=1 --",
    "ord_" + SUFFIX + "' OR '1'='1",
    "../../etc/passwd",
]


def test_every_kind_has_a_prefix_of_its_own() -> None:
    """A prefix is three small letters and stands for one kind."""
    assert len(TYPES) == len(PREFIXES)
    assert {TYPES[prefix] for prefix in PREFIXES.values()} == set(PREFIXES)
    assert all(re.fullmatch("[a-z]{3}", prefix) for prefix in TYPES)


@pytest.mark.parametrize(
    ("uuid", "suffix"),
    [
        ("00000000-0000-0000-0000-000000000000", "00000000000000000000000000"),
        ("00000000-0000-0000-0000-000000000001", "00000000000000000000000001"),
        ("00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"),
        ("00000000-0000-0000-0000-000000000010", "0000000000000000000000000g"),
        ("00000000-0000-0000-0000-000000000020", "00000000000000000000000010"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
        ("0110c853-1d09-52d8-d73e-1194e95b5f19", "0123456789abcdefghjkmnpqrs"),
        ("01890a5d-ac96-774b-bcce-b302099a8057", "01h455vb4pex5vsknk084sn02q"),
    ],
)
def test_the_writing_is_the_published_one(uuid: str, suffix: str) -> None:
    """Ids agree with the vectors that the TypeID specification publishes (spec/valid.yml)."""
    assert encode("Order", UUID(uuid)) == f"ord_{suffix}"
    assert decode("Order", f"ord_{suffix}") == UUID(uuid)


@given(kind=KINDS, value=st.uuids())
def test_an_id_reads_back_as_what_it_names(kind: str, value: UUID) -> None:
    """Writing and reading give the same kind and the same UUID."""
    text = encode(kind, value)
    assert re.fullmatch("[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}", text)
    assert decode(kind, text) == value
    assert decode_any(text) == (kind, value)
    assert type(decode(kind, text)) is UUID


@given(kind=KINDS, values=st.lists(st.uuids(), min_size=2, max_size=10))
def test_ids_sort_as_their_uuids(kind: str, values: list[UUID]) -> None:
    """Texts sort as the UUIDs do, so by time for UUIDv7."""
    assert sorted(encode(kind, value) for value in values) == [encode(kind, value) for value in sorted(values)]


@given(kinds=st.lists(KINDS, min_size=2, max_size=2, unique=True), value=st.uuids())
def test_an_id_of_another_kind_is_refused(kinds: list[str], value: UUID) -> None:
    """A subscription's id never opens an order, even one with the same UUID."""
    wanted, given_kind = kinds
    with pytest.raises(Invalid):
        decode(wanted, encode(given_kind, value))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_id_is_refused(text: str) -> None:
    """Anything but the one canonical writing is refused, with a bounded message, at the field it came by."""
    with pytest.raises(ValueError, match="is not an id"):
        decode_any(text)
    with pytest.raises(Invalid) as refusal:
        decode("Order", text, path="input.orderId")
    (field,) = refusal.value.fields
    assert (field.path, field.code) == ("input.orderId", FieldCode.INVALID)
    assert refusal.value.code is ErrorCode.BAD_INPUT
    assert "ord_" in field.message
    assert len(field.message.encode()) < 1200


@given(st.text() | st.from_regex(r"[a-z_]{0,5}_[0-9a-zA-Z]{24,28}"))
@example(f"ord_{SUFFIX}")
def test_no_text_is_read_that_was_not_written(text: str) -> None:
    """Whatever is read at all is written back the same: no id has two writings."""
    try:
        kind, value = decode_any(text)
    except ValueError:
        return
    assert encode(kind, value) == text


def test_the_refusal_names_the_field_id_unless_told() -> None:
    """Without a path the refused field is `id`."""
    with pytest.raises(Invalid) as refusal:
        decode("Order", "nonsense")
    assert refusal.value.fields[0].path == "id"


def test_writing_an_unknown_kind_is_a_programmers_error() -> None:
    """A kind without a prefix raises KeyError instead of an id without a meaning."""
    with pytest.raises(KeyError):
        encode("Spaceship", UUID(int=1))
