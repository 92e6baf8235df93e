"""N1: files of numbers, as people write them: what is read of each line, and what is said of the bad ones."""

from uuid import UUID

import pytest

from domain.bulk.actions import ItemError
from domain.numbers.models import NumberKind
from domain.numbers.reading import Entry, Layout, NumberReader, read_layout

PLAN, OTHER = UUID(int=1), UUID(int=2)


def reader(header: str = "number,rate_center,sku", country: str = "US") -> NumberReader:
    """A reader of files with this first line."""
    layout = read_layout(header)
    assert layout is not None
    return NumberReader(layout, country, "SNFC CNTRL", PLAN, {"phone/mobile": OTHER})


def one(line: str, header: str = "number,rate_center,sku", country: str = "US") -> Entry | ItemError:
    """What is read of one line."""
    (read,) = reader(header, country).read([line], 2)
    return read


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        ("number", Layout(",", {"number": 0})),
        ("sku,number,rate_center", Layout(",", {"number": 1, "rate_center": 2, "sku": 0})),
        ("Number ; SKU", Layout(";", {"number": 0, "sku": 1})),
        ('\ufeff"NUMBER","colour"\r\n', Layout(",", {"number": 0})),
        ("numbers,sku", None),
        ("+14155550100", None),
        ("", None),
    ],
)
def test_n1_the_first_line_says_where_what_stands(header: str, layout: Layout | None) -> None:
    """Columns in any order and case, in quotes and after a mark of the byte order; others are passed over."""
    assert read_layout(header) == layout


@pytest.mark.parametrize(
    ("line", "e164", "country", "rate_center", "kind", "plan_id"),
    [
        ("+14155550100,,", "+14155550100", "US", "SNFC CNTRL", NumberKind.LOCAL, PLAN),
        ("(415) 555-0101,Okld Main,", "+14155550101", "US", "OKLD MAIN", NumberKind.LOCAL, PLAN),
        ('14155550102,"Oak, Land",phone/mobile', "+14155550102", "US", "OAK, LAND", NumberKind.LOCAL, OTHER),
        ("4155550103", "+14155550103", "US", "SNFC CNTRL", NumberKind.LOCAL, PLAN),
        ("+18005550199,,", "+18005550199", "US", "SNFC CNTRL", NumberKind.TOLL_FREE, PLAN),
        ("+43 662 12345678,Salzburg,", "+4366212345678", "AT", "SALZBURG", NumberKind.LOCAL, PLAN),
        ("+436641234567,,", "+436641234567", "AT", "SNFC CNTRL", NumberKind.MOBILE, PLAN),
        ("+16045550100,,", "+16045550100", "CA", "SNFC CNTRL", NumberKind.LOCAL, PLAN),
    ],
)
def test_n1_a_line_is_one_number(
    line: str, e164: str, country: str, rate_center: str, kind: NumberKind, plan_id: UUID
) -> None:
    """In E.164, with where it is, what it is, and on which plan; what the line leaves out is the file's default."""
    read = one(line)
    assert isinstance(read, Entry)
    assert (read.line, read.e164, read.country) == (2, e164, country)
    assert (read.rate_center, read.kind, read.plan_id) == (rate_center, kind, plan_id)


def test_n1_numbers_are_read_as_the_country_writes_them() -> None:
    """Without a country code they are of the file's country; areas are told apart where its plan has them."""
    abroad, here = one("0662 12345678", country="AT"), one("415 555 0100")
    assert isinstance(abroad, Entry)
    assert isinstance(here, Entry)
    assert (abroad.e164, abroad.country, abroad.npa) == ("+4366212345678", "AT", "")
    assert (here.npa, here.nxx) == ("415", "555")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("415555", "INVALID", "'415555' is no valid number"),
        ("sales", "INVALID", "'sales' is no valid number"),
        (",Oakland", "INVALID", "'' is no valid number"),
        ("1155550100", "INVALID", "'1155550100' is no valid number"),
        ('"', "INVALID", "'' is no valid number"),
        ("4155550100,,no/such", "NOT_FOUND", "there is no SKU 'no/such'"),
        ("4155550100," + "x" * 101, "TOO_LONG", "the rate center has more than 100 characters"),
        ("4" * 1001, "TOO_LONG", "has more than 1000 characters"),
    ],
)
def test_n1_a_bad_line_is_named(line: str, code: str, message: str) -> None:
    """By its number in the file, with what is wrong."""
    assert one(line) == ItemError("line 2", code, message)


def test_n1_lines_are_counted_as_they_stand() -> None:
    """Blank ones count and are no numbers; those after a bad one are read."""
    read = list(reader().read(["4155550100", "", "  ", "no", "4155550101"], 7))
    assert [(each.line if isinstance(each, Entry) else each.item) for each in read] == [7, "line 10", 11]
