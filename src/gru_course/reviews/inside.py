r"""A trained classifier taken apart, and which words its answer rests on.

The answer is looked at as a *logit*, the number :math:`\mathbf{h}_T \mathbf{w} + b` that the last
layer squashes into a probability: positive for a positive verdict. A probability near 0 or 1 hardly
moves whatever one does to a text; the logit does.

Padding is skipped by the models here, so a word whose id is replaced by that of padding is left out
as if it had never been written.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gru_course.cells import GRUWeights, Trace, run
from gru_course.cells.layout import Array, logistic
from gru_course.cells.sequence import backpropagate
from gru_course.course.checked import finite, negligible, whole
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import PAD, ClassifierConfig
from gru_course.training.gradients import norms_by_distance
from gru_course.training.ids import check_ids

IntArray = NDArray[np.integer]
Score = Callable[[IntArray], Array]
"""From token ids ``(n, timesteps)`` to one number each, ``(n,)``; any model has one."""

_BATCH = 500  # XLA compiles once per shape; all batches are filled up to this one


@dataclass(frozen=True, eq=False)
class Reader:
    """A classifier of one GRU layer, as arrays that can be looked into.

    Parameters
    ----------
    vectors : numpy.ndarray
        A vector for each token id, shape ``(vocabulary_size, features)``.
    gru : GRUWeights
        The layer, in the convention of the book.
    output : numpy.ndarray
        Weights of the last layer, shape ``(units,)``.
    bias : float
        Its bias.
    last_states : callable
        The Keras layers below the last one: ids ``(n, timesteps)`` to states ``(n, units)``. The
        same numbers as `read` gives in the end, in 32-bit floats and much faster.
    """

    vectors: Array
    gru: GRUWeights
    output: Array
    bias: float
    last_states: Callable[[IntArray], Array]

    @classmethod
    def of(cls, model: keras.Model, config: ClassifierConfig) -> "Reader":
        """Take a classifier apart.

        Parameters
        ----------
        model : keras.Model
            From ``classifier(config)``.
        config : ClassifierConfig
            A single GRU with ``mask=True`` whose last state is read.

        Returns
        -------
        Reader

        Raises
        ------
        ValueError
            If the classifier is of another kind.
        """
        if (config.architecture, config.pooling, config.mask) != ("gru", "last", True):
            raise ValueError(
                f"the classifier has architecture {config.architecture!r}, pooling "
                f"{config.pooling!r} and mask={config.mask}; expected 'gru', 'last' and mask=True"
            )
        below = keras.Model(model.input, model.layers[-1].input)

        def last_states(ids: IntArray) -> Array:
            check_ids(model, ids)
            filled = np.pad(ids, ((0, -len(ids) % _BATCH), (0, 0)), mode="edge")
            states: Array = below.predict(filled, batch_size=_BATCH, verbose=0)
            return states[: len(ids)]

        (layer,) = (part for part in model.layers if isinstance(part, keras.layers.GRU))
        (words,) = (part for part in model.layers if isinstance(part, keras.layers.Embedding))
        output, bias = (np.asarray(array, dtype=float) for array in model.layers[-1].get_weights())
        vectors = np.asarray(words.get_weights()[0], dtype=float)
        gru = GRUWeights.from_layer(layer)
        return cls(vectors, gru, output[:, 0], float(bias[0]), last_states)

    def read(self, ids: IntArray) -> Trace[GRUWeights]:
        """Read texts word by word and keep everything that is computed on the way.

        Parameters
        ----------
        ids : numpy.ndarray
            Token ids, shape ``(n, timesteps)``; a few hundred texts at a time, all is kept.

        Returns
        -------
        Trace
            States and gates of every step; those of padding mean nothing.

        Raises
        ------
        ValueError
            If the ids have another shape, or one is not in the vocabulary.
        """
        size, ids = len(self.vectors), np.asarray(ids)
        if ids.ndim != 2 or not ids.size or ids.dtype.kind not in "iu":
            raise ValueError(
                f"ids of shape {ids.shape} and type {ids.dtype}; expected whole numbers "
                "(n, timesteps)"
            )
        if ids.min() < 0 or ids.max() >= size:
            raise ValueError(f"ids from {ids.min()} to {ids.max()}; expected 0 to {size - 1}")
        return run(self.vectors[ids], self.gru, mask=ids != PAD)

    def score(self, ids: IntArray) -> Array:
        """Return the logit of each text, shape ``(n,)``, for ids ``(n, timesteps)``."""
        logits: Array = self.last_states(ids) @ self.output + self.bias
        return logits

    def running_probability(self, trace: Trace[GRUWeights]) -> Array:
        """Return the answer, shape ``(n, timesteps)``, as if the text ended after each word."""
        return logistic(trace.hidden @ self.output + self.bias)


def gates(trace: Trace[GRUWeights]) -> tuple[Array, Array]:
    """Collect the gates of all steps.

    Parameters
    ----------
    trace : Trace
        From `Reader.read`, or any other run of a GRU.

    Returns
    -------
    update_gate, reset_gate : numpy.ndarray
        Each ``(n, timesteps, units)``.
    """
    update = np.stack([step.update_gate for step in trace.steps], axis=1)
    reset = np.stack([step.reset_gate for step in trace.steps], axis=1)
    return update, reset


def gradient_norms(reader: Reader, trace: Trace[GRUWeights]) -> Array:
    """Measure the gradient of the logit of each text with respect to every state on the way to it.

    Parameters
    ----------
    reader : Reader
    trace : Trace
        From `Reader.read`.

    Returns
    -------
    numpy.ndarray
        Its norms by distance from the end, shape ``(n, timesteps)``.
    """
    d_hidden = np.zeros(trace.hidden.shape)
    d_hidden[:, -1] = reader.output
    return norms_by_distance(backpropagate(trace, d_hidden).hidden)


def saliency(reader: Reader, ids: IntArray) -> Array:
    r"""Estimate what each word adds to the logit from the slope there: gradient times input.

    For word :math:`t` with vector :math:`\mathbf{x}_t`, :math:`\sum_i x_{t,i}\, \partial \ell /
    \partial x_{t,i}`: how much the logit would fall if the vector shrank to zero and the slope
    stayed the same on the way. The gradient comes from one pass forward and one back.

    Parameters
    ----------
    reader : Reader
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(n, timesteps)``; positive where a word speaks for a positive verdict, 0 at padding.
    """
    trace = reader.read(ids)
    d_hidden = np.zeros(trace.hidden.shape)
    d_hidden[:, -1] = reader.output
    product: Array = (backpropagate(trace, d_hidden).x * trace.x).sum(axis=-1)
    return product


def occlusion(score: Score, ids: IntArray, cover: int = PAD) -> Array:
    """Measure what each word adds to the logit by taking it away (Li et al. 2016).

    One more reading for each word of each text.

    Parameters
    ----------
    score : callable
        Any model, see `Score`.
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    cover : int
        The id that replaces a word; that of padding leaves it out.

    Returns
    -------
    numpy.ndarray
        By how much the logit falls without the word, shape ``(n, timesteps)``; 0 at padding.

    Raises
    ------
    ValueError
        If the ids have another shape, `cover` is no id, or a logit is not finite.

    Examples
    --------
    In a model that adds up a weight per word, the change is the weight:

    >>> weights = np.array([0.0, 2.0, -3.0])
    >>> occlusion(lambda ids: weights[ids].sum(axis=1), np.array([[0, 1, 2]])).tolist()
    [[0.0, 2.0, -3.0]]
    """
    whole(cover, "cover", least=0)
    _check_shape(ids)
    rows, places = np.nonzero(ids != PAD)
    covered = ids[rows]
    covered[np.arange(len(rows)), places] = cover
    changes = np.zeros(ids.shape)
    if len(rows):
        changes[rows, places] = score(ids)[rows] - score(covered)
    return finite(changes, "the changes of the logit", what_to_do="")


def agreement(one: Array, other: Array, ids: IntArray) -> Array:
    """Compare two orders of the words of each text.

    Parameters
    ----------
    one, other : numpy.ndarray
        Importance of every word, shape ``(n, timesteps)``.
    ids : numpy.ndarray
        Token ids of the same shape; padding is left out.

    Returns
    -------
    numpy.ndarray
        Spearman's rank correlation for each text, shape ``(n,)``: 1 for the same order, 0 for
        orders that have nothing to do with each other.

    Raises
    ------
    ValueError
        If a text has fewer than three words, or all are equally important: there is not enough to
        put in order.

    Examples
    --------
    >>> order, scaled = np.array([[0.0, 3.0, 1.0, 2.0]]), np.array([[9.0, 30.0, 1.0, 20.0]])
    >>> agreement(order, scaled, np.array([[0, 4, 5, 6]])).tolist()
    [1.0]
    """
    _check_shape(ids, one, other)
    read = ids != PAD
    if read.sum(axis=1).min() < 3:
        raise ValueError("a text has fewer than three words; leave it out")
    for name, importance in (("one", one), ("other", other)):
        finite(importance, f"the importance of words by '{name}'")
        for number, (values, there) in enumerate(zip(importance, read, strict=True)):
            if negligible(np.ptp(values[there]), values[there]):
                raise ValueError(
                    f"all words of text {number} are equally important by '{name}': there is no "
                    "order to compare; leave it out"
                )
    found = [
        stats.spearmanr(a[r], b[r]).statistic for a, b, r in zip(one, other, read, strict=True)
    ]
    return np.array(found)


def drop_without(score: Score, ids: IntArray, importance: Array, words: int) -> Array:
    """Leave out the words that are said to carry the verdict, and see whether it falls.

    Parameters
    ----------
    score : callable
        The model.
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    importance : numpy.ndarray
        What each word adds to the logit, by whatever method, shape ``(n, timesteps)``.
    words : int
        How many are left out: those that speak most for the verdict the model gives.

    Returns
    -------
    numpy.ndarray
        By how much the logit moves away from that verdict, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the shapes do not fit, `words` is no number of words, or a number is not finite.

    Examples
    --------
    >>> weights = np.array([0.0, 2.0, -3.0, 0.5])
    >>> score, ids = lambda ids: weights[ids].sum(axis=1), np.array([[0, 1, 2, 3]])
    >>> drop_without(score, ids, weights[ids], words=1).tolist()  # the verdict is negative
    [3.0]
    """
    whole(words, "words", least=0)
    _check_shape(ids, finite(importance, "the importance of words"))
    before = finite(score(ids), "the logits", what_to_do="")
    verdict = np.sign(before)
    speaks_for = np.where(ids != PAD, importance * verdict[:, np.newaxis], -np.inf)
    chosen = np.argsort(-speaks_for, axis=1, kind="stable")[:, :words]
    left = ids.copy()
    np.put_along_axis(left, chosen, PAD, axis=1)
    drop: Array = verdict * (before - score(left))
    return drop


def _check_shape(ids: IntArray, *importances: Array) -> None:
    shapes = [np.shape(ids), *map(np.shape, importances)]
    whole_numbers = np.asarray(ids).dtype.kind in "iu"
    if np.ndim(ids) != 2 or not np.size(ids) or len(set(shapes)) > 1 or not whole_numbers:
        raise ValueError(
            f"ids of type {np.asarray(ids).dtype}, they and importances of shape "
            f"{', '.join(map(str, shapes))}; expected whole numbers, (n, timesteps) for all"
        )
