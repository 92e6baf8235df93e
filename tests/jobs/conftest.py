"""A bench for the jobs: two sandboxes, one that answers at once and one that takes its time."""

from collections.abc import AsyncIterator

import pytest

import bootstrap
from integrations.provisioners.sandbox.app import SandboxSettings
from integrations.provisioners.sandbox.faults import Fault, FaultKind
from seeding import Planted
from settings import Settings
from tests.jobs.bench import Bench, open_bench

AT_ONCE = SandboxSettings(
    faults=(
        Fault(fault=FaultKind.AT_ONCE, times=None),
        Fault(fault=FaultKind.AT_ONCE, method="DELETE", times=None),
    )
)
SILENT = SandboxSettings(work_seconds=0.0, faults=(Fault(fault=FaultKind.CALLBACK_NEVER, times=None),))


async def _bench(
    tree: Planted, settings: Settings, addresses: bootstrap.Addresses, sandbox: SandboxSettings
) -> AsyncIterator[Bench]:
    doorbell = bootstrap.open_doorbell(addresses)
    async with open_bench(tree, bootstrap.open_vault(settings), doorbell, sandbox) as bench:
        yield bench
    await doorbell.aclose()


@pytest.fixture
async def bench(tree: Planted, settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Bench]:
    """A bench whose sandbox has done what it is asked when it answers."""
    async for made in _bench(tree, settings, addresses, AT_ONCE):
        yield made


@pytest.fixture
async def slow_bench(tree: Planted, settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Bench]:
    """A bench whose sandbox accepts first, works afterwards, and never calls back: it must be asked."""
    async for made in _bench(tree, settings, addresses, SILENT):
        yield made
