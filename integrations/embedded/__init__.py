"""A real PostgreSQL and a real Redis from optional packages, for a machine that has neither."""


class EmbeddedServerError(RuntimeError):
    """An embedded server cannot be had; the message says what to install or which URL to set instead."""
