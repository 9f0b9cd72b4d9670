"""Shakespeare, character by character."""
