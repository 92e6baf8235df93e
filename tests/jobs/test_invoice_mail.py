"""M4: an invoice is mailed, with its PDF, to those who get a buyer's invoices."""

from domain.shared import database
from domain.shared.ids import decode
from tests.api.invoicing import new_invoice
from tests.integrations.mailserver import mail_server
from tests.jobs.bench import Bench
from tests.jobs.test_mail_job import room, work


async def test_m4_an_invoice_is_mailed_with_its_pdf(bench: Bench) -> None:
    """Each address gets one mail that says what is due and when, the invoice attached."""
    await database.execute("UPDATE outgoing_mails SET due_at = NULL WHERE due_at IS NOT NULL")
    sql = "UPDATE organizations SET invoice_emails = $2, billing_email = $3 WHERE id = $1"
    addresses = ["accounts@customer.example", "carl@customer.example"]
    await database.execute(sql, decode("Organization", bench.tree.customer_id), addresses[:1], addresses[1])
    await new_invoice(bench.tree, 12_345)
    async with mail_server() as server:
        assert await work(bench, room(server)) == 2
    assert sorted(mail["To"] for mail in server.mails) == addresses
    for mail in server.mails:
        assert mail["Subject"].startswith("Invoice INV-000001 from ")
        body = mail.get_body(("plain",))
        assert body is not None
        assert "To be paid by" in body.get_content()
        assert "123.45 USD" in body.get_content()
        (attached,) = mail.iter_attachments()
        assert (attached.get_filename(), attached.get_content_type()) == ("INV-000001.pdf", "application/pdf")
        assert attached.get_content().startswith(b"%PDF-")
