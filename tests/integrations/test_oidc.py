"""Tokens of external issuers: signature, issuer, audience, time and algorithm are proven; keys are fetched rarely."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from time import time
from typing import Any
from uuid import UUID

import orjson
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from domain.access.permissions import Role
from domain.access.queries import Identity
from integrations.http.client import HttpClient
from integrations.oidc import KEYS_KEPT, LEEWAY_SECONDS, LOOK_AGAIN, Issuer, Issuers
from tests.integrations.issuers import TokenIssuer, issuing
from tests.integrations.sandboxes import new_http
from tests.jobs.bench import MovableClock

ORGANIZATION, OTHER = UUID(int=7), UUID(int=8)


@pytest.fixture
async def issuer() -> AsyncIterator[TokenIssuer]:
    """An issuer of tokens."""
    async with issuing() as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """The outbound client."""
    client = new_http()
    yield client
    await client.aclose()


def known(issuer: TokenIssuer, http: HttpClient, clock: MovableClock | None = None, **changes: Any) -> Issuers:
    """Issuers that take this one's word for one organization and role, unless changed."""
    rules: dict[str, Any] = {"organization_id": ORGANIZATION, "role": Role.SALES} | changes
    trusted = Issuer(issuer.url, "provender", f"{issuer.url}/keys", **rules)
    return Issuers([trusted], http, (clock or MovableClock()).now)


async def test_a8_a_token_of_a_known_issuer_is_taken(issuer: TokenIssuer, http: HttpClient) -> None:
    """It stands for one principal of ours for ever, by issuer and subject, until it expires."""
    issuers = known(issuer, http)
    first, again = await issuers.identify(issuer.token()), await issuers.identify(issuer.token(jti="2"))
    other = await issuers.identify(issuer.token(sub="user-2"))
    assert isinstance(first, Identity)
    assert again is not None
    assert other is not None
    assert (first.organization_id, first.role) == (ORGANIZATION, Role.SALES)
    assert first.principal == again.principal != other.principal
    assert len(first.principal) <= 64
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["another"]},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "never"},
        {"exp": 10**30},
        {"nbf": 4_000_000_000},
        {"sub": None},
    ],
    ids=str,
)
async def test_claims_must_hold(issuer: TokenIssuer, http: HttpClient, changes: dict[str, Any]) -> None:
    """Issuer, audience, expiry and subject are essential; what is not yet valid is not."""
    assert await known(issuer, http).identify(issuer.token(**changes)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["another", "provender"]},
        {"exp": 20 - LEEWAY_SECONDS},
        {"nbf": LEEWAY_SECONDS - 20},
    ],
    ids=str,
)
async def test_clocks_may_differ_a_little(issuer: TokenIssuer, http: HttpClient, changes: dict[str, Any]) -> None:
    """Half a minute either way, in seconds from now; of several audiences we are one."""
    changes = {name: value if name == "aud" else int(time()) + value for name, value in changes.items()}
    assert await known(issuer, http).identify(issuer.token(**changes)) is not None


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("ES256", ECKey.generate_key("P-256", {"kid": "ec"})),
        ("PS512", RSAKey.generate_key(2048, {"kid": "rsa"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "okp"})),
    ],
)
async def test_public_key_algorithms_are_taken(
    issuer: TokenIssuer, http: HttpClient, alg: str, key: RSAKey | ECKey | OKPKey
) -> None:
    """Of RSA, elliptic curves and Edwards curves."""
    issuer.published.append(key)
    assert await known(issuer, http).identify(issuer.token(key=key, alg=alg)) is not None


async def test_a_public_key_is_no_shared_secret(issuer: TokenIssuer, http: HttpClient) -> None:
    """HMAC with the published key, a symmetric key in the set, `none`, and no signature at all are refused."""
    issuers = known(issuer, http)
    assert isinstance(issuer.key, RSAKey)
    public = issuer.key.as_pem(private=False)
    confused = OctKey.import_key(public.replace(b"-----", b"====="), {"kid": "first"})
    shared = OctKey.import_key("a secret that the issuer published!", {"kid": "shared"})
    issuer.published.append(shared)

    def part(content: dict[str, Any]) -> str:
        return urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()

    unsigned = f"{part({'alg': 'none', 'kid': 'first'})}.{part(issuer.claims())}."
    good = issuer.token()
    for token in (
        issuer.token(key=confused, alg="HS256"),
        issuer.token(key=shared, alg="HS256"),
        unsigned,
        f"{unsigned}AAAA",
        f"{good.rpartition('.')[0]}.{'A' * 342}",
        good.replace(good.split(".")[1], part(issuer.claims(sub="mallory"))),
    ):
        assert await issuers.identify(token) is None
    assert await issuers.identify(good) is not None


async def test_a_key_of_somebody_else_is_refused(issuer: TokenIssuer, http: HttpClient) -> None:
    """Under a known id too."""
    foreign = RSAKey.generate_key(2048, {"kid": "first"})
    assert await known(issuer, http).identify(issuer.token(key=foreign)) is None


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "e30.e30.e30", "bnVsbA.bnVsbA.", "W10.W10.W10", "." * 5, "x" * 50_000]
)
async def test_what_is_no_token_is_refused(issuer: TokenIssuer, http: HttpClient, token: str) -> None:
    """Nothing is fetched for it."""
    assert await known(issuer, http).identify(token) is None
    assert issuer.asked == 0


async def test_keys_change(issuer: TokenIssuer, http: HttpClient) -> None:
    """A new key is found when a token names it, at most one look a minute; one that is gone is forgotten in ten."""
    clock = MovableClock()
    issuers = known(issuer, http, clock)
    assert await issuers.identify(issuer.token()) is not None
    fresh = RSAKey.generate_key(2048, {"kid": "second"})
    for place in range(20):
        assert await issuers.identify(issuer.token(header={"kid": f"x{place}"})) is None
    assert issuer.asked == 1
    issuer.published[:] = [fresh]
    assert await issuers.identify(issuer.token(key=fresh)) is None
    clock.pass_by(seconds=LOOK_AGAIN.total_seconds())
    assert await issuers.identify(issuer.token(key=fresh)) is not None
    assert issuer.asked == 2
    assert await issuers.identify(issuer.token()) is None


async def test_old_keys_go_on_while_the_issuer_is_away(issuer: TokenIssuer, http: HttpClient) -> None:
    """A set that cannot be fetched is not forgotten; asked again it is once a minute at most."""
    clock = MovableClock()
    issuers = known(issuer, http, clock)
    token = issuer.token(exp=int(time()) + 7200)
    assert await issuers.identify(token) is not None
    issuer.status = 503
    clock.pass_by(seconds=(KEYS_KEPT + timedelta(seconds=1)).total_seconds())
    for _ in range(5):
        assert await issuers.identify(token) is not None
    assert issuer.asked == 2


async def test_many_at_once_ask_once(issuer: TokenIssuer, http: HttpClient) -> None:
    """The first requests of a process wait for one fetch, and all are answered by it."""
    issuers = known(issuer, http)
    found = await asyncio.gather(*(issuers.identify(issuer.token()) for _ in range(10)))
    assert all(found)
    assert issuer.asked == 1


@pytest.mark.parametrize(
    ("claims", "place"),
    [
        ({"tenant": "acme", "groups": ["staff", "sales-team"]}, (ORGANIZATION, Role.SALES)),
        ({"tenant": ["acme"], "groups": ["sales-team", "bosses"]}, (ORGANIZATION, Role.OWNER)),
        ({"tenant": "beta", "groups": "sales-team"}, (OTHER, Role.SALES)),
        ({"tenant": ["acme", "beta"], "groups": "sales-team"}, None),
        ({"tenant": "unknown", "groups": "sales-team"}, None),
        ({"tenant": "acme", "groups": []}, None),
        ({"tenant": "acme"}, None),
        ({"tenant": {"acme": 1}, "groups": [1, None]}, None),
    ],
)
async def test_claims_say_where_and_as_what(
    issuer: TokenIssuer, http: HttpClient, claims: dict[str, Any], place: tuple[UUID, Role] | None
) -> None:
    """One organization that the operator has named, and the strongest role that it has named; else nothing."""
    issuers = known(
        issuer,
        http,
        organization_id=None,
        organization_claim="tenant",
        organizations={"acme": ORGANIZATION, "beta": OTHER},
        role=None,
        role_claim="groups",
        roles={"sales-team": Role.SALES, "bosses": Role.OWNER},
    )
    identity = await issuers.identify(issuer.token(**claims))
    assert (identity and (identity.organization_id, identity.role)) == place
