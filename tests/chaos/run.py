"""Plays faults against the product and says what held: `make chaos`."""

import argparse
import asyncio
import logging
import sys
import time

from rich.console import Console
from rich.table import Table

from tests.chaos import alone, clocks, faults, provisioners
from tests.chaos.faults import Finding
from tests.chaos.ground import Ground, open_ground

FAULTS = {**alone.FAULTS, **clocks.FAULTS, **provisioners.FAULTS, **faults.FAULTS}


async def _play(ground: Ground, name: str) -> Finding:
    try:
        return await FAULTS[name](ground)
    except Exception as error:  # noqa: BLE001 - one fault that breaks the play must not hide the others
        return Finding(holds=False, seen=f"{type(error).__name__}: {error}"[:200])
    finally:
        await ground.rest()


async def play(names: list[str], scale: float) -> bool:
    """Play these faults one after the other and print a table; whether all held."""
    console = Console(width=160)
    table = Table("fault", "holds", "seen", "took")
    held = True
    async with open_ground(scale) as ground:
        for name in names:
            began = time.monotonic()
            finding = await _play(ground, name)
            held &= finding.holds
            console.print(f"{name}: {'holds' if finding.holds else 'DOES NOT HOLD'}: {finding.seen}")
            table.add_row(name, "yes" if finding.holds else "NO", finding.seen, f"{time.monotonic() - began:.0f} s")
    console.print(table)
    return held


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="faults to play, by name, comma between; all if it is left out")
    parser.add_argument("--scale", type=float, default=1.0, help="how long and how much: 1 is the whole play")
    arguments = parser.parse_args()
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # the play's own pool meets what the faults do, too
    names = arguments.only.split(",") if arguments.only else list(FAULTS)
    sys.exit(0 if asyncio.run(play(names, arguments.scale)) else 1)


if __name__ == "__main__":
    main()
