"""Bearer tokens of external issuers (OpenID Connect): JWTs held against the issuer's published keys."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import httpx
import orjson
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from domain.access.permissions import Role
from domain.access.queries import Identity
from domain.shared.ids import decode
from integrations.http.client import FetchFailed, HttpClient

log = structlog.get_logger(__name__)

# Signatures by keys that are published: neither none nor HMAC, with which whoever knows the key could sign.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
_KEY_TYPES: Final[Mapping[str, type[RSAKey | ECKey | OKPKey]]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
LEEWAY_SECONDS: Final = 30
KEYS_KEPT: Final = timedelta(minutes=10)
LOOK_AGAIN: Final = timedelta(minutes=1)
_FETCH_SECONDS: Final = 5.0
_FETCH_BYTES: Final = 256 * 1024
_PRINCIPAL_DIGITS: Final = 40

Key = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose word is taken, and for what.

    A token acts for `organization_id`, or for that which `organizations` gives for the value of `organization_claim`;
    with `role`, or with the first of OWNER … VIEWER that `roles` gives for a value of `role_claim`.
    """

    issuer: str
    audience: str
    jwks_url: str
    organization_id: UUID | None = None
    organization_claim: str = ""
    organizations: Mapping[str, UUID] = field(default_factory=dict)
    role: Role | None = None
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)

    def organization_of(self, claims: Mapping[str, Any]) -> UUID | None:
        """For whom a token acts; None when it names none, or several."""
        if self.organization_id is not None:
            return self.organization_id
        named = {self.organizations[value] for value in _values(claims, self.organization_claim, self.organizations)}
        return named.pop() if len(named) == 1 else None

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """As what it acts; None when it names no role that is known here."""
        if self.role is not None:
            return self.role
        named = {self.roles[value] for value in _values(claims, self.role_claim, self.roles)}
        return next((role for role in Role if role in named), None)


def read_issuer(entry: Mapping[str, Any]) -> Issuer:
    """An issuer from the operator's own words, organizations as TypeIDs; Invalid when one is none."""
    fixed, role = entry["organization"], entry["role"]
    organizations = {
        value: decode("Organization", text, path=f"organizations.{value}")
        for value, text in entry["organizations"].items()
    }
    return Issuer(
        entry["issuer"],
        entry["audience"],
        entry["jwks_url"],
        organization_id=decode("Organization", fixed, path="organization") if fixed else None,
        organization_claim=entry["organization_claim"],
        organizations=organizations,
        role=Role(role) if role else None,
        role_claim=entry["role_claim"],
        roles={value: Role(name) for value, name in entry["roles"].items()},
    )


def _values(claims: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> list[str]:
    given = claims.get(name)
    values = given if isinstance(given, list) else [given]
    return [value for value in values if isinstance(value, str) and value in known]


class PublishedKeys:
    """An issuer's keys, fetched when they are old or do not name a key, at most once a minute; old ones go on."""

    def __init__(self, url: str, http: HttpClient, now: Callable[[], datetime]) -> None:
        self._url = url
        self._http = http
        self._now = now
        self._keys: dict[str, Key] = {}
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._fetching = asyncio.Lock()

    async def find(self, name: str) -> Key | None:
        """The key of this id; without an id the only one there is."""
        if self._is_due(KEYS_KEPT):
            await self._look(KEYS_KEPT)
        if self._get(name) is None:
            await self._look(LOOK_AGAIN)
        return self._get(name)

    def _get(self, name: str) -> Key | None:
        if not name and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(name)

    def _is_due(self, after: timedelta) -> bool:
        return self._now() - self._looked_at >= after

    async def _look(self, after: timedelta) -> None:
        async with self._fetching:
            if not self._is_due(after):  # another request looked while this one waited, or there was a look just now
                return
            self._looked_at = self._now()
            try:
                request = httpx.Request("GET", self._url, headers={"accept": "application/json"})
                answer = await self._http.fetch(request, deadline_seconds=_FETCH_SECONDS, read_limit_bytes=_FETCH_BYTES)
                self._keys = _read_keys(answer.status, answer.body)
            except (FetchFailed, ValueError, TypeError, KeyError, JoseError) as error:
                log.warning("oidc.no_keys", url=self._url, error=type(error).__name__)


def _read_keys(status: int, body: bytes) -> dict[str, Key]:
    if status != httpx.codes.OK:
        raise ValueError(f"status {status}")
    found: dict[str, Key] = {}
    for entry in orjson.loads(body)["keys"]:
        made = _KEY_TYPES.get(entry.get("kty"))
        if made is not None and entry.get("use", "sig") == "sig":
            found[str(entry.get("kid", ""))] = made.import_key(entry)
    return found


class Issuers:
    """Every issuer whose word is taken."""

    def __init__(self, issuers: Sequence[Issuer], http: HttpClient, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known = {each.issuer: (each, PublishedKeys(each.jwks_url, http, now)) for each in issuers}

    async def identify(self, token: str) -> Identity | None:
        """Whom a JWT stands for; None unless a known issuer signed it, for us, for now, and with a place here."""
        try:
            header, unproven = _peek(token)
            issuer, keys = self._known[str(unproven.get("iss"))]
            if header.get("alg") not in ALGORITHMS:
                return None
            key = await keys.find(str(header.get("kid") or ""))
            return self._prove(issuer, token, key) if key else None
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, JoseError):
            return None

    def _prove(self, issuer: Issuer, token: str, key: Key) -> Identity | None:
        """The identity in a token, signature and claims proven; JoseError otherwise."""
        claims = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
        now = int(self._now().timestamp())
        jwt.JWTClaimsRegistry(
            now,
            LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)
        organization_id, role = issuer.organization_of(claims), issuer.role_of(claims)
        if organization_id is None or role is None:
            return None
        return Identity(
            principal=_principal(issuer.issuer, str(claims["sub"])),
            organization_id=organization_id,
            role=role,
            expires_at=datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY_SECONDS),
        )


def _peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token as they stand there, proven by nothing; ValueError when it is none."""
    head, claims, _ = token.split(".")
    return _read_part(head), _read_part(claims)


def _read_part(part: str) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def _principal(issuer: str, subject: str) -> str:
    """The same for a subject always; two issuers' subjects never share one."""
    return f"oidc_{sha256(orjson.dumps([issuer, subject])).hexdigest()[:_PRINCIPAL_DIGITS]}"
