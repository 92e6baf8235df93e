"""Instances that live in somebody else's system, and the operations that make, change and remove them."""
