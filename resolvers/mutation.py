"""Every mutation: a table of contents."""

import strawberry

from domain.shared.actor import Permission as P  # noqa: N817 - a table of contents reads better narrow
from resolvers import (
    aligning,
    approving,
    backorders,
    billing,
    bulk,
    catalog_plans,
    catalog_products,
    changing,
    contracts,
    credentials,
    discounts,
    going_on,
    invoices,
    lifecycles,
    locations,
    number_changes,
    number_selection,
    numbers,
    onboarding,
    order_forms,
    order_updates,
    orders,
    people,
    porting,
    price_lists,
    provisioning,
    signing_in,
    subscribing,
    tickets,
    tokens,
    uploads,
    webhook_care,
    webhooks,
)
from resolvers.access import ANONYMOUS, mutation


@strawberry.type(description="What can be done.")
class Mutation:
    """Each field says what it requires."""

    create_api_token = mutation(tokens.create_api_token, requires=P.TOKENS_MANAGE)
    revoke_api_token = mutation(tokens.revoke_api_token, requires=P.TOKENS_MANAGE)
    create_price_list = mutation(price_lists.create_price_list, requires=P.PRICES_MANAGE)
    set_prices = mutation(price_lists.set_prices, requires=P.PRICES_MANAGE)
    create_discount = mutation(discounts.create_discount, requires=P.PRICES_MANAGE)
    end_discount = mutation(discounts.end_discount, requires=P.PRICES_MANAGE)
    create_contract = mutation(contracts.create_contract, requires=P.CONTRACTS_MANAGE)
    create_port_order = mutation(porting.create_port_order, requires=P.ORDERS_MANAGE)
    update_port_order = mutation(porting.update_port_order, requires=P.ORDERS_MANAGE)
    submit_port_order = mutation(porting.submit_port_order, requires=P.ORDERS_MANAGE)
    cancel_port_order = mutation(porting.cancel_port_order, requires=P.ORDERS_MANAGE)
    advance_port_order = mutation(porting.advance_port_order, requires=P.PORTS_MANAGE)
    reveal_port_pin = mutation(porting.reveal_port_pin, requires=P.PORTS_MANAGE)
    create_toll_free_order = mutation(porting.create_toll_free_order, requires=P.ORDERS_MANAGE)
    advance_toll_free_order = mutation(porting.advance_toll_free_order, requires=P.PORTS_MANAGE)
    create_resp_org_change = mutation(porting.create_resp_org_change, requires=P.ORDERS_MANAGE)
    advance_resp_org_change = mutation(porting.advance_resp_org_change, requires=P.PORTS_MANAGE)
    create_upload = mutation(uploads.create_upload, requires=P.UPLOADS_MANAGE)
    update_contract = mutation(contracts.update_contract, requires=P.CONTRACTS_MANAGE)
    end_contract = mutation(contracts.end_contract, requires=P.CONTRACTS_MANAGE)
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
    issue_invoices = mutation(invoices.issue_invoices, requires=P.BILLING_MANAGE)
    record_payment = mutation(invoices.record_payment, requires=P.BILLING_MANAGE)
    void_invoice = mutation(invoices.void_invoice, requires=P.BILLING_MANAGE)
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
    fulfil_backorder = mutation(backorders.fulfil_backorder, requires=P.NUMBERS_MANAGE)
    cancel_backorder = mutation(backorders.cancel_backorder, requires=P.ORDERS_MANAGE)
    add_numbers = mutation(number_changes.add_numbers, requires=P.SUBSCRIPTIONS_MANAGE)
    remove_numbers = mutation(number_changes.remove_numbers, requires=P.SUBSCRIPTIONS_MANAGE)
    swap_number = mutation(number_changes.swap_number, requires=P.SUBSCRIPTIONS_MANAGE)
    import_numbers = mutation(numbers.import_numbers, requires=P.NUMBERS_MANAGE)
    reserve_numbers = mutation(number_selection.reserve_numbers, requires=P.ORDERS_MANAGE)
    release_numbers = mutation(number_selection.release_numbers, requires=P.ORDERS_MANAGE)
    create_order = mutation(orders.create_order, requires=P.ORDERS_MANAGE)
    update_order = mutation(order_updates.update_order, requires=P.ORDERS_MANAGE)
    submit_order = mutation(orders.submit_order, requires=P.ORDERS_MANAGE)
    place_order = mutation(orders.place_order, requires=P.ORDERS_MANAGE)
    attach_order_form = mutation(order_forms.attach_order_form, requires=P.ORDERS_MANAGE)
    approve_order = mutation(approving.approve_order, requires=P.ORDERS_APPROVE)
    reject_order = mutation(approving.reject_order, requires=P.ORDERS_APPROVE)
    withdraw_order = mutation(approving.withdraw_order, requires=P.ORDERS_MANAGE)
    retry_order = mutation(going_on.retry_order, requires=P.ORDERS_MANAGE)
    answer_inquiry = mutation(going_on.answer_inquiry, requires=P.ORDERS_MANAGE)
    set_approval_rule = mutation(approving.set_approval_rule, requires=P.ORDERS_APPROVE)
    cancel_order = mutation(orders.cancel_order, requires=P.ORDERS_MANAGE)
    retry_provisioning = mutation(provisioning.retry_provisioning, requires=P.DESK_MANAGE)
    answer_provisioning = mutation(provisioning.answer_provisioning, requires=P.SUBSCRIPTIONS_MANAGE)
    reveal_credentials = mutation(credentials.reveal, requires=P.CREDENTIALS_REVEAL)
    open_credentials = mutation(credentials.open_mailed, requires=ANONYMOUS)
    assign_members = mutation(subscribing.assign_members, requires=P.SUBSCRIPTIONS_MANAGE)
    unassign_members = mutation(subscribing.unassign_members, requires=P.SUBSCRIPTIONS_MANAGE)
    link_contract = mutation(subscribing.link_contract, requires=P.SUBSCRIPTIONS_MANAGE)
    set_auto_renewal = mutation(subscribing.set_auto_renewal, requires=P.SUBSCRIPTIONS_MANAGE)
    align_renewals = mutation(aligning.align_renewals, requires=P.SUBSCRIPTIONS_MANAGE)
    change_addons = mutation(changing.change_addons, requires=P.SUBSCRIPTIONS_MANAGE)
    change_plan = mutation(changing.change_plan, requires=P.SUBSCRIPTIONS_MANAGE)
    schedule_billing_change = mutation(subscribing.schedule_billing_change, requires=P.SUBSCRIPTIONS_MANAGE)
    extend_subscription = mutation(lifecycles.extend_subscription, requires=P.SUBSCRIPTIONS_MANAGE)
    suspend_subscription = mutation(lifecycles.suspend_subscription, requires=P.SUBSCRIPTIONS_MANAGE)
    resume_subscription = mutation(lifecycles.resume_subscription, requires=P.SUBSCRIPTIONS_MANAGE)
    transfer_subscription = mutation(lifecycles.transfer_subscription, requires=P.SUBSCRIPTIONS_MANAGE)
    terminate_subscription = mutation(lifecycles.terminate_subscription, requires=P.SUBSCRIPTIONS_MANAGE)
    withdraw_pending_change = mutation(subscribing.withdraw_pending_change, requires=P.SUBSCRIPTIONS_MANAGE)
    complete_ticket = mutation(tickets.complete_ticket, requires=P.DESK_MANAGE)
    fail_ticket = mutation(tickets.fail_ticket, requires=P.DESK_MANAGE)
    create_webhook_endpoint = mutation(webhooks.create_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    delete_webhook_endpoint = mutation(webhooks.delete_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    replay_webhooks = mutation(webhook_care.replay_webhooks, requires=P.WEBHOOKS_MANAGE)
    update_webhook_endpoint = mutation(webhook_care.update_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    rotate_webhook_secret = mutation(webhook_care.rotate_webhook_secret, requires=P.WEBHOOKS_MANAGE)
    ping_webhook_endpoint = mutation(webhook_care.ping_webhook_endpoint, requires=P.WEBHOOKS_MANAGE)
    redeliver_webhook = mutation(webhook_care.redeliver_webhook, requires=P.WEBHOOKS_MANAGE)
    cancel_bulk_operation = mutation(bulk.cancel_bulk_operation, requires=None)
    sign_in = mutation(signing_in.sign_in, requires=ANONYMOUS)
    refresh_session = mutation(signing_in.refresh_session, requires=ANONYMOUS)
    sign_out = mutation(signing_in.sign_out, requires=None)
    request_password_reset = mutation(signing_in.request_password_reset, requires=ANONYMOUS)
    reset_password = mutation(signing_in.reset_password, requires=ANONYMOUS)
    accept_invitation = mutation(signing_in.accept_invitation, requires=ANONYMOUS)
    invite_member = mutation(people.invite_member, requires=P.MEMBERS_MANAGE)
    resend_invitation = mutation(people.resend_invitation, requires=P.MEMBERS_MANAGE)
    revoke_invitation = mutation(people.revoke_invitation, requires=P.MEMBERS_MANAGE)
    update_member = mutation(people.update_member, requires=P.MEMBERS_MANAGE)
    remove_member = mutation(people.remove_member, requires=P.MEMBERS_MANAGE)
