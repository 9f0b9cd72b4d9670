"""A GRU that reads a request in both directions: one intent, and a tag for each word.

Both answers rest on the same states and are trained together, as in Goo et al. (2018). A word is
read as four ids: itself, its first three letters, its last three, and its shape. A name that was
never seen still has the other three.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.assistant.slots import decode, span_f1
from gru_course.apps.assistant.snips import OUTSIDE, Request
from gru_course.course.checked import axes, finite, several, whole
from gru_course.course.progress import bar
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.training.checkpoints import BestWeights

IntArray = NDArray[np.int32]
Floats = NDArray[np.float32]
_PAD, _UNKNOWN, _IGNORE = 0, 1, -1
_ROWS = 256  # requests that are read at once


@dataclass(frozen=True)
class RequestConfig:
    """Sizes of the model, and how it is trained.

    Parameters
    ----------
    units : int
        Of the GRU in each direction.
    word_dim, piece_dim : int
        Width of the vectors of words, and of beginnings, ends and shapes.
    longest : int
        Words that are read; what follows gets the tag `OUTSIDE`.
    dropout : float
        Share left out of the inputs and of the states.
    word_dropout : float
        Share of the words that are read as unknown while training.
    epochs, batch_size, learning_rate
        As in `gru_course.training.fitting.Recipe`; the rate falls along a cosine.

    Raises
    ------
    ValueError
        If a size is below 1 or a share not from 0 up to below 1.
    """

    units: int = 128
    word_dim: int = 96
    piece_dim: int = 32
    longest: int = 40
    dropout: float = 0.4
    word_dropout: float = 0.05
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 0.003

    def __post_init__(self) -> None:
        for name in ("units", "word_dim", "piece_dim", "longest", "epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 1 or more")
        for name in ("dropout", "word_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 up to below 1")


def pieces(word: str) -> tuple[str, str, str, str]:
    """Describe a word: itself, its beginning, its end, its shape.

    Parameters
    ----------
    word : str

    Returns
    -------
    tuple of str
        In the shape, letters are "a" and digits "0", and runs of one kind are one sign.

    Examples
    --------
    >>> pieces("7:30pm")
    ('7:30pm', '7:3', '0pm', '0:0a')
    """
    shape = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", word))
    return word, word[:3], word[-3:], shape


class Reading(NamedTuple):
    """What the model understands: intent, its probability, and a tag for each word."""

    intent: str
    confidence: float
    tags: list[str]


class RequestReader:
    """A model with the vocabularies that it reads with.

    Parameters
    ----------
    train : sequence of Request
        Words, tags and intents are those of the training requests; a piece that occurs only
        once there is read as unknown, so that the model learns what to do with one.
    config : RequestConfig

    Raises
    ------
    ValueError
        If there are no requests, or none has a word.
    """

    def __init__(self, train: Sequence[Request], config: RequestConfig) -> None:
        if not train:
            raise ValueError("there are no training requests; expected at least one")
        if not any(request.words for request in train):
            raise ValueError(f"none of {len(train)} training requests has a word; expected some")
        self.config = config
        self.intents = sorted({request.intent for request in train})
        tags = {tag for request in train for tag in request.tags} - {OUTSIDE}
        self.tags = [OUTSIDE, *sorted(tags | {f"B-{tag[2:]}" for tag in tags})]
        described = [pieces(word) for request in train for word in request.words]
        self.ids = [
            {piece: n for n, piece in enumerate(frequent(column), start=_UNKNOWN + 1)}
            for column in zip(*described, strict=True)
        ]
        sizes = [len(ids) + 2 for ids in self.ids]
        self.model = request_model(sizes, len(self.intents), len(self.tags), config)

    def encode(self, texts: Sequence[Sequence[str]], longest: int) -> IntArray:
        """Turn words into ids ``(n, longest, 4)``, zeros after the last word."""
        encoded = np.full((len(texts), longest, len(self.ids)), _PAD, dtype=np.int32)
        for number, (row, words) in enumerate(zip(encoded, texts, strict=True)):
            several(words, f"request {number}")
            for place, word in enumerate(words[:longest]):
                found = zip(self.ids, pieces(word), strict=True)
                row[place] = [ids.get(piece, _UNKNOWN) for ids, piece in found]
        return encoded

    def targets(self, requests: Sequence[Request]) -> tuple[IntArray, IntArray]:
        """Turn intents into numbers ``(n,)`` and tags into ``(n, longest)``, -1 for padding.

        Raises
        ------
        ValueError
            If an intent or a tag is none of those the reader was made with.
        """
        for place, request in enumerate(requests):
            new = ({request.intent} - {*self.intents}) | ({*request.tags} - {*self.tags})
            if new:
                raise ValueError(
                    f"request {place}, {request.text!r}, has {sorted(new)}, which no request that "
                    "the reader was made with has; make the reader with all that it learns"
                )
        intents = np.array([self.intents.index(r.intent) for r in requests], dtype=np.int32)
        numbers = {tag: n for n, tag in enumerate(self.tags)}
        tags = np.full((len(requests), self.config.longest), _IGNORE, dtype=np.int32)
        for row, request in zip(tags, requests, strict=True):
            known = [numbers[tag] for tag in request.tags[: self.config.longest]]
            row[: len(known)] = known
        return intents, tags

    def probabilities(self, texts: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """Return those of the intents ``(n, k)`` and of the tags ``(n, longest, m)``.

        Raises
        ------
        ValueError
            If there is no text, or a probability is not finite.
        """
        if not len(texts):
            raise ValueError("there is no text; expected at least one")
        parts = []
        for start in range(0, len(texts), _ROWS):
            some = texts[start : start + _ROWS]
            ids = self.encode(some, self.config.longest)
            rows = 1 if len(some) == 1 else _ROWS  # the loops are compiled once for each shape
            ids = np.pad(ids, ((0, rows - len(some)), (0, 0), (0, 0)))
            out = self.model(ids, training=False)
            parts.append([np.asarray(out[name])[: len(some)] for name in ("intent", "slots")])
        intent, slots = (
            finite(
                np.concatenate(values),
                "the probabilities",
                what_to_do="The model's weights are spoilt; train it again, with smaller steps.",
            )
            for values in zip(*parts, strict=True)
        )
        return intent[:, : len(self.intents)], slots

    def read(self, texts: Sequence[Sequence[str]], well_formed: bool = True) -> list[Reading]:
        """Understand requests.

        Parameters
        ----------
        texts : sequence of sequence of str
            Words of each, as `gru_course.apps.assistant.snips.words_of` makes them.
        well_formed : bool
            Whether tags are decoded together; otherwise each is the most probable of its word.

        Returns
        -------
        list of Reading

        Raises
        ------
        TypeError
            If a request is one str and not its words.
        ValueError
            If a probability is not finite.
        """
        several(texts, "texts")
        if not len(texts):
            return []
        readings = []
        for words, intent, rows in zip(texts, *self.probabilities(texts), strict=True):
            rows = rows[: len(words)]
            best = [self.tags[i] for i in rows.argmax(axis=1)]
            tags = decode(rows, self.tags) if well_formed else best
            tags += [OUTSIDE] * (len(words) - len(tags))
            readings.append(Reading(self.intents[intent.argmax()], float(intent.max()), tags))
        return readings


def frequent(column: Sequence[str]) -> list[str]:
    """Return what occurs at least twice, the most frequent first.

    Examples
    --------
    >>> frequent(["b", "a", "a", "b", "a", "c"])
    ['a', 'b']
    """
    return [piece for piece, count in Counter(column).most_common() if count > 1]


def request_model(
    sizes: Sequence[int], intents: int, tags: int, config: RequestConfig
) -> keras.Model:
    """Build the model: pieces of words in, an intent and a tag per word out.

    Parameters
    ----------
    sizes : sequence of int
        How many ids there are of each kind of piece; words come first.
    intents, tags : int
        How many there are.
    config : RequestConfig

    Returns
    -------
    keras.Model
        From ids ``(batch, timesteps, pieces)`` to a dictionary of probabilities: ``intent``,
        ``(batch, intents)``, and ``slots``, ``(batch, timesteps, tags)``.
    """
    if not len(sizes):
        raise ValueError("sizes is empty; expected how many words there are, at least")
    ids = keras.Input((None, len(sizes)), dtype="int32", name="ids")
    read = keras.ops.not_equal(ids[..., 0], _PAD)
    widths = [config.word_dim] + [config.piece_dim] * (len(sizes) - 1)
    vectors = [
        keras.layers.Embedding(size, width)(ids[..., n])
        for n, (size, width) in enumerate(zip(sizes, widths, strict=True))
    ]
    words = keras.layers.Dropout(config.dropout)(keras.layers.Concatenate()(vectors))
    gru = FastGRU(config.units, return_sequences=True, return_state=True)
    states, forward, _ = keras.layers.Bidirectional(gru)(words, mask=read)
    # Keras gives zeros at padding. The last place keeps the state that has read the whole request.
    last = keras.layers.Concatenate()([forward, states[:, -1, config.units :]])
    states = keras.layers.Concatenate(axis=1)([states[:, :-1], last[:, None]])
    states = keras.layers.Dropout(config.dropout)(states)
    whole = keras.layers.Concatenate()(
        [states[:, -1, : config.units], states[:, 0, config.units :]]
    )
    # Two at least: Keras warns of a softmax over one.
    intent = keras.layers.Dense(max(intents, 2), activation="softmax", name="intent")(whole)
    # What the whole request is about shifts the scores of the tags at every word.
    shift = keras.layers.Dense(tags, use_bias=False)(whole)
    scores = keras.layers.Dense(tags)(states) + shift[:, None]
    slots = keras.layers.Softmax(name="slots")(scores)
    return keras.Model(ids, {"intent": intent, "slots": slots})


def fit_requests(
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
        "slots": keras.losses.SparseCategoricalCrossentropy(ignore_class=_IGNORE),
    }
    reader.model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), losses, jit_compile=False)
    rng = np.random.default_rng(seed)
    curves: list[dict[str, float]] = []
    best = BestWeights(reader.model)
    for _ in bar(range(config.epochs), "Epochs"):
        for rows, end in batches(ids, config.batch_size, rng):
            x = ids[rows, :end].copy()
            forget = (rng.random(x.shape[:2]) < config.word_dropout) & (x[..., 0] != _PAD)
            x[..., 0][forget] = _UNKNOWN
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

    Raises
    ------
    ValueError
        If there are no others.
    """
    whole(batch_size, "batch_size")
    axes(ids, "the ids", "n, longest, pieces")
    words = (ids[..., 0] != _PAD).sum(axis=1)
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
    """Measure the accuracy of the intents and the F1 of the slots, of at least one request."""
    if not len(requests):
        raise ValueError("there are no requests to measure; expected at least one")
    readings = reader.read([request.words for request in requests])
    right = [r.intent == q.intent for r, q in zip(readings, requests, strict=True)]
    f1 = span_f1([q.tags for q in requests], [r.tags for r in readings]).f1
    return {"intent_accuracy": float(np.mean(right)), "slot_f1": f1}
