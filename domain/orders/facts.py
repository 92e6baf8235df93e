"""What an order is decided by, read in one statement: its customer's chain, the plans that it names, their prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.catalog.queries import PLAN_COLUMNS, plans_sql
from domain.organizations.queries import CHAIN
from domain.pricing.queries import NOTHING_AGREED, Agreed, TierPrices, offers_sql, resolve, tier_prices
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import NotFound
from domain.shared.ids import encode

Row = Mapping[str, Any]

_MEMBER: Final = {
    "id": "c.id",
    "name": "c.name",
    "kind": "c.kind",
    "scope": "c.scope",
    "currency": "c.currency",
    "time_zone": "c.time_zone",
    "state": "c.state",
    "billing_mode": "c.billing_mode",
    "billing_email": "c.billing_email",
    "approval_rule": "c.approval_rule",
    "approval_above_minor": "c.approval_above_minor",
    "has_discounts": "EXISTS (SELECT FROM discounts d WHERE d.seller_id = c.id AND d.ended_at IS NULL)",
    "has_terms": "EXISTS (SELECT FROM accounts a WHERE a.organization_id = c.id AND a.credit_terms <> 'UNLIMITED')",
}
# asyncpg reads arrays of records as tuples: three lists in one answer.
_PLANS: Final = plans_sql(
    ids="$4::uuid[]", chain="ARRAY(SELECT scope FROM chain)", lower="$2", upper="$3", above="$5::text[]"
)
_OFFERS: Final = offers_sql(
    edges="(SELECT lag(id) OVER (ORDER BY length(scope)), id FROM chain)",
    currency="(SELECT currency FROM chain ORDER BY length(scope) DESC LIMIT 1)",
    plan_ids="$4::uuid[]",
    sales_models="ARRAY[$6::text]",
    on="$7::date",
)
_FACTS: Final = f"""
WITH chain AS MATERIALIZED ({CHAIN})
SELECT ARRAY(SELECT ROW({", ".join(_MEMBER.values())}) FROM chain c ORDER BY length(c.scope)),
       ARRAY(SELECT ROW(p.*) FROM ({_PLANS}) AS p),
       ARRAY(SELECT ROW(o.*) FROM ({_OFFERS}) AS o),
       CASE WHEN $8 THEN nextval('order_numbers') END
"""  # noqa: S608 - constants
# The same of many drafts at once, each for today where its customer is.
_OF_DRAFT: Final = {
    "$1": "draft.organization_id",
    "$4::uuid[]": "ARRAY(SELECT l.plan_id FROM order_lines l WHERE l.order_id = draft.id)",
    "$6::text": "draft.sales_model",
    "$7::date": "(SELECT ($4::timestamptz AT TIME ZONE z.time_zone)::date FROM organizations z "
    "WHERE z.id = draft.organization_id)",
    "$8": "false",
}
_FACTS_OF_DRAFTS: Final = (
    "SELECT draft.id, facts.* FROM orders draft CROSS JOIN LATERAL "  # noqa: S608 - constants
    f"({reduce(lambda sql, given: sql.replace(*given), _OF_DRAFT.items(), _FACTS)}) "
    "AS facts(members, plans, offers, number) WHERE draft.id = ANY($1)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """The chain from the root down to the customer, the plans offered to it that were named, and what they cost.

    `number` was drawn for an order to be; `day` is today where the customer is.
    """

    chain: Sequence[Row]
    plans: Mapping[UUID, Row]
    day: date
    number: int | None
    _sales_model: SalesModel
    _offers: Sequence[tuple[Any, ...]] | None

    async def prices(self, agreed: Agreed = NOTHING_AGREED) -> TierPrices:
        """Unit prices of the plans on every edge today; what is `agreed` beats the lists of the last seller."""
        chain = [member["id"] for member in self.chain]
        if self._offers is not None:
            return resolve(chain[:-1], self._offers, agreed)
        currency = self.chain[-1]["currency"]
        return await tier_prices(
            chain, list(self.plans), [self._sales_model], currency=currency, on=self.day, agreed=agreed
        )


async def read_facts(
    actor: Actor, customer_id: UUID, plan_ids: Sequence[UUID], sales_model: SalesModel, *, draws_number: bool
) -> Facts:
    """The facts of an order for a customer of the actor's subtree; NotFound without one.

    Prices are read for today in UTC; where the customer's date is another, they are read again when asked for.
    """
    guess = actor.at.date()
    found = await database.fetch_row(
        _FACTS,
        customer_id,
        actor.scope.lower,
        actor.scope.upper,
        list(plan_ids),
        actor.scope.chain,
        sales_model.value,
        guess,
        draws_number,
    )
    members, plans, offers, number = found or ((), (), (), None)
    if not members:
        raise NotFound("organization", encode("Organization", customer_id))
    facts = _facts(actor, (members, plans, offers), number, sales_model)
    return facts if facts.day == guess else replace(facts, _offers=None)


async def facts_of_drafts(actor: Actor, drafts: Mapping[UUID, SalesModel]) -> dict[UUID, Facts]:
    """The facts of saved drafts (visible ones, with their sales models) by their ids, in one statement."""
    seen = (actor.scope.lower, actor.scope.upper, actor.at, actor.scope.chain)
    rows = await database.fetch(_FACTS_OF_DRAFTS, list(drafts), *seen)
    return {
        order_id: _facts(actor, (members, plans, offers), number, drafts[order_id])
        for order_id, members, plans, offers, number in rows
    }


def _facts(
    actor: Actor, found: tuple[Sequence[Any], Sequence[Any], Sequence[Any]], number: int | None, model: SalesModel
) -> Facts:
    members, plans, offers = found
    chain = [dict(zip(_MEMBER, member, strict=True)) for member in members]
    day = local_date(actor.at, chain[-1]["time_zone"])
    by_id = {plan[0]: dict(zip(PLAN_COLUMNS, plan, strict=True)) for plan in plans}
    return Facts(chain, by_id, day, number, model, offers)
