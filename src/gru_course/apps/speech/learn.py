"""Teaching the models of `gru_course.apps.speech.model`, and asking them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.speech.features import Floats
from gru_course.apps.speech.voices import heard
from gru_course.course.checked import finite, whole_numbers
from gru_course.course.progress import bar
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import BestWeights

Labels = NDArray[np.integer]
Augment = Callable[[Floats, np.random.Generator], Floats]
_LOOK = 100


@dataclass(frozen=True)
class SpeechRecipe:
    """How to train: passes over the data, words per update, largest step of Adam.

    Parameters
    ----------
    epochs, batch_size : int
    learning_rate : float
        It falls to zero along a cosine.
    """

    epochs: int = 20
    batch_size: int = 50
    learning_rate: float = 0.004


def train(
    model: keras.Model,
    x: Floats,
    y: Labels,
    recipe: SpeechRecipe,
    validation: tuple[Floats, Labels],
    *,
    augment: Augment | None = None,
    seed: int = 0,
) -> list[float]:
    """Train a recogniser; it ends with the weights of the epoch best by validation.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.speech.model.recogniser`; trained in place.
    x : ndarray of float32, shape (n, timesteps, bands)
    y : ndarray of int, shape (n,)
    recipe : SpeechRecipe
    validation : tuple
        Held-out frames and labels.
    augment : function, optional
        Changes the words of each epoch anew, such as `gru_course.apps.speech.voices.other_voices`.
    seed : int
        For the changes.

    Returns
    -------
    list of float
        Validation accuracy after each epoch.

    Raises
    ------
    ValueError
        If words and labels do not belong together, or do not fill a batch, a value is not finite,
        or a label is no word of the model.
    """
    if len(x) != len(y) or len(x) < recipe.batch_size:
        raise ValueError(
            f"{len(x)} words and {len(y)} labels; expected as many of both, and at least "
            f"{recipe.batch_size}, one batch"
        )
    x = _readable(x, model)
    if len(validation) != 2:
        raise ValueError(f"{len(validation)} arrays for validation; expected words and labels")
    if len(validation[0]) != len(validation[1]) or not len(validation[0]):
        raise ValueError(
            f"{len(validation[0])} words and {len(validation[1])} labels for validation; expected "
            "as many of both, and at least one"
        )
    for name, numbers in (("the labels", y), ("the labels for validation", validation[1])):
        whole_numbers(numbers, model.output_shape[-1], name)
    y = np.asarray(y)  # a column of a table is read by its index
    rng = np.random.default_rng(seed)
    steps = len(x) // recipe.batch_size
    rate = keras.optimizers.schedules.CosineDecay(
        0.0,
        recipe.epochs * steps * 9 // 10,
        warmup_target=recipe.learning_rate,
        warmup_steps=max(recipe.epochs * steps // 10, 1),
    )
    model.compile(
        keras.optimizers.Adam(rate, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # the loops of the GRU are compiled all the same
    )
    curve: list[float] = []
    best = BestWeights(model)
    for _ in bar(range(recipe.epochs), "Epochs"):
        chosen = rng.permutation(len(x))[: steps * recipe.batch_size]
        words = x[chosen] if augment is None else augment(x[chosen], rng)
        options = {"batch_size": recipe.batch_size, "shuffle": False, "verbose": 0}
        if len(model.output_shape) == 3:
            labels = np.repeat(y[chosen, None], x.shape[1], axis=1)
            weight = heard(words).astype("float32")
            model.fit(words, labels, sample_weight=weight, **options)
        else:
            model.fit(words, y[chosen], **options)
        curve.append(float(np.mean(decide(model, validation[0]) == validation[1])))
        best.look(curve[-1])
    best.restore()
    return curve


def _readable(x: Floats, model: keras.Model) -> Floats:
    """Return frames, or say why a recogniser cannot read them."""
    frames = finite(x, "the frames")
    if frames.shape[1:] != model.input_shape[1:]:
        raise ValueError(
            f"frames of shape {frames.shape}; the model reads (n, timesteps, bands) with "
            f"{model.input_shape[1:]}"
        )
    return frames


def probabilities(model: keras.Model, x: Floats) -> Floats:
    """Return the probability of each word.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.speech.model.recogniser`.
    x : ndarray of float32, shape (n, timesteps, bands)

    Returns
    -------
    ndarray of float32, shape (n, words), or (n, timesteps, words) of a streaming model

    Raises
    ------
    ValueError
        If there is no word to recognise, or a value or a score is not finite.
    """
    if not len(x):
        raise ValueError("there is no word to recognise: the batch is empty")
    frames = _readable(x, model)
    scores = finite(
        model.predict(frames, batch_size=_LOOK, verbose=0),
        "the scores of the model",
        what_to_do="Its weights are spoilt; train it again, with smaller steps.",
    )
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def decide(model: keras.Model, x: Floats) -> Labels:
    """Return the most probable word when all has been heard, shape (n,)."""
    said = probabilities(model, x)
    if said.ndim == 3:
        said = said[np.arange(len(x)), np.maximum(heard(x).sum(axis=1) - 1, 0)]
    return np.asarray(said.argmax(axis=-1))


def decide_at(said: Floats, lengths: Labels, share: float) -> Labels:
    """Return the most probable word after a share of each recording.

    Parameters
    ----------
    said : ndarray of float32, shape (n, timesteps, words)
        From `probabilities` of a streaming model.
    lengths : ndarray of int, shape (n,)
        Frames of each word; of one without any the first answer counts.
    share : float
        Above 0, at most 1.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        If `share` is not such a share, or probabilities and lengths do not belong together.

    Examples
    --------
    >>> said = np.array([[[0.9, 0.1], [0.4, 0.6]]], "f4")
    >>> [decide_at(said, np.array([2]), share).tolist() for share in (0.5, 1.0)]
    [[0], [1]]
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; expected more than 0 and at most 1")
    _check_said(said, lengths)
    last = np.maximum(np.ceil(share * lengths).astype(int) - 1, 0)
    return np.asarray(said[np.arange(len(said)), last].argmax(axis=-1))


def decide_early(said: Floats, lengths: Labels, threshold: float) -> tuple[Labels, Labels]:
    """Return the word at the first frame that is sure enough, or at the last one.

    Parameters
    ----------
    said : ndarray of float32, shape (n, timesteps, words)
        From `probabilities` of a streaming model.
    lengths : ndarray of int, shape (n,)
        Frames of each word.
    threshold : float
        Probability at which the listener stops.

    Returns
    -------
    words, frames : ndarray of int, shape (n,)
        The decision, and how many frames it took; none for a word without frames.

    Raises
    ------
    ValueError
        If the threshold is no probability, or probabilities and lengths do not belong together.

    Examples
    --------
    >>> said = np.array([[[0.9, 0.1], [0.4, 0.6]]], "f4")
    >>> [values.tolist() for values in decide_early(said, np.array([2]), 0.8)]
    [[0], [1]]
    >>> [values.tolist() for values in decide_early(said, np.array([2]), 0.95)]
    [[1], [2]]
    """
    _check_said(said, lengths, threshold)
    time = np.arange(said.shape[1])[None]
    last = np.maximum(lengths - 1, 0)[:, None]
    stop = ((said.max(axis=-1) >= threshold) & (time <= last)) | (time == last)
    first = stop.argmax(axis=1)
    words = np.asarray(said[np.arange(len(said)), first].argmax(axis=-1))
    return words, np.minimum(first + 1, lengths)


def choose_threshold(said: Floats, lengths: Labels, y: Labels, loss: float = 0.01) -> float:
    """Return the lowest threshold that costs little accuracy; for validation data.

    Parameters
    ----------
    said, lengths
        As for `decide_early`.
    y : ndarray of int, shape (n,)
        The words that were said.
    loss : float
        How much accuracy may be lost against hearing everything.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If probabilities, lengths and words do not belong together, or there are none.

    Examples
    --------
    >>> said = np.array([[[0.6, 0.4], [0.1, 0.9]]], "f4")
    >>> choose_threshold(said, np.array([2]), np.array([1])) > 0.6
    True
    """
    if len(y) != len(said) or not len(y):
        raise ValueError(f"{len(y)} words for {len(said)} recordings; expected one each, and some")
    full = np.mean(decide_at(said, lengths, 1.0) == y)
    for threshold in (*np.arange(0.3, 0.95, 0.05), 0.95, 0.97, 0.98, 0.99, 0.995, 0.999):
        if np.mean(decide_early(said, lengths, threshold)[0] == y) >= full - loss:
            return float(round(threshold, 3))
    return 1.0


def _check_said(said: Floats, lengths: Labels, threshold: float = 0.0) -> None:
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}; expected a probability, from 0 to 1")
    if finite(said, "the probabilities").ndim != 3:
        raise ValueError(f"probabilities of shape {said.shape}; expected (n, timesteps, words)")
    fits = (np.asarray(lengths) >= 0) & (np.asarray(lengths) <= said.shape[1])
    if np.shape(lengths) != said.shape[:1] or not fits.all():
        raise ValueError(
            f"lengths of shape {np.shape(lengths)} for probabilities of shape {said.shape}; "
            f"expected one a recording, each from 0 to {said.shape[1]} frames"
        )
