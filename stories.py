"""The stories that the product was conceived from, told by its users: what the demo plays and the tests hold it to.

B3: an order of every type of product. CB: an order in four stages, approved by somebody else. ORION: a customer with
hosted telephones. CS: cloud and SaaS instances, and what opens them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from storyteller import Teller, must

_PDF: Final = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
_ORDER: Final = "order { id number state price { amount currency } cost { amount } margin { amount } }"
_SEARCH: Final = "query ($term: String!) { search(term: $term) { nodes { match organization { id name } } } }"
_PREVIEW: Final = """
query ($id: ID!) { previewOrder(id: $id) { problems { path message } price { firstCharge { amount } } } }
"""
_STAGES: Final = """
query ($id: ID!) { order(id: $id) { stages { stage isComplete missing { path } } lines { id } } }
"""
_TICKET: Final = """
query ($customer: ID!) { tickets(where: {customerId: {eq: $customer}, state: {eq: OPEN}}) {
  nodes { id number subject } } }
"""
_ACCOUNTS: Final = "query ($id: ID!) { organization(id: $id) { accounts { name kind isInvoiced } } }"
_PROTECTED: Final = """
query ($customer: ID!) { subscriptions(where: {customerId: {eq: $customer}, isProtected: {eq: true}}) {
  nodes { id product { name } } } }
"""
_STOCK: Final = """
query ($npa: String!, $nxx: String!) { searchNumbers(where: {npa: $npa, nxx: $nxx}) { rateCenter nodes { number } } }
"""
_HAD: Final = """
query ($id: ID!) { order(id: $id) { lines { state quantity product { name type } plan { name }
  subscription { id state expiresOn } } } }
"""
_ASSIGNED: Final = """
query ($customer: ID!) { numbers(where: {customerId: {eq: $customer}}) { nodes { number state } } }
"""
_BULK: Final = "query ($id: ID!) { bulkOperation(id: $id) { state done failed } }"


async def meet(teller: Teller) -> None:
    """The partner's account manager is invited by mail, and signs in: a person, who gets mails about the orders."""
    address = f"mara.{teller.run}@alpine.example"
    invited = {"organization": {"id": teller.ids["partner"]}, "email": address, "role": "ADMIN"}
    await teller.make("partner", "inviteMember", "invitation { id }", invited)
    token = await teller.link_in(address, "invited")
    accepted = {"token": token, "name": "Mara Manager", "password": f"the words of {teller.run}"}
    signed_in = await teller.do("", "acceptInvitation", "tokens { accessToken }", accepted)
    teller.tokens["manager"] = signed_in["tokens"]["accessToken"]
    teller.say("people", f"{address} accepted the invitation and is signed in")


async def mixed_order(teller: Teller) -> None:
    """B3: found by its reference; hardware, a service, a bundle, a connector and an app in one order, with its form."""
    customer = await _customer(teller, "Harbor Logistics")
    await _site(teller, customer)
    (found,) = (await teller.look("manager", _SEARCH, term=f"HARBOR-{teller.run}"))["nodes"]
    must(found["organization"]["id"] == customer, "the search box finds the customer by its reference")
    form = await teller.upload("manager", customer, "ORDER_FORM", "order-form.pdf", "application/pdf", _PDF)
    lines = [
        await teller.line("desk-phone/rented", 4, shipTo="Pier 4, Harbor"),
        await teller.line("collaboration-cloud/prepaid-50", 1, **_instance("harbor", teller)),
        await teller.line("reception-kit/standard", 1),
        await teller.line("chat-calling-connector/standard", 4, tenantDomain="harbor.example"),
        await teller.line("business-phone/professional", 4),
    ]
    written = {"customer": {"id": customer}, "salesModel": "YEARLY", "lines": lines, "orderForms": [form]}
    draft = (await teller.make("manager", "createOrder", _ORDER, written | {"subscriptionReference": "ERP-1"}))["order"]
    teller.say("order", f"{draft['number']} DRAFT with five types of product, and its order form")
    accepted = {"id": draft["id"], "acceptedTerms": teller.terms(lines)}
    preview = await teller.look("manager", _PREVIEW, id=draft["id"])
    must(not preview["problems"], f"the preview finds nothing missing: {preview}")
    order = (await teller.make("manager", "submitOrder", _ORDER, accepted))["order"]
    must(order["price"]["amount"] == preview["price"]["firstCharge"]["amount"], "submitting charges what was previewed")
    _tell_price(teller, order)
    following = asyncio.create_task(teller.ends("manager", order["id"], "COMPLETED"))
    ticket = await _ticket(teller, customer)
    teller.say("desk", f"{ticket['number']} {ticket['subject']}")
    tracking = {"name": "trackingNumber", "value": "1Z-4711", "isSecret": False}
    await teller.do("distributor", "completeTicket", "ticket { id }", {"id": ticket["id"], "outputs": [tracking]})
    await following
    types = {line["product"]["type"] for line in await _had(teller, order["id"])}
    must(types == {"HARDWARE", "SERVICE", "BUNDLE", "CONNECTOR", "APP"}, f"one order has every type: {types}")
    await _second_trial(teller, customer)


async def _second_trial(teller: Teller, customer: str) -> None:
    lines = [await teller.line("endpoint-shield/standard", 3)]
    until = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    for state in ("COMPLETED", "FAILED"):
        written = {"customer": {"id": customer}, "salesModel": "MONTHLY", "lines": lines, "trialUntil": until}
        placed = written | {"acceptedTerms": teller.terms(lines)}
        trial = (await teller.make("manager", "placeOrder", _ORDER, placed))["order"]
        await teller.ends("manager", trial["id"], state)


async def staged_order(teller: Teller) -> None:
    """CB: items, contacts, provisioning information, summary; terms agreed to, approved by somebody else."""
    customer = await _customer(teller, "Summit Law")
    rule = {"customer": {"id": customer}, "rule": "ABOVE_AMOUNT", "limit": "100.00"}
    await teller.do("partner", "setApprovalRule", "customer { id }", rule)
    written = {"customer": {"id": customer}, "salesModel": "YEARLY", "lines": []}
    draft = (await teller.make("manager", "createOrder", _ORDER, written))["order"]
    await _lacks(teller, draft["id"], "ITEMS")
    item = await teller.line("office-suite/premium", 12)
    await teller.do("manager", "updateOrder", "order { id }", {"id": draft["id"], "lines": [item]})
    line_id = await _lacks(teller, draft["id"], "PROVISIONING")
    contact = {"firstName": "Sam", "lastName": "Summit", "email": f"sam.{teller.run}@summit.example"}
    named = {"id": line_id, "parameters": {"organizationName": "Summit Law", "domain": "summit.example"}}
    changed = {"id": draft["id"], "contact": contact, "lines": [named]}
    await teller.do("manager", "updateOrder", "order { id }", changed)
    await _lacks(teller, draft["id"], None)
    refused = await teller.ask("manager", "submitOrder", _ORDER, {"id": draft["id"], "idempotencyKey": teller.run})
    must(refused["fields"][0]["path"] == "acceptedTerms", f"the terms are to be agreed to: {refused}")
    agreed = {"id": draft["id"], "acceptedTerms": teller.terms([item])}
    order = (await teller.make("manager", "submitOrder", _ORDER, agreed))["order"]
    teller.say("order", f"{order['number']} {order['state']}, its terms of service accepted")
    await teller.letter(contact["email"], order["number"])
    own = await teller.ask("manager", "approveOrder", _ORDER, {"id": order["id"], "idempotencyKey": teller.run})
    must(own.get("code") == "OWN_SUBMISSION", f"nobody approves the own order: {own}")
    following = asyncio.create_task(teller.ends("manager", order["id"], "COMPLETED"))
    await teller.make("partner", "approveOrder", "order { id }", {"id": order["id"]})
    teller.say("order", f"{order['number']} approved by somebody else")
    await following


async def hosted_voice(teller: Teller) -> None:
    """ORION: accounts, packages, seats before numbers, free and paid ones, a backorder that is a ticket."""
    customer = await _customer(teller, "Lakeside Clinic", billingMode="GROUP")
    await _site(teller, customer)
    await _orion_accounts(teller, customer)
    npa, nxx = "415", f"{int(teller.run, 16) % 800 + 200}"
    first = int(teller.run, 16) % 9000 + 1000
    await _import(teller, [f"+1{npa}{nxx}{first + place}" for place in range(2)])
    stock = await teller.look("manager", _STOCK, npa=npa, nxx=nxx)
    teller.say("numbers", f"{npa}-{nxx} is {stock['rateCenter']}: {len(stock['nodes'])} in stock")
    lines = [await teller.line("enterprise-standard/standard", 2), await teller.line("additional-dids/standard", 1)]
    start = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    written = {"customer": {"id": customer}, "salesModel": "MONTHLY", "lines": lines, "billingStartsOn": start}
    draft = (await teller.make("manager", "createOrder", _ORDER, written))["order"]
    wanted = {"orderId": draft["id"], "wanted": [{"npa": npa, "nxx": nxx, "quantity": 3}], "ifTaken": "BACKORDER"}
    shows = "numbers { number } backorders { id quantity } allowance { free selected chargeable awaited available }"
    chosen = await teller.make("manager", "reserveNumbers", shows, wanted)
    must(chosen["allowance"]["free"] == 2, f"two seats include two numbers: {chosen}")  # noqa: PLR2004 - the story's
    (backorder,) = chosen["backorders"]
    reserved = ", ".join(number["number"] for number in chosen["numbers"])
    teller.say("numbers", f"reserved {reserved}; {backorder['quantity']} more ordered back")
    order = (await teller.make("manager", "submitOrder", _ORDER, {"id": draft["id"]}))["order"]
    _tell_price(teller, order)
    following = asyncio.create_task(teller.ends("manager", order["id"], "COMPLETED"))
    ticket = await _ticket(teller, customer)
    teller.say("desk", f"{ticket['number']} {ticket['subject']}")
    await _import(teller, [f"+1{npa}{nxx}{first + 2}"])
    await teller.make("distributor", "fulfilBackorder", "backorder { state }", {"id": backorder["id"]})
    await following
    had = (await teller.look("manager", _ASSIGNED, customer=customer))["nodes"]
    must([number["state"] for number in had] == ["ASSIGNED"] * 3, f"all three numbers are the customer's: {had}")


async def _orion_accounts(teller: Teller, customer: str) -> None:
    accounts = (await teller.look("manager", _ACCOUNTS, id=customer))["accounts"]
    must(len(accounts) == 2, f"an enterprise account and a group: {accounts}")  # noqa: PLR2004 - the story's
    teller.say("accounts", ", ".join(f"{account['name']} ({account['kind']})" for account in accounts))
    protected = (await teller.look("manager", _PROTECTED, customer=customer))["nodes"]
    ending = {"id": protected[0]["id"], "confirmation": protected[0]["id"], "idempotencyKey": teller.run}
    refused = await teller.ask("manager", "terminateSubscription", "subscription { id }", ending)
    must(refused.get("code") == "PROTECTED", f"what belongs to an account is never ended: {refused}")
    teller.say("accounts", f"{len(protected)} protected subscriptions came with them: {refused['message']}")


async def instances(teller: Teller) -> None:
    """CS: a cloud instance with one month for free, a SaaS instance that fails first; one-time links to what opens."""
    customer = await _customer(teller, "Orchard Foods")
    contact = {"firstName": "Olga", "lastName": "Orchard", "email": f"olga.{teller.run}@orchard.example"}
    handling = {"contact": contact, "sendCredentialsToCustomer": True, "paymentMethod": "PREPAID"}
    written = {"customer": {"id": customer}, "salesModel": "MONTHLY", **handling}
    lines = [await teller.line("collaboration-cloud/prepaid-50", 1, **_instance("orchard", teller))]
    cloud = {**written, "lines": lines, "postponedBilling": True, "acceptedTerms": teller.terms(lines)}
    order = (await teller.make("manager", "placeOrder", _ORDER, cloud))["order"]
    await teller.ends("manager", order["id"], "COMPLETED")
    await teller.letter(contact["email"], order["number"])
    for address in (f"mara.{teller.run}@alpine.example", contact["email"]):
        await _open(teller, address)
    await teller.arm("fail", message="no capacity left", having={"companyName": "Orchard Foods"})
    lines = [await teller.line("collaboration-saas/team", 1, companyName="Orchard Foods")]
    saas = {**written, "lines": lines, "acceptedTerms": teller.terms(lines)}
    order = (await teller.make("manager", "placeOrder", _ORDER, saas))["order"]
    await teller.ends("manager", order["id"], "FAILED")
    await _retry(teller, order["id"])
    await teller.ends("manager", order["id"], "COMPLETED")
    for line in await _had(teller, order["id"]):
        had = line["subscription"]
        teller.say("subscription", f"{line['product']['name']}, {line['plan']['name']}: {had['state']}")


async def _retry(teller: Teller, order_id: str) -> None:
    """What a failure has left at the provisioner is removed first."""

    async def look() -> bool:
        tried = {"id": order_id, "idempotencyKey": teller.run}
        answer = await teller.ask("manager", "retryOrder", "order { id }", tried)
        must(answer.get("code") in {None, "OPERATION_IN_PROGRESS"}, f"the order is tried again: {answer}")
        return bool(answer["__typename"] == "RetryOrderSuccess")

    await teller.until("the order tried again", look)


async def _open(teller: Teller, address: str) -> None:
    token = await teller.link_in(address, "is ready")
    opened = await teller.do("", "openCredentials", "credentials { name value }", {"token": token})
    teller.say("credentials", f"{address} opened {', '.join(sorted(one['name'] for one in opened['credentials']))}")
    again = await teller.ask("", "openCredentials", "credentials { name }", {"token": token})
    must(again["__typename"] == "NotFound", f"a link works once: {again}")


STORIES: Final[Mapping[str, Callable[[Teller], Awaitable[None]]]] = {
    "B3: an order of every type": mixed_order,
    "CloudBlue: four stages, approved by somebody else": staged_order,
    "Orion: a hosted voice customer": hosted_voice,
    "Cloud and SaaS instances, with what opens them": instances,
}


def _instance(name: str, teller: Teller) -> dict[str, str]:
    return {"dataLocation": "eu-frankfurt", "domain": f"{name}-{teller.run}.example", "adminUsername": "Admin"}


def _tell_price(teller: Teller, order: Mapping[str, Any]) -> None:
    price = f"price {order['price']['amount']} {order['price']['currency']}"
    sums = f"{price}, cost {order['cost']['amount']}, margin {order['margin']['amount']}"
    teller.say("order", f"{order['number']} {order['state']}: {sums}")


async def _customer(teller: Teller, name: str, **changes: Any) -> str:
    word = name.split(maxsplit=1)[0].lower()
    contact = {"firstName": "Bea", "lastName": "Billing", "email": f"billing.{teller.run}@{word}.example"}
    content = {
        "partner": {"id": teller.ids["partner"]},
        "name": f"{name} {teller.run}",
        "company": name,
        "domain": f"{word}-{teller.run}.example",
        "timeZone": "Europe/Vienna",
        "billingContact": contact,
        "address": {"street": "Main Street 1", "postalCode": "1010", "city": "Wien", "country": "AT"},
        "billingMode": "ENTERPRISE",
        "reference": f"{word.upper()}-{teller.run}",
    }
    customer = (await teller.make("manager", "createCustomer", "customer { id name }", content | changes))["customer"]
    teller.say("customer", f"{customer['name']} was created by its partner")
    customer_id: str = customer["id"]
    return customer_id


async def _site(teller: Teller, customer: str) -> None:
    place = {"street": "Main Street 1", "postalCode": "1010", "city": "Wien", "country": "AT"}
    content = {"organization": {"id": customer}, "name": "Headquarters", "phone": "+43 1 5880000", **place}
    await teller.make("manager", "createEmergencyLocation", "emergencyLocation { id }", content)
    teller.say("customer", "its site has an emergency location: voice may be ordered")


async def _ticket(teller: Teller, customer: str) -> dict[str, str]:
    async def look() -> dict[str, str] | None:
        found = (await teller.look("distributor", _TICKET, customer=customer))["nodes"]
        return found[0] if found else None

    ticket: dict[str, str] = await teller.until("a ticket at the desk", look)
    return ticket


async def _had(teller: Teller, order_id: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = (await teller.look("manager", _HAD, id=order_id))["lines"]
    return lines


async def _lacks(teller: Teller, order_id: str, stage: str | None) -> str | None:
    seen = await teller.look("manager", _STAGES, id=order_id)
    lacking = [one["stage"] for one in seen["stages"] if not one["isComplete"]]
    must(lacking == ([stage] if stage else []), f"the draft lacks {stage or 'nothing'}: {seen['stages']}")
    missing = [one["path"] for stage in seen["stages"] for one in stage["missing"]]
    teller.say("draft", f"{stage.lower()} lacks {', '.join(missing)}" if stage else "every stage is complete")
    return seen["lines"][0]["id"] if seen["lines"] else None


async def _import(teller: Teller, numbers: list[str]) -> None:
    file = "\n".join(["number,rate_center,sku", *(f"{number},," for number in numbers)]).encode()
    owner = teller.ids["distributor"]
    upload_id = await teller.upload("distributor", owner, "NUMBER_IMPORT", "stock.csv", "text/csv", file)
    sku = await teller.plan("additional-dids/standard")
    content = {"uploadId": upload_id, "planId": sku, "rateCenter": "SNFC CNTRL"}
    started = await teller.make("distributor", "importNumbers", "bulkOperation { id }", content)

    async def look() -> bool:
        done = await teller.look("distributor", _BULK, id=started["bulkOperation"]["id"])
        return bool(done["state"] == "COMPLETED" and done["done"] == len(numbers) and not done["failed"])

    await teller.until("the numbers in stock", look)
