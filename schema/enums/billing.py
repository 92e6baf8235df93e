"""Accounts and their wallets."""

from typing import Final

from domain.billing.models import AccountKind, ChargeKind, CreditTerms, EntryKind
from domain.billing.policies import ProrationPolicy, RefundPolicy
from domain.billing.reporting import ReportFormat
from domain.invoices.models import PaymentMethod
from domain.invoices.states import InvoiceState
from domain.invoices.voiding import AfterVoid
from domain.organizations.models import ApprovalRule, BillingMode
from domain.organizations.states import OrganizationState
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    ApprovalRule: (
        "ApprovalRule",
        "Which orders of a customer wait for approval by somebody else than who submits them.",
        {
            "NEVER": "None.",
            "WITHOUT_PERMISSION": "Those of credentials without ORDERS_APPROVE.",
            "ABOVE_AMOUNT": "Those over an amount, whoever submits them.",
        },
    ),
    OrganizationState: (
        "OrganizationState",
        "Whether an organization may act, and be sold to.",
        {
            "ACTIVE": "It may.",
            "SUSPENDED": "It, and all below it, can read but not order or change anything, until it is resumed.",
            "CLOSED": "As suspended, for good.",
        },
    ),
    BillingMode: (
        "BillingMode",
        "Who of a customer gets invoices. Chosen when the customer is created, and fixed.",
        {
            "ENTERPRISE": "One invoice for all, on the enterprise account; its charges are told apart by group.",
            "GROUP": "One invoice for each group account.",
        },
    ),
    AccountKind: (
        "AccountKind",
        "What an account is for.",
        {
            "ENTERPRISE": "The owner account: each customer has one, to which its groups belong.",
            "GROUP": "What the customer buys lives here.",
        },
    ),
    CreditTerms: (
        "CreditTerms",
        "How far an account may order before it has paid.",
        {
            "UNLIMITED": "Orders are not held against anything.",
            "PREPAID": "Orders are held against the wallet's balance.",
            "POSTPAID": "Orders are held against the credit limit.",
        },
    ),
    EntryKind: (
        "WalletEntryKind",
        "Why an account has more or less at its disposal.",
        {
            "TOP_UP": "Money was paid in.",
            "CREDIT": "The seller granted an amount.",
            "HOLD": "An order was submitted: its price is set aside.",
            "RELEASE": "What was set aside for an order is free again.",
            "CHARGE": "Something was charged, for an order or a term: it is owed.",
            "REFUND": "Something that was charged is given back.",
            "PAYMENT": "An invoice was paid.",
        },
    ),
    ChargeKind: (
        "ChargeKind",
        "What a charge of the ledger is for.",
        {
            "RECURRING": "A term, or a part of one, in advance.",
            "ONE_TIME": "A purchase paid once.",
            "PRORATION": "A change within a term.",
            "USAGE": "What was used in a month, afterwards.",
            "REFUND": "Given back for what ended early.",
            "CREDIT": "Given back for an invoice that was void.",
            "DISCOUNT": "Taken off another charge.",
        },
    ),
    InvoiceState: (
        "InvoiceState",
        "Where an invoice stands.",
        {
            "DRAFT": "It is being put together.",
            "ISSUED": "It is to be paid.",
            "PAID": "All of it was paid.",
            "VOID": "It was taken back by a credit note.",
        },
    ),
    PaymentMethod: (
        "PaymentMethod",
        "How an invoice was paid.",
        {
            "BANK_TRANSFER": "By a bank.",
            "CARD": "By card.",
            "CASH": "In cash.",
            "OTHER": "In some other way.",
            "WALLET": "From what had been paid into the account before.",
        },
    ),
    AfterVoid: (
        "AfterVoid",
        "What becomes of the charges of a void invoice.",
        {
            "FORGIVE": "They are no longer owed.",
            "CHARGE_AGAIN": "They are open again, for the next invoice.",
        },
    ),
    ReportFormat: (
        "ReportFormat",
        "How a report is written.",
        {
            "CSV": "Comma-separated values with a header (RFC 4180), in UTF-8.",
            "JSONL": "One JSON object a line, in UTF-8.",
        },
    ),
    ProrationPolicy: (
        "ProrationPolicy",
        "What a change within a term costs for the rest of it.",
        {
            "DAILY_DIFFERENCE": "(new - old) x days left / days in the term.",
            "CALENDAR_MONTHS": "The new price x calendar months touched / months in the term; nothing is credited.",
            "FULL_TERM": "The difference of the whole term, whenever it changes.",
            "NONE": "Nothing until the next term.",
        },
    ),
    RefundPolicy: (
        "RefundPolicy",
        "What comes back of a term that ends early, after the days in which all of it does.",
        {
            "WHOLE_UNUSED_MONTHS": "The months that have not begun.",
            "DAILY": "The days after the last.",
            "NONE": "Nothing.",
        },
    ),
}
