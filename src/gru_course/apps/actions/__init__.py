"""Gestures and moving dots: what somebody does, told while it is done."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained reader of paths; see `gru_course.apps.actions.saving.load`."""
    from gru_course.apps.actions import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
