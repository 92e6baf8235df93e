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
    PRICE_LIST_CREATED = "price_list.created"
    PRICE_LIST_PRICES_SET = "price_list.prices_set"
    DISCOUNT_CREATED = "discount.created"
    DISCOUNT_ENDED = "discount.ended"
    CONTRACT_CREATED = "contract.created"
    CONTRACT_UPDATED = "contract.updated"
    CONTRACT_ENDED = "contract.ended"
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
    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_UPDATED = "member.updated"
    MEMBER_REMOVED = "member.removed"
    MEMBER_PASSWORD_RESET_REQUESTED = "member.password_reset_requested"  # noqa: S105 - a name, not a secret
    MEMBER_PASSWORD_CHANGED = "member.password_changed"  # noqa: S105 - a name, not a secret
    INVITATION_REVOKED = "invitation.revoked"
    SESSION_CREATED = "session.created"
    SESSION_ENDED = "session.ended"
