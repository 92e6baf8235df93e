"""Resolvers of uploads."""

from uuid import UUID

from domain.shared.errors import FieldError, Invalid
from domain.shared.ids import decode, encode
from domain.shared.reading import is_collecting
from domain.uploads import actions
from domain.uploads.models import UploadState
from domain.uploads.queries import UPLOADS
from domain.uploads.rules import URL_VALID, UploadDraft
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from resolvers.receiving import receive
from resolvers.references import organization_id
from schema.context import Info
from schema.uploads import CreateUploadInput, CreateUploadResult, CreateUploadSuccess


async def create_upload(info: Info, input: CreateUploadInput) -> CreateUploadResult:  # noqa: A002 - the argument's public name
    """Announce a file, and be told where to send it; then attach it to what it is for by its id."""
    owner = await organization_id(info, input.organization, "organization")
    draft = UploadDraft(input.purpose, input.file_name, input.content_type, input.size_bytes)
    made = await run_once(info, input, lambda: actions.create_upload(actor_of(info), owner, draft))
    house = info.context.house
    until = house.clock.now() + URL_VALID
    url = await house.storage.put_url(encode("Upload", made), until)
    upload = await read_written(info, "Upload", UPLOADS, made, "upload")
    return CreateUploadSuccess(upload=upload, url=url, expires_at=until.replace(microsecond=0))


async def stored_upload(info: Info, text: str, path: str) -> UUID:
    """The upload that an input names at `path`, its content received where clients put it past us.

    Call it before the transaction that attaches it: it may read from the network. Whether the upload may be attached
    is for `claim_upload` to say.
    """
    upload_id = decode("Upload", text, path=path)
    storage = info.context.house.storage
    incoming = None if is_collecting() else storage.incoming(text)
    if incoming is not None:
        for row in await UPLOADS.by_ids(actor_of(info), [upload_id]):
            if row["state"] == UploadState.PENDING:
                try:
                    await receive(actor_of(info), storage, row, incoming)
                except Invalid as error:
                    raise Invalid([FieldError(path, field.code, field.message) for field in error.fields]) from error
                except FileNotFoundError:
                    break  # nothing was put there yet
    return upload_id
