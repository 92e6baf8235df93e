"""Usage: how many users postpaid subscriptions have, and what their months cost for it."""
