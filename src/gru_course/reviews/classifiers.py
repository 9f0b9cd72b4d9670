"""Classifiers of texts in every arrangement of the course: built here, not compiled, not trained.

All of them read word vectors, turn what they read into one vector, and turn that into one
probability. They differ in the recurrent layers between, and in how these are put together.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import isqrt
from types import MappingProxyType
from typing import Any

from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.layers.pooling import POOLINGS, pool

_CELLS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": FastGRU}
PAD = 0


@dataclass(frozen=True)
class ClassifierConfig:
    """Everything that makes a classifier, except its weights.

    Parameters
    ----------
    architecture : str
        A name from `ARCHITECTURES`.
    embedding_dim : int
        Width of a word vector.
    units : int
        Width of the hidden state of each recurrent layer.
    vocabulary_size : int
        Number of distinct token ids.
    timesteps : int or None
        Length of every sequence; None for any length.
    pooling : str
        What is made of the states, see :func:`gru_course.layers.pooling.pool`.
    mask : bool
        Whether padding (id 0) is skipped, by the recurrent layers and by the pooling.
    embedding_dropout : float
        Share of the features of the word vectors left out, for a whole sequence at once.
    word_dropout : float
        Share of the words left out, each with its whole vector.
    dropout, recurrent_dropout : float
        Share left out of the inputs, and of the old state, of each recurrent layer.
    state_dropout : float
        Share left out of the vector that the last layer reads.

    Raises
    ------
    ValueError
        If a value is not what is expected.

    Examples
    --------
    >>> ClassifierConfig(units=0)
    Traceback (most recent call last):
    ...
    ValueError: units is 0; expected a whole number from 1 up
    """

    architecture: str = "gru"
    embedding_dim: int = 32
    units: int = 32
    vocabulary_size: int = 10_000
    timesteps: int | None = 100
    pooling: str = "last"
    mask: bool = False
    embedding_dropout: float = 0.0
    word_dropout: float = 0.0
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    state_dropout: float = 0.0

    def __post_init__(self) -> None:
        self._expect_one_of("architecture", tuple(ARCHITECTURES))
        self._expect_one_of("pooling", POOLINGS)
        self._expect_one_of("mask", (True, False))
        for name in ("embedding_dim", "units", "vocabulary_size", "timesteps"):
            value = getattr(self, name)
            if name == "timesteps" and value is None:
                continue
            if type(value) is not int or value < 1:  # True is an int, too
                raise ValueError(f"{name} is {value!r}; expected a whole number from 1 up")
        for name in (field.name for field in fields(self) if field.name.endswith("dropout")):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value < 1:
                raise ValueError(f"{name} is {value!r}; expected a share from 0 up to below 1")

    def _expect_one_of(self, name: str, choices: tuple[Any, ...]) -> None:
        value = getattr(self, name)
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            raise ValueError(f"{name} is {value!r}; expected one of {', '.join(map(str, choices))}")

    def to_json(self) -> str:
        """Write the configuration as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "ClassifierConfig":
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str

        Returns
        -------
        ClassifierConfig

        Raises
        ------
        ValueError
            If the text is not JSON, a field is unknown, or a value is not what is expected.

        Examples
        --------
        >>> ClassifierConfig.from_json(SMALL_GRU.to_json()) == SMALL_GRU
        True
        """
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"the configuration is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise ValueError(f"the configuration is {values!r}; expected names with values")
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(values) - set(known)):
            raise ValueError(f"there is no field {unknown[0]!r}; expected {', '.join(known)}")
        return cls(**values)


def recurrent(cell: str, config: ClassifierConfig, every_step: bool = False) -> keras.Layer:
    """Make one recurrent layer.

    Parameters
    ----------
    cell : str
        ``"rnn"`` (a simple RNN), ``"lstm"`` or ``"gru"``.
    config : ClassifierConfig
        Units and dropout.
    every_step : bool
        Whether all states are returned because another layer reads them; they are also returned
        if all are pooled.

    Returns
    -------
    keras.Layer

    Raises
    ------
    ValueError
        If there is no such cell.
    """
    if cell not in _CELLS:
        raise ValueError(f"there is no cell {cell!r}; expected one of {', '.join(_CELLS)}")
    return _CELLS[cell](
        config.units,
        return_sequences=every_step or config.pooling != "last",
        dropout=config.dropout,
        recurrent_dropout=config.recurrent_dropout,
    )


def single(words: Any, config: ClassifierConfig, read: Any, cell: str) -> Any:
    """Read the words once, from the first to the last."""
    return recurrent(cell, config)(words, mask=read)


def stacked(words: Any, config: ClassifierConfig, read: Any, lower: str, upper: str) -> Any:
    """Read the words with one layer, and the states of that layer with another."""
    states = recurrent(lower, config, every_step=True)(words, mask=read)
    return recurrent(upper, config)(states, mask=read)


def bidirectional(words: Any, config: ClassifierConfig, read: Any, cell: str) -> Any:
    """Read the words forwards with one layer and backwards with another, and join the states."""
    return keras.layers.Bidirectional(recurrent(cell, config))(words, mask=read)


def bidirectional_stacked(
    words: Any, config: ClassifierConfig, read: Any, lower: str, upper: str
) -> Any:
    """Read in both directions, and what comes out in both directions again."""
    both_ways = keras.layers.Bidirectional
    states = both_ways(recurrent(lower, config, every_step=True))(words, mask=read)
    return both_ways(recurrent(upper, config))(states, mask=read)


def parallel(words: Any, config: ClassifierConfig, read: Any, one: str, other: str) -> Any:
    """Read the words with two layers that do not see each other, and join their states."""
    states = [recurrent(cell, config)(words, mask=read) for cell in (one, other)]
    return keras.layers.Concatenate()(states)


ARCHITECTURES: Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]] = MappingProxyType(
    {
        "rnn": (single, ("rnn",)),
        "lstm": (single, ("lstm",)),
        "gru": (single, ("gru",)),
        "rnn_rnn": (stacked, ("rnn", "rnn")),
        "lstm_gru": (stacked, ("lstm", "gru")),
        "gru_lstm": (stacked, ("gru", "lstm")),
        "bi_gru": (bidirectional, ("gru",)),
        "bi_rnn_rnn": (bidirectional_stacked, ("rnn", "rnn")),
        "bi_lstm_gru": (bidirectional_stacked, ("lstm", "gru")),
        "bi_gru_lstm": (bidirectional_stacked, ("gru", "lstm")),
        "parallel_rnn_rnn": (parallel, ("rnn", "rnn")),
        "parallel_lstm_gru": (parallel, ("lstm", "gru")),
    }
)
"""Every architecture by its name, with the arrangement of its layers and their cells."""

ZOO_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "rnn": "RNN",
        "lstm": "LSTM",
        "gru": "GRU",
        "rnn_rnn": "RNN → RNN",
        "lstm_gru": "LSTM → GRU",
        "gru_lstm": "GRU → LSTM",
        "bi_gru": "GRU, both ways",
        "bi_rnn_rnn": "RNN → RNN, both ways",
        "bi_lstm_gru": "LSTM → GRU, both ways",
        "bi_gru_lstm": "GRU → LSTM, both ways",
        "parallel_rnn_rnn": "RNN ∥ RNN",
        "parallel_lstm_gru": "LSTM ∥ GRU",
        "gru_mean_max": "GRU, mean and max",
        "gru_attention": "GRU, attention",
        "bigrams_window": "bigrams, same tokens",
        "bigrams": "bigrams, whole review",
        "nb_svm_bigrams": "NB-SVM, up to 2 words",
        "nb_svm_trigrams": "NB-SVM, up to 3 words",
    }
)
"""What the study of architectures compared, and how a table names it."""

SMALL_GRU = ClassifierConfig(embedding_dim=32, units=32)
LARGE_GRU = ClassifierConfig(embedding_dim=128, units=64)


def classifier(config: ClassifierConfig) -> keras.Model:
    """Build a classifier: words in, one probability out.

    Parameters
    ----------
    config : ClassifierConfig
        Architecture, widths, pooling, dropout, ...

    Returns
    -------
    keras.Model
        Maps token ids of shape ``(batch, timesteps)`` to probabilities of shape ``(batch, 1)``.

    Examples
    --------
    >>> classifier(SMALL_GRU).count_params()
    326369
    """
    token_ids = keras.Input((config.timesteps,), dtype="int32", name="token_ids")
    read = keras.ops.not_equal(token_ids, PAD) if config.mask else None
    words = keras.layers.Embedding(config.vocabulary_size, config.embedding_dim)(token_ids)
    words = drop_words_and_features(words, config)
    arrange, cells = ARCHITECTURES[config.architecture]
    state = pool(arrange(words, config, read, *cells), config.pooling, read)
    if config.state_dropout:
        state = keras.layers.Dropout(config.state_dropout)(state)
    probability = keras.layers.Dense(1, activation="sigmoid")(state)
    return keras.Model(token_ids, probability)


def drop_words_and_features(words: Any, config: ClassifierConfig) -> Any:
    """Leave out whole words, and the same features of all words, while training."""
    if config.word_dropout:
        words = keras.layers.Dropout(config.word_dropout, noise_shape=(None, None, 1))(words)
    if config.embedding_dropout:
        words = keras.layers.SpatialDropout1D(config.embedding_dropout)(words)
    return words


def reading_parameters(config: ClassifierConfig) -> int:
    """Count the parameters of a classifier without its word vectors.

    Examples
    --------
    >>> reading_parameters(SMALL_GRU)
    6369
    """
    total: int = classifier(replace(config, vocabulary_size=1)).count_params()
    return total - config.embedding_dim


def widest(config: ClassifierConfig, budget: int) -> ClassifierConfig:
    """Give an architecture as many units as a budget of parameters allows.

    Parameters
    ----------
    config : ClassifierConfig
        Everything but `units`, which is replaced.
    budget : int
        What `reading_parameters` may be at most. Word vectors, alike in all models that are
        compared, are not counted.

    Returns
    -------
    ClassifierConfig

    Raises
    ------
    ValueError
        If not even one unit fits.

    Examples
    --------
    >>> budget = reading_parameters(SMALL_GRU)
    >>> {name: widest(replace(SMALL_GRU, architecture=name), budget).units
    ...  for name in ("gru", "lstm", "bi_gru")}
    {'gru': 32, 'lstm': 26, 'bi_gru': 19}
    """
    if not isinstance(budget, int):
        raise ValueError(f"budget is {budget!r}; expected a whole number of parameters")

    def parameters(units: int) -> int:
        return reading_parameters(replace(config, units=units))

    # Each layer has at least units * units weights, so no more units than this can fit.
    units = bisect_right(range(1, isqrt(max(budget, 0)) + 1), budget, key=parameters)
    if not units:
        raise ValueError(f"{budget} parameters do not hold one unit; it needs {parameters(1)}")
    return replace(config, units=units)
