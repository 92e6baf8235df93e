"""No secret is ever found in events, deliveries, the attempt log, operations, or the logs of the jobs."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from domain.shared import database
from domain.shared.ids import decode
from domain.webhooks.actions import EndpointDraft, create_endpoint
from integrations.webhooks.signing import new_secret
from tests.integrations.sandboxes import SECRET as PROVISIONER_SECRET
from tests.integrations.sandboxes import serving
from tests.jobs.bench import Bench
from tests.processes.mailbox import Mailbox, Mood

ENDPOINT_SECRET = new_secret(b"planted to be looked for: 32 byt")
# Everything that people read, and everything that is sent.
TABLES = (
    "events",
    "webhook_deliveries",
    "webhook_attempts",
    "webhook_endpoints",
    "provisioning_operations",
    "provisioner_callbacks",
    "instances",
    "orders",
    "order_lines",
    "subscriptions",
    "api_tokens",
    "idempotency_keys",
    "tickets",
    "credential_links",
    "outgoing_mails",
)


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    """Every structured log line of this process."""
    with capture_logs() as lines:
        yield lines


async def _everything_stored() -> str:
    texts = []
    for table in TABLES:
        texts += [row[0] for row in await database.fetch(f"SELECT t::text FROM {table} t")]  # noqa: S608 - a constant
    return "\n".join(texts)


async def _planted(bench: Bench) -> set[str]:
    """Every secret there is: shared ones, tokens, and the credentials that the sandbox has made."""
    found = {ENDPOINT_SECRET, PROVISIONER_SECRET, bench.tree.partner_token, bench.tree.customer_token}
    sealed = await database.fetch(
        "SELECT outputs_sealed FROM instances WHERE outputs_sealed IS NOT NULL AND organization_id = $1",
        decode("Organization", bench.tree.customer_id),
    )
    credentials = 0
    for row in sealed:
        opened = orjson.loads(bench.shop.vault.open(row["outputs_sealed"]))
        found |= {opened["admin_password"], opened["login_url"]}
        credentials += 1
    assert credentials >= 2
    return found | {secret.removeprefix("whsec_") for secret in found}


async def test_a_whole_story_leaves_no_secret_in_the_open(bench: Bench, logs: list[Any]) -> None:
    """Orders that complete and are delivered with trouble: no planted secret is in any row, message or log line."""
    mailbox = Mailbox(ENDPOINT_SECRET)
    async with serving(mailbox.app()) as url:
        draft = EndpointDraft(decode("Organization", bench.tree.partner_id), f"{url}/hook", ["*"], "", [])
        sealed = bench.shop.vault.seal(ENDPOINT_SECRET)
        await create_endpoint(bench.actor(), draft, secret_sealed=sealed)
        mailbox.mood = Mood.FAILING
        completed = await bench.place()
        await bench.work()
        mailbox.mood = Mood.OPEN
        failed = await bench.place(cloud={"sandbox": {"fault": "drop_after_acting"}})
        await bench.work()
        bench.clock.pass_by(minutes=4)
        await bench.work()
        assert (await bench.order(completed))["state"] == (await bench.order(failed))["state"] == "COMPLETED"
    stored = await _everything_stored()
    sent = orjson.dumps([letter.event for letter in mailbox.letters]).decode()
    logged = "\n".join(repr(line) for line in logs)
    assert "instance.provisioned" in sent
    assert "provisioning.outcome" in logged
    for secret in await _planted(bench):
        for where, text in (("a row", stored), ("a webhook", sent), ("a log line", logged)):
            assert secret not in text, f"{secret[:12]}… is in {where}"
