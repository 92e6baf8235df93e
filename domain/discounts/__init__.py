"""Discounts of a seller on what its buyers pay it: by percent or a fixed amount, with or without a code."""
