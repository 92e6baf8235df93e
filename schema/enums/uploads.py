"""Uploads."""

from typing import Final

from domain.uploads.models import Purpose, UploadState
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    Purpose: (
        "UploadPurpose",
        "What a file is for; it says which types it may be of, and how large it may be.",
        {
            "ORDER_FORM": "A form of an order: PDF, JPEG or PNG, up to 10 MB.",
            "CONTRACT": "The signed paper of a contract: PDF, JPEG or PNG, up to 10 MB.",
            "LETTER_OF_AUTHORIZATION": "Leave to port numbers: PDF, JPEG or PNG, up to 10 MB.",
            "NUMBER_IMPORT": "Numbers to import, for those who sell: CSV in UTF-8, up to 100 MB.",
        },
    ),
    UploadState: (
        "UploadState",
        "Where an upload stands.",
        {
            "PENDING": "It was announced; its content has not arrived.",
            "STORED": "Its content is here and may be attached, once, within 24 hours.",
            "ATTACHED": "It belongs to what it is for.",
            "EXPIRED": "It was not attached in time, or is not attached any more: it is being deleted.",
        },
    ),
}
