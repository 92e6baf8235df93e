"""Every mutation: a table of contents."""

import strawberry

from domain.shared.actor import Permission as P  # noqa: N817 - a table of contents reads better narrow
from resolvers import billing, locations, onboarding, orders, tokens, webhooks
from resolvers.access import mutation


@strawberry.type(description="What can be done.")
class Mutation:
    """Each field says what it requires."""

    create_api_token = mutation(tokens.create_api_token, requires=P.TOKENS_MANAGE)
    revoke_api_token = mutation(tokens.revoke_api_token, requires=P.TOKENS_MANAGE)
    create_partner = mutation(onboarding.create_partner, requires=P.ORGANIZATIONS_MANAGE)
    create_customer = mutation(onboarding.create_customer, requires=P.ORGANIZATIONS_MANAGE)
    onboard_customer = mutation(onboarding.onboard_customer, requires=P.ORGANIZATIONS_MANAGE)
    update_organization = mutation(onboarding.update_organization, requires=P.ORGANIZATIONS_MANAGE)
    add_group_account = mutation(onboarding.add_group_account, requires=P.ORGANIZATIONS_MANAGE)
    suspend_organization = mutation(onboarding.suspend_organization, requires=P.ORGANIZATIONS_MANAGE)
    resume_organization = mutation(onboarding.resume_organization, requires=P.ORGANIZATIONS_MANAGE)
    close_organization = mutation(onboarding.close_organization, requires=P.ORGANIZATIONS_MANAGE)
    create_emergency_location = mutation(locations.create_emergency_location, requires=P.ORGANIZATIONS_MANAGE)
    update_emergency_location = mutation(locations.update_emergency_location, requires=P.ORGANIZATIONS_MANAGE)
    remove_emergency_location = mutation(locations.remove_emergency_location, requires=P.ORGANIZATIONS_MANAGE)
    set_credit_terms = mutation(billing.set_credit_terms, requires=P.BILLING_MANAGE)
    top_up_wallet = mutation(billing.top_up_wallet, requires=P.BILLING_MANAGE)
    grant_credit = mutation(billing.grant_credit, requires=P.BILLING_MANAGE)
    create_order = mutation(orders.create_order, requires=P.ORDERS_MANAGE)
    submit_order = mutation(orders.submit_order, requires=P.ORDERS_MANAGE)
    place_order = mutation(orders.place_order, requires=P.ORDERS_MANAGE)
    cancel_order = mutation(orders.cancel_order, requires=P.ORDERS_MANAGE)
    create_webhook_endpoint = mutation(webhooks.create_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    delete_webhook_endpoint = mutation(webhooks.delete_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
