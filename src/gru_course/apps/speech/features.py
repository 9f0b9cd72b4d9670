"""From sound to timesteps: log-mel frames, cepstra, and rectangles for a batch.

A frame is computed from its own samples only, so that frames may be made while somebody speaks.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal.windows import hann

from gru_course.course.checked import finite, whole
from gru_course.course.waveforms import waveform

Floats = NDArray[np.float32]

FRAME_SECONDS, HOP_SECONDS = 0.025, 0.010
"""Length of a frame and the step to the next: the usual choice in speech recognition."""
FLOOR = 1e-8
"""Energies below this count as this much: digital silence has no logarithm."""
NEXT_TO_NOTHING = np.float32(1e-4)
"""What a timestep that is 0 in all features is set to, since such a timestep means padding."""


def mel(hertz: NDArray[np.floating] | float) -> NDArray[np.floating]:
    """Return the pitch that people hear, in mel: nearly linear below 1 kHz, logarithmic above.

    Parameters
    ----------
    hertz : ndarray or float

    Returns
    -------
    ndarray
        ``2595 log10(1 + hertz / 700)``.

    Raises
    ------
    ValueError
        If a frequency is below 0 or not finite.

    Examples
    --------
    >>> mel(1000.0).round(), mel(4000.0).round()
    (np.float64(1000.0), np.float64(2146.0))
    """
    hertz = finite(hertz, "the frequencies")
    if (hertz < 0).any():
        raise ValueError(f"a frequency is {hertz.min()} Hz; expected 0 or more")
    return np.asarray(2595 * np.log10(1 + hertz / 700))


def mel_filters(rate: int, fft_size: int, bands: int) -> NDArray[np.float64]:
    """Return triangles that gather the bins of a spectrum into bands of equal width in mel.

    Parameters
    ----------
    rate : int
        Samples per second.
    fft_size : int
        Length of the Fourier transform.
    bands : int
        How many triangles, from 0 Hz to half of `rate`.

    Returns
    -------
    ndarray of float64, shape (bands, fft_size // 2 + 1)
        Each triangle begins at the peak of the one before, rises to 1 and ends at the peak of
        the one after.

    Raises
    ------
    ValueError
        If there is no band, or so many that one of them holds no bin.

    Notes
    -----
    As in Davis and Mermelstein (1980), with the mel formula of `mel`.

    Examples
    --------
    >>> mel_filters(8_000, 256, 26).shape
    (26, 129)
    """
    if bands < 1:
        raise ValueError(f"{bands} bands; expected at least 1")
    whole(rate, "rate")
    whole(fft_size, "fft_size")
    edges = 700 * (10 ** (np.linspace(0, mel(rate / 2), bands + 2) / 2595) - 1)
    bins = np.linspace(0, rate / 2, fft_size // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling))
    if not filters.any(axis=1).all():
        raise ValueError(
            f"{bands} bands are too many for a Fourier transform of {fft_size} samples"
        )
    return np.asarray(filters)


def log_mel(samples: NDArray[np.floating], rate: int, bands: int = 26) -> Floats:
    """Return the logarithm of the energy in each mel band, one frame per timestep.

    Parameters
    ----------
    samples : ndarray of float, shape (samples,)
        A waveform between -1 and 1.
    rate : int
        Samples per second.
    bands : int
        Features per frame.

    Returns
    -------
    ndarray of float32, shape (timesteps, bands)
        Frame ``t`` begins at ``t * HOP_SECONDS``. What is left at the end and fills no frame is
        dropped.

    Raises
    ------
    ValueError
        If the waveform is not one row of numbers between -1 and 1, or shorter than one frame, or
        `rate` so low that a step has no sample.

    Examples
    --------
    >>> second = np.sin(2 * np.pi * 440 * np.arange(8_000) / 8_000)
    >>> log_mel(second, 8_000).shape
    (98, 26)
    """
    size, hop = round(FRAME_SECONDS * rate), round(HOP_SECONDS * rate)
    if hop < 1:
        raise ValueError(f"{rate} samples per second; expected at least 100")
    if np.ndim(samples) != 1 or len(samples) < size:
        raise ValueError(
            f"a waveform of shape {np.shape(samples)}; expected one row of at least {size} "
            f"samples, the length of a frame at {rate} samples per second"
        )
    samples = waveform(samples)
    fft_size = 1 << (size - 1).bit_length()
    frames = sliding_window_view(samples, size)[::hop] * hann(size)
    energy = np.abs(np.fft.rfft(frames, fft_size)) ** 2
    return np.log(np.maximum(energy @ mel_filters(rate, fft_size, bands).T, FLOOR)).astype("f4")


def off_padding(frames: Floats, real: NDArray[np.bool_]) -> Floats:
    """Lift timesteps that are 0 in all features next to nothing, so that none counts as padding.

    Silence is a sound: what scaling makes of a muted recording may be 0 everywhere.

    Parameters
    ----------
    frames : ndarray of float32, shape (..., timesteps, features)
    real : ndarray of bool, shape (..., timesteps)
        Which timesteps are no padding.

    Returns
    -------
    ndarray of float32, shape (..., timesteps, features)
        All other timesteps as they were.

    Raises
    ------
    ValueError
        If a frame is not finite, or the shapes do not fit.

    Examples
    --------
    >>> off_padding(np.zeros((2, 1), "f4"), np.array([True, False])).round(6).tolist()
    [[9.999999747378752e-05], [0.0]]
    """
    finite(frames, "the frames")
    if frames.ndim < 2 or frames.shape[:-1] != real.shape:
        raise ValueError(
            f"frames of shape {frames.shape} and {real.shape} for which are real; expected the "
            "same shape and features besides"
        )
    silent = real & ~(frames != 0).any(axis=-1)
    return np.where(silent[..., None], NEXT_TO_NOTHING, frames)


def padded(sequences: Sequence[Floats], timesteps: int | None = None) -> Floats:
    """Return sequences of different lengths as one rectangle, with zeros after the short ones.

    Parameters
    ----------
    sequences : sequence of ndarray of float32, shape (timesteps of its own, features)
    timesteps : int or None
        Length of the rectangle; longer sequences lose their end. None for the longest.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, features)
        A ``Masking`` layer of Keras hides the zeros from a GRU; a timestep that was 0 in all
        features before is told from them, see `off_padding`.

    Raises
    ------
    ValueError
        If there are no sequences, or not all have the same features, a value is not finite, or no
        timestep is left.

    Examples
    --------
    >>> padded([np.ones((1, 2), "f4"), np.ones((3, 2), "f4")])[0].tolist()
    [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
    """
    shapes = {np.shape(sequence)[1:] for sequence in sequences}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise ValueError(
            f"{len(sequences)} sequences of shapes (timesteps, *), * being {sorted(shapes)}; "
            "expected at least one sequence, of shape (timesteps, features), and the same features "
            "in all of them"
        )
    longest = max(map(len, sequences)) if timesteps is None else timesteps
    if longest < 1:
        raise ValueError(f"rectangles of {longest} timesteps; expected at least 1")
    batch = np.zeros((len(sequences), longest, sequences[0].shape[1]), dtype="float32")
    for number, (row, sequence) in enumerate(zip(batch, sequences, strict=True)):
        row[: len(sequence)] = finite(sequence, f"the values of sequence {number}")[:longest]
    lengths = np.array([len(sequence) for sequence in sequences])
    return off_padding(batch, np.arange(longest) < lengths[:, None])
