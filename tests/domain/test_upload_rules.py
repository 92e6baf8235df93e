"""What may be uploaded, and what is really in a file."""

from hashlib import sha256
from typing import Any

import pytest

from domain.shared.actor import OrganizationKind
from domain.shared.errors import FieldCode, Invalid
from domain.uploads.models import FileType, Purpose
from domain.uploads.rules import Content, Inspection, UploadDraft, check_upload
from tests.api.uploads import PDF, PNG

JPEG = b"\xff\xd8\xff\xe0" + bytes(32)
CSV = "number,rate_center\n+14155550134,Orléans\n".encode()


def inspect(content: bytes, purpose: Purpose = Purpose.CONTRACT, *, part: int = 5, announced: int = 0) -> Content:
    """What a file is found to be that comes in parts of five bytes."""
    inspection = Inspection(purpose, announced or len(content))
    for start in range(0, len(content), part):
        inspection.feed(content[start : start + part])
    return inspection.finish()


@pytest.mark.parametrize(
    ("content", "purpose", "found"),
    [
        (PDF, Purpose.ORDER_FORM, FileType.PDF),
        (b"%PDF-", Purpose.ORDER_FORM, FileType.PDF),
        (PNG, Purpose.CONTRACT, FileType.PNG),
        (JPEG, Purpose.LETTER_OF_AUTHORIZATION, FileType.JPEG),
        (CSV, Purpose.NUMBER_IMPORT, FileType.CSV),
        (b"1", Purpose.NUMBER_IMPORT, FileType.CSV),
    ],
)
@pytest.mark.parametrize("part", [1, 5, 1000])
def test_o5_a_type_is_found_by_content(content: bytes, purpose: Purpose, found: FileType, part: int) -> None:
    """However it comes in parts, and whatever it is called; its digest is that of the whole."""
    assert inspect(content, purpose, part=part) == Content(found, sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("content", "purpose"),
    [
        (b"<html><script>alert(1)</script></html>", Purpose.CONTRACT),
        (b"\n%PDF-1.7 not at its beginning", Purpose.CONTRACT),
        (b"MZ\x90\x00\x03\x00\x00\x00", Purpose.ORDER_FORM),
        (CSV, Purpose.ORDER_FORM),
        (b"%PD", Purpose.ORDER_FORM),
        (PNG, Purpose.NUMBER_IMPORT),
        (b"a,b\x00c\n" * 10, Purpose.NUMBER_IMPORT),
        (CSV + b"\xff", Purpose.NUMBER_IMPORT),
        ("€".encode()[:2], Purpose.NUMBER_IMPORT),
    ],
)
def test_o5_other_content_is_refused(content: bytes, purpose: Purpose) -> None:
    """What only pretends to be of a type, and text that is none."""
    with pytest.raises(Invalid) as caught:
        inspect(content, purpose)
    assert caught.value.fields[0].code is FieldCode.INVALID


def test_o5_content_is_as_long_as_announced() -> None:
    """The first byte too many ends it; too few are found at the end."""
    inspection = Inspection(Purpose.CONTRACT, 8)
    inspection.feed(PDF[:8])
    with pytest.raises(Invalid) as caught:
        inspection.feed(b"!")
    assert caught.value.fields[0].code is FieldCode.TOO_LONG
    with pytest.raises(Invalid) as caught:
        inspect(PDF, announced=len(PDF) + 1)
    assert caught.value.fields[0].code is FieldCode.TOO_SHORT


def refusals(kind: OrganizationKind = OrganizationKind.CUSTOMER, **changes: object) -> list[tuple[str, str]]:
    """Why an announced file is refused."""
    draft = {"purpose": Purpose.CONTRACT, "file_name": "a.pdf", "content_type": "application/pdf", "size_bytes": 1}
    return [(p.path, p.code.value) for p in check_upload(UploadDraft(**draft | changes), kind)]  # type: ignore[arg-type]  # of a test's own making


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\boot.ini", "a/b.pdf", "..", ". .", "a\u202efdp.exe", "a\x00.pdf", "a\nb.pdf"],
)
def test_o5_a_file_name_is_a_bare_one(name: str) -> None:
    """No folders, nothing that shows as another name; it never names where the file lies."""
    assert refusals(file_name=name) == [("fileName", "INVALID")]


def test_o5_each_purpose_has_its_types_and_its_size() -> None:
    """Documents up to 10 MB; numbers up to 100 MB, as CSV, by those who sell."""
    csv: dict[str, Any] = {"purpose": Purpose.NUMBER_IMPORT, "content_type": "text/csv"}
    assert refusals(size_bytes=10_000_000) == refusals(OrganizationKind.PARTNER, **csv, size_bytes=100_000_000) == []
    assert refusals(size_bytes=10_000_001) == refusals(size_bytes=0) == [("sizeBytes", "OUT_OF_RANGE")]
    assert refusals(**csv, size_bytes=100_000_001) == [("purpose", "NOT_ALLOWED"), ("sizeBytes", "OUT_OF_RANGE")]
    assert refusals(content_type="text/html", file_name=" ") == [
        ("fileName", "REQUIRED"),
        ("contentType", "NOT_ALLOWED"),
    ]
