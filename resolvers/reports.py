"""Resolvers of reports, and the route that streams them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final

import strawberry
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.billing.reporting import Asked, ReportFormat, report
from domain.organizations.queries import ORGANIZATIONS
from domain.shared.actor import Actor, OrganizationKind, Permission, system_actor
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from integrations.links import BadLink, SignedLinks
from resolvers.access import actor_of
from resolvers.invoices import LINK_HOLDS
from schema.context import House, Info
from schema.downloads import Download
from schema.reports import BillingReportWhere

PATH: Final = "/billing-report"
_MEDIA: Final = {ReportFormat.CSV: "text/csv; charset=utf-8", ReportFormat.JSONL: "application/jsonl"}
Format = Annotated[ReportFormat | None, strawberry.argument(description="How it is written; null: as CSV.")]
Where = Annotated[BillingReportWhere | None, strawberry.argument(description="Which charges; null: all.")]


async def billing_report(
    info: Info,
    where: Where = None,
    format: Format = None,  # noqa: A002 - the argument's public name
) -> Download | None:
    """Where your charges may be fetched as a file, for five minutes; null if there is no such customer."""
    actor, asked = actor_of(info), where or BillingReportWhere()
    if asked.customer_id is not None:
        customer_id = decode("Organization", asked.customer_id, path="where.customerId")
        if not await ORGANIZATIONS.by_ids(actor, [customer_id], ()):
            return None
    told = {
        "organization": encode("Organization", actor.organization_id),
        "kind": actor.organization_kind.value,
        "scope": actor.scope.path,
        "costs": "yes" if Permission.COSTS_READ in actor.permissions else "no",
        "format": (format or ReportFormat.CSV).value,
        "reference": asked.subscription_reference,
        "customer": asked.customer_id,
        "from": asked.first_day and asked.first_day.isoformat(),
        "until": asked.last_day and asked.last_day.isoformat(),
    }
    house = info.context.house
    until = house.clock.now() + LINK_HOLDS
    given = {name: str(value) for name, value in told.items() if value is not None}
    return Download(url=house.sign_link(PATH, given, until), expires_at=until)


@dataclass(frozen=True, slots=True)
class ReportEndpoint:
    """GET /billing-report?…&expires=…&signature=…: the report, streamed."""

    house: House
    links: SignedLinks

    async def __call__(self, http: Request) -> Response:
        """200 with the rows; 403 for a link that is not genuine or has expired."""
        now = self.house.clock.now()
        try:
            told = self.links.open(PATH, http.query_params, now)
        except BadLink as error:
            return Response(str(error), status_code=403, media_type="text/plain")
        form = ReportFormat(told["format"])
        headers = {"content-disposition": f'attachment; filename="billing-report.{form.value.lower()}"'}
        rows = report(_reader(system_actor(now, self.house.clock.new_id), told), _asked(told), form)
        return StreamingResponse(rows, media_type=_MEDIA[form], headers=headers)


def _reader(actor: Actor, told: dict[str, str]) -> Actor:
    """Who signed the link, with no more than it may see of the ledger."""
    return replace(
        actor,
        organization_id=decode("Organization", told["organization"]),
        organization_kind=OrganizationKind(told["kind"]),
        scope=Scope(told["scope"]),
        permissions=frozenset({Permission.COSTS_READ} if told["costs"] == "yes" else ()),
    )


def _asked(told: dict[str, str]) -> Asked:
    days: dict[str, Any] = {name: date.fromisoformat(told[name]) for name in ("from", "until") if name in told}
    return Asked(
        reference=told.get("reference"),
        customer_id=decode("Organization", told["customer"]) if "customer" in told else None,
        first_day=days.get("from"),
        last_day=days.get("until"),
    )
