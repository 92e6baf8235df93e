"""Downloads over HTTP, under signed links: invoices as PDF."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from domain.invoices.document import document_of
from domain.invoices.queries import invoice_with_lines
from domain.shared.errors import Invalid
from domain.shared.ids import decode
from integrations.invoices.pdf import print_invoice
from integrations.links import BadLink, SignedLinks
from schema.context import House


@dataclass(frozen=True, slots=True)
class InvoiceEndpoint:
    """GET /invoices/{id}?expires=…&signature=…: the PDF."""

    house: House
    links: SignedLinks

    async def __call__(self, http: Request) -> Response:
        """200 with the file; 403 for a link that is not genuine or has expired."""
        try:
            self.links.open(http.url.path, http.query_params, self.house.clock.now())
            found = await invoice_with_lines(decode("Invoice", http.path_params["invoice_id"]))
        except BadLink as error:
            return Response(str(error), status_code=403, media_type="text/plain")
        except Invalid:
            found = None
        if found is None:
            return Response("no such invoice", status_code=404, media_type="text/plain")
        row, lines = found
        content = await print_invoice(document_of(row, lines))
        headers = {"content-disposition": f'attachment; filename="{row["number"]}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)
