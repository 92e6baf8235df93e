"""The types of events: what can happen."""

from enum import StrEnum


class EventType(StrEnum):
    """The types, `noun.verb-past`."""

    ORGANIZATION_CREATED = "organization.created"
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
    PRODUCT_CREATED = "product.created"
    PRODUCT_UPDATED = "product.updated"
    PRODUCT_PAUSED = "product.paused"
    PRODUCT_ARCHIVED = "product.archived"
    PLAN_CREATED = "plan.created"
    PLAN_UPDATED = "plan.updated"
    PLAN_ARCHIVED = "plan.archived"
    TERMS_PUBLISHED = "terms.published"
    CATEGORY_CHANGED = "category.changed"
    ORDER_TYPE_CHANGED = "order_type.changed"
