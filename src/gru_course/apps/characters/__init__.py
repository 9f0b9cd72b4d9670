"""Shakespeare, character by character."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained writer; see `gru_course.apps.characters.saving.load`."""
    from gru_course.apps.characters import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
