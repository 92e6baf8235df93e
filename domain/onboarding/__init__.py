"""What creates or ends an organization with all that belongs to it."""
