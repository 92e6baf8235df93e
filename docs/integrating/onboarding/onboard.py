#!/usr/bin/env python3
"""Onboards a customer with nobody watching: creates it, orders for it, waits, and prints what it has now.

Run it again after a crash, or twice by mistake: every step has an idempotency key made of the customer's reference,
so that nothing happens twice (Provender remembers keys for 24 hours).
"""

import os
import sys
import time
from typing import Any

import httpx

API = os.environ["PROVENDER_URL"] + "/graphql"
TOKEN = os.environ["PROVENDER_TOKEN"]  # a partner's API token
PATIENCE_SECONDS = 120

# Who we are, and what we sell: plans are found by the keys of product and plan.
START = """
query Start($product: String!) {
  viewer { organization { id name currency } }
  products(first: 1, where: {key: {eq: $product}}) { nodes { name plans { id key name } } }
}
"""
# A mutation's result is a union: success, or one of the types that implement Error. Ask for both.
CREATE_CUSTOMER = """
mutation CreateCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    __typename
    ... on CreateCustomerSuccess { customer { id name } }
    ... on Error { code message }
    ... on InvalidInput { fields { path message } }
  }
}
"""
PLACE_ORDER = """
mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on PlaceOrderSuccess { order { id number price { amount currency } } }
    ... on Error { code message }
    ... on InvalidInput { fields { path message } }
  }
}
"""
ORDER = """
query Order($id: ID!) {
  order(id: $id) {
    state
    finishedAt
    failure { reason }
    lines { quantity plan { name } subscription { id state termStart expiresOn } }
  }
}
"""


def ask(client: httpx.Client, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Run one operation; exits when it could not be run at all (no valid token, no such field, too many requests)."""
    answer = client.post(API, json={"query": query, "variables": variables}).json()
    if "errors" in answer:
        sys.exit(f"refused: {answer['errors'][0]['message']}")
    data: dict[str, Any] = answer["data"]
    return data


def succeed(result: dict[str, Any]) -> dict[str, Any]:
    """Return the success of a mutation; exits with every reason when it is one of the error types."""
    if not result["__typename"].endswith("Success"):
        fields = "; ".join(f"{field['path']} {field['message']}" for field in result.get("fields", ()))
        sys.exit(f"{result['code']}: {result['message']} {fields}".rstrip())
    return result


def wait_for(client: httpx.Client, order_id: str) -> dict[str, Any]:
    """Look once a second until the order has come to its end; `orderUpdated` tells the same without asking."""
    for _ in range(PATIENCE_SECONDS):
        order: dict[str, Any] = ask(client, ORDER, {"id": order_id})["order"]
        if order["finishedAt"]:
            return order
        time.sleep(1)
    sys.exit(f"the order is still {order['state']} after {PATIENCE_SECONDS} s")


def onboard(client: httpx.Client, reference: str, company: str) -> None:
    """Bring one customer from nothing to a running subscription."""
    start = ask(client, START, {"product": "team-insights"})
    partner = start["viewer"]["organization"]
    plan = next(plan for plan in start["products"]["nodes"][0]["plans"] if plan["key"] == "professional")

    customer = {
        "partner": {"id": partner["id"]},
        "name": company,
        "company": company,
        "domain": f"{reference.lower()}.example",
        "reference": reference,  # your own number for it; later you may say {"reference": …} instead of {"id": …}
        "address": {"street": "Hauptstrasse 1", "city": "Vienna", "postalCode": "1010", "country": "AT"},
        "billingContact": {"firstName": "Anna", "lastName": "Berg", "email": f"billing@{reference.lower()}.example"},
        "timeZone": "Europe/Vienna",
        "billingMode": "ENTERPRISE",  # one invoice for all its groups; GROUP: one for each. It stays as it is chosen
        "idempotencyKey": f"{reference}-create",
    }
    created = succeed(ask(client, CREATE_CUSTOMER, {"input": customer})["createCustomer"])["customer"]
    print(f"customer {created['name']} {created['id']}")  # noqa: T201 - what the script is for

    order = {
        "customer": {"reference": reference},
        "salesModel": "YEARLY",
        "lines": [{"planId": plan["id"], "quantity": 5, "parameters": {"companyName": company}}],
        "subscriptionReference": reference,
        "idempotencyKey": f"{reference}-order",
    }
    placed = succeed(ask(client, PLACE_ORDER, {"input": order})["placeOrder"])["order"]
    print(f"order {placed['number']} for {placed['price']['amount']} {placed['price']['currency']}")  # noqa: T201

    done = wait_for(client, placed["id"])
    if done["state"] != "COMPLETED":
        sys.exit(f"the order is {done['state']}: {(done['failure'] or {}).get('reason', '')}")
    for line in done["lines"]:
        subscription = line["subscription"]
        term = f"{subscription['termStart']} to {subscription['expiresOn']}"
        print(f"{line['quantity']} x {line['plan']['name']} {subscription['state']}, {term}")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) != 3:  # noqa: PLR2004 - the two arguments
        sys.exit("usage: onboard.py REFERENCE COMPANY")
    with httpx.Client(headers={"authorization": f"Bearer {TOKEN}"}, timeout=30) as http:
        onboard(http, sys.argv[1], sys.argv[2])
