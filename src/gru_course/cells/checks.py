"""Checking a gradient against what it means: the change of a loss with a number."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, positive


def numerical_gradient(
    loss: Callable[[NDArray[np.floating]], float], at: NDArray[np.floating], step: float = 1e-6
) -> NDArray[np.floating]:
    """Estimate a gradient by central differences, one number at a time.

    Parameters
    ----------
    loss : callable
        Maps an array to one number.
    at : numpy.ndarray
        Where the gradient is wanted, in 64-bit floats; not changed.
    step : float
        Half the distance of the two points; 1e-6 balances rounding against curvature.

    Returns
    -------
    numpy.ndarray
        The shape of ``at``; off by about ``step ** 2`` and rounding.

    Raises
    ------
    TypeError
        If ``at`` does not hold 64-bit floats: with fewer bits rounding would drown the gradient.
    ValueError
        If ``at``, the step or the loss is not finite, or the step not above 0.

    Examples
    --------
    >>> numerical_gradient(lambda x: float(x @ x), np.array([1.0, -2.0])).round(6).tolist()
    [2.0, -4.0]
    """
    if at.dtype != np.float64:
        raise TypeError(f"at holds {at.dtype}; expected float64, since rounding would drown it")
    finite(at, "the numbers of at")
    positive(step, "step")
    gradient = np.empty_like(at)
    for place in np.ndindex(at.shape):
        shifted = at.copy()
        shifted[place] += step
        above = loss(shifted)
        shifted[place] -= 2 * step
        gradient[place] = (above - loss(shifted)) / (2 * step)
    return finite(gradient, "the changes of the loss", what_to_do="")


def relative_error(found: NDArray[np.floating], expected: NDArray[np.floating]) -> float:
    """Return the largest difference, relative to the largest expected number.

    Parameters
    ----------
    found, expected : ndarray of float
        Of the same shape.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ, a number is not finite, or all that is expected is 0.

    Examples
    --------
    >>> relative_error(np.array([1.0, 4.0]), np.array([2.0, 4.0]))
    0.25
    """
    if np.shape(found) != np.shape(expected):
        raise ValueError(f"found has shape {np.shape(found)}; expected {np.shape(expected)}")
    finite(found, "the numbers found")
    if not finite(expected, "the numbers expected").any():
        raise ValueError("the expected numbers are all 0: no error is relative to them")
    return float(np.abs(found - expected).max() / np.abs(expected).max())
