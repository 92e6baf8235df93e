"""Every model of the domain, for Tortoise: one application named `provender`."""

from domain.access.models import ApiToken, IdempotencyKey
from domain.catalog.models import Plan, Price, PriceList, Product
from domain.catalog.parts import (
    Category,
    OrderType,
    PlanAddOn,
    PlanComponent,
    ProductCategory,
    ProductOrderType,
    TermsDocument,
)
from domain.events.models import Event
from domain.orders.models import Order, OrderLine
from domain.organizations.models import Organization
from domain.provisioning.models import Instance, ProvisionerCallback, ProvisioningOperation
from domain.subscriptions.models import Subscription
from domain.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__models__ = [
    ApiToken,
    Category,
    Event,
    IdempotencyKey,
    Instance,
    Order,
    OrderLine,
    OrderType,
    Organization,
    Plan,
    PlanAddOn,
    PlanComponent,
    Price,
    PriceList,
    Product,
    ProductCategory,
    ProductOrderType,
    ProvisionerCallback,
    ProvisioningOperation,
    Subscription,
    TermsDocument,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
]
