"""Bulk operations: long work on many things, done in steps that survive whatever dies, with progress to watch."""
