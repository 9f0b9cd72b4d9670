"""The Free Spoken Digit Dataset: zero to nine, said by six people fifty times each."""

import hashlib
import io
import os
import re
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.speech.spoken import SpokenWords, joined
from gru_course.apps.speech.vowels import vowel_words
from gru_course.data.archives import tar_members
from gru_course.data.errors import DataError
from gru_course.data.fetch import cache_folder, data_folder, download, locate, writing_to_cache
from gru_course.data.sources import Dataset, RemoteFile

TITLE = "Free Spoken Digit Dataset"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
RATE = 8_000

_LONGEST, _TOTAL = 1 << 18, 1 << 27  # bytes of a recording and of all; there are 36,000 and 27 M
_LAST_TAKE = 255
_EXPECTED = f"Expected is one channel of 16 bits at {RATE:,} Hz, with at least one sample."
_RECORDING = re.compile(r"[^/]+/(recordings/([0-9])_([a-z]+)_([0-9]+)\.wav)")


@dataclass(frozen=True)
class DigitsSource:
    """Where the recordings may be read from, and what must be found there.

    Parameters
    ----------
    packed : RemoteFile
        The recordings, repacked.
    release : str
        Name of the authors' own archive inside the data folder and the cache. GitHub packs it
        anew when asked, so it has no hash of its own; what is in it has.
    url : str
        Where to download that.
    limit : int
        Bytes that it has at the very most.
    recordings_sha256 : str
        The sha256 of the lines that ``sha256sum`` prints for the recordings, sorted by path.
    count : int
        How many there are.
    """

    packed: RemoteFile
    release: str
    url: str
    limit: int
    recordings_sha256: str
    count: int


DIGITS_SOURCE = DigitsSource(
    packed=RemoteFile(
        name="speech/fsdd_recordings.tar.xz",
        url=None,
        sha256="92559c32fe9f5589b1e2ba768356ffbda0ffc816cfeaef5f747ea306000eba20",
        size=13_505_220,
    ),
    release="speech/free-spoken-digit-dataset-1.0.10.tar.gz",
    url="https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.tar.gz",
    limit=100_000_000,
    recordings_sha256="04e1baae96c6a26e39c623f2b01d0182ddae627ba0ac02a3cdc17ba2af99fd9b",
    count=3_000,
)


def load_digits(source: DigitsSource = DIGITS_SOURCE) -> SpokenWords:
    """Return the recordings of the Free Spoken Digit Dataset, version 1.0.10.

    The archive is read as a stream, in about a second; it is downloaded if need be.

    Parameters
    ----------
    source : DigitsSource
        Where to read from; tests give a small one of their own.

    Returns
    -------
    SpokenWords
        3,000 recordings at 8 kHz, in the order of digit, speaker and take. Split them with
        :func:`gru_course.apps.speech.spoken.by_take` or
        :func:`gru_course.apps.speech.spoken.by_speaker`.

    Raises
    ------
    DataUnavailable
        If the data are not on this machine and cannot be downloaded.
    DataError
        If a file is altered or cut off, or the cache cannot be written.

    Notes
    -----
    Source: Jackson et al. (2018), doi:10.5281/zenodo.1342401, CC BY-SA 4.0. The recordings are
    trimmed: there is next to no silence in front of a digit and after it.

    Examples
    --------
    >>> load_digits().waveform(0).shape  # doctest: +SKIP
    (2384,)
    """
    data_folder()  # a variable that names no folder is reported even if the cache would do
    return _parse(_find(source) or _download(source))


def _find(source: DigitsSource) -> dict[str, bytes] | None:
    """Return the recordings from an archive on this machine, or None.

    As for `locate`: a damaged archive in the data folder is an error, one in the cache is not
    there.
    """
    packed, folder = locate(source.packed), data_folder()
    if packed is not None:
        return _read(packed, source)
    if folder is not None and os.path.exists(folder / source.release):
        return _read(folder / source.release, source)
    return _cached(source)


def _cached(source: DigitsSource) -> dict[str, bytes] | None:
    release = cache_folder() / source.release
    try:
        return _read(release, source) if os.path.exists(release) else None
    except DataError:
        return None


def _download(source: DigitsSource) -> dict[str, bytes]:
    """Download the authors' archive; it gets its name only when its recordings are right."""
    with writing_to_cache(source.release) as target:
        files = _cached(source)  # another process may have been faster
        if files is not None:
            return files
        told_by = f"{source.count:,} recordings"
        download(source.url, target, source.limit, lambda path: _read(path, source), told_by)
    return _read(target, source)


def _read(archive: Path, source: DigitsSource) -> dict[str, bytes]:
    """Return the recordings by path, such as ``recordings/7_theo_0.wav``, hash checked."""
    files: dict[str, bytes] = {}
    advice = f"Replace it with an intact copy from {source.url}."
    for name, content in tar_members(
        archive, _RECORDING, longest=_LONGEST, total=_TOTAL, advice=advice
    ):
        files[name] = content
        if len(files) > source.count:
            break
    if len(files) != source.count:
        raise DataError(
            f"{archive} holds {len(files):,} recordings where the data set has "
            f"{source.count:,}. {advice}"
        )
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    found = hashlib.sha256("".join(lines).encode()).hexdigest()
    if found != source.recordings_sha256:
        raise DataError(
            f"The recordings in {archive} are not the published ones: the sha256 over them is "
            f"{found}, expected {source.recordings_sha256}. {advice}"
        )
    return files


def _parse(files: Mapping[str, bytes]) -> SpokenWords:
    def place(path: str) -> tuple[int, int, int]:
        digit, speaker, take = path.removeprefix("recordings/").removesuffix(".wav").split("_")
        if speaker not in SPEAKERS or len(take) > 3 or int(take) > _LAST_TAKE:
            raise DataError(
                f"{path} is by none of {', '.join(SPEAKERS)}, or its take is not 0 to {_LAST_TAKE}"
            )
        return int(digit), SPEAKERS.index(speaker), int(take)

    paths = sorted(files, key=place)
    samples, offsets = joined([read_wav(path, files[path]) for path in paths])
    places = np.array([place(path) for path in paths], dtype=np.uint8).T
    return SpokenWords(TITLE, "full", RATE, WORDS, SPEAKERS, samples, offsets, *places)


def read_wav(path: str, content: bytes) -> NDArray[np.int16]:
    """Return the samples of a recording of the data set.

    Parameters
    ----------
    path : str
        Its name, for the error.
    content : bytes
        A WAV file with one channel of 16 bits at 8,000 Hz.

    Returns
    -------
    ndarray of int16, shape (samples,)

    Raises
    ------
    DataError
        If it is no WAV file or one of another form, is cut off, or holds no sound.

    Examples
    --------
    >>> read_wav("7_theo_0.wav", b"RIFF")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    gru_course.data.errors.DataError: 7_theo_0.wav is no WAV file that can be read: it ends too ...
    """
    try:
        with wave.open(io.BytesIO(content)) as recording:
            form = recording.getnchannels(), 8 * recording.getsampwidth(), recording.getframerate()
            count = recording.getnframes()
            frames = recording.readframes(count)
    except (wave.Error, EOFError, RuntimeError) as error:
        what = str(error) or "it ends too early"
        raise DataError(f"{path} is no WAV file that can be read: {what}. {_EXPECTED}") from error
    if form != (1, 16, RATE):
        has = "{} channels of {} bits at {:,} Hz".format(*form)
        raise DataError(f"{path} has {has}. {_EXPECTED}")
    if not count or len(frames) != 2 * count:
        raise DataError(f"{path} has {len(frames)} bytes of {2 * count}. {_EXPECTED}")
    return np.frombuffer(frames, "<i2").astype(np.int16)


SPOKEN_DIGITS = Dataset(
    name="spoken-digits",
    title=TITLE,
    homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
    licence="CC BY-SA 4.0",
    citation="jackson2018",
    files=(DIGITS_SOURCE.packed,),
    load_full=load_digits,
    make_quick=vowel_words,
)
"""The Free Spoken Digit Dataset."""
