"""A GRU that reads a request in both directions: one intent, and a tag for each word.

Both answers rest on the same states and are trained together, as in Goo et al. (2018). A word is
read as four ids: itself, its first three letters, its last three, and its shape. A name that was
never seen still has the other three.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.assistant.slots import decode
from gru_course.apps.assistant.snips import OUTSIDE, Request
from gru_course.course.checked import finite, several
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU

IntArray = NDArray[np.int32]
Floats = NDArray[np.float32]
PAD, UNKNOWN, IGNORE = 0, 1, -1
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
    """Describe a word: itself, its beginning, its end, its shape (letters as "a", digits as "0").

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
            {piece: n for n, piece in enumerate(frequent(column), start=UNKNOWN + 1)}
            for column in zip(*described, strict=True)
        ]
        sizes = [len(ids) + 2 for ids in self.ids]
        self.model = request_model(sizes, len(self.intents), len(self.tags), config)

    def encode(self, texts: Sequence[Sequence[str]], longest: int) -> IntArray:
        """Turn words into ids.

        Parameters
        ----------
        texts : sequence of sequence of str
        longest : int
            Words behind this one are cut off.

        Returns
        -------
        ndarray of int32, shape (n, longest, pieces)
            Zeros after the last word.

        Raises
        ------
        TypeError
            If a text is a str; expected are its words.
        """
        encoded = np.full((len(texts), longest, len(self.ids)), PAD, dtype=np.int32)
        for number, (row, words) in enumerate(zip(encoded, texts, strict=True)):
            several(words, f"request {number}")
            for place, word in enumerate(words[:longest]):
                found = zip(self.ids, pieces(word), strict=True)
                row[place] = [ids.get(piece, UNKNOWN) for ids, piece in found]
        return encoded

    def targets(self, requests: Sequence[Request]) -> tuple[IntArray, IntArray]:
        """Turn intents and tags into numbers.

        Parameters
        ----------
        requests : sequence of Request

        Returns
        -------
        tuple of ndarray of int32
            The intents, shape (n,), and the tags, shape (n, longest), -1 for padding.

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
        tags = np.full((len(requests), self.config.longest), IGNORE, dtype=np.int32)
        for row, request in zip(tags, requests, strict=True):
            known = [numbers[tag] for tag in request.tags[: self.config.longest]]
            row[: len(known)] = known
        return intents, tags

    def probabilities(self, texts: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """Return the probabilities of the intents and of the tags.

        Parameters
        ----------
        texts : sequence of sequence of str

        Returns
        -------
        tuple of ndarray of float32
            Shapes (n, intents) and (n, longest, tags).

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

    Raises
    ------
    ValueError
        If `sizes` is empty.

    Examples
    --------
    >>> model = request_model([9, 5], intents=3, tags=4, config=RequestConfig(units=2))
    >>> {name: tuple(found.shape) for name, found in model.output.items()}
    {'intent': (None, 3), 'slots': (None, None, 4)}
    """
    if not len(sizes):
        raise ValueError("sizes is empty; expected how many words there are, at least")
    ids = keras.Input((None, len(sizes)), dtype="int32", name="ids")
    read = keras.ops.not_equal(ids[..., 0], PAD)
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
