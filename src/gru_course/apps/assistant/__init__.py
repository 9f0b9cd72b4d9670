"""Requests of people: what they want, and the dialogue that finds out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained assistant; see `gru_course.apps.assistant.saving.load`."""
    from gru_course.apps.assistant import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
