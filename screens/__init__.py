"""Windows: pixels and words only."""
