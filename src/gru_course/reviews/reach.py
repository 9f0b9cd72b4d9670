"""How far back a model reads: its answer with all that is older than some words taken away."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gru_course.cells import GRUWeights, run
from gru_course.cells.layout import Array
from gru_course.course.checked import finite, negligible, share, whole
from gru_course.reviews.classifiers import PAD
from gru_course.reviews.inside import IntArray, Score


def keep_last(ids: IntArray, words: int, older: IntArray | None = None) -> IntArray:
    """Keep the last words of texts that are padded in front, and nothing before.

    Parameters
    ----------
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    words : int
        How many are kept.
    older : numpy.ndarray, optional
        Other texts of the same shape, whose words stand in the place of the older ones. Without
        it they are cut off.

    Returns
    -------
    numpy.ndarray
        Shape ``(n, timesteps)``.

    Raises
    ------
    ValueError
        If the shapes are not these, or `words` is no whole number from 0 up.

    Examples
    --------
    >>> keep_last(np.array([[7, 8, 9]]), words=2).tolist()
    [[0, 8, 9]]
    >>> keep_last(np.array([[7, 8, 9]]), words=1, older=np.array([[4, 5, 6]])).tolist()
    [[4, 5, 9]]
    """
    whole(words, "words", least=0)
    for which, array in (("ids", ids), ("older", ids if older is None else older)):
        if array.ndim != 2 or array.shape != ids.shape or array.dtype.kind not in "iu":
            raise ValueError(
                f"{which} of shape {array.shape} and type {array.dtype}; expected whole numbers "
                f"{'(n, timesteps)' if which == 'ids' else ids.shape}"
            )
    is_older = np.arange(ids.shape[1]) < ids.shape[1] - words
    return np.where(is_older, PAD if older is None else older, ids)


def change_by_reach(
    score: Score, ids: IntArray, kept: Sequence[int], older: IntArray | None = None
) -> Array:
    """Measure how much of the answer hangs on words older than the last few.

    Parameters
    ----------
    score : callable
        The model: ids ``(n, timesteps)`` to one number each.
    ids : numpy.ndarray
        Token ids of texts that fill the window, shape ``(n, timesteps)``.
    kept : sequence of int
        How many of the last words are kept.
    older : numpy.ndarray, optional
        As for `keep_last`.

    Returns
    -------
    numpy.ndarray
        Root mean square of the change over the texts, one for each number in `kept`, as a share
        of the change when all words are taken away.

    Raises
    ------
    ValueError
        If there is no text, or the answer does not change even without any word.
    """
    keep_last(ids, 0, older)  # says what is wrong with them
    if not ids.size:
        raise ValueError("there is no text; expected ids of shape (n, timesteps)")
    full = finite(score(ids), "the answers of the model")

    def change(words: int) -> float:
        return float(np.sqrt(np.mean((full - score(keep_last(ids, words, older))) ** 2)))

    whole_change = change(0)
    if negligible(whole_change, full):
        raise ValueError(
            "the answer stays the same without any word: there is nothing to share out"
        )
    return np.array([change(words) for words in kept]) / whole_change


def effective_memory(kept: Sequence[int], changes: ArrayLike, level: float) -> int:
    """Find how many words a model needs to give very nearly the answer it gives to all.

    Parameters
    ----------
    kept : sequence of int
        Numbers of words, ascending.
    changes : array_like
        From `change_by_reach`.
    level : float
        The share of change that counts as "very nearly none".

    Returns
    -------
    int
        The first number of words from which on the change stays at or below the level.

    Raises
    ------
    ValueError
        If even the largest number leaves more change than that, the numbers do not ascend, or a
        change is not finite.

    Examples
    --------
    >>> effective_memory([0, 10, 20, 40], [1.0, 0.3, 0.1, 0.0], level=0.2)
    20
    """
    changes = finite(changes, "the changes")
    finite(level, "the level", what_to_do="")
    if changes.shape != (len(kept),) or not len(kept) or (np.diff(kept) <= 0).any():
        raise ValueError(
            f"kept is {list(kept)[:9]} and there are changes of shape {changes.shape}; expected "
            "ascending numbers, and a change for each"
        )
    above = np.flatnonzero(changes > level)
    first = int(above[-1]) + 1 if len(above) else 0
    if first == len(kept):
        raise ValueError(
            f"with {kept[-1]} words the change is still above {level}; try larger numbers"
        )
    return kept[first]


def leaky_score(keep: float, vectors: Array) -> Score:
    """Make a GRU whose memory is known, as a model that can be asked.

    One unit without recurrent weights, its update gate held by the bias: what is older than k
    words has a share of ``keep**k`` in the state.

    Parameters
    ----------
    keep : float
        The update gate, above 0 and below 1.
    vectors : numpy.ndarray
        A small number for each token id, shape ``(vocabulary_size,)``; small, so that the tanh of
        the candidate is nearly straight.

    Returns
    -------
    callable
        Its last state, see `Score`.

    Raises
    ------
    ValueError
        If the gate is no share, or a number is not finite.

    Examples
    --------
    >>> score = leaky_score(0.5, np.array([0.0, 0.001]))
    >>> (score(np.array([[1, 1]])) / score(np.array([[0, 1]]))).round(3).tolist()
    [1.5]
    """
    share(keep, "keep")
    features = finite(vectors, "the vectors")[:, np.newaxis]
    gate = np.log(keep / (1 - keep))
    bias = np.array([[gate, 0.0, 0.0], [0.0, 0.0, 0.0]])
    weights = GRUWeights(np.array([[0.0, 0.0, 1.0]]), np.zeros((1, 3)), bias)

    def score(ids: IntArray) -> Array:
        state: Array = run(features[ids], weights, mask=ids != PAD).hidden[:, -1, 0]
        return state

    return score


def half_life(update_gate: Array) -> Array:
    r"""Turn update gates into a memory: after how many steps half of a unit's state is left.

    Counts what the gate itself keeps, :math:`\prod_t z_t`, and not what the candidate passes on.

    Parameters
    ----------
    update_gate : numpy.ndarray
        Gates of the steps that were read, shape ``(steps, units)``.

    Returns
    -------
    numpy.ndarray
        Steps for each unit, shape ``(units,)``; infinite for a unit whose gate is always 1.

    Raises
    ------
    ValueError
        If the shape is another one, or a gate is not from 0 to 1.

    Examples
    --------
    >>> half_life(np.array([[0.5, 0.25], [0.5, 1.0]])).tolist()
    [1.0, 1.0]
    """
    if update_gate.ndim != 2 or not len(update_gate):
        raise ValueError(f"gates of shape {update_gate.shape}; expected (steps, units)")
    if not ((finite(update_gate, "the gates") >= 0) & (update_gate <= 1)).all():
        low, high = update_gate.min(), update_gate.max()
        raise ValueError(f"gates from {low} to {high}; expected 0 to 1")
    with np.errstate(divide="ignore"):  # a gate of exactly 0 forgets at once, one of 1 never
        steps: Array = np.abs(np.log(0.5) / np.log(update_gate).mean(axis=0))
    return steps
