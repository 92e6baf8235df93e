"""Standard Webhooks on the wire: signatures, sending, and a receiver to try them with."""
