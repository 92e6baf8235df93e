"""What may be uploaded for which purpose, and what is really in a file: pure decisions."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from domain.shared.actor import OrganizationKind
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.texts import check_text
from domain.uploads.models import FileType, Purpose

URL_VALID: Final = timedelta(minutes=15)
UNATTACHED_KEPT: Final = timedelta(hours=24)
_MEGABYTE: Final = 1_000_000
_MAX_FILE_NAME: Final = 200
_DOCUMENTS: Final = frozenset({FileType.PDF, FileType.JPEG, FileType.PNG})
_SELLERS: Final = frozenset({OrganizationKind.DISTRIBUTOR, OrganizationKind.PARTNER})


@dataclass(frozen=True, slots=True)
class Policy:
    """What files of one purpose may be, and whose."""

    types: frozenset[FileType]
    max_bytes: int
    kinds: frozenset[OrganizationKind] = frozenset(OrganizationKind)


# Order forms: domain.md, Orders. Imports are the inventory of who sells numbers.
POLICIES: Final[Mapping[Purpose, Policy]] = {
    Purpose.ORDER_FORM: Policy(_DOCUMENTS, 10 * _MEGABYTE),
    Purpose.CONTRACT: Policy(_DOCUMENTS, 10 * _MEGABYTE),
    Purpose.LETTER_OF_AUTHORIZATION: Policy(_DOCUMENTS, 10 * _MEGABYTE),
    Purpose.NUMBER_IMPORT: Policy(frozenset({FileType.CSV}), 100 * _MEGABYTE, _SELLERS),
}

# What files of these types begin with: ISO 32000-2, 7.5.2; ITU-T T.81, B.1; PNG (W3C), 5.2.
_BEGINNINGS: Final[Mapping[FileType, bytes]] = {
    FileType.PDF: b"%PDF-",
    FileType.JPEG: b"\xff\xd8\xff",
    FileType.PNG: b"\x89PNG\r\n\x1a\n",
}
_HEAD_BYTES: Final = 8
_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Separators of paths, and what turns the direction of writing, so that `fdp.exe` shows as `exe.pdf`.
_NOT_IN_NAMES: Final = re.compile(r"[/\\\n\t\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """A file that is announced; `content_type` is what its sender takes it for."""

    purpose: Purpose
    file_name: str
    content_type: str
    size_bytes: int


def check_upload(draft: UploadDraft, kind: OrganizationKind) -> list[FieldError]:
    """Everything wrong with an announced file of an organization of this kind."""
    policy = POLICIES[draft.purpose]
    problems = check_file_name("fileName", draft.file_name)
    if kind not in policy.kinds:
        problems.append(FieldError("purpose", FieldCode.NOT_ALLOWED, f"is not for a {kind.lower()}"))
    if draft.content_type not in {file_type.value for file_type in policy.types}:
        message = f"must be one of {', '.join(sorted(policy.types))}"
        problems.append(FieldError("contentType", FieldCode.NOT_ALLOWED, message))
    if not 1 <= draft.size_bytes <= policy.max_bytes:
        message = f"must be between 1 and {policy.max_bytes}"
        problems.append(FieldError("sizeBytes", FieldCode.OUT_OF_RANGE, message))
    return problems


def check_file_name(path: str, name: str) -> list[FieldError]:
    """A bare name: no folders, nothing that shows as another name than it is."""
    if problems := check_text(path, name, max_length=_MAX_FILE_NAME):
        return problems
    if _NOT_IN_NAMES.search(name) or not name.strip(". "):
        return [FieldError(path, FieldCode.INVALID, "must be the bare name of a file, without folders")]
    return []


@dataclass(frozen=True, slots=True)
class Content:
    """What a file was found to be; `sha256` in hex."""

    type: FileType
    sha256: str


class Inspection:
    """Looks at content as it comes, and raises Invalid at `content` as soon as it cannot be what was announced."""

    def __init__(self, purpose: Purpose, size_bytes: int) -> None:
        self._types = POLICIES[purpose].types
        self._size_bytes = size_bytes
        self._digest = sha256()
        self._seen_bytes = 0
        self._head = b""
        self._found: FileType | None = None
        self._text = codecs.getincrementaldecoder("utf-8")()

    def feed(self, part: bytes) -> None:
        """The next part of the content."""
        self._seen_bytes += len(part)
        if self._seen_bytes > self._size_bytes:
            raise _wrong(FieldCode.TOO_LONG, f"is larger than the {self._size_bytes} bytes that were announced")
        self._digest.update(part)
        if self._found is None:
            self._head += part
            if len(self._head) < _HEAD_BYTES:
                return
            part = self._head
            self._found = self._sniff()
        self._check_text(part)

    def finish(self) -> Content:
        """What all of it is."""
        if self._seen_bytes < self._size_bytes:
            message = f"has {self._seen_bytes} bytes, {self._size_bytes} were announced"
            raise _wrong(FieldCode.TOO_SHORT, message)
        if self._found is None:
            self._found = self._sniff()
            self._check_text(self._head)
        self._check_text(b"", is_last=True)
        return Content(self._found, self._digest.hexdigest())

    def _sniff(self) -> FileType:
        for file_type, beginning in _BEGINNINGS.items():
            if file_type in self._types and self._head.startswith(beginning):
                return file_type
        if FileType.CSV in self._types:
            return FileType.CSV
        raise _wrong(FieldCode.INVALID, f"is none of {', '.join(sorted(self._types))}")

    def _check_text(self, part: bytes, *, is_last: bool = False) -> None:
        if self._found is not FileType.CSV:
            return
        try:
            is_text = not _NOT_IN_TEXT.search(self._text.decode(part, is_last))
        except UnicodeDecodeError:
            is_text = False
        if not is_text:
            raise _wrong(FieldCode.INVALID, "is no text in UTF-8")


def _wrong(code: FieldCode, message: str) -> Invalid:
    return Invalid([FieldError("content", code, message)])
