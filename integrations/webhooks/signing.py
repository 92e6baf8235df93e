"""Standard Webhooks signatures: made for every secret in force, checked in constant time."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public marker of a secret, not one
SECRET_BYTES_MIN = 24
SECRET_BYTES_MAX = 64
PRIVATE_KEY_PREFIX = "whsk_"
PUBLIC_KEY_PREFIX = "whpk_"
SEED_BYTES = 32
TOLERANCE_SECONDS = 300

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_VERSION = "v1"
_ASYMMETRIC_VERSION = "v1a"
# A full stop separates the signed parts, so an id that held one could be read two ways.
_MESSAGE_ID = re.compile(r"[!-\-/-~]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,15}")


class Reason(StrEnum):
    """Why a signature was refused; safe to log, says nothing about the secret."""

    MISSING_HEADER = "missing_header"
    MALFORMED_ID = "malformed_id"
    MALFORMED_TIMESTAMP = "malformed_timestamp"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    NO_MATCH = "no_match"


class BadSignature(Exception):
    """A message that must not be believed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"webhook signature refused: {reason}")
        self.reason = reason


def new_secret(random_bytes: bytes) -> str:
    """`whsec_` and the base64 of 24 to 64 random bytes; ValueError for any other length."""
    if not SECRET_BYTES_MIN <= len(random_bytes) <= SECRET_BYTES_MAX:
        raise ValueError(f"a webhook secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")
    return SECRET_PREFIX + base64.b64encode(random_bytes).decode("ascii")


def new_key_pair(seed: bytes) -> tuple[str, str]:
    """`whsk_` and the base64 of an Ed25519 seed (32 bytes) with its public key; `whpk_` and that of the latter."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    private_text, public_text = (base64.b64encode(part).decode("ascii") for part in (seed + public, public))
    return PRIVATE_KEY_PREFIX + private_text, PUBLIC_KEY_PREFIX + public_text


def sign(secrets: Sequence[str], body: bytes, *, message_id: str, timestamp: int) -> str:
    """Make the `webhook-signature` value: one signature per secret, in their order, space between.

    `v1,<base64>` is HMAC-SHA256 by a `whsec_` secret, `v1a,<base64>` Ed25519 by a `whsk_` key, over
    `id.timestamp.body`, `timestamp` in unix seconds (Standard Webhooks, "Signature scheme"). ValueError if there is
    no secret, one is neither of these in base64, or the id could not stand in a header.
    """
    if not secrets:
        raise ValueError("a message is signed with at least one secret")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a message id is 1 to 255 visible ASCII characters without a full stop")
    signed = _signed_content(body, message_id=message_id, timestamp=timestamp)
    return " ".join(_signature(secret, signed) for secret in secrets)


def headers(secrets: Sequence[str], body: bytes, *, message_id: str, timestamp: int) -> dict[str, str]:
    """Make the three headers that travel with `body`; arguments and errors as for `sign`."""
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: sign(secrets, body, message_id=message_id, timestamp=timestamp),
    }


def verify(
    secrets: Sequence[str],
    body: bytes,
    *,
    headers: Mapping[str, str],
    now: int,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> str:
    """Return the message id if any secret in force made one of the signatures.

    `headers` is looked up by lower-case name; `now` is in unix seconds. BadSignature says what was wrong.
    A message may be `tolerance_seconds` old or early (Standard Webhooks, "Verifying webhook authenticity").
    """
    message_id, timestamp, passed = (headers.get(name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER))
    if not message_id or not timestamp or not passed:
        raise BadSignature(Reason.MISSING_HEADER)
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadSignature(Reason.MALFORMED_ID)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature(Reason.MALFORMED_TIMESTAMP)
    if int(timestamp) < now - tolerance_seconds:
        raise BadSignature(Reason.TOO_OLD)
    if int(timestamp) > now + tolerance_seconds:
        raise BadSignature(Reason.TOO_NEW)
    # The sender's own digits are what it signed: "007" and "7" are different content.
    signed = b"%b.%b.%b" % (message_id.encode("ascii"), timestamp.encode("ascii"), body)
    if not _any_matches([_digest(secret, signed) for secret in secrets], passed):
        raise BadSignature(Reason.NO_MATCH)
    return message_id


def _signed_content(body: bytes, *, message_id: str, timestamp: int) -> bytes:
    return b"%b.%d.%b" % (message_id.encode("ascii"), timestamp, body)


def _signature(secret: str, signed: bytes) -> str:
    if secret.startswith(PRIVATE_KEY_PREFIX):
        version, made = _ASYMMETRIC_VERSION, _private_key(secret).sign(signed)
    else:
        version, made = _VERSION, _digest(secret, signed)
    return f"{version},{base64.b64encode(made).decode('ascii')}"


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(_key(secret), signed, "sha256")


@lru_cache(maxsize=4096)
def _key(secret: str) -> bytes:
    """Decode a secret; cached, because an endpoint's is needed at every delivery."""
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        # Some senders strip the padding; the official libraries accept that, so this does.
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if encoded == secret or not SECRET_BYTES_MIN <= len(key) <= SECRET_BYTES_MAX:
        raise ValueError("a webhook secret is whsec_ and the base64 of 24 to 64 bytes") from None
    return key


@lru_cache(maxsize=4096)
def _private_key(secret: str) -> Ed25519PrivateKey:
    """Read a signing key: the seed, and the public key that belongs to it."""
    try:
        both = base64.b64decode(secret.removeprefix(PRIVATE_KEY_PREFIX), validate=True)
        key = Ed25519PrivateKey.from_private_bytes(both[:SEED_BYTES])
    except (binascii.Error, ValueError):
        raise ValueError("a signing key is whsk_ and the base64 of 64 bytes") from None
    if key.public_key().public_bytes_raw() != both[SEED_BYTES:]:
        raise ValueError("a signing key ends with the public key that belongs to it")
    return key


def _any_matches(expected: Sequence[bytes], passed: str) -> bool:
    """Compare every pair to the end, so that the time taken tells nothing about which one was close."""
    matched = False
    for versioned in passed.split(" "):
        version, _, encoded = versioned.partition(",")
        if version != _VERSION:
            continue
        try:
            candidate = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
        for digest in expected:
            matched |= hmac.compare_digest(digest, candidate)
    return matched
