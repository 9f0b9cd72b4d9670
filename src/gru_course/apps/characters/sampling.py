"""From logits to a choice: temperature and top-p."""

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite

FloatArray = NDArray[np.floating]


def heated(logits: FloatArray, temperature: float) -> NDArray[np.float64]:
    """Return the distribution of logits at a temperature.

    Parameters
    ----------
    logits : ndarray, shape (..., choices)
    temperature : float
        1 for what the model says; below, likely choices become likelier; near 0 only the likeliest
        is left.

    Returns
    -------
    ndarray of float64, shape (..., choices)
        Softmax of ``logits / temperature``.

    Raises
    ------
    ValueError
        If the temperature is not above 0, or the largest logit over it is not finite; -inf forbids
        a choice.

    Examples
    --------
    >>> heated(np.log([0.8, 0.2]), 0.5).round(3).tolist()
    [0.941, 0.059]
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; expected more than 0")
    if not np.atleast_1d(logits).shape[-1]:
        raise ValueError("there is no logit; expected one for each choice")
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    finite(scaled.max(axis=-1), "the largest logits over the temperature", what_to_do="")
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def top_p(distribution: FloatArray, p: float) -> NDArray[np.float64]:
    """Keep the likeliest choices that together reach `p`, and share the rest among them.

    Parameters
    ----------
    distribution : ndarray, shape (choices,)
    p : float
        Above 0; 1 keeps everything.

    Returns
    -------
    ndarray of float64, shape (choices,)

    Raises
    ------
    ValueError
        If `p` is not above 0 and at most 1, or the distribution is none.

    Notes
    -----
    Nucleus sampling of Holtzman et al. (2020). At least one choice is kept.

    Examples
    --------
    >>> top_p(np.array([0.1, 0.5, 0.4]), 0.8).round(3).tolist()
    [0.0, 0.556, 0.444]
    """
    if not 0 < p <= 1:
        raise ValueError(f"p is {p}; expected more than 0 and at most 1")
    distribution = _checked(distribution)
    order = np.argsort(-distribution, kind="stable")
    before = np.cumsum(distribution[order]) - distribution[order]
    kept = np.zeros(len(distribution))
    chosen = order[before < p]
    kept[chosen] = distribution[chosen] / distribution[chosen].sum()
    return kept


def entropy(distribution: FloatArray) -> NDArray[np.float64]:
    """Return the entropy in bits along the last axis.

    Raises
    ------
    ValueError
        If the probabilities along it are no distribution.

    Examples
    --------
    >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    distribution = _checked(distribution)
    safe = np.where(distribution > 0, distribution, 1)
    return np.asarray(-(safe * np.log2(safe)).sum(axis=-1) + 0.0)


def _checked(distribution: FloatArray) -> FloatArray:
    """Return probabilities as they came, if they are and sum to 1 along the last axis."""
    distribution = finite(distribution, "the probabilities", what_to_do="")
    sums = distribution.sum(axis=-1)
    if (distribution < 0).any() or (np.abs(sums - 1) > 1e-3).any():
        raise ValueError(
            f"probabilities from {distribution.min(initial=0):.3g}, with sums from "
            f"{sums.min():.3g} to {sums.max():.3g}; expected none below 0, and sums of 1. Logits "
            "go through heated first"
        )
    return distribution
