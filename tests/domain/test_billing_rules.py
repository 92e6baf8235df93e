"""Accounts and their credit, decided without a database."""

from decimal import Decimal

import pytest

from domain.billing.models import AccountKind, CreditTerms
from domain.billing.rules import (
    check_amount,
    check_terms,
    first_accounts,
    invoiced_position,
    is_seller_of,
    receives_invoices,
    sees_credit,
)
from domain.organizations.locations import lacks_location
from domain.organizations.models import BillingMode
from domain.organizations.rules import require_active
from domain.shared.errors import Conflict, FieldCode
from domain.shared.tenancy import Scope


@pytest.mark.parametrize("mode", BillingMode)
def test_a4_invoices_live_on_the_kind_of_account_that_the_mode_names(mode: BillingMode) -> None:
    """ENTERPRISE: on the enterprise account alone; GROUP: on every group, and not on the enterprise account."""
    is_group = mode is BillingMode.GROUP
    assert receives_invoices(mode, AccountKind.ENTERPRISE) is not is_group
    assert receives_invoices(mode, AccountKind.GROUP) is is_group
    assert [invoiced_position(mode, position) for position in (1, 2, 7)] == ([1, 2, 7] if is_group else [0, 0, 0])


@pytest.mark.parametrize("mode", BillingMode)
def test_a4_a_customer_begins_with_two_accounts(mode: BillingMode) -> None:
    """The owner account is the enterprise's, the first group has the customer's name; one of them is invoiced."""
    enterprise, group = first_accounts("Hotel", mode)
    assert (enterprise.kind, enterprise.position, enterprise.name) == (AccountKind.ENTERPRISE, 0, "Hotel Enterprise")
    assert (group.kind, group.position, group.name) == (AccountKind.GROUP, 1, "Hotel")
    assert enterprise.is_invoiced is not group.is_invoiced


@pytest.mark.parametrize(
    ("viewer", "sees", "sells"),
    [("1.", False, False), ("1.2.", False, False), ("1.2.3.", True, True), ("1.2.3.4.", True, False),
     ("1.2.3.5.", False, False), ("1.22.", False, False), ("9.", False, False)],
)  # fmt: skip
def test_a11_credit_is_between_an_owner_and_its_seller(viewer: str, sees: bool, sells: bool) -> None:
    """The two parties of the edge see an account's amounts; the seller alone sets them."""
    assert sees_credit(Scope(viewer), "1.2.3.4.") is sees
    assert is_seller_of(Scope(viewer), "1.2.3.4.") is sells


@pytest.mark.parametrize(
    ("terms", "limit", "codes"),
    [
        (CreditTerms.UNLIMITED, None, []),
        (CreditTerms.PREPAID, None, []),
        (CreditTerms.PREPAID, Decimal(1), [FieldCode.NOT_ALLOWED]),
        (CreditTerms.UNLIMITED, Decimal(0), [FieldCode.NOT_ALLOWED]),
        (CreditTerms.POSTPAID, None, [FieldCode.REQUIRED]),
        (CreditTerms.POSTPAID, Decimal(0), []),
        (CreditTerms.POSTPAID, Decimal(-1), [FieldCode.OUT_OF_RANGE]),
        (CreditTerms.POSTPAID, Decimal("1.001"), [FieldCode.INVALID]),
        (CreditTerms.POSTPAID, Decimal("10000000000000.01"), [FieldCode.OUT_OF_RANGE]),
        (CreditTerms.POSTPAID, Decimal("1e30"), [FieldCode.INVALID]),
    ],
)
def test_a11_a_limit_goes_with_postpaid(terms: CreditTerms, limit: Decimal | None, codes: list[FieldCode]) -> None:
    """POSTPAID needs a limit that the currency can have, the other terms have none."""
    assert [problem.code for problem in check_terms(terms, limit, "USD")] == codes


def test_a11_an_amount_is_of_its_currency() -> None:
    """Yen have no cents, dinars have three digits, and nothing is less than the smallest coin."""
    assert [problem.code for problem in check_amount("amount", Decimal("0.5"), "JPY", least_minor=1)] == ["INVALID"]
    assert check_amount("amount", Decimal("0.005"), "KWD", least_minor=1) == []
    assert [problem.code for problem in check_amount("amount", Decimal(0), "USD", least_minor=1)] == ["OUT_OF_RANGE"]


@pytest.mark.parametrize(
    ("provisioners", "locations", "lacks"),
    [([], 0, False), (["cloud", "saas"], 0, False), (["cloud", "voice"], 0, True), (["voice"], 1, False)],
)
def test_a9_voice_needs_an_emergency_location(provisioners: list[str], locations: int, lacks: bool) -> None:
    """An order with voice for a customer without any site is refused; others are not."""
    assert [problem.code for problem in lacks_location(provisioners, locations)] == ([FieldCode.REQUIRED] * lacks)


@pytest.mark.parametrize("state", ["SUSPENDED", "CLOSED"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a1_one_halted_member_halts_the_chain_below(state: str, place: int) -> None:
    """Whoever of the chain is not active, it is a Conflict with its state and where that may go."""
    chain = [{"state": "ACTIVE"} for _ in range(3)]
    require_active(chain)
    chain[place] = {"state": state}
    with pytest.raises(Conflict) as refused:
        require_active(chain)
    assert refused.value.current == state
    assert refused.value.allowed == (("ACTIVE", "CLOSED") if state == "SUSPENDED" else ())
