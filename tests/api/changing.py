"""What the tests of changes share: asking for them, letting provisioners do or refuse them, what was charged."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.sellers import place, seats
from tests.api.walk import document
from tests.api.worlds import run_all, run_operations
from tests.house import Api


async def preview(api: Api, token: str, subscription_id: str, **wish: Any) -> Any:
    """What a change would come to."""
    return await api.ask(
        token, document("query", "previewSubscriptionChange"), {"input": {"id": subscription_id} | wish}
    )


async def ask(api: Api, token: str, mutation: str, subscription_id: str, **wish: Any) -> Any:
    """The answer to a change of a subscription."""
    content = {"id": subscription_id, "idempotencyKey": fresh_key()} | wish
    return await api.ask(token, document("mutation", mutation), {"input": content})


async def change(api: Api, token: str, subscription_id: str, mutation: str = "changePlan", **wish: Any) -> Any:
    """The subscription that a change was asked for."""
    answer = await ask(api, token, mutation, subscription_id, **wish)
    success = f"{mutation[0].upper()}{mutation[1:]}Success"
    assert answer["__typename"] == success, answer
    return answer[f"{success}_subscription"]


async def provided(api: Api, shop: Workshop, tree: Planted, quantity: int = 10, **changes: Any) -> str:
    """A subscription to the business plan that was ordered and provisioned, by the year."""
    order = await place(api, tree.partner_token, seats(tree, quantity, **changes))
    await run_all(shop, [tree], order["id"])
    shown = await api.ask(tree.partner_token, document("query", "order"), {"id": order["id"]})
    found: str = shown["lines"][0]["subscription"]["id"]
    return found


async def refuse_next(subscription_id: str) -> None:
    """Let the provisioner refuse what it is asked for next."""
    await database.execute(
        "UPDATE provisioning_operations SET request = jsonb_set(request, '{parameters,sandbox}', "
        '\'{"fault": "fail", "code": "no_seats"}\') WHERE finished_at IS NULL AND instance_id = '
        "(SELECT id FROM instances WHERE subscription_id = $1)",
        decode("Subscription", subscription_id),
    )


async def run(shop: Workshop, tree: Planted) -> None:
    """Let the provisioners do what they are asked for."""
    await run_operations(shop, tree)


async def charges(subscription_id: str, kind: str = "PRORATION") -> list[int]:
    """What was charged of a kind, by time and then the distributor's edge first (minor units)."""
    rows = await database.fetch(
        "SELECT amount_minor FROM charges WHERE subscription_id = $1 AND kind = $2 ORDER BY created_at, scope, id",
        decode("Subscription", subscription_id),
        kind,
    )
    return [row["amount_minor"] for row in rows]


async def told(subscription_id: str, kind: str) -> Any:
    """The data of the last event of a kind."""
    return await database.fetch_value(
        "SELECT payload FROM events WHERE aggregate_id = $1 AND type = $2 ORDER BY aggregate_seq DESC LIMIT 1",
        decode("Subscription", subscription_id),
        f"subscription.{kind}",
    )


async def shown(api: Api, tree: Planted, subscription_id: str) -> Any:
    """The subscription as its partner sees it."""
    return await api.ask(tree.partner_token, document("query", "subscription"), {"id": subscription_id})
