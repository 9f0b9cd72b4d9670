"""Faults that are known and not mended yet: function to parameter and hostile value."""

KNOWN: dict[str, set[str]] = {}
