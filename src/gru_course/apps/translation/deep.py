"""A translator for a long training: two GRUs decode, and the second reads what attention found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gru_course.apps.translation.model import Attention
from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import FastGRU

Drop = Callable[[Any], Any]


@dataclass(frozen=True)
class DeepConfig:
    """Sizes of a deep translator.

    Parameters
    ----------
    source_size, target_size : int
        Ids in the two vocabularies, the markers included.
    units : int
        Units of each GRU.
    embedding_dim : int
        Size of the word vectors, and of the layer before the scores of the words.
    layers : int
        Layers of the encoder, each in both directions.

    Raises
    ------
    ValueError
        If a size is below 1.
    """

    source_size: int
    target_size: int
    units: int = 256
    embedding_dim: int = 256
    layers: int = 1

    def __post_init__(self) -> None:
        for name in ("source_size", "target_size", "units", "embedding_dim", "layers"):
            if not getattr(self, name) >= 1:  # NaN is not
                raise ValueError(f"{name} is {getattr(self, name)}; expected 1 or more")


def nothing(values: Any) -> Any:
    """Drop nothing."""
    return values


class DeepEncoder(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    """Read a source sentence in both directions, layer upon layer.

    Parameters
    ----------
    config : DeepConfig
    """

    def __init__(self, config: DeepConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        units, size = config.units, config.embedding_dim
        start = keras.initializers.RandomNormal(stddev=1.0)
        self.embedding = keras.layers.Embedding(
            config.source_size, size, embeddings_initializer=start
        )
        self.forward = [FastGRU(units, return_sequences=True) for _ in range(config.layers)]
        self.backward = [
            FastGRU(units, return_sequences=True, go_backwards=True) for _ in range(config.layers)
        ]
        self.bridge = keras.layers.Dense(2 * units, activation="tanh")
        self.embedding.build((None, None))
        for place in range(config.layers):
            for layer in (self.forward[place], self.backward[place]):
                layer.build((None, None, 2 * units if place else size))
        self.bridge.build((None, 2 * units))

    def call(self, source: Any, drop: Drop = nothing) -> tuple[Any, Any, Any]:
        """Return states ``(b, T, 2 u)``, the first states of both decoders and the mask."""
        mask = source != 0
        states = self.embedding(source)
        for ahead, back in zip(self.forward, self.backward, strict=True):
            read = drop(states)
            training = drop is not nothing
            forward = ahead(read, mask=mask, training=training)
            backward = back(read, mask=mask, training=training)  # the last word comes first
            states = tf.concat([forward, backward[:, ::-1]], axis=-1)
        last = tf.concat([forward[:, -1], backward[:, -1]], axis=-1)
        return drop(states), self.bridge(last), mask


class DeepDecoder(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    """Write the target: one GRU asks, attention answers, a second GRU reads both.

    So the second GRU remembers what has been looked at (the way of Wu et al. 2016). The scores of
    the words are products with their own vectors (Press & Wolf 2017).

    Parameters
    ----------
    config : DeepConfig
    """

    def __init__(self, config: DeepConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        units, size = config.units, config.embedding_dim
        self.size = float(size)
        start = keras.initializers.RandomNormal(stddev=self.size**-0.5)
        self.embedding = keras.layers.Embedding(
            config.target_size, size, embeddings_initializer=start
        )
        self.asking = FastGRU(units, return_sequences=True)
        self.attention = Attention(2 * units)
        self.writing = FastGRU(units, return_sequences=True)
        self.readout = keras.layers.Dense(size, activation="tanh")
        self.bias = self.add_weight(shape=(config.target_size,), initializer="zeros", name="bias")
        self.embedding.build((None, None))
        self.asking.build((None, None, size))
        self.attention.build((None, None, units))
        self.writing.build((None, None, 3 * units))
        self.readout.build((None, None, 3 * units))

    def call(self, target: Any, encoded: tuple[Any, Any, Any], drop: Drop = nothing) -> Any:
        """Return what the scores are computed from, ``(b, S, e)``, for true words ``(b, S)``."""
        states, first, mask = encoded
        for_asking, for_writing = tf.split(first, 2, axis=-1)
        training = drop is not nothing
        queries = self.asking(
            drop(self.vectors(target)), initial_state=for_asking, training=training
        )
        queries = drop(queries)
        context, _ = self.attention(queries, states, mask)
        both = tf.concat([queries, context], axis=-1)
        outputs = drop(self.writing(both, initial_state=for_writing, training=training))
        return drop(self.readout(tf.concat([outputs, context], axis=-1)))

    def vectors(self, words: Any) -> Any:
        """Look up word vectors, with entries of about 1."""
        vectors = self.embedding(words)
        return vectors * tf.cast(self.size**0.5, vectors.dtype)

    def scores(self, hidden: Any) -> Any:
        """Return the score of every word."""
        vectors = tf.cast(self.embedding.embeddings, hidden.dtype)
        scores = tf.cast(tf.matmul(hidden, vectors, transpose_b=True), "float32")
        return scores + tf.cast(self.bias, "float32")

    def step(self, word: Any, state: Any, encoded: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        """Read one word of each sentence.

        Parameters
        ----------
        word : tensor of int, shape (b,)
        state : tensor, shape (b, 2 u)
            Of both GRUs.
        encoded : tuple
            As the encoder returns it.

        Returns
        -------
        tuple
            Log probabilities ``(b, k)``, the new state, and the weights of attention ``(b, T)``.
        """
        states, _, mask = encoded
        asking, writing = tf.split(state, 2, axis=-1)
        query, _ = self.asking.cell(self.vectors(word), [asking])
        context, weights = self.attention(query[:, None], states, mask)
        context = context[:, 0]
        output, _ = self.writing.cell(tf.concat([query, context], axis=-1), [writing])
        hidden = self.readout(tf.concat([output, context], axis=-1))
        log_p = tf.nn.log_softmax(self.scores(hidden))
        return log_p, tf.concat([query, output], axis=-1), weights[:, 0]


class DeepTranslator(keras.Model):  # type: ignore[misc] # Keras is untyped
    """Encoder and decoder, to be trained by `gru_course.apps.translation.long_training`.

    Parameters
    ----------
    config : DeepConfig

    Examples
    --------
    >>> config = DeepConfig(source_size=9, target_size=7, units=4, embedding_dim=5)
    >>> model = DeepTranslator(config)
    >>> model((keras.ops.ones((2, 3), "int32"), keras.ops.ones((2, 6), "int32"))).shape
    TensorShape([2, 6, 5])
    """

    def __init__(self, config: DeepConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        self.encoder = DeepEncoder(config)
        self.decoder = DeepDecoder(config)
        self.built = True

    def call(self, inputs: tuple[Any, Any], drop: Drop = nothing) -> Any:
        """Read the source, then the target up to the word before the one to name."""
        source, target = inputs
        return self.decoder(target, self.encoder(source, drop=drop), drop=drop)
