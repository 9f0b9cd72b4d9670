"""Heartbeats, normal and abnormal: ECG5000, and beats drawn from a few waves as its stand-in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, whole
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import Dataset, RemoteFile

TITLE = "ECG5000, training half"
STAND_IN_TITLE = "STAND-IN, not heartbeats: waves drawn by a formula"
TIMESTEPS = 140
NORMAL = 1
"""The class of a normal beat."""

ECG_FILE = RemoteFile(
    name="anomaly/ECG5000_TRAIN.txt",
    url="https://raw.githubusercontent.com/sushantsk1/DL/"
    "ba8fc49832fe4919a83e1e73525c3581cfef0600/ECG5000_TRAIN.txt",
    sha256="0d96aff193311a6dc6111bf0dbd2f7d2313987fbf7a1da4a383d92563876057b",
    size=1_128_500,
)


@dataclass(frozen=True, eq=False)
class Beats:
    """Heartbeats of equal length and what is known of them.

    Parameters
    ----------
    values : ndarray of float32, shape (beats, 140)
        The signal; each beat has mean 0 and standard deviation 1.
    classes : ndarray of int32, shape (beats,)
        1 for a normal beat, above for one of four disorders.
    """

    values: NDArray[np.float32]
    classes: NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of beats."""
        return len(self.classes)

    @property
    def anomalous(self) -> NDArray[np.bool_]:
        """Which beats are abnormal, shape (beats,)."""
        return np.not_equal(self.classes, NORMAL)


@dataclass(frozen=True, eq=False)
class BeatData:
    """Normal beats to learn from, and mixed ones to choose by and to test on.

    Parameters
    ----------
    title : str
        What the beats are.
    profile : str
        'full' for real beats, 'quick' for a stand-in.
    train : Beats
        Normal ones only: an autoencoder is to learn what is usual.
    validation, test : Beats
        Both kinds.
    """

    title: str
    profile: str
    train: Beats
    validation: Beats
    test: Beats

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these beats is shown."""
        return (
            f"{self.title}, {len(self.train):,} normal beats for training, "
            f"{len(self.validation):,} for validation and {len(self.test):,} for the test, of "
            f"which {self.test.anomalous.sum():,} are abnormal ({self.profile} profile)"
        )


def load_ecg(file: RemoteFile = ECG_FILE) -> BeatData:
    """Return 500 heartbeats of one patient, 292 of them normal.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    BeatData
        Half of the normal beats for training, a quarter for validation and a quarter for the
        test; of the others a quarter for validation and the rest for the test. The split is by a
        fixed shuffle, class by class.

    Raises
    ------
    DataUnavailable
        If the beats are not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: Chen et al. (2015) and the UCR archive; signal from PhysioNet's BIDMC congestive heart
    failure database (Goldberger et al., 2000), record chf07. All beats are of one patient, so no
    split tells how a model does on the next patient.

    Examples
    --------
    >>> len(load_ecg().train)  # doctest: +SKIP
    146
    """
    rows = finite(np.loadtxt(locate_or_download(file), ndmin=2), f"the values of {file.name}")
    beats = Beats(rows[:, 1:].astype(np.float32), rows[:, 0].astype(np.int32))
    return _split(TITLE, "full", beats)


def _split(title: str, profile: str, beats: Beats) -> BeatData:
    rng = np.random.default_rng(0)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for kind in np.unique(beats.classes):
        places = rng.permutation(np.flatnonzero(beats.classes == kind)).tolist()
        first = len(places) // 2 if kind == NORMAL else 0
        second = first + -(-len(places) // 4)  # rounded up: validation sees every kind
        for part, chosen in zip(
            parts, (places[:first], places[first:second], places[second:]), strict=True
        ):
            part += chosen
    return BeatData(
        title, profile, *(Beats(beats.values[part], beats.classes[part]) for part in parts)
    )


# Place, width and height of each wave of a beat, the first two in fractions of its length.
_FIRST, _LAST = (0.18, 0.03, 0.25), (0.68, 0.06, 0.5)
_PEAK = ((0.36, 0.012, -0.3), (0.4, 0.014, 1.6), (0.44, 0.012, -0.5))
_HEALTHY = (_FIRST, *_PEAK, _LAST)
_DISORDERS = (
    ((0.4, 0.05, 1.4), (0.52, 0.05, -0.7), (0.72, 0.06, -0.5)),  # wide, without its first wave
    (_FIRST, *_PEAK, (0.68, 0.06, -0.5)),  # the last wave upside down
    tuple((place - 0.13, width, height) for place, width, height in _HEALTHY),  # too early
)


def small_beats(n: int = 600, seed: int = 0) -> BeatData:
    """Draw beats from a few bell-shaped waves.

    Parameters
    ----------
    n : int
        How many; three fifths of them normal, the others of three kinds.
    seed : int
        The same seed gives the same beats.

    Returns
    -------
    BeatData
        Of the form of `load_ecg`: 140 steps, mean 0 and standard deviation 1. Heights and places
        vary from beat to beat and there is noise.

    Raises
    ------
    ValueError
        If `n` is below 40.

    Examples
    --------
    >>> small_beats(n=100).statement  # doctest: +ELLIPSIS
    'STAND-IN, not heartbeats: ... 30 normal beats for training, 27 for validation and 43 ...'
    """
    whole(n, "n", least=40)
    rng = np.random.default_rng(seed)
    classes = np.where(np.arange(n) < n * 3 // 5, NORMAL, 2 + np.arange(n) % len(_DISORDERS))
    at = np.linspace(0, 1, TIMESTEPS)
    values = np.empty((n, TIMESTEPS))
    for beat, kind in zip(values, classes, strict=True):
        waves = np.array(_HEALTHY if kind == NORMAL else _DISORDERS[kind - 2])
        shift, stretch = rng.normal(0, 0.008), rng.normal(1, 0.06, len(waves))
        places, widths, heights = waves[:, 0] + shift, waves[:, 1] * stretch, waves[:, 2] * stretch
        beat[:] = (heights * np.exp(-(((at[:, None] - places) / widths) ** 2) / 2)).sum(axis=1)
        beat += rng.normal(0, 0.05, TIMESTEPS)
    values -= values.mean(axis=1, keepdims=True)
    values /= values.std(axis=1, keepdims=True)
    beats = Beats(values.astype(np.float32), classes.astype(np.int32))
    return _split(STAND_IN_TITLE, "quick", beats)


ECG5000 = Dataset(
    name="ecg5000",
    title=TITLE,
    homepage="https://www.timeseriesclassification.com/description.php?Dataset=ECG5000",
    licence="Not stated with the file; the UCR archive asks for citation.",
    citation="chen2015ecg",
    files=(ECG_FILE,),
    load_full=load_ecg,
    make_quick=small_beats,
)
"""Heartbeats of one patient, most of them normal."""
