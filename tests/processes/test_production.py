"""What a production worker may reach: the operator's provisioners anywhere, webhook addresses in public only."""

import json
from pathlib import Path

from tests.processes.town import Town, until


def development_key(town: Town) -> str:
    """The key that the town's development processes made, and sealed its secrets with."""
    return Path(town.household.environment["PROVENDER_DATA_DIR"], "secret.key").read_text(encoding="ascii")


async def test_production_calls_private_provisioners_and_no_private_webhooks(town: Town) -> None:
    """Provisioners are the operator's own choice and may lie in its network; a webhook address is anybody's."""
    production = {"PROVENDER_ENVIRONMENT": "production", "PROVENDER_SECRET_KEYS": json.dumps([development_key(town)])}
    order_id = await town.place()
    town.household.start("worker", ["worker"], production)
    await town.completed(order_id)

    async def tried() -> bool:
        return bool(await town.database.fetchval("SELECT count(*) FROM webhook_attempts"))

    await until("an attempt of a delivery", tried)
    errors = await town.database.fetch("SELECT DISTINCT error FROM webhook_attempts")
    assert {row["error"] for row in errors} <= {"forbidden_url", "forbidden_address"}
    assert not town.mailbox.taken()
