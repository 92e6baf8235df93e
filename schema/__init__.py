"""What the API promises: types and inputs, one file a concept, and the committed SDL."""
