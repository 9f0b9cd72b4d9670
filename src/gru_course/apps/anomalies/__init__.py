"""Heartbeats and sensors: what is unlike what was learned."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_course.export.package import Package


def load(*arguments: Any, **options: Any) -> "Package":
    """Return the trained detector; see `gru_course.apps.anomalies.saving.load`."""
    from gru_course.apps.anomalies import saving  # here, as most of this room needs no network

    return saving.load(*arguments, **options)
