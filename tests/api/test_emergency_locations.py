"""A9: the address of each site that emergency services are sent to."""

import pytest

from seeding import Planted
from tests.api.bases import fresh_key, location_input
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api

LIST = """
query ($id: ID!) { emergencyLocations(where: {organizationId: {eq: $id}}) {
  nodes { id name organization { id } } } }
"""


async def test_a9_a_site_has_a_whole_address(api: Api, tree: Planted) -> None:
    """A site is shown as it was given, its number in E.164, and listed by its organization."""
    content = location_input(tree, name="Main building", phone="+43 (662) 12345678", region=None)
    made = await succeed(api, tree.partner_token, "createEmergencyLocation", content)
    site = made["CreateEmergencyLocationSuccess_emergencyLocation"]
    for name in ("name", "street", "details", "postalCode", "city", "region", "country"):
        assert site[name] == content[name], name
    assert site["phone"] == "+4366212345678"
    for token in (tree.partner_token, tree.customer_token, tree.distributor_token):
        page = await api.ask(token, LIST, {"id": tree.customer_id})
        assert page["nodes"] == [{"id": site["id"], "name": "Main building", "organization": {"id": tree.customer_id}}]


async def test_a9_every_problem_of_an_address_is_told_at_once(api: Api, tree: Planted) -> None:
    """What is missing or wrong is refused at its path, when a site is created and when it is changed."""
    bad = {
        "name": " ",
        "phone": "911",
        "street": "",
        "postalCode": "",
        "city": "",
        "country": "XX",
        "region": "x" * 101,
    }
    made = await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    site_id = made["CreateEmergencyLocationSuccess_emergencyLocation"]["id"]
    for mutation, content in (
        ("createEmergencyLocation", location_input(tree) | bad),
        ("updateEmergencyLocation", {"id": site_id, **bad}),
    ):
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": content})
        assert {field["path"] for field in answer["InvalidInput_fields"]} == set(bad)


async def test_a9_a_site_is_changed_and_removed(api: Api, tree: Planted) -> None:
    """Changing replaces all of it; removed, it is found no more, and removing it again is NotFound."""
    made = await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    site_id = made["CreateEmergencyLocationSuccess_emergencyLocation"]["id"]
    content = {"id": site_id, "name": "N", "phone": "+4312345678", "street": "S", "postalCode": "1", "city": "C"}
    changed = await succeed(api, tree.partner_token, "updateEmergencyLocation", content | {"country": "DE"})
    site = changed["UpdateEmergencyLocationSuccess_emergencyLocation"]
    assert (site["name"], site["details"], site["region"], site["country"]) == ("N", None, None, "DE")
    assert (await succeed(api, tree.partner_token, "removeEmergencyLocation", {"id": site_id}))[
        "RemoveEmergencyLocationSuccess_id"
    ] == site_id
    assert (await api.ask(tree.partner_token, LIST, {"id": tree.customer_id}))["nodes"] == []
    query = document("mutation", "removeEmergencyLocation")
    assert (await api.ask(tree.partner_token, query, {"input": {"id": site_id}}))["__typename"] == "NotFound"


@pytest.mark.parametrize("name", ["Main", "  main "])
async def test_a9_sites_have_names_of_their_own(api: Api, tree: Planted, name: str) -> None:
    """A name that a site of the organization has is ALREADY_EXISTS at `name`, when created and when changed."""
    await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree, name="Main"))
    made = await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    site_id = made["CreateEmergencyLocationSuccess_emergencyLocation"]["id"]
    content = location_input(tree, name=name, idempotencyKey=fresh_key())
    update = {key: value for key, value in content.items() if key not in {"organization", "idempotencyKey"}}
    for mutation, given in (
        ("createEmergencyLocation", content),
        ("updateEmergencyLocation", {"id": site_id} | update),
    ):
        answer = await api.ask(tree.partner_token, document("mutation", mutation), {"input": given})
        assert answer["InvalidInput_code"] == "ALREADY_EXISTS"
        assert [field["path"] for field in answer["InvalidInput_fields"]] == ["name"]
