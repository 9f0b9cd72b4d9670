"""Frames of spoken words for a GRU, and the same words as other voices might say them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.speech.features import Floats, log_mel, off_padding, padded
from gru_course.apps.speech.spoken import SpokenWords
from gru_course.course.checked import axes, finite

TIMESTEPS, PAIR = 48, 2
"""Frames kept of each word, and how many frames of 10 ms are averaged to one."""


@dataclass(frozen=True)
class Scaling:
    """Mean and deviation of each band, taken from the training part only.

    Parameters
    ----------
    mean, deviation : ndarray of float32, shape (bands,)
    """

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, frames: Floats) -> "Scaling":
        """Measure padded frames; padding is not counted.

        Parameters
        ----------
        frames : ndarray of float32, shape (n, timesteps, bands)
            Zeros for padding.

        Returns
        -------
        Scaling

        Raises
        ------
        ValueError
            If a value is not finite, or all is padding.
        """
        frames = finite(frames, "the frames")
        spoken = frames[heard(frames)]
        if not len(spoken):
            raise ValueError(
                f"frames of shape {frames.shape} are all padding; expected at least one that is not"
            )
        return cls(spoken.mean(axis=0), spoken.std(axis=0) + np.float32(1e-3))

    def apply(self, frames: Floats) -> Floats:
        """Scale frames of the same shape; padding stays zero, and silence does not become it.

        Raises
        ------
        ValueError
            If a value is not finite.
        """
        axes(frames, "the frames", "n, timesteps, bands")
        real = heard(finite(frames, "the frames"))
        scaled = (frames - self.mean) / self.deviation
        return off_padding(np.asarray(scaled * real[..., None], dtype="float32"), real)


def heard(frames: Floats) -> NDArray[np.bool_]:
    """Return which timesteps are sound, be it silence, and not padding.

    Padding is 0 in all bands. No frame of this module's functions is, however still it is.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)

    Returns
    -------
    ndarray of bool, shape (n, timesteps)

    Examples
    --------
    >>> heard(np.array([[[1.0], [0.0]]], "f4")).tolist()
    [[True, False]]
    """
    axes(frames, "the frames", "n, timesteps, bands")
    return np.asarray((frames != 0).any(axis=-1))


def word_frames(data: SpokenWords, bands: int = 26, timesteps: int = TIMESTEPS) -> Floats:
    """Return log-mel frames of every recording, one per 20 ms, padded behind.

    Parameters
    ----------
    data : SpokenWords
    bands : int
        Features per frame.
    timesteps : int
        Longer recordings lose their end.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)

    Raises
    ------
    ValueError
        If `timesteps` is below 1, or a recording shorter than a frame.

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> word_frames(vowel_words(takes=11)).shape
    (660, 48, 26)
    """
    if timesteps < 1:
        raise ValueError(f"timesteps is {timesteps}; expected at least 1")
    rows = []
    for number in range(len(data)):
        try:
            frames = log_mel(data.waveform(number), data.rate, bands)
        except ValueError as error:
            raise ValueError(f"recording {number}: {error}") from error
        whole = max(len(frames) // PAIR, 1) * PAIR
        pairs = np.resize(frames, (whole, bands)).reshape(-1, PAIR, bands)
        rows.append(pairs.mean(axis=1, dtype="float32"))
    return padded(rows, timesteps)


def normalised_by_word(frames: Floats) -> Floats:
    """Return frames in which every band of every word has mean 0 and deviation 1.

    What stays the same through a word, the voice and the microphone, is thereby taken away. It
    needs the whole word, so it is no remedy for a stream.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        Padding stays zero. A band that never changes, as in a muted recording, is next to nothing.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> normalised_by_word(np.array([[[1.0], [3.0], [0.0]]], "f4"))[0, :, 0].round().tolist()
    [-1.0, 1.0, 0.0]
    """
    real = heard(finite(frames, "the frames"))
    mask = real[..., None]
    count = np.maximum(mask.sum(axis=1, keepdims=True), 1)
    mean = (frames * mask).sum(axis=1, keepdims=True) / count
    deviation = np.sqrt((((frames - mean) * mask) ** 2).sum(axis=1, keepdims=True) / count)
    # Adding 0 turns the -0.0 of padding into 0.0.
    scaled = np.asarray((frames - mean) / (deviation + 1e-3) * mask + 0.0, dtype="float32")
    return off_padding(scaled, real)


def other_voices(frames: Floats, rng: np.random.Generator) -> Floats:
    """Return the words as other people might say them: warped in time and pitch, with gaps.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)
        Scaled log-mel frames.
    rng : numpy.random.Generator
        Decides for every word anew: speed by a factor of 0.75 to 1.3, bands by a factor of 0.82
        to 1.22, and one block of up to five bands set to the mean.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        A word that is all padding stays so.

    Raises
    ------
    ValueError
        If a value is not finite.

    Notes
    -----
    The gap is one of the three changes of SpecAugment (Park et al. 2019, section 2).

    Examples
    --------
    >>> words = np.ones((2, 6, 8), "f4")
    >>> other_voices(words, np.random.default_rng(0)).shape
    (2, 6, 8)
    """
    axes(frames, "the frames", "n, timesteps, bands")
    n, timesteps, bands = map(int, frames.shape)
    lengths = heard(finite(frames, "the frames")).sum(axis=1)
    speed: Any = rng.uniform(0.75, 1.3, size=n)
    time = np.arange(timesteps)[None] * speed[:, None]
    inside = time <= (lengths - 1)[:, None]
    slow = _between(frames, np.minimum(time, lengths[:, None] - 1))
    pitch: Any = rng.uniform(0.82, 1.22, size=n)
    places = np.minimum(np.arange(bands)[None] * pitch[:, None], bands - 1)
    voiced = _between(slow.transpose(0, 2, 1), places).transpose(0, 2, 1)
    first: Any = rng.integers(0, bands, size=n)
    width: Any = rng.integers(0, 6, size=n)
    band = np.arange(bands)[None]
    kept = (band < first[:, None]) | (band >= (first + width)[:, None])
    voiced = np.asarray(voiced * kept[:, None] * inside[..., None], dtype="float32")
    return off_padding(voiced, inside)


def other_speed(frames: Floats, rng: np.random.Generator) -> Floats:
    """Return the words said faster or slower, and nothing else changed.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)
        Scaled log-mel frames.
    rng : numpy.random.Generator
        Draws a factor of 0.75 to 1.3 for every word anew.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        A word that is all padding stays so.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> other_speed(np.ones((2, 6, 8), "f4"), np.random.default_rng(0)).shape
    (2, 6, 8)
    """
    axes(frames, "the frames", "n, timesteps, bands")
    n, timesteps, _ = map(int, frames.shape)
    lengths = heard(finite(frames, "the frames")).sum(axis=1)[:, None]
    time = np.arange(timesteps)[None] * rng.uniform(0.75, 1.3, size=(n, 1))
    inside = time <= lengths - 1
    said = _between(frames, np.minimum(time, lengths - 1)) * inside[..., None]
    return off_padding(np.asarray(said, dtype="float32"), inside)


def other_pitch(frames: Floats, rng: np.random.Generator) -> Floats:
    """Return the words said by a higher or lower voice: its bands are pushed up or down.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)
        Scaled log-mel frames.
    rng : numpy.random.Generator
        Draws a factor of 0.82 to 1.22 for every word anew.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        A word that is all padding stays so.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> other_pitch(np.ones((2, 6, 8), "f4"), np.random.default_rng(0)).shape
    (2, 6, 8)
    """
    axes(frames, "the frames", "n, timesteps, bands")
    n, _, bands = map(int, frames.shape)
    real = heard(finite(frames, "the frames"))
    places = np.arange(bands)[None] * rng.uniform(0.82, 1.22, size=(n, 1))
    said = _between(frames.transpose(0, 2, 1), np.minimum(places, bands - 1)).transpose(0, 2, 1)
    return off_padding(np.asarray(said * real[..., None], dtype="float32"), real)


def other_room(frames: Floats, rng: np.random.Generator) -> Floats:
    """Return the words as another microphone would hear them in a noisier room.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)
        Scaled log-mel frames.
    rng : numpy.random.Generator
        Draws for every word anew a level for each band, of up to 0.5, that stays through the word,
        and noise of a deviation of up to 0.3.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        A word that is all padding stays so.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> other_room(np.ones((2, 6, 8), "f4"), np.random.default_rng(0)).shape
    (2, 6, 8)
    """
    axes(frames, "the frames", "n, timesteps, bands")
    n, _, bands = map(int, frames.shape)
    real = heard(finite(frames, "the frames"))
    level: Any = rng.uniform(-0.5, 0.5, size=(n, 1, bands))
    noise: Any = rng.normal(size=frames.shape) * rng.uniform(0, 0.3, size=(n, 1, 1))
    loud = np.asarray((frames + level + noise) * real[..., None], dtype="float32")
    return off_padding(loud, real)


def voices_and_noise(frames: Floats, rng: np.random.Generator) -> Floats:
    """Return the words as other people might say them in another room.

    Parameters
    ----------
    frames : ndarray of float32, shape (n, timesteps, bands)
        Scaled log-mel frames.
    rng : numpy.random.Generator
        Draws what `other_voices` and then `other_room` draw.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, bands)
        A word that is all padding stays so.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> voices_and_noise(np.ones((2, 6, 8), "f4"), np.random.default_rng(0)).shape
    (2, 6, 8)
    """
    return other_room(other_voices(frames, rng), rng)


def _between(values: Floats, places: NDArray[np.floating]) -> Floats:
    """Read axis 1 at places between whole numbers, word by word."""
    places = np.clip(places, 0, values.shape[1] - 1)
    low: Any = np.floor(places).astype(np.int64)
    high: Any = np.minimum(low + 1, values.shape[1] - 1)
    share = np.expand_dims(places - low, -1)
    first, second = (np.take_along_axis(values, at[..., None], axis=1) for at in (low, high))
    return np.asarray(first * (1 - share) + second * share)
