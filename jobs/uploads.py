"""Uploads that nobody attached: given up, and deleted."""

from domain.shared.ids import encode
from domain.uploads.sweeping import expire_uploads, forget_uploads
from jobs.workshop import Workshop


async def sweep_uploads(shop: Workshop) -> None:
    """Delete what was given up, files before rows; what is cut short here is taken up by the next sweep."""
    while upload_ids := await expire_uploads(shop.actor()):
        for upload_id in upload_ids:
            await shop.storage.forget(encode("Upload", upload_id))
        await forget_uploads(upload_ids)
