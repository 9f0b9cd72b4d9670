"""Music as a piano roll: one row per timestep, one column per key, true while a key is down.

A roll does not know whether a note is held or struck again. Turned into notes, neighbouring
steps of one key become one long note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole

KEYS, LOWEST = 88, 21
"""Keys of a piano, and the MIDI pitch of the lowest, A0."""

Roll = NDArray[np.bool_]


class Note(NamedTuple):
    """One note.

    Parameters
    ----------
    pitch : int
        MIDI pitch; 60 is the middle C, 1 is a semitone.
    start, steps : int
        The timestep at which it begins, and how many it lasts.
    """

    pitch: int
    start: int
    steps: int


@dataclass(frozen=True, eq=False)
class Music:
    """Pieces of music as piano rolls, in the standard split.

    Parameters
    ----------
    title : str
        What the data are.
    profile : str
        'full' for the real data, 'quick' for a stand-in.
    train, validation, test : tuple of ndarray of bool, each of shape (timesteps, 88)
        Whole pieces; no piece is in two parts. Their lengths differ.
    """

    title: str
    profile: str
    train: tuple[Roll, ...]
    validation: tuple[Roll, ...]
    test: tuple[Roll, ...]

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these data is shown."""
        return (
            f"{self.title}, {len(self.train)} pieces for training, {len(self.validation)} for "
            f"validation and {len(self.test)} for the test ({self.profile} profile)"
        )


def checked_notes(notes: Iterable[Note]) -> list[Note]:
    """Return notes as they came, if each of them can be played.

    Parameters
    ----------
    notes : iterable of Note

    Returns
    -------
    list of Note

    Raises
    ------
    ValueError
        If a note has no MIDI pitch, begins before the piece or has no length.

    Examples
    --------
    >>> checked_notes([Note(60, 0, 2)])
    [Note(pitch=60, start=0, steps=2)]
    """
    notes = list(notes)
    for place, note in enumerate(notes):
        if (
            not all(isinstance(value, Integral) for value in note)
            or not 0 <= note.pitch < 128
            or note.start < 0
            or note.steps < 1
        ):
            raise ValueError(
                f"note {place} is {note}; expected whole numbers: a pitch from 0 to 127, a start "
                "from 0, and at least 1 step"
            )
    return notes


def checked_roll(roll: Roll, name: str = "the roll") -> Roll:
    """Return a roll as it came, if it is one; 0 and 1 will do for false and true.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)
    name : str
        What the message calls it.

    Returns
    -------
    ndarray of bool, shape (timesteps, 88)

    Raises
    ------
    ValueError
        If the shape is another one, or there are other numbers, such as how hard a key is struck.

    Examples
    --------
    >>> checked_roll(np.zeros((2, 88))).dtype
    dtype('bool')
    """
    roll = np.asarray(roll)
    if roll.ndim != 2 or roll.shape[1] != KEYS:
        raise ValueError(f"{name} is a roll of shape {roll.shape}; expected (timesteps, {KEYS})")
    down = roll.astype(bool)
    if (wrong := np.argwhere(down != roll)).size:
        step, key = wrong[0]
        raise ValueError(
            f"{name} holds {roll[step, key]} at step {step}, key {key}; expected true or false. "
            "Of how hard keys are struck, take roll > 0"
        )
    return down


def to_roll(chords: Sequence[Iterable[int]]) -> Roll:
    """Return the piano roll of chords.

    Parameters
    ----------
    chords : sequence of iterables of int
        The MIDI pitches at each timestep; none for silence.

    Returns
    -------
    ndarray of bool, shape (timesteps, 88)

    Raises
    ------
    ValueError
        If a pitch is not on a piano.

    Examples
    --------
    >>> to_roll([[60, 64], []]).sum(axis=1).tolist()
    [2, 0]
    """
    roll = np.zeros((len(chords), KEYS), dtype=bool)
    for step, chord in enumerate(chords):
        for pitch in chord:
            roll[step, _key(pitch)] = True
    return roll


def to_chords(roll: Roll) -> list[list[int]]:
    """Return the MIDI pitches at each timestep of a roll, the lowest first.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)

    Returns
    -------
    list of list of int

    Raises
    ------
    ValueError
        If it is not a roll.

    Examples
    --------
    >>> to_chords(to_roll([[64, 60], []]))
    [[60, 64], []]
    """
    return [(np.flatnonzero(step) + LOWEST).tolist() for step in checked_roll(roll)]


def to_notes(roll: Roll, shift: int = 0) -> list[Note]:
    """Return the notes of a roll, in the order in which they begin.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)
    shift : int
        Semitones to play it higher: -12 is an octave lower.

    Returns
    -------
    list of Note

    Raises
    ------
    ValueError
        If it is not a roll, or `shift` is no whole number.

    Examples
    --------
    >>> to_notes(to_roll([[60], [60, 64]]))
    [Note(pitch=60, start=0, steps=2), Note(pitch=64, start=1, steps=1)]
    """
    roll = checked_roll(roll)
    whole(shift, "shift", least=-127)
    silence = np.zeros((1, KEYS), dtype=np.int8)
    change = np.diff(roll.astype(np.int8), axis=0, prepend=silence, append=silence)
    # Key by key, since a key that is struck must be let go before it is struck again.
    starts, ends = (np.argwhere(sign == change.T) for sign in (1, -1))
    notes = [
        Note(int(key) + LOWEST + shift, int(start), int(end - start))
        for (key, start), (_, end) in zip(starts, ends, strict=True)
    ]
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def batch(rolls: Sequence[Roll]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return rolls as one rectangle, and which of its steps are music.

    Parameters
    ----------
    rolls : sequence of ndarray of bool, each of shape (timesteps of its own, 88)

    Returns
    -------
    tuple
        The rolls, float32, shape (n, timesteps, 88), with zeros after the short ones; and
        weights, float32, shape (n, timesteps), 1 for music and 0 after its end. Take the weights
        for the loss, and no mask made of the zeros: music has silent steps, which are zeros too.

    Raises
    ------
    ValueError
        If there are no rolls, or one is none.

    Examples
    --------
    >>> x, weights = batch([to_roll([[60], []]), to_roll([[62], [64], [65]])])
    >>> x.shape, weights.tolist()
    ((2, 3, 88), [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    """
    if not len(rolls):
        raise ValueError("there are no pieces; expected at least one roll")
    rolls = [checked_roll(roll, f"piece {place}") for place, roll in enumerate(rolls)]
    lengths = np.array([len(roll) for roll in rolls])
    x = np.zeros((len(rolls), lengths.max(), KEYS), dtype=np.float32)
    for row, roll in zip(x, rolls, strict=True):
        row[: len(roll)] = roll
    return x, (np.arange(lengths.max()) < lengths[:, None]).astype(np.float32)


def _key(pitch: int) -> int:
    if not isinstance(pitch, Integral) or not LOWEST <= pitch < LOWEST + KEYS:
        raise ValueError(
            f"pitch {pitch} is not on a piano; expected a whole number from {LOWEST} to "
            f"{LOWEST + KEYS - 1}"
        )
    return pitch - LOWEST
