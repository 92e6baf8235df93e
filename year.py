"""A year of a customer, in seconds: the clock goes from one due date to the next, and all is seen as its day comes."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import bootstrap
from clock import NobodyWorks, later, let_pass
from storyteller import StepMissing, Teller, must

MONTHS: Final = 12
TITLE: Final = "A year passes: renewals, usage, reminders, expiry, invoices"
_ORDER: Final = "order { id number state price { amount currency } }"
_HAD: Final = "query ($id: ID!) { order(id: $id) { lines { subscription { id } } } }"
_BULK: Final = "query ($id: ID!) { bulkOperation(id: $id) { state done failed } }"
_INVOICES: Final = """
query ($customer: ID!) { invoices(where: {buyerId: {eq: $customer}}, first: 100) {
  nodes { number total { amount currency } dueOn } } }
"""
_EVENTS: Final = """
query ($id: ID!) { events(where: {aggregateId: {eq: $id}}, first: 100) { nodes { type } } }
"""
_USAGE: Final = """
query ($id: ID!) { subscription(id: $id) { usage { startsOn users price { amount currency } } } }
"""


async def pass_a_year(teller: Teller, addresses: bootstrap.Addresses) -> None:
    """What three orders bring in a year: one renews, one ends when it is to, one is charged for its users."""
    began = bootstrap.utc_now()
    teller.say("clock", f"{began:%Y-%m-%d}")
    customer = await _customer(teller)
    renewing = await _order(teller, customer, "team-insights/professional", 3)
    ending = await _order(teller, customer, "team-insights/professional", 2, autoRenew=False)
    used = await _order(teller, customer, "collaboration-saas/by-the-user", 10)
    await _count_users(teller, {40: 14, 75: 9})
    try:
        for month in range(1, MONTHS + 1):
            await _pass_until(teller, addresses, later(began, f"+{month}mo") + timedelta(hours=3))
            await _invoice(teller, customer, later(began, f"+{month - 1}mo").date())
        await _tell(teller, "it renews", renewing, {"SUBSCRIPTION_RENEWED": MONTHS})
        await _tell(teller, "it ends", ending, {"SUBSCRIPTION_EXPIRING": 1, "SUBSCRIPTION_EXPIRED": 1})
        await _tell(teller, "its users are charged", used, {"SUBSCRIPTION_USAGE_CHARGED": MONTHS})
        months = (await teller.look("partner", _USAGE, id=used))["usage"]
        counts = [month["users"] for month in reversed(months) if month["price"]]
        must(sorted({*counts}) == [9, 10, 14], f"each month is charged for its highest count of users: {counts}")
        teller.say("usage", f"users that were charged, month by month: {', '.join(map(str, counts))}")
        await _check_invoices(teller, customer)
    finally:
        bootstrap.MOVABLE.move(timedelta())
        teller.say("clock", "it is the machine's time again")


async def _customer(teller: Teller) -> str:
    content = {
        "partner": {"id": teller.ids["partner"]},
        "name": f"Meadow Hotels {teller.run}",
        "company": "Meadow Hotels",
        "domain": f"meadow-{teller.run}.example",
        "timeZone": "Europe/Vienna",
        "billingContact": {"firstName": "Bea", "lastName": "Billing", "email": f"billing.{teller.run}@meadow.example"},
        "address": {"street": "Main Street 1", "postalCode": "1010", "city": "Wien", "country": "AT"},
        "billingMode": "ENTERPRISE",
        "reference": f"MEADOW-{teller.run}",
    }
    customer = (await teller.make("partner", "createCustomer", "customer { id name }", content))["customer"]
    customer_id: str = customer["id"]
    return customer_id


async def _order(teller: Teller, customer: str, plan: str, quantity: int, **more: Any) -> str:
    """An order of one line, completed; the id of its subscription."""
    lines = [await teller.line(plan, quantity, companyName="Meadow Hotels")]
    content = {"customer": {"id": customer}, "salesModel": "MONTHLY", "lines": lines, **more}
    placed = content | {"acceptedTerms": teller.terms(lines)}
    order = (await teller.make("partner", "placeOrder", _ORDER, placed))["order"]
    await teller.ends("partner", order["id"], "COMPLETED")
    (line,) = (await teller.look("partner", _HAD, id=order["id"]))["lines"]
    subscription_id: str = line["subscription"]["id"]
    return subscription_id


async def _count_users(teller: Teller, counts: Mapping[int, int]) -> None:
    """Let the provisioner of what was made last count so many users, so many days from now on."""
    made = (await teller.client.get(f"{teller.sandbox}/sandbox/instances")).json()[-1]
    for days, users in counts.items():
        at = (bootstrap.utc_now() + timedelta(days=days)).isoformat()
        report = {"instance_id": made["instance_id"], "users": users, "at": at}
        must((await teller.client.post(f"{teller.sandbox}/sandbox/usage", json=report)).is_success, "users are counted")


async def _pass_until(teller: Teller, addresses: bootstrap.Addresses, until: datetime) -> None:
    try:
        await let_pass(addresses, until, lambda _: None)
    except NobodyWorks as error:
        raise StepMissing(str(error)) from error
    teller.say("clock", f"{until:%Y-%m-%d}")


async def _invoice(teller: Teller, customer: str, start: date) -> None:
    """What was charged since a day is invoiced, up to yesterday."""
    last_day = bootstrap.utc_now().date() - timedelta(days=1)
    asked = {"buyerId": customer, "periodStart": start.isoformat(), "periodLastDay": last_day.isoformat()}
    operation = (await teller.make("partner", "issueInvoices", "bulkOperation { id }", asked))["bulkOperation"]

    async def issued() -> bool:
        seen = await teller.look("partner", _BULK, id=operation["id"])
        return bool(seen["state"] == "COMPLETED" and not seen["failed"])

    await teller.until("the invoices of the month", issued)


async def _tell(teller: Teller, what: str, subscription_id: str, wanted: Mapping[str, int]) -> None:
    """Say what has happened to a subscription; StepMissing unless these events did so often."""
    nodes = (await teller.look("partner", _EVENTS, id=subscription_id))["nodes"]
    seen = Counter(node["type"] for node in nodes)
    must(all(seen[kind] == count for kind, count in wanted.items()), f"{what}: {wanted}, but {dict(seen)}")
    told = ", ".join(f"{kind.removeprefix('SUBSCRIPTION_').lower()} x {count}" for kind, count in sorted(seen.items()))
    teller.say("subscription", f"{what}: {told}")


async def _check_invoices(teller: Teller, customer: str) -> None:
    """An invoice a month, numbered one after another."""
    issued = (await teller.look("partner", _INVOICES, customer=customer))["nodes"]
    numbers = sorted(int(invoice["number"].rpartition("-")[2]) for invoice in issued)
    must(numbers == list(range(numbers[0], numbers[0] + MONTHS)), f"an invoice a month without a gap: {numbers}")
    for invoice in sorted(issued, key=lambda one: str(one["number"])):
        total = f"{invoice['total']['amount']} {invoice['total']['currency']}"
        teller.say("invoice", f"{invoice['number']}: {total}, due on {invoice['dueOn']}")
