"""The four stories of the sources, told to real processes: the script of the demo, which stops at a missing step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stories import STORIES, meet
from storyteller import Teller
from tests.processes.town import Town, until

_ENDED = "SELECT id FROM orders WHERE organization_id IN (SELECT id FROM organizations WHERE name LIKE '%' || $1)"


@pytest.fixture(scope="module")
async def teller(module_town: Town) -> AsyncIterator[Teller]:
    """Who tells the stories to one town with a worker; the account manager has been met."""
    planted, town = module_town.planted, module_town
    town.start_worker()
    said: list[tuple[str, str]] = []
    teller = Teller(
        client=town.api.client,
        api=town.api_url,
        sandbox=town.sandbox_url,
        mails=Path(str(town.household.environment["PROVENDER_DATA_DIR"])) / "mail",
        tokens={"distributor": planted.distributor_token, "partner": planted.partner_token},
        ids={"distributor": planted.distributor_id, "partner": planted.partner_id},
        say=lambda who, what: said.append((who, what)),
    )
    await meet(teller)
    yield teller
    town.household.kill("worker")


@pytest.mark.parametrize("told", STORIES)
async def test_a_story_of_the_sources_is_told_to_its_end(teller: Teller, module_town: Town, told: str) -> None:
    """Every step is seen: states, refusals, prices, numbers, mails; its events are delivered, signed, once taken."""
    await STORIES[told](teller)
    rows = await module_town.database.fetch(_ENDED, teller.run)

    async def delivered() -> bool:
        wanted = {event for row in rows for event in await module_town.event_ids(row["id"])}
        return wanted <= module_town.mailbox.taken()

    await until("every event of its orders delivered", delivered)
