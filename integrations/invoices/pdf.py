"""Prints invoices as PDF with Typst: the same document gives the same bytes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

_TEMPLATE: Final = (Path(__file__).parent / "invoice.typ").read_bytes()


async def print_invoice(document: Mapping[str, Any]) -> bytes:
    """The PDF of `domain.invoices.document`, in a thread; its texts are shown as they are, never read as markup."""
    return await asyncio.to_thread(_compile, orjson.dumps(document).decode())


def _compile(document: str) -> bytes:
    import typst  # noqa: PLC0415 - 7 MB that an API process holds only once it has printed one

    made = typst.compile(_TEMPLATE, sys_inputs={"invoice": document}, ignore_system_fonts=True)
    if not isinstance(made, bytes):
        raise TypeError("an invoice is one file")
    return made
