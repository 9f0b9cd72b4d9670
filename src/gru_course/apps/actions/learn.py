"""Teaching the models of `gru_course.apps.actions.model`, and asking them."""

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.actions.films import Films
from gru_course.apps.actions.model import FloatArray, disturbed, motion
from gru_course.apps.actions.watching import sampled
from gru_course.course.checked import finite, whole_numbers
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.training.checkpoints import check_weights

IntArray = NDArray[np.integer]
_BATCH = 16  # clips; many small steps, since the clips are few


def train_on_paths(
    model: keras.Model,
    paths: FloatArray,
    labels: IntArray,
    *,
    versions: int = 10,
    epochs: int = 12,
    disturb: bool = True,
    seed: int = 0,
) -> None:
    """Train a classifier of paths, on the paths and on disturbed versions of them.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.actions.model.path_reader`; trained in place with Adam, whose
        step size falls from 0.004 to 0 along a cosine.
    paths : ndarray of float, shape (n, timesteps, 2)
    labels : ndarray of int, shape (n,)
    versions : int
        How often each path is seen in an epoch, the first time as it is.
    epochs : int
        Passes over all versions.
    disturb : bool
        Whether the other versions differ from the path. If not, it is repeated: the number of
        updates stays the same.
    seed : int
        Of the disturbances.

    Raises
    ------
    ValueError
        If there is not one label for each path, or nothing to do, a coordinate is not finite, or a
        label is no class of the model.
    """
    if len(paths) != len(labels) or not len(paths):
        raise ValueError(
            f"{len(labels)} labels for {len(paths)} paths; expected one for each, and at least one"
        )
    whole_numbers(labels, model.output_shape[-1], "the labels")
    if versions < 1 or epochs < 1:
        raise ValueError(f"versions={versions}, epochs={epochs}; expected at least 1 of each")
    rng = np.random.default_rng(seed)
    others = [disturbed(paths, rng) if disturb else paths for _ in range(versions - 1)]
    x, y = motion(np.concatenate([paths, *others])), np.tile(labels, versions)
    rate = keras.optimizers.schedules.CosineDecay(0.004, epochs * -(-len(x) // 32))
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", jit_compile=True)
    model.fit(x, y, batch_size=32, epochs=epochs, callbacks=fit_bar(), verbose=0)
    check_weights(model)


def train_on_clips(
    model: keras.Model, frames: FloatArray, labels: IntArray, *, epochs: int = 20
) -> None:
    """Train a classifier of clips with Adam on the cross-entropy.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.actions.model.clip_reader`; trained in place.
    frames : ndarray of float32, shape (n, timesteps, side, side, 1)
    labels : ndarray of int, shape (n,)
        0 or 1.
    epochs : int
        Passes over the clips.

    Raises
    ------
    ValueError
        If there is not one label of 0 or 1 for each clip, no clip, or the frames are not numbers
        between 0 and 1.
    """
    frames = _frames(frames, model)
    if len(frames) != len(labels) or not len(frames):
        raise ValueError(
            f"{len(labels)} labels for {len(frames)} clips; expected one for each, and at least one"
        )
    labels = whole_numbers(labels, 2, "the labels")
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", jit_compile=True)
    truth = labels.astype("float32")
    model.fit(frames, truth, batch_size=50, epochs=epochs, callbacks=fit_bar(), verbose=0)
    check_weights(model)


class _Takes(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of clips, disturbed in another way each time they come."""

    def __init__(
        self, films: Films, places: IntArray, labels: IntArray, both_ways: bool, seed: int
    ) -> None:
        super().__init__()
        self.films, self.places, self.labels = films, np.asarray(places), np.asarray(labels)
        self.both_ways, self.rng = both_ways, np.random.default_rng(seed)
        self.order = self.rng.permutation(len(places))

    def __len__(self) -> int:
        return -(-len(self.places) // _BATCH)

    def __getitem__(self, number: int) -> tuple[FloatArray, IntArray]:
        batch = self.order[_BATCH * number : _BATCH * (number + 1)]
        clips = sampled(self.films, self.places[batch], self.rng)
        if not self.both_ways:
            return clips, self.labels[batch]
        return np.concatenate([clips, clips[:, ::-1]]), np.repeat([0, 1], len(clips))

    def on_epoch_end(self) -> None:
        self.order = self.rng.permutation(len(self.places))


def train_on_films(
    model: keras.Model,
    films: Films,
    places: IntArray,
    labels: IntArray,
    *,
    epochs: int = 60,
    learning_rate: float = 0.004,
    both_ways: bool = False,
    seed: int = 0,
) -> None:
    """Train a classifier of films on clips that are disturbed anew in every epoch.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.actions.watching.film_reader`; trained in place with Adam,
        whose step size falls to 0 along a cosine; gradients longer than 1 are clipped.
    films : Films
    places : ndarray of int, shape (n,)
        Which clips to learn from.
    labels : ndarray of int, shape (n,)
        Of these clips.
    epochs : int
        Passes over the clips.
    learning_rate : float
        The step size at first.
    both_ways : bool
        Whether to teach another thing: each clip is given as it is, as class 0, and backwards, as
        class 1.
    seed : int
        Of the disturbances and of the order.

    Raises
    ------
    ValueError
        If there is not one label for each clip, nothing to do, a clip is not among the films, or
        a label is no class of the model.
    """
    if len(places) != len(labels) or not len(places):
        raise ValueError(
            f"{len(labels)} labels for {len(places)} clips; expected one for each, and at least one"
        )
    places = whole_numbers(np.asarray(places), len(films), "the places of the clips")
    labels = whole_numbers(np.asarray(labels), model.output_shape[-1], "the labels")
    if epochs < 1:
        raise ValueError(f"{epochs} epochs; expected at least 1")
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate is {learning_rate}; expected a number above 0")
    takes = _Takes(films, places, labels, both_ways, seed)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * len(takes))
    # Not compiled further: that takes longer than a short training.
    # Clipped: in a first trial without it, one GRU learned nothing.
    adam = keras.optimizers.Adam(rate, clipnorm=1.0)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(takes, epochs=epochs, callbacks=fit_bar(), verbose=0)
    check_weights(model)


def kinds(model: keras.Model, paths: FloatArray) -> NDArray[np.int64]:
    """Return the likeliest class of each path, shape ``(n,)``.

    Raises
    ------
    ValueError
        If a coordinate or an answer is not finite.
    """
    if not len(paths):
        raise ValueError("there is no path; expected at least one")
    answers = _answers(model, motion(paths))
    return np.asarray(answers.argmax(axis=1), dtype=np.int64)


def directions(model: keras.Model, frames: FloatArray) -> NDArray[np.bool_]:
    """Return whether each clip is of class 1, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the frames are not numbers between 0 and 1 or of another size than those the model
        reads, or an answer is not finite.
    """
    return _answers(model, _frames(frames, model))[:, 0] > 0.5


def film_kinds(model: keras.Model, clips: FloatArray) -> NDArray[np.int64]:
    """Return the likeliest class of each clip, shape ``(n,)``.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.actions.watching.film_reader`.
    clips : ndarray of float32, shape (n, 16, 24, 24, 1)
        From :func:`~gru_course.apps.actions.watching.sampled`.

    Raises
    ------
    ValueError
        If the clips are not numbers between 0 and 1 or of another size than those the model reads,
        or an answer is not finite.
    """
    answers = _answers(model, _frames(clips, model))
    return np.asarray(answers.argmax(axis=1), dtype=np.int64)


def running_answers(model: keras.Model, frames: FloatArray) -> FloatArray:
    """Return what a clip reader would answer after each frame.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.actions.model.clip_reader`, with a GRU.
    frames : ndarray of float32, shape (n, timesteps, side, side, 1)

    Returns
    -------
    ndarray of float32, shape (n, timesteps)
        Probabilities of class 1. Only frames up to that step count: a GRU reads forwards.

    Raises
    ------
    ValueError
        If the model has no GRU, the frames are not numbers between 0 and 1 or of another size
        than those it reads, or an answer is not finite.
    """
    inputs, features, read, answer = model.layers[-4:]
    if not isinstance(read, keras.layers.GRU):
        raise ValueError("a model without a GRU has no answer after each frame; give order=True")
    every_step = FastGRU.from_config({**read.get_config(), "return_sequences": True})
    states = every_step(features(inputs.output))
    every_step.set_weights(read.get_weights())
    running = keras.Model(inputs.output, answer(states))
    return _answers(running, _frames(frames, model))[..., 0]


def _frames(frames: FloatArray, model: keras.Model) -> FloatArray:
    """Return frames as they came, if a model of clips can read them."""
    frames = finite(frames, "the frames")
    if frames.shape[1:] != model.input_shape[1:] or not len(frames):
        raise ValueError(
            f"the frames have shape {frames.shape}; the model reads {model.input_shape}, "
            "with one clip or more for None"
        )
    low, high = frames.min(initial=0), frames.max(initial=0)
    if frames.dtype.kind != "f" or low < 0 or high > 1:
        raise ValueError(
            f"frames of type {frames.dtype}, from {low} to {high}; expected floats between 0 and "
            "1. Divide grey values by 255, as Clips.x does"
        )
    return frames


def _answers(model: keras.Model, x: FloatArray) -> FloatArray:
    return finite(
        model(x, training=False),
        "the answers of the model",
        what_to_do="Its weights are spoilt; train it again, with smaller steps.",
    )
