"""Spoken digits: from sound to words."""
