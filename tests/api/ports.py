"""Port orders for tests: complete inputs, and what they stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.phones import fresh_number
from tests.api.uploads import uploaded
from tests.api.walk import document
from tests.house import Api

_RUNNING = "SELECT id FROM subscriptions WHERE organization_id = $1 AND state = 'ACTIVE' ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class PortTargets:
    """Letters, and a port in each state that something can be done from."""

    subscription_id: str
    letters: tuple[str, ...]
    draft_id: str
    submitted_id: str
    toll_free_id: str
    resp_org_id: str


async def subscription_of(customer_id: str) -> str:
    """A running subscription of a customer."""
    return encode("Subscription", await database.fetch_value(_RUNNING, decode("Organization", customer_id)))


async def letter(api: Api, tree: Planted) -> str:
    """An uploaded letter of authorization of the tree's customer."""
    return await uploaded(api, tree.partner_token, tree, purpose="LETTER_OF_AUTHORIZATION", fileName="loa.pdf")


def _port(tree: Planted, subscription_id: str, **changes: Any) -> dict[str, Any]:
    content = {
        "customer": {"id": tree.customer_id},
        "numbers": [fresh_number(), fresh_number()],
        "planId": tree.plans["cloud-workspace/starter"],
        "subscriptionId": subscription_id,
        "losingCarrier": "Old Telephone Co",
        "accountNumber": "A-4711",
        "pin": "8421-secret-pin",
        "billingNumber": "+14155550100",
        "authorizedPerson": "Ada Authorized",
        "serviceAddress": {
            "street": "1 Main St",
            "postalCode": "94105",
            "city": "San Francisco",
            "region": "CA",
            "country": "US",
        },
        "requestedOn": "2999-01-15",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


async def port_input(api: Api, tree: Planted, **changes: Any) -> dict[str, Any]:
    """A complete port order of two numbers that nobody here has."""
    if "uploadId" not in changes:
        changes["uploadId"] = await letter(api, tree)
    return _port(tree, await subscription_of(tree.customer_id), **changes)


def _toll_free(tree: Planted, subscription_id: str) -> dict[str, Any]:
    return {
        "customer": {"id": tree.customer_id},
        "quantity": 2,
        "wanted": "833",
        "planId": tree.plans["cloud-workspace/starter"],
        "subscriptionId": subscription_id,
        "requestedOn": "2999-01-15",
        "idempotencyKey": fresh_key(),
    }


async def toll_free_input(tree: Planted) -> dict[str, Any]:
    """Two toll-free numbers to order."""
    return _toll_free(tree, await subscription_of(tree.customer_id))


def fresh_toll_free() -> str:
    """A toll-free number that no other test has."""
    return f"+1833{fresh_number()[5:]}"


def _resp_org(tree: Planted, subscription_id: str, **changes: Any) -> dict[str, Any]:
    content = {
        "customer": {"id": tree.customer_id},
        "numbers": [fresh_toll_free()],
        "planId": tree.plans["cloud-workspace/starter"],
        "subscriptionId": subscription_id,
        "currentRespOrg": "ABC01",
        "authorizedPerson": "Ada Authorized",
        "requestedOn": "2999-01-15",
        "idempotencyKey": fresh_key(),
    }
    return content | changes


async def resp_org_input(api: Api, tree: Planted) -> dict[str, Any]:
    """A toll-free number to bring under our control."""
    return _resp_org(tree, await subscription_of(tree.customer_id), uploadId=await letter(api, tree))


async def do(api: Api, token: str, mutation: str, content: Mapping[str, Any]) -> Any:
    """What a mutation of ports answers when it succeeds."""
    answer = await api.ask(token, document("mutation", mutation), {"input": content})
    success = f"{mutation[0].upper()}{mutation[1:]}Success"
    assert answer["__typename"] == success, answer
    return answer[f"{success}_portOrder"]


async def submitted(api: Api, tree: Planted, **changes: Any) -> Any:
    """A port order that is with the desk."""
    made = await do(api, tree.partner_token, "createPortOrder", await port_input(api, tree, **changes))
    return await do(api, tree.partner_token, "submitPortOrder", {"id": made["id"]})


_LETTERS = """
INSERT INTO uploads (id, organization_id, scope, purpose, state, file_name, declared_type, found_type, size_bytes,
                     sha256, storage_key, created_at, stored_at)
SELECT gen_random_uuid(), o.id, o.scope, 'LETTER_OF_AUTHORIZATION', 'STORED', 'loa.pdf', 'application/pdf',
       'application/pdf', 9, 'x', 'x', now(), now()
FROM organizations o, generate_series(1, 4) WHERE o.id = $1 RETURNING id
"""
_PORTS = """
INSERT INTO ports (id, organization_id, scope, kind, state, numbers, quantity, plan_id, subscription_id, counterpart,
                   account_number, billing_number, authorized_person, street, postal_code, city, country, upload_id,
                   requested_on, created_at)
SELECT gen_random_uuid(), o.id, o.scope, given.kind, given.state, given.numbers, 1, $2, $3, 'Old', 'A-1',
       '+14155550100', 'Ada', 'Main St', '94105', 'San Francisco', 'US', given.upload_id, '2999-01-15', now()
FROM organizations o, (VALUES ('PORT_IN', 'DRAFT', ARRAY[$4], $5::uuid), ('PORT_IN', 'SUBMITTED', ARRAY[$4], NULL),
  ('TOLL_FREE', 'SUBMITTED', ARRAY[]::text[], NULL), ('RESP_ORG', 'SUBMITTED', ARRAY[$4], NULL))
  AS given(kind, state, numbers, upload_id)
WHERE o.id = $1 RETURNING id, kind, state
"""


async def port_targets(tree: Planted) -> PortTargets:
    """What the walks over every mutation change, written as the mutations would leave it."""
    customer, plan = decode("Organization", tree.customer_id), decode("Plan", tree.plans["cloud-workspace/starter"])
    letters = [row["id"] for row in await database.fetch(_LETTERS, customer)]
    subscription_id = await subscription_of(tree.customer_id)
    running = decode("Subscription", subscription_id)
    rows = await database.fetch(_PORTS, customer, plan, running, fresh_number(), letters[0])
    ids = {(row["kind"], row["state"]): encode("PortOrder", row["id"]) for row in rows}
    return PortTargets(
        subscription_id=subscription_id,
        letters=tuple(encode("Upload", upload_id) for upload_id in letters[1:]),
        draft_id=ids["PORT_IN", "DRAFT"],
        submitted_id=ids["PORT_IN", "SUBMITTED"],
        toll_free_id=ids["TOLL_FREE", "SUBMITTED"],
        resp_org_id=ids["RESP_ORG", "SUBMITTED"],
    )


_CONFIRMED: Final = {"to": "FOC_CONFIRMED", "focDate": "2999-01-20"}


def port_bases() -> dict[str, Callable[[Planted, Any], dict[str, Any]]]:
    """A valid input for each mutation of ports, from the tree and all that stands in it."""
    return {
        "createPortOrder": lambda tree, all_of: _port(
            tree, all_of.ports.subscription_id, uploadId=all_of.ports.letters[0]
        ),
        "updatePortOrder": lambda tree, all_of: {
            "id": all_of.ports.draft_id,
            **{
                name: value
                for name, value in _port(tree, all_of.ports.subscription_id, uploadId=all_of.ports.letters[1]).items()
                if name not in {"customer", "idempotencyKey"}
            },
        },
        "submitPortOrder": lambda _, all_of: {"id": all_of.ports.draft_id},
        "cancelPortOrder": lambda _, all_of: {"id": all_of.ports.submitted_id},
        "advancePortOrder": lambda _, all_of: {"id": all_of.ports.submitted_id, **_CONFIRMED},
        "revealPortPin": lambda _, all_of: {"id": all_of.ports.submitted_id},
        "createTollFreeOrder": lambda tree, all_of: _toll_free(tree, all_of.ports.subscription_id),
        "advanceTollFreeOrder": lambda _, all_of: {"id": all_of.ports.toll_free_id, **_CONFIRMED},
        "createRespOrgChange": lambda tree, all_of: _resp_org(
            tree, all_of.ports.subscription_id, uploadId=all_of.ports.letters[2]
        ),
        "advanceRespOrgChange": lambda _, all_of: {"id": all_of.ports.resp_org_id, **_CONFIRMED},
    }
