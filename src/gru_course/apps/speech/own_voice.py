"""One's own voice: a WAV file of any usual kind becomes a word like those of the data set.

``book/assets/js/wav.js`` does the same in the page; a test gives both the same files.
"""

import io
import os
import struct
import warnings
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile
from scipy.signal import resample_poly

from gru_course.apps.speech.features import Floats
from gru_course.apps.speech.spoken import SpokenWords, joined
from gru_course.data.errors import DataError

RATE = 8_000
"""Samples per second of the data set, and of what is returned here."""
PEAK = 0.272
"""The largest sample of a training recording, at the median: as loud is what is returned here."""
LONGEST_FILE, LONGEST_WORD, SHORTEST_WORD = 10.0, 0.96, 0.1
"""Seconds: of a recording, and of the sound in it. A recogniser reads 48 frames of 20 ms."""
_MOST_BYTES, _MOST_SAMPLES = 20_000_000, 192_000  # of a file; per second
_PIECE = 80  # samples; 10 ms, the step in which sound is looked for
_SILENT, _QUIET = 0.003, 0.05  # of full scale; of the loudest piece
_AROUND = 2  # pieces kept before and behind the sound: consonants begin softly
_UNREADABLE = (
    ValueError, EOFError, OverflowError, ZeroDivisionError, struct.error, wavfile.WavFileWarning,
    TypeError, UnboundLocalError,  # SciPy: a sample of no known size, and a file without sound
)  # fmt: skip
_HELP = "Save the recording as WAV (PCM), for example with the recorder of your system or Audacity."


def read_word(recording: str | Path | bytes) -> Floats:
    """Return the one word of a recording as the data set would hold it.

    Parameters
    ----------
    recording : str, pathlib.Path or bytes
        A WAV file, or what is in it: 8, 16, 24 or 32 bits or floats, one channel or several, at
        least 8,000 samples per second, at most ten seconds with one word in them.

    Returns
    -------
    ndarray of float32, shape (samples,)
        The loudest channel at 8,000 samples per second, without the silence around the word; its
        largest sample is `PEAK`.

    Raises
    ------
    DataError
        If it is no such file, or silent, clipped, too long or too short; the error says what to do.

    Examples
    --------
    >>> content = io.BytesIO()
    >>> tone = np.sin(2 * np.pi * 300 * np.arange(22_050) / 44_100)
    >>> wavfile.write(content, 44_100, (9_000 * tone).astype("i2"))
    >>> read_word(content.getvalue()).shape
    (4000,)
    """
    name, samples, rate = _opened(recording)
    channel = samples[:, np.square(samples).mean(axis=0).argmax()]
    loudest = np.abs(channel).max()
    if loudest < _SILENT:
        raise DataError(
            f"{name} is silent: its loudest sample is {loudest:.4f} of full scale, expected at "
            f"least {_SILENT}. Is the microphone switched on, and the right one?"
        )
    _refuse_clipped(channel, name)
    common = gcd(rate, RATE)
    word = np.asarray(resample_poly(channel, RATE // common, rate // common), dtype=np.float32)
    word = _trimmed(np.clip(word, -1, 1))
    seconds = len(word) / RATE
    if not SHORTEST_WORD <= seconds <= LONGEST_WORD:
        raise DataError(
            f"{name} holds {seconds:.2f} seconds of sound; expected {SHORTEST_WORD} to "
            f"{LONGEST_WORD}. Say one digit, without a pause, in a quiet room."
        )
    return word * np.float32(PEAK / np.abs(word).max())


def own_word(recording: str | Path | bytes, words: tuple[str, ...]) -> SpokenWords:
    """Return a recording in the form of the data set, so that the same functions take it.

    Parameters
    ----------
    recording : str, pathlib.Path or bytes
        As for `read_word`.
    words : tuple of str
        What a recogniser can answer, such as ``data.words``.

    Returns
    -------
    SpokenWords
        One recording by one speaker, "you". Its label is 0 and says nothing.

    Raises
    ------
    DataError
        As for `read_word`.

    Examples
    --------
    >>> content = io.BytesIO()
    >>> wavfile.write(content, 8_000, np.sin(np.arange(4_000)).astype("f4") / 2)
    >>> own_word(content.getvalue(), ("zero", "one")).statement
    'Your own recording, 1 recordings of 2 words by 1 speakers (full profile)'
    """
    samples, offsets = joined([np.rint(32_767 * read_word(recording)).astype(np.int16)])
    nothing = np.zeros(1, dtype=np.uint8)
    return SpokenWords(
        "Your own recording", "full", RATE, words, ("you",), samples, offsets, *[nothing] * 3
    )


def _opened(recording: str | Path | bytes) -> tuple[str, NDArray[np.float64], int]:
    """Return the name, the samples between -1 and 1, shape ``(samples, channels)``, the rate."""
    if isinstance(recording, bytes):
        name, content = "The recording", recording[: _MOST_BYTES + 1]
    else:
        name = os.path.basename(os.fspath(recording))
        try:
            with Path(recording).expanduser().open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except OSError as error:
            raise DataError(f"{recording} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise DataError(
            f"{name} has more than {_MOST_BYTES:,} bytes; expected one word. Cut the rest off."
        )
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise DataError(f"{name} is no WAV file: it begins with {content[:12]!r}. {_HELP}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", wavfile.WavFileWarning)
            warnings.filterwarnings("ignore", "Chunk .non-data. not understood")
            rate, samples = wavfile.read(io.BytesIO(content))
    except _UNREADABLE as error:
        what = str(error).split(". Supported")[0] or "it is cut off"
        raise DataError(f"{name} cannot be read: {what:.200}. {_HELP}") from error
    if not samples.size:
        raise DataError(f"{name} holds no sample. Record it again.")
    samples = samples.reshape(len(samples), -1)
    seconds = len(samples) / max(rate, 1)
    if not RATE <= rate <= _MOST_SAMPLES or seconds > LONGEST_FILE:
        raise DataError(
            f"{name} has {rate:,} samples per second and lasts {seconds:.1f} seconds; expected "
            f"{RATE:,} to {_MOST_SAMPLES:,}, and at most {LONGEST_FILE:.0f} seconds with one word "
            "in them."
        )
    kind = samples.dtype
    if kind == np.uint8:
        return name, (samples.astype(np.float64) - 128) / 128, rate
    if kind.kind == "i":
        return name, samples / -float(np.iinfo(kind).min), rate
    if not np.isfinite(samples).all():
        raise DataError(f"{name} holds samples that are no numbers. Save it again as 16-bit PCM.")
    return name, samples.astype(np.float64), rate


def _refuse_clipped(channel: NDArray[np.float64], name: str) -> None:
    """Refuse sound that was louder than the file can hold, three samples on end and more."""
    full = np.abs(channel) >= 0.99
    runs = full[:-2] & full[1:-1] & full[2:]
    if runs.sum() > 0.001 * len(channel):
        raise DataError(
            f"{name} is clipped: {runs.mean():.1%} of it is as loud as the file can hold. Record "
            "it again, further from the microphone or with a lower level."
        )


def _trimmed(word: Floats) -> Floats:
    """Cut off what is next to silent before the first and behind the last sound."""
    pieces = -(-len(word) // _PIECE)
    padded = np.pad(word, (0, pieces * _PIECE - len(word))).reshape(pieces, _PIECE)
    loud = np.sqrt(np.square(padded, dtype=np.float64).mean(axis=1))
    sound = np.flatnonzero(loud >= _QUIET * loud.max())
    first, last = max(sound[0] - _AROUND, 0), sound[-1] + 1 + _AROUND
    return word[first * _PIECE : last * _PIECE]
