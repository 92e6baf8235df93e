"""A provisioner to try things with: it keeps the published contract with its own state, and misbehaves on request."""
