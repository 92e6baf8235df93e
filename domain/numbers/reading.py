"""Reading files of numbers: CSV with a header, line by line, every bad line named; pure."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from domain.bulk.actions import ItemError
from domain.numbers.models import NumberKind
from domain.numbers.rules import npa_nxx

COLUMNS: Final[Sequence[str]] = ("number", "rate_center", "sku")
_MAX_LINE: Final = 1000
_PLACE: Final = 100
# What number plans of countries give out together: the numbers of a block differ in nothing but these last digits.
_BLOCK_DIGITS: Final = 4
_PLAIN: Final = re.compile(r"[+]?1?([2-9][0-9]{2}[2-9][0-9]{6})")
_NANP_COUNTRIES: Final = frozenset({"US", "CA"})
_KINDS: Final[Mapping[int, NumberKind]] = {
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a file, as it will stand in the inventory."""

    line: int
    e164: str
    country: str
    npa: str
    nxx: str
    rate_center: str
    kind: NumberKind
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: what separates its fields, and at which place each column stands."""

    separator: str
    places: Mapping[str, int]


def read_layout(header: str) -> Layout | None:
    """The layout that a header line says; None if it names no column `number`."""
    separator = ";" if header.count(";") > header.count(",") else ","
    names = [name.strip().strip('"').lower() for name in header.lstrip("\ufeff").rstrip("\r\n").split(separator)]
    places = {name: names.index(name) for name in COLUMNS if name in names}
    return Layout(separator, places) if "number" in places else None


@dataclass(slots=True)
class NumberReader:
    """Reads the lines of a file; `plans` are the SKUs by `product/plan` key, `plan_id` that of lines that name none.

    Whether a number is one, and where, is looked up once a block of 10,000.
    """

    layout: Layout
    country: str
    rate_center: str
    plan_id: UUID
    plans: Mapping[str, UUID]
    _blocks: dict[str, tuple[str, NumberKind] | None] = field(default_factory=dict)

    def read(self, lines: Sequence[str], first: int) -> Iterator[Entry | ItemError]:
        """What stands on each line that is not blank, the first of which has this number in the file."""
        for place, line in enumerate(lines):
            if line.strip():
                yield self._read(line, first + place)

    def _read(self, line: str, number: int) -> Entry | ItemError:
        if len(line) > _MAX_LINE:
            return ItemError(f"line {number}", "TOO_LONG", f"has more than {_MAX_LINE} characters")
        fields = line.rstrip("\r\n").split(self.layout.separator)
        if '"' in line:
            fields = next(csv.reader([line], delimiter=self.layout.separator), [])
        values = {name: fields[at].strip() for name, at in self.layout.places.items() if at < len(fields)}
        e164, found = self._look_up(values.get("number", ""))
        if found is None:
            message = f"{values.get('number', '')[:40]!r} is no valid number"
            return ItemError(f"line {number}", "INVALID", message)
        plan_id = self.plans.get(values["sku"]) if values.get("sku") else self.plan_id
        if plan_id is None:
            return ItemError(f"line {number}", "NOT_FOUND", f"there is no SKU {values['sku'][:80]!r}")
        rate_center = values.get("rate_center") or self.rate_center
        if len(rate_center) > _PLACE:
            return ItemError(f"line {number}", "TOO_LONG", f"the rate center has more than {_PLACE} characters")
        country, kind = found
        return Entry(number, e164, country, *npa_nxx(e164), rate_center.upper(), kind, plan_id)

    def _look_up(self, text: str) -> tuple[str, tuple[str, NumberKind] | None]:
        """The number in E.164, and its country and kind; None if it is none."""
        plain = _PLAIN.fullmatch(text) if self.country in _NANP_COUNTRIES or text.startswith("+1") else None
        if plain:
            e164 = f"+1{plain[1]}"
        else:
            try:
                parsed = phonenumbers.parse(text, self.country)
            except NumberParseException:
                return "", None
            e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        # Of one length only: where numbers are of several, so are their blocks.
        block = f"{len(e164)}{e164[:-_BLOCK_DIGITS]}"
        if block not in self._blocks:
            self._blocks[block] = _describe(e164)
        return e164, self._blocks[block]


def _describe(e164: str) -> tuple[str, NumberKind] | None:
    parsed = phonenumbers.parse(e164, None)
    if not phonenumbers.is_valid_number(parsed):
        return None
    country = phonenumbers.region_code_for_number(parsed) or ""
    # Toll-free numbers of country code 1 are of no one country of it.
    country = country if len(country) == 2 and country.isalpha() else ""  # noqa: PLR2004 - ISO 3166
    return country or "US", _KINDS.get(phonenumbers.number_type(parsed), NumberKind.LOCAL)
