"""A8: bearer tokens of an external issuer at the API: a real issuer signs them, the settings say for whom."""

from contextlib import aclosing

import pytest
from pydantic import ValidationError

import bootstrap
from domain.access.permissions import Role, permissions_of
from domain.shared import database
from domain.shared.actor import OrganizationKind
from domain.shared.ids import encode
from seeding import Planted
from settings import OidcIssuerSettings, Settings
from tests.api.bases import customer_input
from tests.api.gates import Figures, gated
from tests.api.worlds import succeed
from tests.house import Api
from tests.integrations.issuers import TokenIssuer, issuing
from tests.integrations.sandboxes import new_http

VIEWER = "{ viewer { principal organization { id } permissions member { id } } }"


def trusting(settings: Settings, issuer: TokenIssuer, **rules: object) -> Settings:
    """Settings that take an issuer's word."""
    entry = {"issuer": issuer.url, "audience": "provender", "jwks_url": f"{issuer.url}/keys", **rules}
    return settings.model_copy(update={"oidc_issuers": [OidcIssuerSettings.model_validate(entry)]})


async def test_a8_an_issuers_token_acts_for_its_organization(
    tree: Planted, settings: Settings, addresses: bootstrap.Addresses
) -> None:
    """With the role's permissions there, under a principal that events name; anything less is UNAUTHENTICATED."""
    rules = {"organization": tree.partner_id, "role_claim": "groups", "roles": {"sellers": "SALES"}}
    async with issuing() as issuer, aclosing(new_http()) as http:
        issuers = bootstrap.open_issuers(trusting(settings, issuer, **rules), http)
        async with gated(addresses, Figures(maximum=10**9, query_cap=10**9), issuers.identify) as api:
            token = issuer.token(groups=["sellers"])
            viewer = await api.ask(token, VIEWER)
            assert viewer["organization"] == {"id": tree.partner_id}
            allowed = permissions_of(Role.SALES, OrganizationKind.PARTNER)
            assert viewer["permissions"] == sorted(each.name for each in allowed)
            assert viewer["member"] is None
            await succeed(api, token, "createCustomer", customer_input(tree))
            told = await database.fetch("SELECT type FROM events WHERE actor = $1", viewer["principal"])
            assert {row["type"] for row in told} == {
                "organization.created",
                "account.created",
                "subscription.activated",
            }
            for bad in (issuer.token(), issuer.token(groups=["sellers"], aud="another"), "a.b.c"):
                assert (await api.refuse(bad, VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_an_issuer_that_nobody_named_is_nobody(api: Api) -> None:
    """Without settings no JWT is taken."""
    async with issuing() as issuer:
        assert (await api.refuse(issuer.token(), VIEWER))["extensions"]["code"] == "UNAUTHENTICATED"
        assert issuer.asked == 0


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"organization": "org_x"},
        {"role": "OWNER"},
        {"organization": "org_x", "role": "KING"},
        {"organization": "org_x", "role": "OWNER", "role_claim": "groups", "roles": {"a": "OWNER"}},
        {"organization_claim": "tenant", "role": "OWNER"},
    ],
)
def test_an_issuer_has_one_way_to_an_organization_and_a_role(rules: dict[str, object]) -> None:
    """Fixed, or by a claim whose values are named."""
    with pytest.raises(ValidationError):
        OidcIssuerSettings.model_validate({"issuer": "i", "audience": "a", "jwks_url": "j", **rules})


async def test_an_issuers_organization_is_an_id(settings: Settings) -> None:
    """A wrong one stops the process with a message, not the first request."""
    issuer = TokenIssuer(url="https://issuer.example")
    async with aclosing(new_http()) as http:
        with pytest.raises(SystemExit, match="PROVENDER_OIDC_ISSUERS: organization"):
            bootstrap.open_issuers(trusting(settings, issuer, organization="acme", role="OWNER"), http)
        unknown = encode("Organization", bootstrap.new_id())
        assert bootstrap.open_issuers(trusting(settings, issuer, organization=unknown, role="OWNER"), http)
