"""One search over organizations, numbers and contracts."""
