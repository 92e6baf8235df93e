"""The floors: the same answers from a bare Starlette and one asyncpg statement each, without any of the product."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_LINES = """
(SELECT json_agg(json_build_object('id', l.id, 'quantity', l.quantity, 'state', l.state, 'unit', l.tier_unit_minor[2],
        'price', l.tier_amount_minor[2], 'cost', l.tier_amount_minor[1]) ORDER BY l.position)
   FROM order_lines l WHERE l.order_id = o.id)
"""
_ORDER = f"""
json_build_object('id', o.id, 'number', o.number, 'state', o.state, 'salesModel', o.sales_model,
  'cycleMultiplier', o.cycle_multiplier, 'currency', o.currency, 'autoRenew', o.auto_renew,
  'subscriptionReference', o.subscription_reference, 'createdAt', o.created_at, 'submittedAt', o.submitted_at,
  'price', o.tier_total_minor[2], 'cost', o.tier_total_minor[1], 'lines', {_LINES})
"""
LIST = f"""
SELECT json_agg({_ORDER})::text FROM
  (SELECT * FROM orders WHERE scope >= $1 AND scope < $2 ORDER BY id DESC LIMIT 50) o
"""  # noqa: S608 - constants
SINGLE = f"SELECT {_ORDER}::text FROM orders o WHERE id = $1 AND scope >= $2 AND scope < $3"  # noqa: S608 - constants
PLACE = """
WITH o AS (
  INSERT INTO orders (id, organization_id, scope, number, state, sales_model, cycle_multiplier, currency, auto_renew,
                      tier_total_minor, created_by, created_at, submitted_at)
  SELECT gen_random_uuid(), c.id, c.scope, 'FLR-' || nextval('order_numbers'), 'APPROVED', 'YEARLY', 1, c.currency,
         true, ARRAY[1::bigint, 2], 'floor', now(), now() FROM organizations c WHERE c.id = $1 RETURNING id, scope
), l AS (
  INSERT INTO order_lines (id, order_id, scope, position, product_id, plan_id, quantity, parameters, state,
                           tier_unit_minor, tier_amount_minor)
  SELECT gen_random_uuid(), o.id, o.scope, n, p.product_id, p.id, 5, '{}', 'DRAFT', ARRAY[1::bigint, 2],
         ARRAY[5::bigint, 10] FROM o, generate_series(0, 2) n, plans p WHERE p.id = $2 RETURNING id
), e AS (
  INSERT INTO events (id, type, version, organization_id, scope, aggregate_type, aggregate_id, aggregate_seq, payload,
                      actor, occurred_at, attempts)
  SELECT gen_random_uuid(), 'order.submitted', 1, $1, o.scope, 'Order', o.id, 1, '{}', 'floor', now(), 0 FROM o
) SELECT json_build_object('id', o.id)::text FROM o
"""


def create_app() -> Starlette:
    """One route a workload; the arguments come by header, so that nothing is parsed."""
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pools.append(await asyncpg.create_pool(os.environ["PROVENDER_DATABASE_URL"], min_size=10, max_size=10))
        yield
        await pools[0].close()

    def route(path: str, sql: str, headers: tuple[str, ...]) -> Route:
        async def answer(request: Request) -> Response:
            await request.body()
            text = await pools[0].fetchval(sql, *(request.headers[name] for name in headers))
            return Response(text, media_type="application/json")

        return Route(path, answer, methods=["POST"])

    async def readyz(_request: Request) -> Response:
        return Response(str(await pools[0].fetchval("SELECT 1")))

    return Starlette(
        routes=[
            route("/list", LIST, ("x-low", "x-high")),
            route("/single", SINGLE, ("x-id", "x-low", "x-high")),
            route("/place", PLACE, ("x-customer", "x-plan")),
            Route("/readyz", readyz),
        ],
        lifespan=lifespan,
    )
