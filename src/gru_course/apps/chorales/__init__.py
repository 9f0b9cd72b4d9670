"""Music: canons and chorales, learned and composed."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained composer; see `gru_course.apps.chorales.saving.load`."""
    from gru_course.apps.chorales import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
