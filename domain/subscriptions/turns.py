"""One subscription in the worker's hands: its row as it becomes, what is told of it, what its provisioner is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.billing.batches import Entry
from domain.catalog.models import Charging, SalesModel
from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.provisioning.states import Action
from domain.shared.calendar import Term
from domain.subscriptions.due import Life, life_of
from domain.subscriptions.events import change_event
from domain.subscriptions.rules import Billing
from domain.subscriptions.states import SUBSCRIPTION, SubscriptionState


@dataclass(slots=True)
class Turn:
    """`row` is that of `subscriptions` with names of product and plan; `today` is the customer's date."""

    row: dict[str, Any]
    today: date
    events: list[NewEvent] = field(default_factory=list)
    wishes: list[Action] = field(default_factory=list)
    unpaid: Entry | None = None  # what its customer's account did not cover
    metered: list[Term] = field(default_factory=list)

    @property
    def life(self) -> Life:
        """What decides its next step."""
        return life_of(self.row)

    @property
    def billing(self) -> Billing:
        """How its running term is billed."""
        return Billing(SalesModel(self.row["sales_model"]), self.row["cycle_multiplier"])

    @property
    def charging(self) -> Charging:
        """Whether it is charged in advance, or each month for its usage."""
        return Charging(self.row["charging"])

    @property
    def pending(self) -> Billing | None:
        """How it is billed from its next renewal on, where that changes."""
        model = self.row["pending_sales_model"]
        return None if model is None else Billing(SalesModel(model), self.row["pending_cycle_multiplier"])

    def move(self, state: SubscriptionState) -> None:
        """Go to another state; IllegalTransition for a move that there is not."""
        SUBSCRIPTION.check(SubscriptionState(self.row["state"]), state)
        self.row["state"] = state.value

    def told(self) -> dict[str, Any]:
        """What events tell of it before and after."""
        row = self.row
        start, end = row["term_start"], row["term_end"]
        return {
            "state": row["state"],
            "term_start": start and start.isoformat(),
            "expires_on": Term(start, end).last_day.isoformat() if start and end else None,
            "sales_model": str(row["sales_model"]),
            "cycle_multiplier": row["cycle_multiplier"],
        }

    def tell(
        self,
        happened: EventType,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        tier_minor: Sequence[int] | None = None,
    ) -> None:
        """Keep an event of it, to be recorded with all others."""
        told = change_event(happened, self.row, before=before, after=after, tier_minor=tier_minor)
        self.events.append(told)

    def change(self, happened: EventType, state: SubscriptionState, **columns: Any) -> None:
        """Go to another state and tell it."""
        before = self.told()
        self.move(state)
        self.row |= columns
        self.tell(happened, before, self.told())

    def meter(self, term: Term | None) -> None:
        """Let the months of a term, or of days more, be charged afterwards, if it is charged so."""
        if term is not None and self.charging is Charging.POSTPAID:
            self.metered.append(term)

    def ask(self, action: Action) -> None:
        """Ask its provisioner for this, once all is written."""
        self.wishes.append(action)
