"""Whether numbers are a sound."""

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite


def waveform(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return a waveform as it came, if it is one.

    Parameters
    ----------
    samples : ndarray of float, shape (samples,)
        Between -1 and 1.

    Returns
    -------
    ndarray of float, shape (samples,)

    Raises
    ------
    ValueError
        If it is not one row of such numbers. Whole numbers, as a sound card and a WAV file give
        them, are refused in every type: 16 bits make them 32,768 times too large.

    Examples
    --------
    >>> waveform(np.array([0.5, -1.0])).tolist()
    [0.5, -1.0]
    """
    samples = finite(samples, "the samples", what_to_do="Cut such a stretch out of the recording.")
    loudest = np.abs(samples, dtype=np.float64).max(initial=0)
    if samples.ndim != 1 or samples.dtype.kind != "f" or loudest > 1:
        raise ValueError(
            f"samples of shape {samples.shape} and type {samples.dtype}, up to {loudest:.3g}; "
            "expected one row of numbers between -1 and 1, of a type of float. Divide whole "
            "numbers of 16 bits by 32768"
        )
    return samples
