"""Figures: the style of the course and the plots that notebooks share."""

from gru_course.plots.learning import confusion_matrix, learning_curves, seed_spread

__all__ = ["confusion_matrix", "learning_curves", "seed_spread"]
