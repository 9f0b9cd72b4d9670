"""Exercises of the lessons: what is asked, and how an answer is judged, offline and at once."""

from gru_course.exercises.answering import check, given, hint

__all__ = ["check", "given", "hint"]
