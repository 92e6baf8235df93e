"""The types of events: what can happen."""

from enum import StrEnum


class EventType(StrEnum):
    """The types, `noun.verb-past`."""

    ORGANIZATION_CREATED = "organization.created"
    ORGANIZATION_UPDATED = "organization.updated"
    ORGANIZATION_SUSPENDED = "organization.suspended"
    ORGANIZATION_RESUMED = "organization.resumed"
    ORGANIZATION_CLOSED = "organization.closed"
    EMERGENCY_LOCATION_CREATED = "emergency_location.created"
    EMERGENCY_LOCATION_UPDATED = "emergency_location.updated"
    EMERGENCY_LOCATION_REMOVED = "emergency_location.removed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CREDIT_TERMS_SET = "account.credit_terms_set"
    WALLET_TOPPED_UP = "wallet.topped_up"
    WALLET_CREDITED = "wallet.credited"
    API_TOKEN_CREATED = "api_token.created"  # noqa: S105 - a name, not a secret
    API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105 - a name, not a secret
    PRODUCT_PUBLISHED = "product.published"
    PRICE_LIST_PUBLISHED = "price_list.published"
    ORDER_CREATED = "order.created"
    ORDER_SUBMITTED = "order.submitted"
    ORDER_APPROVED = "order.approved"
    ORDER_PROVISIONING = "order.provisioning"
    ORDER_COMPLETED = "order.completed"
    ORDER_PARTIALLY_COMPLETED = "order.partially_completed"
    ORDER_FAILED = "order.failed"
    ORDER_CANCELLED = "order.cancelled"
    SUBSCRIPTION_ACTIVATED = "subscription.activated"
    INSTANCE_PROVISIONED = "instance.provisioned"
    INSTANCE_FAILED = "instance.failed"
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted"
