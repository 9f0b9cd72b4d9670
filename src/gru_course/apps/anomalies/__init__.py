"""Heartbeats and sensors: what is unlike what was learned."""
