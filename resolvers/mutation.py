"""Every mutation: a table of contents."""

import strawberry

from domain.shared.actor import Permission as P  # noqa: N817 - a table of contents reads better narrow
from resolvers import catalog_plans, catalog_products, orders, organizations, tokens, webhooks
from resolvers.access import mutation


@strawberry.type(description="What can be done.")
class Mutation:
    """Each field says what it requires."""

    create_api_token = mutation(tokens.create_api_token, requires=P.TOKENS_MANAGE)
    revoke_api_token = mutation(tokens.revoke_api_token, requires=P.TOKENS_MANAGE)
    create_partner = mutation(organizations.create_partner, requires=P.ORGANIZATIONS_MANAGE)
    create_customer = mutation(organizations.create_customer, requires=P.ORGANIZATIONS_MANAGE)
    create_product = mutation(catalog_products.create_product, requires=P.CATALOG_MANAGE)
    update_product = mutation(catalog_products.update_product, requires=P.CATALOG_MANAGE)
    publish_product = mutation(catalog_products.publish_product, requires=P.CATALOG_MANAGE)
    pause_product = mutation(catalog_products.pause_product, requires=P.CATALOG_MANAGE)
    archive_product = mutation(catalog_products.archive_product, requires=P.CATALOG_MANAGE)
    publish_terms = mutation(catalog_products.publish_terms, requires=P.CATALOG_MANAGE)
    create_plan = mutation(catalog_plans.create_plan, requires=P.CATALOG_MANAGE)
    update_plan = mutation(catalog_plans.update_plan, requires=P.CATALOG_MANAGE)
    archive_plan = mutation(catalog_plans.archive_plan, requires=P.CATALOG_MANAGE)
    set_category = mutation(catalog_plans.set_category, requires=P.CATALOG_MANAGE)
    set_order_type = mutation(catalog_plans.set_order_type, requires=P.CATALOG_MANAGE)
    create_order = mutation(orders.create_order, requires=P.ORDERS_MANAGE)
    submit_order = mutation(orders.submit_order, requires=P.ORDERS_MANAGE)
    place_order = mutation(orders.place_order, requires=P.ORDERS_MANAGE)
    cancel_order = mutation(orders.cancel_order, requires=P.ORDERS_MANAGE)
    create_webhook_endpoint = mutation(webhooks.create_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    delete_webhook_endpoint = mutation(webhooks.delete_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
