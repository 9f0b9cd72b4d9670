"""Shared code of the GRU course: data, cells, models, training, metrics, bounds, plots."""
