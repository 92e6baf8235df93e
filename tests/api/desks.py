"""Tickets for tests of the API: how they stand at a tree's desk, and how they are completed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson

import bootstrap
from domain.desk.actions import NewTicket, open_ticket
from domain.desk.states import TicketKind
from domain.provisioning.credentials import hand_over
from domain.provisioning.models import Instance
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.walk import document
from tests.house import Api
from tests.people import fresh_email, keep_mails, known_secret

_INSTANCE = """
INSERT INTO instances (id, organization_id, scope, subscription_id, provisioner, state, generation, outputs, desk_id,
                       created_at)
SELECT gen_random_uuid(), o.id, o.scope, gen_random_uuid(), 'manual', 'PENDING', 1, '{}', o.parent_id, now()
FROM organizations o WHERE o.id = $1 RETURNING id
"""
_OPERATION = """
INSERT INTO provisioning_operations (id, instance_id, organization_id, scope, action, generation, state, request, polls,
                                     attempts, deadline, finished_at, created_at)
SELECT gen_random_uuid(), i.id, i.organization_id, i.scope, $2, 1, $3::text, $4, 1, 1, now() + interval '1 day',
       CASE WHEN $3::text IN ('FAILED', 'SUCCEEDED') THEN now() END, now()
FROM instances i WHERE i.id = $1 RETURNING id
"""
_REQUEST = {"product": "telephone", "plan": "red", "quantity": 1, "parameters": {}}
ASKED = {"type": "object", "required": ["taxNumber"], "properties": {"taxNumber": {"type": "string", "minLength": 5}}}
_CREDENTIALS = """
UPDATE instances SET outputs_sealed = t.outputs_sealed, credential_recipients = $3, state = 'ACTIVE'
FROM tickets t WHERE instances.id = $1 AND t.id = $2
"""
CREDENTIALS = {"admin_password": "correct-horse", "admin_username": "admin"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Something with credentials, and the secrets of the links to them."""

    instance_id: str
    subscription_id: str
    tokens: list[str]


async def new_operation(tree: Planted, state: str, action: str = "CREATE") -> str:
    """An operation on something that the tree's customer gets by hand, as an outage has left it; no worker sees it."""
    instance_id = await database.fetch_value(_INSTANCE, decode("Organization", tree.customer_id))
    request = orjson.dumps(_REQUEST).decode()
    made = await database.fetch_value(_OPERATION, instance_id, action, state, request)
    return encode("ProvisioningOperation", made)


async def new_inquiry(tree: Planted) -> str:
    """A change of something that waits for an answer: what its provisioner asks for is a tax number."""
    operation_id = await new_operation(tree, "NEEDS_INPUT", "CHANGE")
    sql = "UPDATE provisioning_operations SET paused_at = now(), input_schema = $2, input_errors = '[]' WHERE id = $1"
    await database.execute(sql, decode("ProvisioningOperation", operation_id), orjson.dumps(ASKED).decode())
    return operation_id


async def new_credentials(api: Api, tree: Planted, links: int = 0) -> Credentials:
    """Something of the tree's customer with credentials, sealed as the API seals them, and so many links to them."""
    ticket_id = await new_ticket(tree)
    outputs = [{"name": name, "value": value, "isSecret": True} for name, value in CREDENTIALS.items()]
    content = {"input": {"id": ticket_id, "outputs": outputs}}
    await api.ask(tree.partner_token, document("mutation", "completeTicket"), content)
    instance_id = await database.fetch_value(_INSTANCE, decode("Organization", tree.customer_id))
    recipients, secrets = [fresh_email() for _ in range(links)], [known_secret("pvc") for _ in range(links)]
    await database.execute(_CREDENTIALS, instance_id, decode("Ticket", ticket_id), recipients)
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    instance = await Instance.get(id=instance_id)
    await hand_over(actor, instance, {"product": "telephone"}, secrets)
    for recipient in recipients:
        await keep_mails(recipient)
    ids = encode("Instance", instance_id), encode("Subscription", instance.subscription_id)
    return Credentials(*ids, [secret.token for secret in secrets])


async def new_ticket(tree: Planted, **changes: Any) -> str:
    """An open ticket at the desk of the tree's partner, for its customer."""
    content: dict[str, Any] = {
        "kind": TicketKind.BACKORDER,
        "desk_id": decode("Organization", tree.partner_id),
        "subject": "Order five telephones",
        "details": "ship to: the front desk",
        "about_id": uuid4(),
        "customer_id": decode("Organization", tree.customer_id),
    }
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    return encode("Ticket", await open_ticket(actor, NewTicket(**content | changes)))


def completed(ticket_id: str) -> dict[str, Any]:
    """What `completeTicket` takes, with an output that is shown and one that is not."""
    outputs = [
        {"name": "serial_number", "value": "SN-4711", "isSecret": False},
        {"name": "admin_password", "value": "correct horse", "isSecret": True},
    ]
    return {"id": ticket_id, "outputs": outputs}


@dataclass(frozen=True, slots=True)
class DeskTargets:
    """What a desk has to do: an open ticket, an operation that waits, credentials with one link to them."""

    ticket_id: str
    operation_id: str
    asking_id: str
    credentials: Credentials


async def make_desk(api: Api, tree: Planted) -> DeskTargets:
    """Of the tree's partner, for its customer."""
    waiting = await new_operation(tree, "UNKNOWN")
    asking = await new_inquiry(tree)
    return DeskTargets(await new_ticket(tree), waiting, asking, await new_credentials(api, tree, links=1))


def desk_bases() -> Mapping[str, Callable[[Planted, Any], dict[str, Any]]]:
    """Mutation -> its input, of a tree and its targets."""
    return {
        "completeTicket": lambda _, targets: completed(targets.desk.ticket_id),
        "failTicket": lambda _, targets: {"id": targets.desk.ticket_id, "reason": "out of stock"},
        "retryProvisioning": lambda _, targets: {
            "operationId": targets.desk.operation_id,
            "idempotencyKey": fresh_key(),
        },
        "answerProvisioning": lambda _, targets: {
            "operationId": targets.desk.asking_id,
            "answers": {"taxNumber": "ATU12345678"},
            "idempotencyKey": fresh_key(),
        },
        "revealCredentials": lambda _, targets: {"instanceId": targets.desk.credentials.instance_id, "lastTime": False},
        "openCredentials": lambda _, targets: {"token": targets.desk.credentials.tokens[0]},
    }
