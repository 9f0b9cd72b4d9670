"""Training a reader of words and evidence, also on labels that other models have guessed.

Self-training: models that were trained on labelled texts guess the labels of further texts, and a
new model is trained on both. The guesses are kept as probabilities, so that a doubtful guess pulls
less than a sure one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import finite, whole
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras, tf
from gru_course.training.fitting import Recipe

FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a reader reads.

    Parameters
    ----------
    ids : ndarray of int32, shape (n, timesteps)
        Padded in front.
    evidence : ndarray of float, shape (n, timesteps, channels), or None
        For a reader of words only: None.

    Raises
    ------
    ValueError
        If there is no text, the two do not fit together, or a value is not finite.
    """

    ids: NDArray[np.integer[Any]]
    evidence: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.ids.ndim != 2 or not self.ids.size:
            raise ValueError(f"the ids have shape {self.ids.shape}; expected (n, timesteps)")
        if self.evidence is None:
            return
        if finite(self.evidence, "the evidence").shape[:2] != self.ids.shape:
            raise ValueError(
                f"evidence of shape {self.evidence.shape} for ids of shape {self.ids.shape}; "
                "expected (n, timesteps, channels) with the same n and timesteps"
            )

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.ids)

    @property
    def words(self) -> NDArray[np.int64]:
        """How many timesteps of each text are not padding, shape (n,)."""
        return np.asarray((self.ids != 0).sum(axis=1), np.int64)

    def batch(self, rows: NDArray[np.integer[Any]], length: int) -> tuple[Any, ...]:
        """Return the last `length` timesteps of some texts, as a model takes them."""
        ids = self.ids[rows, -length:]
        if self.evidence is None:
            return (ids,)
        return ids, self.evidence[rows, -length:].astype(np.float32)

    def __add__(self, other: "Inputs") -> "Inputs":
        """Put further texts behind these."""
        both = [part for part in (self.evidence, other.evidence) if part is not None]
        ids = np.concatenate([self.ids, other.ids])
        return Inputs(ids, np.concatenate(both) if both else None)


def similar_lengths(
    words: ArrayLike, lengths: tuple[int, ...], batch_size: int, rng: np.random.Generator
) -> list[tuple[int, NDArray[np.int64]]]:
    """Deal texts into batches of similar length, in random order; every text once.

    Parameters
    ----------
    words : array of int, shape (n,)
        Length of each text.
    lengths : tuple of int
        Lengths to which batches are cut, ascending; longer texts keep their end.
    batch_size : int
        The last batch may be smaller.
    rng : numpy.random.Generator

    Returns
    -------
    list of tuple
        Length and rows of each batch.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [(length, sorted(rows.tolist()))
    ...  for length, rows in similar_lengths([9, 2, 8, 1], (2, 9), 2, rng)]
    [(2, [1, 3]), (9, [0, 2])]
    """
    whole(batch_size, "batch_size")
    words = np.asarray(words)
    groups = np.minimum(np.searchsorted(lengths, words), len(lengths) - 1)
    batches, left = [], np.array([], dtype=np.int64)
    for group, length in enumerate(lengths):
        rows = np.concatenate([left, rng.permutation(np.flatnonzero(groups == group))])
        full = len(rows) // batch_size * batch_size
        left = rows[full:]  # read with the longer ones: few shapes, and full batches
        batches += [(length, part) for part in rows[:full].reshape(-1, batch_size)]
    if len(left):
        batches.append((lengths[-1], left))
    return [batches[n] for n in rng.permutation(len(batches))]


def train(
    model: keras.Model,
    inputs: Inputs,
    targets: ArrayLike,
    recipe: Recipe,
    validation: tuple[Inputs, ArrayLike],
    seed: int = 0,
) -> list[float]:
    """Train a reader on labels or guesses; the weights of the best epoch by validation stay.

    Parameters
    ----------
    model : keras.Model
        From :func:`gru_course.reviews.evidence_reader.reader`; trained in place.
    inputs : Inputs
    targets : array of float, shape (n,)
        Labels 0 and 1, or guessed probabilities between them.
    recipe : Recipe
        Epochs, batch size, learning rate, decay, clipnorm, lengths; the rest is not used.
    validation : tuple
        Inputs and labels, looked at after each epoch.
    seed : int
        Of the order of the texts.

    Returns
    -------
    list of float
        Validation accuracy after each epoch.

    Raises
    ------
    ValueError
        If there are not as many targets as texts, or one is not between 0 and 1.
    """
    targets = np.asarray(targets, np.float32)
    if targets.shape != (len(inputs),) or not ((targets >= 0) & (targets <= 1)).all():
        raise ValueError(f"expected {len(inputs)} targets between 0 and 1, got {targets.shape}")
    if len(validation) != 2 or not isinstance(validation[0], Inputs):
        kinds = [type(part).__name__ for part in validation]
        raise ValueError(f"for validation there are {kinds}; expected Inputs and their labels")
    rng = np.random.default_rng(seed)
    lengths = recipe.lengths or (inputs.ids.shape[1],)
    words = inputs.words
    steps = -(-len(inputs) // recipe.batch_size)

    def endless() -> Iterator[tuple[Any, Any]]:
        while True:
            for length, rows in similar_lengths(words, lengths, recipe.batch_size, rng):
                yield inputs.batch(rows, length), targets[rows, None]

    shapes: tuple[Any, ...] = (tf.TensorSpec((None, None), "int32"),)
    if inputs.evidence is not None:
        shapes += (tf.TensorSpec((None, None, inputs.evidence.shape[2]), "float32"),)
    signature = shapes, tf.TensorSpec((None, 1), "float32")
    batches = tf.data.Dataset.from_generator(endless, output_signature=signature).prefetch(2)
    # The loops over time of a FastGRU are compiled; around them XLA would compile every length.
    model.compile(
        optimizer=recipe.optimizer(updates=recipe.epochs * steps),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,
    )
    found: list[float] = []
    best: list[Any] = []
    for _ in range(recipe.epochs):
        model.fit(
            batches, steps_per_epoch=steps, epochs=1, shuffle=False, callbacks=fit_bar(), verbose=0
        )
        found.append(accuracy(answers(model, validation[0], lengths), validation[1]))
        # Of equally good epochs the latest, unlike elsewhere: one of the stored trainings of the
        # study was chosen so, and to choose otherwise takes running all of it again.
        if found[-1] == max(found):
            best = model.get_weights()
    model.set_weights(best)
    return found


def answers(
    model: keras.Model, inputs: Inputs, lengths: tuple[int, ...] = (), batch_size: int = 500
) -> NDArray[np.float32]:
    """Return the logit of label 1 for each text; positive means positive.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.reviews.evidence_reader.reader`.
    inputs : Inputs
    lengths : tuple of int
        Texts of similar length are read together, cut to one of these; empty for one length.
    batch_size : int

    Returns
    -------
    ndarray of float32, shape (n,)

    Raises
    ------
    ValueError
        If a logit is not finite.
    """
    lengths = lengths or (inputs.ids.shape[1],)
    result = np.empty(len(inputs), np.float32)
    rng = np.random.default_rng(0)
    for length, rows in similar_lengths(inputs.words, lengths, batch_size, rng):
        result[rows] = _answer(model, *inputs.batch(rows, length))
    return finite(result, "the logits", what_to_do="Train the model again, with smaller steps.")


def _answer(model: keras.Model, *batch: Any) -> Any:
    logits = model.predict_on_batch(list(batch) if len(batch) > 1 else batch[0])
    return np.asarray(logits)[:, 0]


def accuracy(logits: ArrayLike, labels: ArrayLike) -> float:
    """Return the share of right answers.

    Parameters
    ----------
    logits : array_like, shape (n,)
    labels : array_like, shape (n,)
        0 or 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are none, not as many of both, or a logit is not finite.
    """
    logits, labels = finite(logits, "the logits"), np.asarray(labels)
    if logits.ndim != 1 or logits.shape != labels.shape or not len(labels):
        raise ValueError(
            f"logits of shape {logits.shape} and labels of shape {labels.shape}; expected (n,) "
            "twice, and at least one"
        )
    return float(np.mean((logits > 0) == (labels == 1)))


def guesses(logits: ArrayLike) -> NDArray[np.float32]:
    """Turn the logits of several models into one guessed probability per text.

    Parameters
    ----------
    logits : array of float, shape (models, n)

    Returns
    -------
    ndarray of float32, shape (n,)
        The mean of the models' probabilities.

    Raises
    ------
    ValueError
        If there is no model, or a logit is not finite.

    Examples
    --------
    >>> guesses([[0.0, 50.0], [0.0, 50.0]]).tolist()
    [0.5, 1.0]
    """
    logits = finite(logits, "the logits").astype(np.float64)
    if logits.ndim != 2 or not len(logits):
        raise ValueError(f"logits of shape {logits.shape}; expected (models, n), one model or more")
    with np.errstate(over="ignore"):  # 1 / (1 + inf) is the 0 that it should be
        each = 1 / (1 + np.exp(-logits))
    return np.asarray(each.mean(axis=0), np.float32)
