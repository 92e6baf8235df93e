"""The search box on a million organizations and five million purchased numbers: what one who types waits for."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any, Final

import asyncpg

import bootstrap
from bench.figures import Figure, Results
from bench.ground import Bench, Fleet, spawn_api
from bench.load import Measured, measure, pooled
from bench.operations import graphql
from domain.access.actions import create_api_token
from domain.access.permissions import GRANTABLE
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from household import free_port

NUMBERS_EACH: Final = 5
PARTNERS: Final = 1_000
CONNECTIONS: Final = 2  # people who type, not a load: what is asked for is how long one of them waits
TERMS: Final = 500
_QUERY: Final = """
query Search($term: String!) { search(term: $term, first: 10) {
  nodes { organization { id name } match text number { number } contract { number } } pageInfo { hasNextPage } } }
"""
_FIRST: Final = ("Alpine", "Nordic", "Danube", "Prairie", "Harbor", "Granite", "Cedar", "Summit", "Meadow", "Lagoon")
_SECOND: Final = (
    "Hotels",
    "Logistics",
    "Foods",
    "Clinics",
    "Energy",
    "Textiles",
    "Schools",
    "Motors",
    "Media",
    "Farms",
)

# Partner 10 has fifty customers, however many there are.
_PARTNERS: Final = """
INSERT INTO organizations (id, kind, parent_id, scope, name, name_key, company, time_zone, currency, created_at)
SELECT gen_random_uuid(), 'PARTNER', $1, $2 || (10000000 + n) || '.', 'Partner ' || n, 'partner ' || n, 'P',
       'Europe/Vienna', 'USD', now() FROM generate_series(1, $3::int) AS n
"""
_CUSTOMERS: Final = """
INSERT INTO organizations (id, kind, parent_id, scope, name, name_key, company, reference, time_zone, currency,
                           created_at)
SELECT gen_random_uuid(), 'CUSTOMER', p.id, p.scope || (20000000 + n) || '.', w.name, lower(w.name), 'C', 'CRM-' || n,
       'Europe/Vienna', 'USD', now()
FROM generate_series($3::int, $4::int) AS n
CROSS JOIN LATERAL (
  SELECT ($1::text[])[1 + n % 10] || ' ' || ($2::text[])[1 + n / 10 % 10] || ' Customer ' || n AS name,
         CASE WHEN n <= 50 THEN 10 ELSE 11 + n % ($6::int - 10) END AS partner) AS w
JOIN organizations p ON p.scope = $5 || (10000000 + w.partner) || '.'
"""
_NUMBERS: Final = """
INSERT INTO numbers (id, seller_id, scope, e164, country, npa, nxx, rate_center, kind, plan_id, state, customer_id,
                     created_at, changed_at)
SELECT gen_random_uuid(), $1, c.scope, n.e164, 'US', substr(n.e164, 3, 3), substr(n.e164, 6, 3), 'BENCH', 'LOCAL', $2,
       'ASSIGNED', c.id, now(), now()
FROM organizations c CROSS JOIN generate_series(0, $3::int - 1) AS k
CROSS JOIN LATERAL (
  SELECT '+1' || (2000000000 + (substr(c.reference, 5)::bigint * $3 + k) * 7 % 7999999999) AS e164) AS n
WHERE c.reference LIKE 'CRM-%'
"""


@dataclass(frozen=True, slots=True)
class SearchGround:
    """The API on the rows, and the tokens of who asks: the distributor of all, and a partner of fifty customers."""

    bench: Bench
    api: Fleet
    everybody: str
    few: str
    terms: Sequence[str]
    few_terms: Sequence[str]


@asynccontextmanager
async def open_search(bench: Bench) -> AsyncIterator[SearchGround]:
    """Load the rows, and start one process of the API."""
    async with bench.database("provender_bench_search") as (addresses, _):
        root, few = await _load(addresses.database_url, bench.options.organizations)
        tokens = [await _token(addresses, row) for row in (root, few)]
        with bench.household(addresses) as house:
            port = free_port()
            api = Fleet([spawn_api(bench, house, "search", port)], [port])
            house.await_port("search", port)
            terms = list(_terms(bench.options.organizations, root["id"]))
            few_terms = [
                term for n in range(1, 51) for term in (f"customer {n}", f"CRM-{n}", "alpine", "customer", "al")
            ]
            yield SearchGround(bench, api, tokens[0], tokens[1], terms, few_terms)


async def _load(dsn: str, organizations: int) -> tuple[Any, Any]:
    connection = await asyncpg.connect(dsn)
    try:
        root = await connection.fetchrow("SELECT id, scope, kind FROM organizations WHERE kind = 'DISTRIBUTOR' LIMIT 1")
        plan = await connection.fetchval("SELECT id FROM plans LIMIT 1")
        await connection.execute(_PARTNERS, root["id"], root["scope"], PARTNERS)
        for start in range(1, organizations + 1, 100_000):
            end = min(start + 99_999, organizations)
            await connection.execute(_CUSTOMERS, list(_FIRST), list(_SECOND), start, end, root["scope"], PARTNERS)
        # Every row names what is there: to look each of them up would take longer than to write them.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(_NUMBERS, root["id"], plan, NUMBERS_EACH)
        await connection.execute("VACUUM ANALYZE")
        few = await connection.fetchrow("SELECT id, scope, kind FROM organizations WHERE name = 'Partner 10'")
        return root, few
    finally:
        await connection.close()


async def _token(addresses: bootstrap.Addresses, row: Any) -> str:
    kind, token = OrganizationKind(row["kind"]), bootstrap.new_token()
    async with bootstrap.database(addresses, 2):
        actor = Actor(
            "bench", row["id"], kind, Scope(row["scope"]), GRANTABLE[kind], bootstrap.utc_now(), bootstrap.new_id
        )
        await create_api_token(
            actor, organization_id=row["id"], name="bench", permissions=actor.permissions, expires_at=None, token=token
        )
    return token


def _terms(organizations: int, root_id: Any) -> Iterator[str]:
    """What people type, each kind as often: names as they grow, common words, references, numbers, ids."""
    random = Random(7)  # noqa: S311 - the same terms in every run
    for _ in range(TERMS // 10):
        n = random.randint(51, organizations)
        first, second = _FIRST[n % 10], _SECOND[n // 10 % 10]
        e164 = f"+1{2000000000 + n * NUMBERS_EACH * 7 % 7999999999}"
        yield from (
            f"{first} {second} Customer {n}",
            f"customer {n}",
            f"crm-{n}",
            first[:2],
            "customer",
            f"{first} {second}",
            f"{second[:3]} {first[:3]} {str(n)[:2]}",
            f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}",
            e164[-7:],
            encode("Organization", root_id),
        )


async def measure_search(ground: SearchGround, results: Results) -> None:
    """One who sees everything, and one who sees fifty of a million."""
    figures = (
        ("search", "search box", ground.everybody, ground.terms),
        ("search: few", "search box, 50 of them", ground.few, ground.few_terms),
    )
    for name, title, token, terms in figures:
        found = await _ask(ground, token, terms)
        results.figures.append(Figure(f"{name}: p50", f"{title}: p50", " ms", found.p50_ms))
        results.figures.append(Figure(f"{name}: p99", f"{title}: p99", " ms", found.p99_ms))


async def _ask(ground: SearchGround, token: str, terms: Sequence[str]) -> Measured:
    requests = cycle([graphql(_QUERY, {"term": term}, token) for term in terms])
    options = ground.bench.options
    rounds = [
        await measure(ground.api.ports, requests, connections=CONNECTIONS, seconds=options.seconds)
        for _ in range(options.rounds)
    ]
    return pooled(rounds)
