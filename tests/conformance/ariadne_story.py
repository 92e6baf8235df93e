# mypy: ignore-errors
"""Plays the main job with the client that ariadne-codegen has made from the SDL.

It runs in an environment of its own, beside a generated package: mypy, which runs in ours, sees neither.
"""

import asyncio
import json
import os
from typing import Any

from provender_client import Client
from provender_client.enums import SalesModel
from provender_client.input_types import OrderLineInput, OrganizationRef, PlaceOrderInput

API, TOKEN = os.environ["API"], os.environ["TOKEN"]
STORY: dict[str, Any] = json.loads(os.environ["STORY"])


async def main() -> None:
    """Place an order, watch it to its end, read it back."""
    authorization = f"Bearer {TOKEN}"
    client = Client(
        url=f"{API}/graphql",
        headers={"authorization": authorization},
        ws_url=f"{API.replace('http', 'ws')}/graphql",
        ws_connection_init_payload={"authorization": authorization},
    )
    line = OrderLineInput(
        planId=STORY["plans"]["team-insights/professional"],
        quantity=3,
        parameters={"companyName": "Bergblick Hotels"},
    )
    content = PlaceOrderInput(
        customer=OrganizationRef(id=STORY["customer_id"]),
        salesModel=SalesModel.YEARLY,
        lines=[line],
        idempotencyKey="ariadne-codegen",
    )
    async with client:
        placed = (await client.place_order(content)).place_order
        assert placed.typename__ == "PlaceOrderSuccess", placed
        async for update in client.order_updated(placed.order.id):
            if update.order_updated.state == "COMPLETED":
                break
        found = (await client.node(placed.order.id)).node
        print(found.number, found.state, found.price.amount, found.lines[0].subscription.state)  # noqa: T201 - its result


asyncio.run(main())
