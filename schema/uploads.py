"""Uploads: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.shared.ids import encode
from domain.uploads.models import Purpose, UploadState
from domain.uploads.rules import URL_VALID
from schema.context import Info
from schema.errors import Conflict, InvalidInput, NotFound
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import Record


@strawberry.type(description="A file of an organization.")
class Upload(Node):
    """Read from `uploads`; `organization` is loaded when asked for."""

    purpose: Purpose = strawberry.field(description="What it is for.")
    state: UploadState = strawberry.field(description="Where it stands.")
    file_name: str = strawberry.field(description="Its name.")
    content_type: str = strawberry.field(
        description="Its media type: as announced, and once it is stored as its content shows."
    )
    size_bytes: int = strawberry.field(description="How large it is.")
    sha256: str | None = strawberry.field(
        description="The SHA-256 of its content in hex; null until that has arrived.", name="sha256"
    )
    created_at: datetime = strawberry.field(description="When it was announced.")
    stored_at: datetime | None = strawberry.field(description="When its content arrived.")
    organization: Organization = strawberry.field(description="Whose it is.")

    @strawberry.field(  # type: ignore[untyped-decorator]  # Strawberry types it Any
        description="Where its content can be fetched by GET, without a credential, for 15 minutes; null without any."
    )
    def download_url(self, info: Info) -> str | None:
        """Signed at each asking; what was read for the field is the id to sign, if there is content."""
        upload_id: str | None = self.__dict__["download_url"]
        if upload_id is None:
            return None
        house = info.context.house
        return house.storage.get_url(upload_id, house.clock.now() + URL_VALID)


def _content_type(record: Record) -> str:
    found: str = record["found_type"] or record["declared_type"]
    return found


def _downloadable(record: Record) -> str | None:
    if record["state"] not in {UploadState.STORED, UploadState.ATTACHED}:
        return None
    return encode("Upload", record["id"])


UPLOAD: Final = Reader(
    Upload,
    {
        "id": identity("Upload"),
        "purpose": member(Purpose, "purpose"),
        "state": member(UploadState, "state"),
        "file_name": column("file_name"),
        "content_type": computed(("found_type", "declared_type"), _content_type),
        "size_bytes": column("size_bytes"),
        "sha256": column("sha256"),
        "created_at": column("created_at"),
        "stored_at": column("stored_at"),
        "download_url": computed(("id", "state"), _downloadable),
    },
)


@strawberry.input(description="A file to upload.")
class CreateUploadInput:
    """Mirrors domain.uploads.rules.UploadDraft."""

    organization: OrganizationRef = strawberry.field(
        description="Whose file it is: the customer's, where it belongs to an order, a contract or a port."
    )
    purpose: Purpose = strawberry.field(description="What it is for.")
    file_name: str = strawberry.field(description="Its name, without folders.")
    content_type: str = strawberry.field(
        description="Its media type, one of those of the purpose; what counts in the end is the content."
    )
    size_bytes: int = strawberry.field(description="How large it is, exactly.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The file may be sent now.")
class CreateUploadSuccess:
    """The good end of `createUpload`."""

    upload: Upload = strawberry.field(description="The upload, to be attached to what it is for within 24 hours.")
    url: str = strawberry.field(
        description="Where to send the content, once, by PUT as the whole body and without a credential."
    )
    expires_at: datetime = strawberry.field(description="Until when the address holds.")


CreateUploadResult = Annotated[
    CreateUploadSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateUploadResult", description="How `createUpload` can end."),
]
