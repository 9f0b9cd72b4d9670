"""Teaching the reader of requests of `gru_course.apps.assistant.model`."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.assistant.model import IGNORE, PAD, UNKNOWN, IntArray, RequestReader
from gru_course.apps.assistant.slots import span_f1
from gru_course.apps.assistant.snips import Request
from gru_course.course.checked import axes, whole
from gru_course.course.progress import bar
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import BestWeights


def train(
    reader: RequestReader,
    train: Sequence[Request],
    validation: Sequence[Request],
    seed: int = 0,
) -> list[dict[str, float]]:
    """Train intents and tags together; keep the epoch that is best on validation.

    Parameters
    ----------
    reader : RequestReader
        Trained in place.
    train, validation : sequence of Request
    seed : int
        Of the order of the requests and of the words read as unknown.

    Returns
    -------
    list of dict
        Per epoch ``intent_accuracy`` and ``slot_f1`` on validation; their sum chooses.

    Raises
    ------
    ValueError
        If there are no requests with words to learn from, none for validation, or an intent or a
        tag is none of the reader's.
    """
    config = reader.config
    if not len(validation):
        raise ValueError("there are no requests for validation; expected at least one")
    ids, targets = encoded(reader, train)
    steps = max(len(train) // config.batch_size, 1)
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps * config.epochs)
    losses = {
        "intent": keras.losses.SparseCategoricalCrossentropy(),
        "slots": keras.losses.SparseCategoricalCrossentropy(ignore_class=IGNORE),
    }
    reader.model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), losses, jit_compile=False)
    rng = np.random.default_rng(seed)
    curves: list[dict[str, float]] = []
    best = BestWeights(reader.model)
    for _ in bar(range(config.epochs), "Epochs"):
        for rows, end in batches(ids, config.batch_size, rng):
            x = ids[rows, :end].copy()
            forget = (rng.random(x.shape[:2]) < config.word_dropout) & (x[..., 0] != PAD)
            x[..., 0][forget] = UNKNOWN
            y = {"intent": targets[0][rows], "slots": targets[1][rows, :end]}
            reader.model.train_on_batch(x, y)
        curves.append(scores_of(reader, validation))
        best.look(sum(curves[-1].values()))
    best.restore()
    return curves


def encoded(
    reader: RequestReader, requests: Sequence[Request]
) -> tuple[IntArray, tuple[IntArray, IntArray]]:
    """Return ids and targets of requests, as the model is trained on them."""
    ids = reader.encode([request.words for request in requests], reader.config.longest)
    return ids, reader.targets(requests)


def batches(
    ids: IntArray, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[Any], int]]:
    """Draw batches of requests of similar length, all of one size, and where to cut them.

    Requests without words are left out.

    Parameters
    ----------
    ids : ndarray of int32, shape (n, longest, pieces)
        From `RequestReader.encode`.
    batch_size : int
    rng : numpy.random.Generator

    Yields
    ------
    tuple
        Places of the requests of a batch, shape (batch,), and the length to cut them to.

    Raises
    ------
    ValueError
        If there are no others.

    Examples
    --------
    >>> ids = np.ones((4, 30, 1), np.int32)
    >>> [(len(rows), end) for rows, end in batches(ids, 2, np.random.default_rng(0))]
    [(2, 30), (2, 30)]
    """
    whole(batch_size, "batch_size")
    axes(ids, "the ids", "n, longest, pieces")
    words = (ids[..., 0] != PAD).sum(axis=1)
    longest = ids.shape[1]
    size = min(batch_size, int((words > 0).sum()))
    if not size:
        raise ValueError(f"none of {len(ids)} requests has a word; expected at least one that has")
    chosen, left = [], np.array([], dtype=int)
    for low, end in zip((0, 12, 20), (12, 20, max(longest, 21)), strict=True):
        group = rng.permutation(np.flatnonzero((words > low) & (words <= end)))
        rows = np.concatenate([left, group])
        full = len(rows) // size * size
        left = rows[full:]
        chosen += [(part, min(end, longest)) for part in rows[:full].reshape(-1, size)]
    for place in rng.permutation(len(chosen)):
        yield chosen[place]


def scores_of(reader: RequestReader, requests: Sequence[Request]) -> dict[str, float]:
    """Measure the accuracy of the intents and the F1 of the slots.

    Parameters
    ----------
    reader : RequestReader
    requests : sequence of Request

    Returns
    -------
    dict
        ``intent_accuracy`` and ``slot_f1``, both from 0 to 1.

    Raises
    ------
    ValueError
        If there is no request.
    """
    if not len(requests):
        raise ValueError("there are no requests to measure; expected at least one")
    readings = reader.read([request.words for request in requests])
    right = [r.intent == q.intent for r, q in zip(readings, requests, strict=True)]
    f1 = span_f1([q.tags for q in requests], [r.tags for r in readings]).f1
    return {"intent_accuracy": float(np.mean(right)), "slot_f1": f1}
