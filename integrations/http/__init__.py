"""Outbound HTTP: where it may go, and one bounded attempt at a time."""
