"""Checks of single text fields, shared by every input: each answers the list of what is wrong."""

from unicodedata import category

from domain.shared.errors import FieldCode, FieldError


def check_text(path: str, value: str, *, max_length: int) -> list[FieldError]:
    """A required text of at most `max_length` characters, without control characters."""
    if not value.strip():
        return [FieldError(path, FieldCode.REQUIRED, "must not be empty")]
    return check_optional_text(path, value, max_length=max_length)


def check_optional_text(path: str, value: str | None, *, max_length: int) -> list[FieldError]:
    """As `check_text`, where None or an empty text will do."""
    if not value:
        return []
    if len(value) > max_length:
        return [FieldError(path, FieldCode.TOO_LONG, f"has {len(value)} characters, at most {max_length} are allowed")]
    if any(category(character) == "Cc" and character not in "\n\t" for character in value):
        return [FieldError(path, FieldCode.INVALID, "contains control characters")]
    return []
