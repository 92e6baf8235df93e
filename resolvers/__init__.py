"""GraphQL to use cases: each resolver calls one action or one query."""
