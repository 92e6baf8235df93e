"""Contracts between a customer and its seller: a term, and prices that beat the price lists."""
