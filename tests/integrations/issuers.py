"""A real issuer of tokens: it signs them, and serves its keys over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.integrations.sandboxes import serving

Key = RSAKey | ECKey | OKPKey | OctKey


@dataclass
class TokenIssuer:
    """Its keys are `published`; `asked` counts who came for them."""

    url: str = ""
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    published: list[Key] = field(default_factory=list)
    asked: int = 0
    status: int = 200

    def __post_init__(self) -> None:
        self.published.append(self.key)

    async def keys(self, _request: Request) -> Response:
        """The published keys, as JWKS."""
        self.asked += 1
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published]}, self.status)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What a good token says; None leaves a claim out."""
        now = int(time())
        claims = {"iss": self.url, "aud": "provender", "sub": "user-1", "iat": now, "exp": now + 300} | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self, *, key: Key | None = None, alg: str = "RS256", header: Mapping[str, Any] | None = None, **changes: Any
    ) -> str:
        """A signed token."""
        signing = key or self.key
        head = {"alg": alg, "kid": signing.kid, **(header or {})}
        return jwt.encode(
            {name: value for name, value in head.items() if value is not None},
            self.claims(**changes),
            signing,
            algorithms=[alg],
        )


@asynccontextmanager
async def issuing() -> AsyncIterator[TokenIssuer]:
    """An issuer behind a real socket."""
    made = TokenIssuer()
    async with serving(Starlette(routes=[Route("/keys", made.keys)])) as url:
        made.url = url
        yield made
