"""Subscriptions: what a customer has, for which term, at which price on each edge."""
