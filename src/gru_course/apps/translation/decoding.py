"""From the probabilities of the next word to whole sentences: greedy and beam search.

Both work on many sentences at once, and on anything that can name its next word: a `Step` is all
they know of the model.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


class Step(Protocol):
    """Read one word of each hypothesis and say what may follow."""

    def __call__(
        self, words: Ids, states: Floats, rows: Ids
    ) -> tuple[Floats, Floats, Floats | None]:
        """Return log probabilities, states after the word, and weights on the source.

        Parameters
        ----------
        words : ndarray of int, shape (n,)
            The last word of each hypothesis.
        states : ndarray, shape (n, units)
        rows : ndarray of int, shape (n,)
            Which source sentence each hypothesis belongs to.

        Returns
        -------
        tuple
            Log probabilities ``(n, k)``, states ``(n, units)``, weights ``(n, T)`` or None.
        """


@dataclass(frozen=True)
class Decoded:
    """Sentences that a search found.

    Parameters
    ----------
    ids : ndarray of int, shape (sentences, steps)
        Words; the end marker and everything after it is 0.
    log_probability : ndarray, shape (sentences,)
        Sum over the words and the end marker.
    weights : ndarray, shape (sentences, steps, T), or None
        Where the model looked when it wrote each word.
    """

    ids: Ids
    log_probability: Floats
    weights: Floats | None


def greedy(step: Step, states: Floats, *, start: int, end: int, steps: int) -> Decoded:
    """Take the most probable word at every step.

    Parameters
    ----------
    step : Step
    states : ndarray, shape (sentences, units)
        Where the decoder starts.
    start, end : int
        Ids of the markers of begin and end.
    steps : int
        The longest sentence, its end marker included.

    Returns
    -------
    Decoded

    Raises
    ------
    ValueError
        If a step gives a log probability that is NaN or above 0.

    Examples
    --------
    >>> def count_down(words, states, rows):  # names the number below; 1 is the end
    ...     return np.log(np.eye(9)[words - 1] + 1e-9), states, None
    >>> greedy(count_down, np.zeros((1, 1)), start=5, end=1, steps=6).ids
    array([[4, 3, 2, 0, 0, 0]], dtype=int32)
    """
    whole(steps, "steps")
    number = len(states)
    words = np.full(number, start, np.int32)
    rows = np.arange(number, dtype=np.int32)
    running = np.ones(number, bool)
    total = np.zeros(number, np.float32)
    ids = np.zeros((number, steps), np.int32)
    looked = []
    for t in range(steps):
        log_p, states, weights = step(words, states, rows)
        _check_log(log_p, t)
        words = log_p.argmax(axis=1).astype(np.int32)
        total += np.where(running, log_p[rows, words], 0)
        running &= words != end
        ids[:, t] = np.where(running, words, 0)
        if weights is not None:
            looked.append(weights)
        if not running.any():
            break
    return Decoded(ids, total, _over_time(looked, steps))


def beam_search(
    step: Step,
    states: Floats,
    *,
    width: int,
    start: int,
    end: int,
    steps: int,
    normalise: float = 1.0,
) -> Decoded:
    """Keep the `width` most probable beginnings of every sentence, and return the best one.

    Parameters
    ----------
    step, states, start, end, steps
        As for `greedy`.
    width : int
        1 is the same as `greedy`.
    normalise : float
        At the end the log probability is divided by the number of words to this power. With 0 the
        search prefers short sentences, since every word costs something.

    Returns
    -------
    Decoded

    Raises
    ------
    ValueError
        If `width` is below 1, or a step gives a log probability that is NaN or above 0.

    Notes
    -----
    All beams of all sentences go through the model together: one call per step.

    Examples
    --------
    The likely first word 2 is followed by anything, the less likely 3 by the end (1) for sure:

    >>> table = np.full((6, 6), 1e-9)
    >>> table[0, [2, 3]], table[2, 1:], table[3, 1] = (0.6, 0.4), 0.2, 1.0
    >>> def step(words, states, rows):
    ...     return np.log(table)[words], states, None
    >>> for width in (1, 2):
    ...     found = beam_search(step, np.zeros((1, 1)), width=width, start=0, end=1, steps=2)
    ...     print(found.ids[0], np.exp(found.log_probability).round(2))
    [2 0] [0.12]
    [3 0] [0.4]
    """
    if width < 1:
        raise ValueError(f"width is {width}; expected 1 or more")
    whole(steps, "steps")
    if not 0 <= normalise <= 9:
        raise ValueError(f"normalise is {normalise}; expected a power from 0 up, such as 1")
    number = len(states)
    rows = np.repeat(np.arange(number, dtype=np.int32), width)
    states = np.repeat(states, width, axis=0)
    words = np.full(number * width, start, np.int32)
    total = np.full((number, width), -np.inf, np.float32)
    total[:, 0] = 0  # all beams begin alike: count the first one only
    running = np.ones((number, width), bool)
    ids = np.zeros((number, width, steps), np.int32)
    looked: Floats | None = None
    for t in range(steps):
        log_p, states, weights = step(words, states, rows)
        _check_log(log_p, t)
        kept = min(width, log_p.shape[1])
        best = np.argpartition(-log_p, kept - 1, axis=1)[:, :kept].reshape(number, width, kept)
        of_beams = log_p.reshape(number, width, log_p.shape[1])
        gain = np.take_along_axis(of_beams, best, axis=2)
        # A finished hypothesis goes on in one way only, at no cost.
        best = np.where(running[..., None], best, end)
        gain = np.where(running[..., None], gain, np.r_[0, np.full(kept - 1, -np.inf)])
        candidates = (total[..., None] + gain).reshape(number, width * kept)
        chosen = np.argsort(-candidates, axis=1, kind="stable")[:, :width]
        parent = chosen // kept
        total = np.take_along_axis(candidates, chosen, axis=1).astype(np.float32)
        new = np.take_along_axis(best.reshape(number, width * kept), chosen, axis=1)
        ids = np.take_along_axis(ids, parent[..., None], axis=1)
        running = np.take_along_axis(running, parent, axis=1) & (new != end)
        ids[:, :, t] = np.where(running, new, 0)
        flat = (np.arange(number)[:, None] * width + parent).ravel()
        states, words = states[flat], new.ravel().astype(np.int32)
        if weights is not None:
            if looked is None:
                looked = np.zeros((number * width, steps, weights.shape[1]), np.float32)
            looked = looked[flat]
            looked[:, t] = weights[flat]
        if not running.any():
            break
    lengths = np.minimum((ids != 0).sum(axis=2) + 1, steps)
    place = np.arange(number), np.argmax(total / lengths**normalise, axis=1)
    weights = None if looked is None else looked.reshape(number, width, *looked.shape[1:])[place]
    return Decoded(ids[place], total[place], weights)


def _check_log(log_p: Floats, t: int) -> None:
    if not (log_p <= 1e-3).all():  # a NaN is not either
        row, word = np.argwhere(~(log_p <= 1e-3))[0]
        raise ValueError(
            f"step {t} gives hypothesis {row} the log probability {log_p[row, word]} for word "
            f"{word}; expected 0 or less, -inf for a word that cannot be. Is the model trained?"
        )


def _over_time(looked: list[Floats], steps: int) -> Floats | None:
    if not looked:
        return None
    weights = np.zeros((len(looked[0]), steps, looked[0].shape[1]), np.float32)
    weights[:, : len(looked)] = np.stack(looked, axis=1)
    return weights
