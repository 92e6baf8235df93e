"""Reports: inputs."""

from datetime import date

import strawberry


@strawberry.input(description="Which charges a billing report lists.")
class BillingReportWhere:
    """All given parts must hold."""

    subscription_reference: str | None = strawberry.field(
        description="Those of subscriptions with exactly this reference.", default=None
    )
    customer_id: strawberry.ID | None = strawberry.field(description="Those for one customer.", default=None)
    first_day: date | None = strawberry.field(description="Those charged on this day or later.", default=None)
    last_day: date | None = strawberry.field(description="Those charged on this day or earlier.", default=None)
