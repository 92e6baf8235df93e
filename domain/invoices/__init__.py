"""Invoices: the open charges of a billing account, numbered without gaps, paid or void."""
