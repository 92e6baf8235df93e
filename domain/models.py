"""Every model of the domain, for Tortoise: one application named `provender`."""

from domain.access.models import ApiToken, IdempotencyKey
from domain.billing.models import Account, WalletEntry
from domain.catalog.models import Plan, Price, PriceList, Product
from domain.events.models import Event
from domain.orders.models import Order, OrderLine
from domain.organizations.models import EmergencyLocation, Organization
from domain.provisioning.models import Instance, ProvisionerCallback, ProvisioningOperation
from domain.subscriptions.models import Subscription
from domain.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__models__ = [
    Account,
    ApiToken,
    EmergencyLocation,
    Event,
    IdempotencyKey,
    Instance,
    Order,
    OrderLine,
    Organization,
    Plan,
    Price,
    PriceList,
    Product,
    ProvisionerCallback,
    ProvisioningOperation,
    Subscription,
    WalletEntry,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
]
