"""Series and share prices: what comes next, and how sure that is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained forecaster; see `gru_course.apps.forecasting.saving.load`."""
    from gru_course.apps.forecasting import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
