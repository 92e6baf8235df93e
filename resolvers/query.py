"""Every query: a table of contents."""

import strawberry

from domain.shared.actor import Permission as P  # noqa: N817 - a table of contents reads better narrow
from resolvers import (
    aligning,
    backorders,
    billing,
    bulk,
    catalog,
    catalog_plans,
    catalog_products,
    changing,
    charges,
    contracts,
    discounts,
    events,
    invoices,
    locations,
    nodes,
    number_selection,
    numbers,
    order_previews,
    orders,
    organizations,
    people,
    porting,
    price_lists,
    provisioning,
    reports,
    search,
    subscriptions,
    tickets,
    tokens,
    webhook_care,
    webhooks,
)
from resolvers.access import query


@strawberry.type(description="What can be asked.")
class Query:
    """Each field says what it requires."""

    search = query(search.search, requires=P.ORGANIZATIONS_READ)
    viewer = query(tokens.viewer, requires=None)
    node = query(nodes.node, requires=None)
    nodes = query(nodes.nodes, requires=None)
    organization = query(organizations.organization, requires=P.ORGANIZATIONS_READ)
    organizations = query(organizations.organizations, requires=P.ORGANIZATIONS_READ)
    emergency_locations = query(locations.emergency_locations, requires=P.ORGANIZATIONS_READ)
    accounts = query(billing.accounts, requires=P.BILLING_READ)
    billing_report = query(reports.billing_report, requires=P.BILLING_READ)
    invoice = query(invoices.invoice, requires=P.BILLING_READ)
    invoice_download = query(invoices.invoice_download, requires=P.BILLING_READ)
    payments = query(invoices.payments, requires=P.BILLING_READ)
    invoices = query(invoices.invoices, requires=P.BILLING_READ)
    charges = query(charges.charges, requires=P.BILLING_READ)
    wallet_entries = query(billing.wallet_entries, requires=P.BILLING_READ)
    api_tokens = query(tokens.api_tokens, requires=P.TOKENS_MANAGE)
    product = query(catalog.product, requires=P.CATALOG_READ)
    products = query(catalog.products, requires=P.CATALOG_READ)
    prices = query(price_lists.prices, requires=P.PRICES_READ)
    price_lists = query(price_lists.price_lists, requires=P.PRICES_READ)
    discounts = query(discounts.discounts, requires=P.PRICES_READ)
    contracts = query(contracts.contracts, requires=P.CONTRACTS_READ)
    categories = query(catalog_plans.categories, requires=P.CATALOG_READ)
    order_types = query(catalog_plans.order_types, requires=P.CATALOG_READ)
    terms_documents = query(catalog_products.terms_documents, requires=P.CATALOG_READ)
    order = query(orders.order, requires=P.ORDERS_READ)
    preview_order = query(order_previews.preview_order, requires=P.ORDERS_READ)
    orders = query(orders.orders, requires=P.ORDERS_READ)
    port_orders = query(porting.port_orders, requires=P.ORDERS_READ)
    toll_free_orders = query(porting.toll_free_orders, requires=P.ORDERS_READ)
    resp_org_changes = query(porting.resp_org_changes, requires=P.ORDERS_READ)
    subscription = query(subscriptions.subscription, requires=P.SUBSCRIPTIONS_READ)
    preview_renewal_alignment = query(aligning.preview_renewal_alignment, requires=P.SUBSCRIPTIONS_READ)
    preview_subscription_change = query(changing.preview_subscription_change, requires=P.SUBSCRIPTIONS_READ)
    subscriptions = query(subscriptions.subscriptions, requires=P.SUBSCRIPTIONS_READ)
    backorders = query(backorders.backorders, requires=P.NUMBERS_READ)
    number_allowance = query(number_selection.number_allowance, requires=P.NUMBERS_READ)
    search_numbers = query(numbers.search_numbers, requires=P.NUMBERS_READ)
    numbers = query(numbers.numbers, requires=P.NUMBERS_READ)
    events = query(events.events, requires=P.EVENTS_READ)
    preview_webhook = query(webhook_care.preview_webhook, requires=P.WEBHOOKS_MANAGE)
    webhook_endpoint = query(webhooks.webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    webhook_endpoints = query(webhooks.webhook_endpoints, requires=P.WEBHOOKS_MANAGE)
    webhook_deliveries = query(webhooks.webhook_deliveries, requires=P.WEBHOOKS_MANAGE)
    bulk_operation = query(bulk.bulk_operation, requires=None)
    bulk_operations = query(bulk.bulk_operations, requires=None)
    provisioning_operations = query(provisioning.provisioning_operations, requires=P.PROVISIONING_READ)
    tickets = query(tickets.tickets, requires=P.DESK_MANAGE)
    members = query(people.members, requires=P.MEMBERS_READ)
    invitations = query(people.invitations, requires=P.MEMBERS_READ)
    sessions = query(people.sessions, requires=P.MEMBERS_READ)
