"""Rotating the keys of what is stored: everything is sealed with the newest, so that the others can go."""

import bootstrap
from domain.shared.resealing import Resealed, reseal_all
from integrations.vault import Vault


async def reseal_stored(addresses: bootstrap.Addresses, vault: Vault) -> list[Resealed]:
    """Seal every stored secret with the vault's newest key; what was done, by column."""
    async with bootstrap.database(addresses, 2):
        return await reseal_all(vault.seal_anew)
