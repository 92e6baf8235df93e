"""What products are bound to: data locations, terms of service, the schema of their parameters."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import asyncpg
import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import product_input, terms_input
from tests.api.test_products import answer, make_product, make_published, problems
from tests.api.worlds import succeed
from tests.house import Api


async def test_c7_data_locations_of_a_product(api: Api, tree: Planted) -> None:
    """They are shown to buyers by key, name and country, and replaced as a whole."""
    product_id, _ = await make_published(api, tree)
    query = "query ($id: ID!) { product(id: $id) { dataLocations { key name country } } }"
    places = [{"key": "us", "name": "Ashburn", "country": "US"}, {"key": "sg", "name": "Singapore", "country": "SG"}]
    await succeed(api, tree.distributor_token, "updateProduct", {"id": product_id, "dataLocations": places})
    assert (await api.ask(tree.customer_token, query, {"id": product_id}))["dataLocations"] == places


async def test_c7_terms_are_versioned_and_never_change(api: Api, tree: Planted) -> None:
    """Versions count from 1; the one in force is the newest that has begun; the database refuses to change one."""
    product_id, _ = await make_published(api, tree)
    today = datetime.now(UTC).date()
    first, later = "You pay what you use.\n", "You pay more."
    for text, begins in ((first, today), (later, today + timedelta(days=30))):
        content = terms_input(product_id, text=text, validFrom=begins.isoformat())
        await succeed(api, tree.distributor_token, "publishTerms", content)
    query = """query ($id: ID!) { product(id: $id) { terms { version text sha256 validFrom } } }"""
    shown = (await api.ask(tree.customer_token, query, {"id": product_id}))["terms"]
    digest = sha256(first.encode()).hexdigest()
    assert shown == {"version": 1, "text": first, "sha256": digest, "validFrom": today.isoformat()}
    listed = """query ($id: ID!) {
      termsDocuments(where: {productId: {eq: $id}}, sort: [{field: VERSION, direction: DESC}])
      { nodes { version text } } }"""
    versions = (await api.ask(tree.customer_token, listed, {"id": product_id}))["nodes"]
    assert versions == [{"version": 2, "text": later}, {"version": 1, "text": first}]
    for change in ("UPDATE terms_documents SET text = 'x'", "DELETE FROM terms_documents"):
        with pytest.raises(asyncpg.RestrictViolationError, match="written once"):
            await database.execute(f"{change} WHERE product_id = $1", decode("Product", product_id))


async def test_c7_terms_follow_each_other(api: Api, tree: Planted) -> None:
    """A version begins neither in the past nor before the one it follows, and says something new."""
    product_id = await make_product(api, tree)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    await succeed(
        api, tree.distributor_token, "publishTerms", terms_input(product_id, text="A", validFrom="2999-01-01")
    )
    for changes, fault in (
        ({"validFrom": yesterday}, ("validFrom", "OUT_OF_RANGE")),
        ({"validFrom": "2998-12-31"}, ("validFrom", "OUT_OF_RANGE")),
        ({"text": "A"}, ("text", "ALREADY_EXISTS")),
        ({"text": " "}, ("text", "REQUIRED")),
        ({"text": "x" * 60_001}, ("text", "TOO_LONG")),
    ):
        refused = await answer(api, tree.distributor_token, "publishTerms", terms_input(product_id, **changes))
        assert problems(refused) == {fault}


async def test_c7_the_parameter_schema_is_checked_when_it_is_written(api: Api, tree: Planted) -> None:
    """An invalid JSON Schema is refused at createProduct and updateProduct alike, saying where."""
    product_id = await make_product(api, tree)
    schema = {"type": "object", "properties": {"a": {"type": "strin"}}}
    created = await answer(api, tree.distributor_token, "createProduct", product_input(tree, parameterSchema=schema))
    content = {"id": product_id, "parameterSchema": schema}
    changed = await answer(api, tree.distributor_token, "updateProduct", content)
    for refused in (created, changed):
        [field] = refused["InvalidInput_fields"]
        assert field["path"] == "parameterSchema"
        assert "/properties/a/type" in field["message"]
