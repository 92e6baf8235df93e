"""Every model of the domain, for Tortoise: one application named `provender`."""

from domain.access.models import (
    ApiToken,
    IdempotencyKey,
    Invitation,
    Member,
    PasswordReset,
    RefreshToken,
    SignInSession,
    User,
)
from domain.billing.models import Account, LedgerCharge, WalletEntry
from domain.bulk.models import BulkOperation
from domain.catalog.models import Plan, Product
from domain.catalog.parts import (
    Category,
    OrderType,
    PlanAddOn,
    PlanComponent,
    ProductCategory,
    ProductOrderType,
    TermsDocument,
)
from domain.contracts.models import Contract, ContractPrice
from domain.desk.models import Ticket
from domain.discounts.models import Discount, DiscountRedemption
from domain.events.models import Event
from domain.invoices.models import DocumentNumber, Invoice, Payment
from domain.mail.models import OutgoingMail
from domain.numbers.models import Backorder, Number
from domain.orders.models import FailedAttempt, Order, OrderForm, OrderLine, TermsAcceptance
from domain.organizations.models import EmergencyLocation, Organization
from domain.porting.models import Port
from domain.pricing.models import Price, PriceList
from domain.provisioning.models import CredentialLink, Instance, ProvisionerCallback, ProvisioningOperation
from domain.subscriptions.models import Subscription, SubscriptionAssignee, TrialUse
from domain.uploads.models import Upload
from domain.usage.models import UsageMonth, UsageReading
from domain.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__models__ = [
    Account,
    ApiToken,
    BulkOperation,
    Category,
    Contract,
    CredentialLink,
    ContractPrice,
    Discount,
    DiscountRedemption,
    DocumentNumber,
    EmergencyLocation,
    Event,
    FailedAttempt,
    IdempotencyKey,
    Instance,
    Invoice,
    LedgerCharge,
    Backorder,
    Number,
    Order,
    OrderForm,
    OrderLine,
    OrderType,
    Organization,
    Payment,
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
    TermsAcceptance,
    SubscriptionAssignee,
    TermsDocument,
    Ticket,
    TrialUse,
    UsageMonth,
    UsageReading,
    WalletEntry,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    User,
    Member,
    Invitation,
    SignInSession,
    RefreshToken,
    PasswordReset,
    OutgoingMail,
    Upload,
    Port,
]
