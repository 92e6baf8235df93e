"""Values that fit their GraphQL type but nothing else: refused by name, never a 500 and never INTERNAL."""

from datetime import date
from typing import Any

import orjson
import pytest

import bootstrap
from domain.shared import database
from domain.shared.ids import PREFIXES, decode, encode
from seeding import Planted
from tests.api.asked import inputs_of
from tests.api.bases import customer_input, fresh_key
from tests.api.targets import BASES, make_targets
from tests.api.walk import ASKED, BY_INPUT, NEAR, document, dotted, leaves, put, root_fields
from tests.house import CLOUD, PLACE_ORDER, SAAS, Api, order_input

# A walk: what it covers, others have covered, and to trace it takes as long as to run it.
pytestmark = pytest.mark.no_cover

CREATE_ORDER = PLACE_ORDER.replace("PlaceOrder", "CreateOrder").replace("placeOrder", "createOrder")
TEXTS = frozenset({"String", "ID"})
EXPECTED = {"InvalidInput", "NotFound", "Conflict", "InvalidCredentials", "NumbersTaken"}


def mutation_leaves() -> list[tuple[str, tuple[str | int, ...], str]]:
    """(mutation, path of a text inside its input, its type), for every one there is."""
    return [
        (name, path, kind)
        for name, field in sorted(root_fields("mutation").items())
        for path, kind in leaves(field.args["input"].type, TEXTS)
    ]


NASTY = {
    "NUL": "a\x00b",
    "a control character": "a\x07b",
    "DEL": "a\x7fb",
    "nothing": "",
    "blanks": "   ",
    "200 kB": "x" * 200_000,
    "beyond the BMP": "\U0001f600" * 300,
    "a quote": "'; DROP TABLE orders; --",
    "a format": "%s%n{0}{{",
    "right to left": "\u202etxt.exe",
}

NASTY_IDS = ("NUL", "nothing", "200 kB")  # the others are no ids either
REFUSED = {"NUL", "a control character", "200 kB"}


async def test_every_text_of_every_mutation_survives_nasty_values(api: Api, tree: Planted) -> None:
    """NUL, control characters, huge and strange texts in any one place answer a typed error, or are kept."""
    targets = await make_targets(api, tree)
    failures = []
    for name, path, kind in mutation_leaves():
        query = document("mutation", name)
        for label in NASTY if kind != "ID" else NASTY_IDS:
            value = NASTY[label]
            content = put(BASES[name](tree, targets), path, value)
            answer = await api.post(tree.partner_token, query, {"input": content})
            result = answer.json()
            codes = {error["extensions"]["code"] for error in result.get("errors", [])}
            if answer.status_code != 200 or codes - {"FORBIDDEN"}:
                failures.append((name, dotted(path), label, answer.text[:300]))
                continue
            is_refused = codes or result["data"][name]["__typename"] in EXPECTED
            if label in REFUSED and path != ("idempotencyKey",) and not is_refused:
                failures.append((name, dotted(path), label, "was taken"))
    assert not failures, "\n".join(map(str, failures))


async def test_every_argument_of_every_query_survives_nasty_values(api: Api, standing: Planted) -> None:
    """The same texts as ids, cursors and filters are refused as BAD_INPUT, or find nothing.

    An organization that a query must find, by a reference of its seller's, is NOT_FOUND.
    """
    failures = []
    inputs = await inputs_of(standing)
    for name, field in sorted(root_fields("query").items()):
        query = document("query", name, far=NEAR)
        for argument, spec in field.args.items():
            for path, _ in leaves(spec.type, TEXTS):
                for label in ("NUL", "nothing", "200 kB", "beyond the BMP", "a quote"):
                    value = NASTY[label]
                    base = {"input": inputs[name]} if name in BY_INPUT else dict(ASKED.get(name, {}))
                    variables = put(base, (argument, *path), value) if path else base | {argument: value}
                    answer = await api.post(standing.partner_token, query, variables)
                    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
                    expected = {"BAD_INPUT", "NOT_FOUND"} if path[-1:] == ("reference",) else {"BAD_INPUT"}
                    if answer.status_code != 200 or codes - expected:
                        failures.append((name, argument, dotted(path), label, answer.text[:300]))
    assert not failures, "\n".join(map(str, failures))


@pytest.mark.parametrize("kind", sorted(PREFIXES))
@pytest.mark.parametrize(
    "tail",
    ["", "_", "_x", "_" + "0" * 26, "_" + "z" * 26, "_" + "8" + "z" * 25, "_" + "0" * 25, "_" + "0" * 27,
     "_" + "I" * 26, "_01H455VB4PEX5VSKNK084SN02Q", "_\u0660" + "0" * 25, "_" + "0" * 25 + "\n"],
)  # fmt: skip
async def test_ids_of_any_form_find_nothing(api: Api, standing: Planted, kind: str, tail: str) -> None:
    """An id that is not one of ours is refused naming it; one that is well-formed but unknown finds nothing."""
    text = PREFIXES[kind] + tail
    answer = (await api.post(standing.partner_token, "query ($id: ID!) { node(id: $id) { id } }", {"id": text})).json()
    if "errors" in answer:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
        assert answer["errors"][0]["extensions"]["fields"][0]["path"] == "id"
    assert answer["data"] == {"node": None}


def nested(depth: int) -> dict[str, Any]:
    """An object in an object in an object."""
    content: dict[str, Any] = {}
    for _ in range(depth):
        content = {"a": content}
    return content


PARAMETERS: dict[str, Any] = {
    "a number": 123,
    "a text": "x",
    "a list": [1],
    "true": True,
    "NUL in a value": SAAS | {"companyName": "a\x00b"},
    "NUL in a name": SAAS | {"a\x00b": 1},
    "nested 30 deep": nested(30),
    "nested 33 deep": nested(33),
    "lists nested 200 deep": orjson.loads("[" * 200 + "]" * 200),
    "nested 240 deep": nested(240),
    "20 kB": {"companyName": "x" * 20_000},
    "2^63": SAAS | {"n": 2**63},
    "2^64 - 1": SAAS | {"n": 2**64 - 1},
    "-2^63": SAAS | {"n": -(2**63)},
    "1e308": SAAS | {"n": 1e308},
    "a million names": {f"n{place}": 1 for place in range(10_000)},
}


@pytest.mark.parametrize("parameters", PARAMETERS.values(), ids=PARAMETERS.keys())
@pytest.mark.parametrize("query", ["createOrder", "placeOrder"])
async def test_parameters_of_any_shape_are_kept_or_refused(
    api: Api, tree: Planted, query: str, parameters: Any
) -> None:
    """Provisioning information that no schema of ours takes is refused at its path; a draft keeps what is harmless."""
    line = {"planId": tree.plans["team-insights/professional"], "quantity": 1, "parameters": parameters}
    content = order_input(tree, fresh_key(), lines=[line])
    answer = (await api.post(tree.partner_token, document("mutation", query), {"input": content})).json()
    if "errors" in answer:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert ".lines[0].parameters" in answer["errors"][0]["message"]
        return
    result = answer["data"][query]
    if result["__typename"] == "InvalidInput":
        assert all(field["path"].startswith("lines.0.parameters") for field in result["InvalidInput_fields"])
        assert len(orjson.dumps(result)) < 100_000
    else:
        assert result["__typename"] == "CreateOrderSuccess"
        assert result["CreateOrderSuccess_order"]["lines"][0]["parameters"] == parameters


@pytest.mark.parametrize("number", ["9" * 19, "9" * 20, "1" + "0" * 400, "-" + "9" * 30, "1e400", "1.5e-400"])
async def test_literal_numbers_of_any_size_are_kept_or_refused(api: Api, tree: Planted, number: str) -> None:
    """Numbers written in the document itself, which know no bound, are refused where JSON cannot carry them."""
    plan = tree.plans["team-insights/professional"]
    for mutation in ("createOrder", "placeOrder"):
        query = (
            f'mutation {{ {mutation}(input: {{customer: {{id: "{tree.customer_id}"}}, salesModel: YEARLY, '
            f'idempotencyKey: "{fresh_key()}", lines: [{{planId: "{plan}", quantity: 1, '
            f"parameters: {{n: {number}}}}}]}}) {{ __typename ... on InvalidInput {{ fields {{ path }} }} }} }}"
        )
        answer = await api.post(tree.partner_token, query)
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        assert answer.status_code == 200, answer.text
        assert codes <= {"BAD_REQUEST"}, answer.text


@pytest.mark.parametrize("quantity", [0, -1, 5_001, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("query", [CREATE_ORDER, PLACE_ORDER], ids=["createOrder", "placeOrder"])
async def test_quantities_are_bounded_by_the_plan(api: Api, standing: Planted, query: str, quantity: int) -> None:
    """A line orders 1 to the plan's maximum: anything else is OUT_OF_RANGE at the line."""
    line = {"planId": standing.plans["cloud-workspace/business"], "quantity": quantity, "parameters": CLOUD}
    answer = await api.ask(standing.partner_token, query, {"input": order_input(standing, fresh_key(), lines=[line])})
    assert answer["fields"] == [
        {"path": "lines.0.quantity", "code": "OUT_OF_RANGE", "message": "must be between 1 and 5000"}
    ]


@pytest.mark.parametrize("multiplier", [0, -1, 61, 2**31 - 1])
async def test_billing_cycles_are_bounded(api: Api, standing: Planted, multiplier: int) -> None:
    """A billing cycle is 1 to 60 times the sales model."""
    content = order_input(standing, fresh_key(), cycleMultiplier=multiplier)
    answer = await api.ask(standing.partner_token, PLACE_ORDER, {"input": content})
    assert [field["path"] for field in answer["fields"]] == ["cycleMultiplier"]


@pytest.mark.parametrize(
    "unit_minor", [2**63 - 1, (2**63 - 1) // 100, (2**63 - 1) // (5000 * 60), 10**15], ids=["1", "100", "all", "10^15"]
)
async def test_amounts_beyond_a_ledger_are_refused(api: Api, tree: Planted, unit_minor: int) -> None:
    """Unit price x quantity x multiplier that does not fit in 64 bits is refused at the line, as are their sums."""
    plan_id = tree.plans["cloud-workspace/business"]
    await database.execute("UPDATE prices SET unit_minor = $2 WHERE plan_id = $1", decode("Plan", plan_id), unit_minor)
    lines = [{"planId": plan_id, "quantity": 5000, "parameters": CLOUD}] * 2
    content = order_input(tree, fresh_key(), lines=lines, cycleMultiplier=60)
    for token in (tree.distributor_token, tree.partner_token, tree.customer_token):
        answer = await api.ask(token, PLACE_ORDER, {"input": content | {"idempotencyKey": fresh_key()}})
        assert answer["__typename"] == "InvalidInput"
        assert {field["code"] for field in answer["fields"]} == {"OUT_OF_RANGE"}


@pytest.mark.parametrize("email", ["a\x00b@c.example", "a\x7fb@c.example", "a b@c.example", "a@b@c.example"])
async def test_an_e_mail_address_has_no_strange_characters(api: Api, standing: Planted, email: str) -> None:
    """What stands around the at sign is refused at its path unless mail can carry it."""
    contact = {"firstName": "Carla", "lastName": "Contact", "email": email}
    content = customer_input(standing, billingContact=contact)
    answer = await api.ask(standing.partner_token, document("mutation", "createCustomer"), {"input": content})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["billingContact.email"]


async def test_a_price_in_force_is_one_that_has_begun(api: Api, tree: Planted) -> None:
    """A plan whose only price begins tomorrow is not sold today."""
    plan_id = tree.plans["cloud-workspace/business"]
    await database.execute("UPDATE prices SET valid_from = $2 WHERE plan_id = $1", decode("Plan", plan_id), date.max)
    answer = await api.ask(tree.partner_token, PLACE_ORDER, {"input": order_input(tree, fresh_key())})
    assert [field["path"] for field in answer["fields"]] == ["lines.0.planId"]


async def test_every_problem_is_told_at_once(api: Api, standing: Planted) -> None:
    """An input with many faults is refused with all of them, each at its path."""
    content = customer_input(
        standing,
        name=" ",
        company="x" * 201,
        domain="http://a.example",
        timeZone="Mars/Olympus",
        billingContact={"firstName": "", "lastName": "\x07", "email": "nobody"},
        address={"street": "", "postalCode": "", "city": "", "country": "XX"},
        reference="y" * 101,
    )
    answer = await api.ask(standing.partner_token, document("mutation", "createCustomer"), {"input": content})
    named = {field["path"] for field in answer["InvalidInput_fields"]}
    assert named == {
        *("name", "company", "domain", "timeZone", "reference"),
        *("billingContact.firstName", "billingContact.lastName", "billingContact.email"),
        *("address.street", "address.postalCode", "address.city", "address.country"),
    }


async def test_an_unknown_reference_finds_nothing(api: Api, standing: Planted) -> None:
    """A well-formed id of nothing is NotFound, naming it."""
    unknown = encode("Organization", bootstrap.new_id())
    answer = await api.ask(
        standing.partner_token, PLACE_ORDER, {"input": order_input(standing, fresh_key(), customer={"id": unknown})}
    )
    assert answer["__typename"] == "NotFound"
    assert unknown in answer["message"]
