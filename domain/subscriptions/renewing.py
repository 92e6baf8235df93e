"""Charging the terms of many subscriptions at once: the first after a trial or a start ahead, and every later one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from domain.billing.batches import Entry, charge_all
from domain.billing.charges import Charge, Rate
from domain.billing.charging import Subject
from domain.catalog.models import SalesModel
from domain.contracts.rules import covers
from domain.discounts.lasting import lasting_discounts
from domain.discounts.rules import Discount, Line, apply_discounts
from domain.events.types import EventType
from domain.pricing.bulk import Wanted, prices_of
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term
from domain.subscriptions.addons import AddOn, add_on_charges, add_ons_of, kept, priced, wanted_of_add_ons
from domain.subscriptions.charging import charges_in_advance, term_charges
from domain.subscriptions.due import next_term
from domain.subscriptions.rules import Billing, period_months
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn

_AGREED: Final = """
SELECT c.id, c.starts_on, c.ends_on, c.currency, p.plan_id, p.sales_model, p.unit_minor
FROM contracts c JOIN contract_prices p ON p.contract_id = c.id WHERE c.id = ANY($1)
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A term to begin: None where it was bought once, and at which unit prices on every edge; with which add-ons."""

    turn: Turn
    term: Term | None
    billing: Billing
    tier_unit_minor: Sequence[int]
    cycle: int
    add_ons: Sequence[AddOn]


async def begin_billing(actor: Actor, turns: Sequence[Turn]) -> None:
    """Charge the first term of each, at the prices of its order: its trial is over, or its billing begins."""
    proposals = []
    for turn in turns:
        row = turn.row
        term = Term(row["term_start"], row["term_end"]) if row["term_end"] else None
        billing = Billing(SalesModel(row["sales_model"]), row["cycle_multiplier"])
        proposals.append(Proposal(turn, term, billing, row["tier_unit_minor"], row["cycle"], add_ons_of(row)))
    await _charge(actor, proposals)


async def renew(actor: Actor, turns: Sequence[Turn]) -> None:
    """Begin the next term of each: with the change that waited for it, at the contract's or today's list prices.

    What is not priced any more keeps its price; a change to what is not sold is dropped (docs/decisions).
    """
    wanted = {turn.row["id"]: wanted_of_all(turn, _next_billing(turn)) for turn in turns}
    current = {turn.row["id"]: wanted_of_all(turn, turn.billing) for turn in turns if turn.pending}
    asked = [one for several in (*wanted.values(), *current.values()) for one in several]
    prices = await prices_of(set(asked), await agreed_for(asked))
    proposals = []
    for turn in turns:
        row, billing, found = turn.row, _next_billing(turn), wanted[turn.row["id"]]
        if turn.pending and not prices.keys() >= set(found):
            billing, found = turn.billing, current[row["id"]]
        term = next_term(row["term_end"], billing, anchor_day=row["anchor_day"], expires_on=row["expires_on"])
        tiers, add_ons = prices.get(found[0], row["tier_unit_minor"]), priced(row, found[1:], prices)
        proposals.append(Proposal(turn, term, billing, tiers, row["cycle"] + 1, add_ons))
    await _charge(actor, proposals)


async def prices_for_days(turn: Turn) -> tuple[Sequence[int], list[AddOn]]:
    """What its plan and its add-ons cost for days after its term: the contract's price, today's, or else their own."""
    wanted = wanted_of_all(turn, turn.billing)
    prices = await prices_of(wanted, await agreed_for(wanted))
    return prices.get(wanted[0], turn.row["tier_unit_minor"]), priced(turn.row, wanted[1:], prices)


def wanted_of_all(turn: Turn, billing: Billing) -> list[Wanted]:
    """What is to be priced for its next term: its plan, then its add-ons."""
    return [wanted_of(turn, billing), *wanted_of_add_ons(turn.row, billing, turn.row["term_end"])]


def charges_of(proposal: Proposal, off_minor: Sequence[int] = ()) -> list[list[Charge]]:
    """What a term costs on every edge as it begins: its plan, less its discounts, then its add-ons."""
    turn, term = proposal.turn, proposal.term
    edges = charges_in_advance(turn.charging, rates_of(proposal), term, off_minor)
    beside = add_on_charges(proposal.add_ons, proposal.billing, turn.row["currency"], term)
    return [[*charges, *(one[edge] for one in beside)] for edge, charges in enumerate(edges)]


def _next_billing(turn: Turn) -> Billing:
    return turn.pending or turn.billing


def wanted_of(turn: Turn, billing: Billing, *, on: date | None = None) -> Wanted:
    """What is to be priced: its plan, billed so, from its next term (or another day) on."""
    row = turn.row
    plan = row["plan_id"], billing.sales_model, row["currency"]
    return Wanted(row["scope"], *plan, on=on or row["term_end"], contract_id=row["contract_id"])


async def agreed_for(wanted: Sequence[Wanted]) -> dict[Wanted, int]:
    """The unit prices of the contracts that cover the day on which a term begins."""
    contracts = {one.contract_id for one in wanted} - {None}
    if not contracts:
        return {}
    rows = await database.fetch(_AGREED, list(contracts))
    prices = {(row["id"], row["plan_id"], row["sales_model"], row["currency"]): row for row in rows}
    agreed = {}
    for one in wanted:
        row = prices.get((one.contract_id, one.plan_id, one.sales_model.value, one.currency))
        if row is not None and covers(row["starts_on"], row["ends_on"], first=one.on, last=one.on):
            agreed[one] = row["unit_minor"]
    return agreed


async def _charge(actor: Actor, proposals: Sequence[Proposal]) -> None:
    """Charge each that its customer's account covers, and begin its term; the others wait for their money."""
    off = await _discounts(proposals)
    entries = []
    for proposal in proposals:
        row = proposal.turn.row
        charges = charges_of(proposal, off.get(row["id"], ()))
        entries.append(Entry(subject_of(proposal.turn), charges, f"term:{row['id']}:{_start(proposal)}"))
    covered = await charge_all(actor, entries)
    for proposal, entry, is_covered in zip(proposals, entries, covered, strict=True):
        if is_covered:
            _begin(proposal, entry.edges)
        else:
            _wait(proposal, entry)


def subject_of(turn: Turn) -> Subject:
    """What charges of a subscription are for."""
    row = turn.row
    return Subject(
        customer_id=row["organization_id"],
        scope=row["scope"],
        on=turn.today,
        description=f"{row['product_name']}, {row['plan_name']}",
        subscription_id=row["id"],
        plan_id=row["plan_id"],
        order_id=row["order_id"],
        order_line_id=row["order_line_id"],
        reference=row["reference"],
        group_id=row["account_id"],
    )


def _start(proposal: Proposal) -> Any:
    return proposal.term.start if proposal.term else proposal.turn.row["term_start"]


def rates_of(proposal: Proposal) -> list[Rate]:
    """What a term costs on every edge, by the unit prices that are proposed."""
    row, months = proposal.turn.row, period_months(proposal.billing.sales_model)
    return [Rate(unit, row["quantity"], row["currency"], months) for unit in proposal.tier_unit_minor]


async def _discounts(proposals: Sequence[Proposal]) -> dict[UUID, list[int]]:
    """What the discounts of its order take off each term, by edge: those that last into its cycle."""
    cycles = {proposal.turn.row["id"]: proposal for proposal in proposals if proposal.turn.row["order_id"]}
    given = await lasting_discounts(list(cycles))
    return {subscription_id: _taken(cycles[subscription_id], edges) for subscription_id, edges in given.items()}


def _taken(proposal: Proposal, edges: Mapping[int, Sequence[Discount]]) -> list[int]:
    row, off = proposal.turn.row, []
    for edge, rate in enumerate(term_charges(rates_of(proposal), proposal.term)):
        line = Line(rate[0].amount_minor, row["product_id"], row["plan_id"])
        taken = apply_discounts([line], edges.get(edge, ()), proposal.cycle)
        off.append(sum(parts[0] for parts in taken.values()))
    return off


def _begin(proposal: Proposal, charges: Sequence[Sequence[Charge]]) -> None:
    turn, row = proposal.turn, proposal.turn.row
    is_first = row["billed_until"] is None
    before = turn.told()
    was = SubscriptionState(row["state"])
    is_lapsed = was is SubscriptionState.SUSPENDED and row["unpaid_since"] is not None
    start = _start(proposal)
    row |= {
        "term_start": start,
        "term_end": proposal.term.end if proposal.term else None,
        "billed_until": proposal.term.end if proposal.term else start,
        "sales_model": proposal.billing.sales_model.value,
        "cycle_multiplier": proposal.billing.cycle_multiplier,
        "tier_unit_minor": list(proposal.tier_unit_minor),
        "add_ons": kept(proposal.add_ons),
        "cycle": proposal.cycle,
        "unpaid_since": None,
        "retry_on": None,
    }
    if not is_first:
        row |= {"pending_sales_model": None, "pending_cycle_multiplier": None, "pending_since": None}
    turn.meter(proposal.term)
    amounts = [sum(charge.amount_minor for charge in edge) for edge in charges]
    if was is SubscriptionState.TRIALING:
        turn.move(SubscriptionState.ACTIVE)
    happened = EventType.SUBSCRIPTION_BILLING_BEGAN if is_first else EventType.SUBSCRIPTION_RENEWED
    turn.tell(happened, before, turn.told(), amounts)
    if is_lapsed:
        turn.change(EventType.SUBSCRIPTION_RESUMED, SubscriptionState.ACTIVE)
        turn.ask(Action.RESUME)


def _wait(proposal: Proposal, entry: Entry) -> None:
    """Not paid for: tried again each day until its grace, and then its suspension, is over."""
    turn, row = proposal.turn, proposal.turn.row
    turn.unpaid = entry
    row["retry_on"] = turn.today + timedelta(days=1)
    if row["unpaid_since"] is None:
        before = turn.told()
        row["unpaid_since"] = _start(proposal)
        if row["state"] == SubscriptionState.TRIALING:
            turn.move(SubscriptionState.ACTIVE)
        turn.tell(EventType.SUBSCRIPTION_RENEWAL_FAILED, before, turn.told())
