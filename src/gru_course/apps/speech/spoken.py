"""Recordings of spoken words, and splits of them that do not leak."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import axes
from gru_course.data.splits import Split

TEST_TAKES, VALIDATION_TAKES = 5, 5
"""Takes 0 to 4 of each word and speaker are the test part, the next 5 the validation part."""


@dataclass(frozen=True, eq=False)
class SpokenWords:
    """Recordings of single words, each said by several speakers several times.

    Parameters
    ----------
    title : str
        What the data are.
    profile : str
        'full' for the real data, 'quick' for a stand-in.
    rate : int
        Samples per second.
    words, speakers : tuple of str
        The names of the classes and of the speakers.
    samples : ndarray of int16, shape (samples of all recordings,)
        The waveforms end to end.
    offsets : ndarray of int64, shape (n + 1,)
        Recording ``i`` is ``samples[offsets[i]:offsets[i + 1]]``.
    labels : ndarray of uint8, shape (n,)
        Place of the word in `words`.
    speaker : ndarray of uint8, shape (n,)
        Place of the speaker in `speakers`.
    take : ndarray of uint8, shape (n,)
        Which of the recordings of this word by this speaker it is, from 0.

    Raises
    ------
    ValueError
        If the samples are not 16-bit whole numbers, the offsets do not cut them, or there is not
        one known word and speaker for each recording.
    """

    title: str
    profile: str
    rate: int
    words: tuple[str, ...]
    speakers: tuple[str, ...]
    samples: NDArray[np.int16]
    offsets: NDArray[np.int64]
    labels: NDArray[np.uint8]
    speaker: NDArray[np.uint8]
    take: NDArray[np.uint8]

    def __post_init__(self) -> None:
        axes(self.offsets, "the offsets", "recordings + 1")
        if self.samples.dtype != np.int16 or self.samples.ndim != 1 or self.rate < 1:
            raise ValueError(
                f"samples of shape {self.samples.shape} and type {self.samples.dtype}, {self.rate} "
                "per second; expected one row of int16. Multiply floats between -1 and 1 by 32767 "
                "and round them"
            )
        steps = np.diff(self.offsets, prepend=0, append=len(self.samples))
        if len(self.offsets) != len(self) + 1 or steps[0] or steps[-1] or (steps < 0).any():
            raise ValueError(
                f"{len(self.offsets)} offsets for {len(self)} recordings and {len(self.samples)} "
                "samples; expected one more than recordings, rising from 0 to all samples"
            )
        for name, known in (("labels", self.words), ("speaker", self.speakers)):
            numbers = getattr(self, name)
            if len(numbers) != len(self) or not np.isin(numbers, range(len(known))).all():
                raise ValueError(
                    f"{name}: {len(numbers)} numbers, among them {np.unique(numbers)[-1:]}; "
                    f"expected one a recording, from 0 to {len(known) - 1}"
                )

    def __len__(self) -> int:
        """Return the number of recordings."""
        return len(self.labels)

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these data is shown."""
        return (
            f"{self.title}, {len(self):,} recordings of {len(self.words)} words by "
            f"{len(self.speakers)} speakers ({self.profile} profile)"
        )

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Length of each recording, shape (n,)."""
        return np.diff(self.offsets) / self.rate

    def waveform(self, number: int) -> NDArray[np.float32]:
        """Return one recording, between -1 and 1; shape (samples,)."""
        number = range(len(self))[number]
        samples = self.samples[self.offsets[number] : self.offsets[number + 1]]
        return samples.astype(np.float32) / np.float32(2**15)


def by_take(data: SpokenWords) -> Split:
    """Return the official split: the first takes of every word and speaker are the test part.

    Parameters
    ----------
    data : SpokenWords

    Returns
    -------
    Split
        The validation part is taken from the official training part. All speakers are in every
        part: this measures how well known voices are understood.

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> [len(part) for part in by_take(vowel_words())]
    [600, 300, 300]
    """
    end = TEST_TAKES + VALIDATION_TAKES
    return Split(
        np.flatnonzero(data.take >= end),
        np.flatnonzero((data.take >= TEST_TAKES) & (data.take < end)),
        np.flatnonzero(data.take < TEST_TAKES),
    )


def by_speaker(data: SpokenWords, name: str) -> Split:
    """Return the split in which one speaker is heard in the test only.

    Parameters
    ----------
    data : SpokenWords
    name : str
        Who is left out, one of ``data.speakers``.

    Returns
    -------
    Split
        The next speaker is the validation part: a stop that is chosen by known voices would be
        chosen for the wrong question.

    Raises
    ------
    ValueError
        If nobody has that name, or there are fewer than three speakers, one for each part.

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> [len(part) for part in by_speaker(vowel_words(), "A")]
    [800, 200, 200]
    """
    if name not in data.speakers:
        raise ValueError(f"no speaker is called {name!r}; there are {', '.join(data.speakers)}")
    if len(data.speakers) < 3:
        raise ValueError(
            f"{len(data.speakers)} speakers; expected at least 3, one for each part of the split"
        )
    left_out = data.speakers.index(name)
    following = (left_out + 1) % len(data.speakers)
    return Split(
        np.flatnonzero((data.speaker != left_out) & (data.speaker != following)),
        np.flatnonzero(data.speaker == following),
        np.flatnonzero(data.speaker == left_out),
    )


def joined(waveforms: Sequence[NDArray[np.int16]]) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Return waveforms end to end, and their offsets.

    Parameters
    ----------
    waveforms : sequence of ndarray of int16, each of shape (samples of its own,)

    Returns
    -------
    tuple of ndarray
        All samples, int16, and where each waveform begins and ends, int64, shape (waveforms + 1,).

    Raises
    ------
    ValueError
        If there is no waveform.

    Examples
    --------
    >>> samples, offsets = joined([np.zeros(3, np.int16), np.ones(2, np.int16)])
    >>> samples.tolist(), offsets.tolist()
    ([0, 0, 0, 1, 1], [0, 3, 5])
    """
    if not len(waveforms):
        raise ValueError("there is no waveform; expected at least one")
    offsets = np.cumsum([0, *map(len, waveforms)], dtype=np.int64)
    return np.concatenate(waveforms), offsets
