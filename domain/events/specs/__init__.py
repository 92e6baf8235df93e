"""The catalogue's parts, one file a concept."""
