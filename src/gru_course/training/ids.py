"""Whether a classifier can read what it is given: ids of its vocabulary, labels of 0 and 1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite
from gru_course.layers.backend import keras


def check_ids(model: keras.Model, ids: NDArray[Any]) -> None:
    """Refuse what a classifier cannot read, before TensorFlow does so in its own words.

    Parameters
    ----------
    model : keras.Model
        One that reads ids, such as a classifier of reviews.
    ids : numpy.ndarray
        Token ids, expected to be whole numbers of shape ``(batch, timesteps)``.

    Raises
    ------
    ValueError
        If the model reads no ids, there is no sequence, the shape or the kind of number is wrong,
        or an id is not in the vocabulary of the model.

    Examples
    --------
    >>> from gru_course.reviews.classifiers import SMALL_GRU, classifier
    >>> check_ids(classifier(SMALL_GRU), np.full((1, 100), 20_000))
    Traceback (most recent call last):
    ...
    ValueError: the ids go up to 20000, but the model knows 10000 words (ids 0 to 9999): encode \
the texts with the vocabulary that it was trained with
    """
    ids, timesteps = np.asarray(ids), model.input_shape[1]
    if ids.ndim != 2 or (timesteps and ids.shape[1] != timesteps) or not ids.shape[1]:
        expected = f"(batch, {timesteps or 'timesteps'})"
        raise ValueError(f"the ids have shape {ids.shape}; expected {expected}")
    if not len(ids):
        raise ValueError("there is no sequence to read: the batch is empty")
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"the ids are of type {ids.dtype}; expected whole numbers such as int32")
    embeddings = [layer for layer in model.layers if hasattr(layer, "input_dim")]
    if not embeddings:
        raise ValueError("the model has no word vectors: it reads no ids")
    size = embeddings[0].input_dim
    if ids.min() < 0:
        raise ValueError(f"the ids go down to {ids.min()}; the lowest is 0, for padding")
    if ids.max() >= size:
        raise ValueError(
            f"the ids go up to {ids.max()}, but the model knows {size} words (ids 0 to {size - 1}):"
            " encode the texts with the vocabulary that it was trained with"
        )


def check_labels(labels: NDArray[Any], name: str) -> None:
    """Refuse labels that are not 0 and 1: the cross-entropy would take any number.

    Parameters
    ----------
    labels : numpy.ndarray
        Such as those of a support vector machine, which are -1 and 1.
    name : str
        What they are, as for `gru_course.course.checked.finite`.

    Raises
    ------
    ValueError
        If one is not finite, or neither 0 nor 1.

    Examples
    --------
    >>> check_labels(np.array([0, 1, 1]), "the labels")
    >>> check_labels(np.array([-1, 1]), "the labels")
    Traceback (most recent call last):
    ...
    ValueError: the labels are [-1, 1]; expected 0 and 1 only
    """
    found = np.unique(finite(labels, name))
    if not np.isin(found, (0, 1)).all():
        raise ValueError(f"{name} are {found[:9].tolist()}; expected 0 and 1 only")
