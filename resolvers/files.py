"""Files over HTTP: content is put and fetched under signed addresses, streamed, and looked at as it comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from asyncpg import Record
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.shared.actor import system_actor
from domain.shared.errors import FieldCode, Invalid
from domain.shared.ids import decode
from domain.uploads.models import UploadState
from domain.uploads.queries import upload_at
from integrations.storage import SignedAddresses
from resolvers.receiving import receive
from resolvers.wire import BadRequest
from schema.context import House

_PUT_SECONDS: Final = 600.0
_LENGTH_DIGITS: Final = 20
_STATUS: Final[Mapping[FieldCode, int]] = {FieldCode.TOO_LONG: 413, FieldCode.INVALID: 415, FieldCode.TOO_SHORT: 400}


@dataclass(frozen=True, slots=True)
class FileEndpoint:
    """PUT and GET /uploads/{id}?expires=…&signature=…: who holds the address needs no other leave."""

    house: House
    addresses: SignedAddresses

    async def __call__(self, http: Request) -> Response:
        """201 once the content is stored, 200 with it; anything else says why, and leaves nothing behind."""
        try:
            row = await self._upload(http)
            if http.method == "PUT":
                return await self._put(http, row)
            return self._get(row)
        except BadRequest as error:
            return Response(error.message, status_code=error.status, media_type="text/plain")
        except Invalid as error:
            return Response(error.message, status_code=_STATUS[error.fields[0].code], media_type="text/plain")

    async def _upload(self, http: Request) -> Record:
        """The upload that the address is for; whether it is there is told to nobody without a genuine address."""
        upload_id: str = http.path_params["upload_id"]
        method = "PUT" if http.method == "PUT" else "GET"
        expires, signature = (http.query_params.get(name, "") for name in ("expires", "signature"))
        if not self.addresses.is_genuine(method, upload_id, expires=expires, signature=signature):
            raise BadRequest(403, "this address was not made here")
        if int(expires) < self.house.clock.now().timestamp():
            raise BadRequest(403, "this address holds no longer")
        row = await upload_at(decode("Upload", upload_id))
        if row is None:
            raise BadRequest(404, "this upload is gone")
        return row

    async def _put(self, http: Request, row: Record) -> Response:
        taken = BadRequest(409, "the content of this upload was sent before")
        if row["state"] != UploadState.PENDING:
            raise taken
        declared = http.headers.get("content-length", "")
        if declared.isdigit() and len(declared) <= _LENGTH_DIGITS and int(declared) > row["size_bytes"]:
            raise BadRequest(413, f"{row['size_bytes']} bytes were announced")
        actor = system_actor(self.house.clock.now(), self.house.clock.new_id)
        try:
            async with asyncio.timeout(_PUT_SECONDS):
                is_stored = await receive(actor, self.house.storage, row, _body(http))
        except TimeoutError as error:
            raise BadRequest(408, f"the content did not come within {_PUT_SECONDS:g} s") from error
        if not is_stored:
            raise taken
        self.house.bells.ring_outbox()
        return Response(status_code=201)

    def _get(self, row: Record) -> Response:
        if row["state"] not in {UploadState.STORED, UploadState.ATTACHED}:
            raise BadRequest(404, "this upload has no content")
        headers = {
            "content-length": str(row["size_bytes"]),
            "content-disposition": f"attachment; filename*=UTF-8''{quote(row['file_name'], safe='')}",
            "content-security-policy": "default-src 'none'; sandbox",
        }
        parts = self.house.storage.read(row["storage_key"])
        return StreamingResponse(parts, headers=headers, media_type=row["found_type"])


async def _body(http: Request) -> AsyncIterator[bytes]:
    more = True
    while more:
        part: Mapping[str, Any] = await http.receive()
        if part["type"] == "http.disconnect":
            raise BadRequest(400, "the client hung up")
        yield part.get("body", b"")
        more = part.get("more_body", False)
