"""Gestures and moving dots: what somebody does, told while it is done."""
