"""Numbers that come in by way of other carriers and registries: port orders, toll-free orders, RespOrg changes."""
