"""Who is billed: accounts of customers, their wallets and credit."""
