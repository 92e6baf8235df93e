"""Who may do what: machine tokens, roles, and the keys that make a request count once."""
