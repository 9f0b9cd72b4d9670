"""Generated clips whose class is the order of their frames and nothing else.

Import from ``gru_course.apps.actions.clips``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.data.splits import Split

SIDE, FRAMES = 16, 12
CLASSES = ("anti-clockwise", "clockwise")


@dataclass(frozen=True, eq=False)
class Clips:
    """Small grey films, in pairs of twins.

    Parameters
    ----------
    title : str
        What they are.
    frames : ndarray of uint8, shape (n, 12, 16, 16)
        Clips ``2 * k`` and ``2 * k + 1`` are twins: the second is the first played backwards.
    labels : ndarray of uint8, shape (n,)
        Place of the direction in `classes`; twins have opposite ones.
    classes : tuple of str

    Raises
    ------
    ValueError
        If the frames are no grey values from 0 to 255, or there is not one label a clip.
    """

    title: str
    frames: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    classes: tuple[str, ...] = CLASSES

    def __post_init__(self) -> None:
        shape, kind = self.frames.shape, self.frames.dtype
        if len(shape) != 4 or kind != np.uint8 or len(self.frames) != len(self):
            raise ValueError(
                f"frames of shape {shape} and type {kind} with {len(self)} labels; expected (n, "
                "frames, rows, columns), uint8, and one label each"
            )

    def __len__(self) -> int:
        """Return the number of clips."""
        return len(self.labels)

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these clips is shown."""
        return f"{self.title}, {len(self):,} clips (generated in every profile)"

    @property
    def x(self) -> NDArray[np.float32]:
        """The frames between 0 and 1, shape (n, 12, 16, 16, 1), as convolutions expect them."""
        return self.frames[..., None].astype(np.float32) / np.float32(255)

    def split(self) -> Split:
        """Return three fifths for training and a fifth for each other part; twins stay together."""
        pairs = len(self) // 2
        first, second = 2 * (pairs * 3 // 5), 2 * (pairs * 4 // 5)
        places = np.arange(len(self))
        return Split(places[:first], places[first:second], places[second:])


def turning_dots(pairs: int = 500, seed: int = 0) -> Clips:
    """Film a dot that runs around a circle, one way or the other.

    Parameters
    ----------
    pairs : int
        How many pairs of twins, at least 5.
    seed : int
        The same seed gives the same clips.

    Returns
    -------
    Clips
        Place and size of the circle, start, pace and brightness of the dot differ; there is
        noise. Twins have the same frames, so that a model of single frames, however it combines
        them without their order, is right for exactly one of the two.

    Raises
    ------
    ValueError
        If there are too few pairs for three parts.

    Examples
    --------
    >>> clips = turning_dots(pairs=5)
    >>> clips.frames.shape, [len(part) for part in clips.split()]
    ((10, 12, 16, 16), [6, 2, 2])
    """
    if pairs < 5:
        raise ValueError(f"{pairs} pairs of clips; expected at least 5")
    rng = np.random.default_rng(seed)

    def drawn(low: float, high: float) -> NDArray[np.float64]:
        return rng.uniform(low, high, (pairs, 1, 1, 1))

    # Shape (pairs, frames, rows, columns) throughout; rows count downwards.
    angle = drawn(0, 2 * np.pi) + drawn(0.35, 0.7) * np.arange(FRAMES)[:, None, None]
    radius, size = drawn(3.5, 5), drawn(0.8, 1.3)
    across = drawn(6.5, 8.5) + radius * np.cos(angle)
    down = drawn(6.5, 8.5) - radius * np.sin(angle)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    distance = (columns - across) ** 2 + (rows - down) ** 2
    light = drawn(140, 230) * np.exp(-distance / (2 * size**2))
    noise = rng.normal(12, 8, light.shape)
    films = np.clip(light + noise, 0, 255).astype(np.uint8)
    # Which twin comes first is drawn as well, so that the label is not the place in the pair.
    turned = rng.random(pairs) < 0.5
    frames = np.stack([films, films[:, ::-1]], axis=1)
    frames[turned] = frames[turned, ::-1]
    labels = np.stack([turned, ~turned], axis=1).astype(np.uint8)
    return Clips(
        "dots turning one way or the other",
        frames.reshape(-1, *films.shape[1:]),
        labels.reshape(-1),
    )
