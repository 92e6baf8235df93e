"""The search box."""

from typing import Final

from domain.search.rules import SearchMatch
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    SearchMatch: (
        "SearchMatch",
        "By what something was found.",
        {
            "ID": "The id of an organization, as it stands here or as a bare UUID.",
            "NUMBER": "The end of a purchased number, four digits or more, however it is written.",
            "NAME": "Words that begin like this in an organization's name.",
            "REFERENCE": "A reference of a seller for its customer or partner.",
            "CONTRACT_NUMBER": "The number of a contract.",
            "CONTRACT_REFERENCE": "What a contract is called elsewhere.",
        },
    ),
}
