"""A stand-in for recorded gestures: paths of a hand, drawn by formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
TITLE = "STAND-IN, not real gestures: generated paths"
TIMESTEPS = 45


@dataclass(frozen=True, eq=False)
class Gestures:
    """Where a hand was in each frame of a video, and which gesture it made.

    Parameters
    ----------
    title : str
        What the data are.
    profile : str
        'full' for the real data, 'quick' for a stand-in.
    x : ndarray of float32, shape (n, timesteps, 2)
        Coordinates of the hand, between 0 and 1. No path occurs twice.
    labels : ndarray of uint8, shape (n,)
        Place of the gesture in `classes`.
    classes : tuple of str
        The names of the gestures.
    """

    title: str
    profile: str
    x: NDArray[np.float32]
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of gestures."""
        return len(self.labels)

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these data is shown."""
        return (
            f"{self.title}, {len(self):,} gestures of {len(self.classes)} kinds "
            f"({self.profile} profile)"
        )


def _saw(turns: FloatArray) -> FloatArray:
    """Go to and fro between -1 and 1 in straight lines, once for each turn."""
    return 4 * np.abs(turns - np.floor(turns + 0.5)) - 1


def _path(across: FloatArray, up: FloatArray) -> FloatArray:
    return np.stack([across, up], axis=1)


_TURN = 2 * np.pi

PATHS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        "curved swing": lambda t: _path(
            np.sin(1.5 * _TURN * t), -0.5 * np.sin(1.5 * _TURN * t) ** 2
        ),
        "horizontal swing": lambda t: _path(np.sin(1.5 * _TURN * t), 0 * t),
        "vertical swing": lambda t: _path(0 * t, np.sin(1.5 * _TURN * t)),
        "anti-clockwise arc": lambda t: _path(np.cos(_TURN * t / 2), np.sin(_TURN * t / 2)),
        "clockwise arc": lambda t: _path(-np.cos(_TURN * t / 2), np.sin(_TURN * t / 2)),
        "circle": lambda t: _path(np.cos(_TURN * t), np.sin(_TURN * t)),
        "horizontal straight-line": lambda t: _path(2 * t - 1, 0 * t),
        "vertical straight-line": lambda t: _path(0 * t, 2 * t - 1),
        "horizontal zigzag": lambda t: _path(2 * t - 1, 0.4 * _saw(3 * t)),
        "vertical zigzag": lambda t: _path(0.4 * _saw(3 * t), 2 * t - 1),
        "horizontal wavy": lambda t: _path(2 * t - 1, 0.4 * np.sin(2 * _TURN * t)),
        "vertical wavy": lambda t: _path(0.4 * np.sin(2 * _TURN * t), 2 * t - 1),
        "face-up curve": lambda t: _path(2 * t - 1, (2 * t - 1) ** 2),
        "face-down curve": lambda t: _path(2 * t - 1, -0.5 * (2 * t - 1) ** 2),
        "tremble": lambda t: _path(0.2 * np.sin(5 * _TURN * t), 0.1 * np.sin(7 * _TURN * t)),
    }
)
"""The gestures of LIBRAS as formulas; time goes from 0 to 1."""


def gestures(per_class: int = 24, seed: int = 0) -> Gestures:
    """Draw paths of fifteen kinds.

    Parameters
    ----------
    per_class : int
        How many of each kind.
    seed : int
        The same seed gives the same paths.

    Returns
    -------
    Gestures
        Each path has a size, a place, a slant and a pace of its own, and a trembling hand. The
        two arcs are the same curve in opposite directions.

    Raises
    ------
    ValueError
        If there is less than one path of each kind.

    Examples
    --------
    >>> data = gestures(per_class=3)
    >>> data.profile, data.x.shape, len(data.classes)
    ('quick', (45, 45, 2), 15)
    """
    if per_class < 1:
        raise ValueError(f"{per_class} paths of each kind; expected at least 1")
    rng = np.random.default_rng(seed)
    x = [_drawn(path, rng) for path in PATHS.values() for _ in range(per_class)]
    labels = np.repeat(np.arange(len(PATHS), dtype=np.uint8), per_class)
    return Gestures(TITLE, "quick", np.array(x, dtype=np.float32), labels, tuple(PATHS))


def _drawn(path: Callable[[FloatArray], FloatArray], rng: np.random.Generator) -> FloatArray:
    pace = rng.uniform(0.8, 1.25)
    points = path(np.linspace(0, 1, TIMESTEPS) ** pace)
    slant = rng.normal(0, 0.1)
    turn = np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
    size, place = rng.uniform(0.2, 0.35), rng.uniform(0.45, 0.55, 2)
    moved = size * points @ turn.T + place + rng.normal(0, 0.01, points.shape)
    return np.asarray(np.clip(moved, 0, 1))
