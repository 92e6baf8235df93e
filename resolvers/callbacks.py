"""Callbacks of provisioners: signed, bounded, counted once; they only say that it is time to look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from domain.provisioning.callbacks import receive_callback
from domain.provisioning.queries import provisioner_of_operation
from domain.shared.actor import system_actor
from domain.shared.errors import Invalid
from domain.shared.ids import decode
from integrations.doorbell import Bell, Doorbell
from integrations.vault import Vault
from integrations.webhooks.signing import BadSignature, verify
from resolvers.wire import BadRequest, read_body
from schema.context import House

MAX_BODY_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class CallbackEndpoint:
    """POST /callbacks/{operation id}/{mark}. Anything but a genuine message is 4xx, and nothing of it is stored."""

    house: House
    vault: Vault
    doorbell: Doorbell
    secrets_of: Callable[[str], Sequence[str]]

    async def __call__(self, http: Request) -> Response:
        """202 once the message is stored, or was before."""
        operation_id: str = http.path_params["operation_id"]
        if not self.vault.is_mark(operation_id, http.path_params["mark"]):
            return Response("no such address", status_code=404, media_type="text/plain")
        now = self.house.clock.now()
        try:
            row_id = decode("ProvisioningOperation", operation_id)
            provisioner = await provisioner_of_operation(row_id)
            secrets = self.secrets_of(provisioner) if provisioner else ()
            body = await read_body(http.receive, http.headers.get("content-length", ""), MAX_BODY_BYTES)
            signed_at = self.house.clock.signed_at()
            message_id = verify(secrets, body, headers=http.headers, now=int(signed_at.timestamp()))
        except BadRequest as error:
            return Response(error.message, status_code=error.status, media_type="text/plain")
        except (BadSignature, Invalid) as error:
            return Response(str(error), status_code=401, media_type="text/plain")
        if await receive_callback(system_actor(now, self.house.clock.new_id), row_id, message_id):
            await self.doorbell.ring(Bell.PROVISIONING)
        return Response(status_code=202)
