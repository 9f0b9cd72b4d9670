"""Requests of people: what they want, and the dialogue that finds out."""
