"""Tasks that are made of memory: what does a recurrent network still know, and for how long.

Every generator returns a `Task` of a stated length and is seeded, so that a curve of success
against length can be drawn; `memoryless` says what an answer gets that sees the current step only.

Import from ``gru_course.memory.tasks``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from gru_course.course.checked import finite, whole

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


@dataclass(frozen=True)
class Task:
    """Sequences, what is asked about them, and how the answers count.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs, float32, shape ``(n, timesteps, features)``.
    y : numpy.ndarray
        The answers: shape ``(n,)`` if asked at the end, ``(n, timesteps)`` if asked at every step.
        float32 for numbers, int32 for classes.
    classes : int
        How many classes an answer may have; 0 if it is a number.
    description : str
        What the task is, in one sentence.
    weights : numpy.ndarray, optional
        For answers at every step: 1 where the answer counts, 0 where it does not; float32, shape
        ``(n, timesteps)``.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, a number is not finite, or an answer is none of the
        classes.
    """

    x: Floats
    y: NDArray[np.float32] | Integers
    classes: int
    description: str
    weights: Floats | None = None

    def __post_init__(self) -> None:
        if self.x.ndim != 3:
            raise ValueError(f"x has shape {self.x.shape}; expected (n, timesteps, features)")
        allowed = self.x.shape[:2] if self.every_step else self.x.shape[:1]
        if self.y.shape != allowed:
            raise ValueError(f"y has shape {self.y.shape} for x {self.x.shape}; expected {allowed}")
        if (self.weights is not None) != self.every_step:
            raise ValueError("weights belong to answers at every step, and only to those")
        if self.weights is not None and self.weights.shape != self.y.shape:
            raise ValueError(f"weights have shape {self.weights.shape}; expected {self.y.shape}")
        if not self.x.size:
            raise ValueError(f"x has shape {self.x.shape}; expected at least one of each")
        whole(self.classes, "classes", least=0)
        finite(self.x, "the inputs x")
        finite(self.y, "the answers y")
        if self.classes and not ((self.y >= 0) & (self.y < self.classes) & (self.y % 1 == 0)).all():
            raise ValueError(
                f"the answers y reach from {self.y.min()} to {self.y.max()}; expected whole "
                f"numbers from 0 to {self.classes - 1}, the classes"
            )
        if self.weights is not None:
            finite(self.weights, "the weights")
            if self.weights.min() < 0:
                raise ValueError(f"a weight is {self.weights.min()}; expected 0 or more")

    def __len__(self) -> int:
        return len(self.x)

    @property
    def timesteps(self) -> int:
        """Length of the sequences."""
        return int(self.x.shape[1])

    @property
    def features(self) -> int:
        """Numbers per timestep."""
        return int(self.x.shape[2])

    @property
    def every_step(self) -> bool:
        """Whether an answer is asked at every step, not only at the end."""
        return self.y.ndim == 2

    @property
    def outputs(self) -> int:
        """Numbers that a network must give out per answer."""
        return max(self.classes, 1)


def adding(n: int, timesteps: int, seed: int = 0) -> Task:
    """Make the adding problem of Hochreiter and Schmidhuber (1997): add the two marked values.

    Parameters
    ----------
    n, timesteps : int
        How many sequences, and how long; at least 2 steps.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    Task
        Features: a value, uniform in [0, 1], and a mark, 1 at one step of each half and else 0.
        The answer is a number, the sum of the two marked values. Always answering 1 has
        a mean squared error of 1/6, the variance of the sum of two uniform numbers.

    Examples
    --------
    >>> task = adding(n=2, timesteps=4)
    >>> values, marks = task.x[0].T
    >>> bool(np.isclose((values * marks).sum(), task.y[0])), int(marks.sum())
    (True, 2)
    """
    whole(n, "n")
    whole(timesteps, "timesteps", least=2)
    rng = np.random.default_rng(seed)
    x = np.zeros((n, timesteps, 2), dtype="float32")
    x[:, :, 0] = rng.random((n, timesteps))
    half = timesteps // 2
    x[np.arange(n), rng.integers(0, half, n), 1] = 1
    x[np.arange(n), rng.integers(half, timesteps, n), 1] = 1
    return Task(x, x.prod(axis=2).sum(axis=1), 0, f"add the two marked of {timesteps} values")


def copy(n: int, lag: int, symbols: int = 10, kinds: int = 8, seed: int = 0) -> Task:
    """Make the copy task: repeat a row of symbols after a wait (Arjovsky et al. 2016).

    Parameters
    ----------
    n : int
        How many sequences.
    lag : int
        Steps between the end of the row and its repetition, at least 1.
    symbols, kinds : int
        Length of the row, and how many symbols there are.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    Task
        ``lag + 2 * symbols`` timesteps, one-hot: the row, ``lag - 1`` blanks, the sign to begin,
        and blanks again, during which the row is asked for, in order. Only these last steps
        count. Guessing is right in one of `kinds` cases and has a loss of ``ln(kinds)`` there,
        which is ``symbols * ln(kinds) / (lag + 2 * symbols)`` averaged over all steps.

    Examples
    --------
    >>> task = copy(n=1, lag=3, symbols=2, kinds=4)
    >>> task.x.shape, task.weights.tolist()
    ((1, 7, 6), [[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]])
    >>> task.y[0, -2:].tolist() == task.x[0, :2].argmax(axis=1).tolist()
    True
    """
    whole(n, "n")
    whole(lag, "lag")
    whole(symbols, "symbols")
    whole(kinds, "kinds", least=2)
    row = np.random.default_rng(seed).integers(0, kinds, (n, symbols))
    blank, begin = kinds, kinds + 1
    read = np.full((n, lag + 2 * symbols), blank)
    read[:, :symbols] = row
    read[:, symbols + lag - 1] = begin
    y = np.zeros_like(read, dtype="int32")
    y[:, -symbols:] = row
    weights = np.zeros_like(y, dtype="float32")
    weights[:, -symbols:] = 1
    text = f"repeat {symbols} symbols of {kinds} kinds after {lag} steps"
    return Task(_one_hot(read, kinds + 2), y, kinds, text, weights)


def recall(n: int, lag: int, kinds: int = 8, seed: int = 0) -> Task:
    """Make a delayed recall: name the first symbol after `lag` others went by.

    Parameters
    ----------
    n : int
        How many sequences.
    lag : int
        Distractors after the symbol to recall, at least 1.
    kinds : int
        How many symbols there are.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    Task
        ``lag + 1`` timesteps. Features: the symbol, one-hot, and a flag, 1 at the first step and
        then 0. The distractors are drawn from the same symbols. The answer, at the end, is the
        class of the first symbol; guessing is right in one of `kinds` cases.

    Examples
    --------
    >>> task = recall(n=3, lag=20)
    >>> task.x.shape, task.y.tolist() == task.x[:, 0, :8].argmax(axis=1).tolist()
    ((3, 21, 9), True)
    """
    whole(n, "n")
    whole(lag, "lag")
    whole(kinds, "kinds", least=2)
    read = np.random.default_rng(seed).integers(0, kinds, (n, lag + 1))
    flag = np.zeros((n, lag + 1, 1), dtype="float32")
    flag[:, 0] = 1
    x = np.concatenate([_one_hot(read, kinds), flag], axis=2)
    text = f"name the first of {lag + 1} symbols of {kinds} kinds"
    return Task(x, read[:, 0].astype("int32"), kinds, text)


BRACKETS = "([)]"
"""The four symbols of `brackets`, in the order of their one-hot features."""
OPEN = ("none", "round", "square")
"""The three answers of `brackets`, in the order of their classes."""


def brackets(n: int, timesteps: int, depth: int = 4, seed: int = 0) -> Task:
    """Make nested round and square brackets; asked is the innermost one that is still open.

    Parameters
    ----------
    n, timesteps : int
        How many sequences, and how long.
    depth : int
        How many brackets may be open at once.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    Task
        One-hot features, see `BRACKETS`. The answer after every step is one of `OPEN`; it counts
        after a closing bracket, where the current symbol does not give it away. A sequence
        opens and closes at random as far as `depth` allows, and may end with open brackets.

    Examples
    --------
    >>> task = brackets(n=1, timesteps=8, depth=2, seed=0)
    >>> "".join(BRACKETS[i] for i in task.x[0].argmax(axis=1))
    '[()][](['
    >>> [OPEN[i] for i in task.y[0]]
    ['square', 'round', 'square', 'none', 'square', 'none', 'round', 'square']
    """
    whole(n, "n")
    whole(timesteps, "timesteps")
    whole(depth, "depth")
    rng = np.random.default_rng(seed)
    each = np.arange(n)
    stack = np.zeros((n, depth + 1), dtype="int32")  # place 0 holds the answer "none"
    level = np.zeros(n, dtype="int32")
    read = np.zeros((n, timesteps), dtype="int32")
    y = np.zeros((n, timesteps), dtype="int32")
    for step in range(timesteps):
        opens = (level == 0) | ((level < depth) & (rng.random(n) < 0.5))
        kind = np.where(opens, rng.integers(1, 3, n), stack[each, level])
        level += np.where(opens, 1, -1)
        stack[each[opens], level[opens]] = kind[opens]
        read[:, step] = kind - 1 + 2 * ~opens
        y[:, step] = stack[each, level]
    weights = (read >= 2).astype("float32")
    text = f"name the innermost open bracket, up to {depth} open"
    return Task(_one_hot(read, 4), y, 3, text, weights)


def counting(numbers: Sequence[int]) -> Task:
    """Make strings of n times a, then n times b; asked is after which b the string is complete.

    Parameters
    ----------
    numbers : sequence of int
        The n of each string, at least 1.

    Returns
    -------
    Task
        One string per number, one-hot (a, b), shorter strings followed by zeros. The answer
        after every b is class 1 if the string is complete and else class 0; nothing else counts.

    Examples
    --------
    >>> task = counting([1, 2])
    >>> task.x.argmax(axis=2)[1].tolist(), task.y.tolist(), task.weights.tolist()
    ([0, 0, 1, 1], [[0, 1, 0, 0], [0, 0, 0, 1]], [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    """
    whole(len(numbers), "n")
    for number in numbers:
        whole(number, "number")
    n = np.asarray(numbers)[:, None]
    step = np.arange(2 * n.max())
    x = np.stack([step < n, (step >= n) & (step < 2 * n)], axis=2).astype("float32")
    y = (step == 2 * n - 1).astype("int32")
    return Task(x, y, 2, "say when there were as many b as a", x[:, :, 1].copy())


class Splits(NamedTuple):
    """Three parts of one data set: to learn from, to choose by, to judge by."""

    train: Task
    validation: Task
    test: Task


def digits(pixelwise: bool = False) -> Splits:
    """Read handwritten digits as sequences: 8 rows of 8 pixels, or 64 single pixels.

    The images come with scikit-learn and are sorted by writer, more or less. So they are cut into
    three stretches, not mixed: writers of the test images are hardly among those of training.

    Parameters
    ----------
    pixelwise : bool
        One pixel per timestep, row by row, instead of one row per timestep.

    Returns
    -------
    Splits
        1,000 images to train, 297 to validate, 500 to test; values between 0 and 1, 10 classes,
        the answer at the end.

    Examples
    --------
    >>> [part.x.shape for part in digits()]
    [(1000, 8, 8), (297, 8, 8), (500, 8, 8)]
    >>> digits(pixelwise=True).test.x.shape
    (500, 64, 1)
    """
    bunch = load_digits()
    shape = (-1, 64, 1) if pixelwise else (-1, 8, 8)
    x = (bunch.data / 16).astype("float32").reshape(shape)
    y = bunch.target.astype("int32")
    text = f"name a digit read {'pixel by pixel' if pixelwise else 'row by row'}"
    train, validation, test = (slice(0, 1000), slice(1000, 1297), slice(1297, None))
    return Splits(*(Task(x[part], y[part], 10, text) for part in (train, validation, test)))


def memoryless(task: Task) -> float:
    """Measure the best answer that sees nothing but the current step.

    Parameters
    ----------
    task : Task
        With numbers as answers, or with one-hot inputs.

    Returns
    -------
    float
        For numbers the mean squared error of the best constant. For classes the share of
        right answers, weighted, if every input symbol gets the answer that is most often right.

    Raises
    ------
    ValueError
        If the inputs of a task with classes are not one-hot, or no answer counts.

    Examples
    --------
    >>> round(memoryless(adding(50_000, timesteps=10)), 3)  # 1/6
    0.167
    >>> round(memoryless(recall(50_000, lag=10, kinds=4)), 2)  # guessing among four
    0.25
    """
    if not task.classes:
        return float(np.var(task.y))
    if not np.isin(task.x, (0, 1)).all():
        raise ValueError("memoryless() needs symbols: the inputs of this task are not one-hot")
    if task.weights is None:
        symbols, answers = task.x[:, -1], task.y
        weights = np.ones(len(task), dtype="float32")
    else:
        symbols, answers = task.x.reshape(-1, task.features), task.y.ravel()
        weights = task.weights.ravel()
    if not weights.any():
        raise ValueError("no answer of this task counts; give it longer sequences")
    votes = weights[:, None] * np.eye(task.classes)[answers.astype(int)]
    _, symbol = np.unique(symbols, axis=0, return_inverse=True)
    right = sum(votes[symbol.ravel() == one].sum(axis=0).max() for one in range(symbol.max() + 1))
    return float(right / weights.sum())


def _one_hot(read: NDArray[np.integer], kinds: int) -> Floats:
    result: Floats = np.eye(kinds, dtype="float32")[read]
    return result
