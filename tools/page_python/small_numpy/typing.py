"""Names that annotations use."""

from typing import Any, Generic, TypeVar

T = TypeVar("T")
ArrayLike = Any


class NDArray(Generic[T]):
    """An array, in annotations."""
