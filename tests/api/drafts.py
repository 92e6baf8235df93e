"""What the tests of drafts share: their customer's days, and a valid change of one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from domain.shared.calendar import local_date
from seeding import Planted
from tests.house import CLOUD

# What each field of money of a preview, of an order or of a change, shows, as tests/api/test_money_leaks.py has it.
PREVIEWED: Final = {
    ("OrderPreview", "margin"): "margin",
    ("PreviewedLine", "margin"): "margin",
    **{("PreviewedAmounts", name): "charge" for name in ("unit", "discount", "firstCharge", "recurring", "oneTime")},
    **{("PreviewedTotal", name): "charge" for name in ("firstCharge", "dueNow", "discount", "recurring", "oneTime")},
    **{("ChangeInProgress", edge): edge for edge in ("cost", "price")},
    **{("ChangeAmounts", name): "charge" for name in ("unit", "now", "atRenewal")},
    **{(of, edge): edge for of in ("RenewalAlignmentPreview", "AlignedRenewal") for edge in ("cost", "price")},
    **{(of, "margin"): "margin" for of in ("RenewalAlignmentPreview", "SubscriptionChangePreview")},
    ("SubscriptionChangePreview", "short"): "credit",
}

# Whom mails go to, and how it is paid.
HANDLED: Final[dict[str, Any]] = {
    "contact": {"firstName": "Cora", "lastName": "Contact", "email": "cora@customer.example"},
    "sendCredentialsToCustomer": True,
    "paymentMethod": "PREPAID",
}


def day(ahead: int = 0) -> date:
    """A local date of the customer, so many days from now."""
    return local_date(datetime.now(UTC), "Europe/Vienna") + timedelta(days=ahead)


def update_order_input(tree: Planted, draft_id: str, contract_id: str, code: str) -> dict[str, Any]:
    """Every field of a draft that can be changed without a plan that offers it; a line of its own."""
    return {
        "id": draft_id,
        "lines": [{"planId": tree.plans["cloud-workspace/business"], "quantity": 2, "parameters": CLOUD}],
        "salesModel": "YEARLY",
        "cycleMultiplier": 2,
        "autoRenew": False,
        "subscriptionReference": "ERP-2",
        "contractId": contract_id,
        "discountCodes": [code],
        "billingStartsOn": None,
        "trialUntil": None,
        "postponedBilling": False,
        "expiresOn": "2040-12-31",
        **HANDLED,
    }
