"""The reseller tree: distributors, partners and their customers."""
