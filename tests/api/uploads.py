"""Files to upload, and the way there as a client goes it."""

from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.walk import document
from tests.house import Api

PDF: Final = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(64)


def upload_input(tree: Planted, content: bytes = PDF, **changes: Any) -> dict[str, Any]:
    """The signed paper of a contract of the tree's customer."""
    announced = {
        "organization": {"id": tree.customer_id},
        "purpose": "CONTRACT",
        "fileName": "contract.pdf",
        "contentType": "application/pdf",
        "sizeBytes": len(content),
        "idempotencyKey": fresh_key(),
    }
    return announced | changes


async def announce(api: Api, token: str, content: dict[str, Any]) -> tuple[str, str]:
    """An announced upload: its id, and where to send its content."""
    answer = await api.ask(token, document("mutation", "createUpload"), {"input": content})
    assert answer["__typename"] == "CreateUploadSuccess", answer
    return answer["CreateUploadSuccess_upload"]["id"], answer["CreateUploadSuccess_url"]


def path_of(url: str) -> str:
    """What of an address the application in this process sees."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def send(api: Api, url: str, content: bytes = PDF) -> httpx.Response:
    """PUT content where it was asked for, without a credential."""
    return await api.client.put(path_of(url), content=content)


async def uploaded(api: Api, token: str, tree: Planted, content: bytes = PDF, **changes: Any) -> str:
    """The id of an upload whose content is there."""
    upload_id, url = await announce(api, token, upload_input(tree, content, **changes))
    answer = await send(api, url, content)
    assert answer.status_code == 201, answer.text
    return upload_id
