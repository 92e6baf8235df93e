"""Every live update: a table of contents."""

import strawberry

from domain.shared.actor import Permission as P  # noqa: N817 - a table of contents reads better narrow
from resolvers import bulk, events, orders, subscriptions
from resolvers.access import subscription


@strawberry.type(description="What can be watched, over WebSocket or server-sent events.")
class LiveUpdates:
    """Each field says what it requires. Not named Subscription: that is the thing customers have."""

    order_updated = subscription(orders.order_updated, requires=P.ORDERS_READ)
    subscription_updated = subscription(subscriptions.subscription_updated, requires=P.SUBSCRIPTIONS_READ)
    bulk_operation_updated = subscription(bulk.bulk_operation_updated, requires=None)
    organization_events = subscription(events.organization_events, requires=P.EVENTS_READ)
