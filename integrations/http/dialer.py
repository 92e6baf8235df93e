"""Opens connections: resolves a name, vets every address, dials a vetted one, checks the certificate for the name."""

import asyncio
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integrations.http.connection import Connection
from integrations.http.failures import FailureKind, FetchFailed
from integrations.http.guard import Address, EgressPolicy, Target, is_permitted
from integrations.http.resolver import Resolver

ADDRESSES_TRIED = 4

_AWAITED = {FailureKind.DNS: "address of the host", FailureKind.CONNECT: "connection"}


@dataclass(frozen=True, slots=True)
class Dialer:
    """How this process connects; the address that was vetted is the one dialled, so a name can't be rebound."""

    policy: EgressPolicy
    resolver: Resolver
    tls: ssl.SSLContext
    timeout_seconds: float

    async def dial(self, target: Target, on_lost: Callable[[Connection], None]) -> Connection:
        """Return a connection, certificate checked; FetchFailed with `before_sent` within `timeout_seconds`."""
        stage = FailureKind.DNS
        try:
            async with asyncio.timeout(self.timeout_seconds):
                addresses = await self._resolve(target.host)
                stage = FailureKind.CONNECT
                return await self._connect(target, addresses, on_lost)
        except TimeoutError:
            message = f"no {_AWAITED[stage]} within {self.timeout_seconds:g} s"
            raise FetchFailed(stage, message, before_sent=True) from None

    async def _resolve(self, host: str) -> Sequence[Address]:
        try:
            addresses = await self.resolver.resolve(host)
        except (OSError, ValueError):
            raise FetchFailed(FailureKind.DNS, "the host name has no address", before_sent=True) from None
        # One bad address spoils the name: an attacker's server would list a good one beside it.
        if not all(is_permitted(address, self.policy) for address in addresses):
            message = "the host name leads to an address that is not public"
            raise FetchFailed(FailureKind.FORBIDDEN_ADDRESS, message, before_sent=True)
        return addresses[:ADDRESSES_TRIED]

    async def _connect(
        self, target: Target, addresses: Sequence[Address], on_lost: Callable[[Connection], None]
    ) -> Connection:
        """Try the addresses in turn, for an equal share of the time each: a dead one leaves some to the next."""
        share_seconds = self.timeout_seconds / len(addresses)
        reason = ""
        for address in addresses:
            try:
                async with asyncio.timeout(share_seconds):
                    return await self._open(target, address, on_lost)
            except ssl.SSLError as error:
                raise FetchFailed(FailureKind.TLS, _tls_reason(error), before_sent=True) from None
            except TimeoutError:
                reason = f"no connection within {share_seconds:.2g} s"
            except OSError as error:
                reason = os.strerror(error.errno).lower() if error.errno else "the connection was closed"
        raise FetchFailed(FailureKind.CONNECT, reason, before_sent=True)

    async def _open(self, target: Target, address: Address, on_lost: Callable[[Connection], None]) -> Connection:
        is_https = target.scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(on_lost),
            host=str(address),
            port=target.port,
            ssl=self.tls if is_https else None,
            server_hostname=target.host if is_https else None,
        )
        return connection


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not valid: {error.verify_message}"
    return f"TLS failed: {(error.reason or 'unknown').lower().replace('_', ' ')}"
