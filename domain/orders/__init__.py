"""Orders: from a draft through prices, approval and provisioning to completed or failed."""
