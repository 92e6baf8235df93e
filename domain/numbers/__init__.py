"""Telephone numbers: a seller's inventory, searched, reserved, assigned, and given back."""
