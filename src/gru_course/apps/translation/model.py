"""An encoder-decoder of GRUs for translation, with or without attention.

Both models have the same encoder, decoder and layers around them. The only difference is whether
the decoder may look back at the states of the encoder.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import FastGRU


@dataclass(frozen=True)
class TranslatorConfig:
    """Sizes of a translator.

    Parameters
    ----------
    source_size, target_size : int
        Ids in the two vocabularies, the markers included.
    units : int
        Units of the decoder, and of each direction of the encoder.
    embedding_dim : int
        Size of the word vectors, and of the layer before the scores of the words.
    attention : bool
        Whether the decoder looks back at all states of the encoder.

    Raises
    ------
    ValueError
        If a size is below 1.
    """

    source_size: int
    target_size: int
    units: int = 128
    embedding_dim: int = 128
    attention: bool = True

    def __post_init__(self) -> None:
        for name in ("source_size", "target_size", "units", "embedding_dim"):
            if not getattr(self, name) >= 1:  # NaN is not
                raise ValueError(f"{name} is {getattr(self, name)}; expected 1 or more")


class _Configured:
    """What is made from a `TranslatorConfig` can be saved, and made again from the file."""

    config: TranslatorConfig

    def get_config(self) -> dict[str, Any]:
        """Return what makes it again."""
        return {**super().get_config(), "config": asdict(self.config)}  # type: ignore[misc]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make it again from what `get_config` returned."""
        return cls(**{**config, "config": TranslatorConfig(**config["config"])})


def embedding(size: int, config: TranslatorConfig, **options: Any) -> keras.layers.Embedding:
    """Make word vectors that begin with entries of size 1.

    Keras' own begin at 0.05 and less. Through two networks one behind the other so little comes
    out at first that the model learns the frequency of the words and then stands still for long.
    """
    large = keras.initializers.RandomNormal(stddev=1.0)
    return keras.layers.Embedding(
        size, config.embedding_dim, embeddings_initializer=large, **options
    )


@keras.saving.register_keras_serializable("gru_course")
class Encoder(_Configured, keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    """Read a source sentence in both directions.

    The states after every word are what attention looks at; the last states of both directions,
    put through one layer, are where the decoder starts.

    Parameters
    ----------
    config : TranslatorConfig
    """

    def __init__(self, config: TranslatorConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        policy = {"dtype": self.dtype_policy}
        self.embedding = embedding(config.source_size, config, **policy)
        self.forward = FastGRU(config.units, return_sequences=True, **policy)
        self.backward = FastGRU(config.units, return_sequences=True, go_backwards=True, **policy)
        self.bridge = keras.layers.Dense(config.units, activation="tanh", **policy)

    def build(self, source_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        vectors = (*source_shape, self.config.embedding_dim)
        self.embedding.build(source_shape)
        self.forward.build(vectors)
        self.backward.build(vectors)
        self.bridge.build((None, 2 * self.config.units))

    def call(self, source: Any) -> tuple[Any, Any, Any]:
        """Return states ``(b, T, 2 u)``, the decoder's first state ``(b, u)`` and the mask."""
        mask = source != 0
        vectors = self.embedding(source)
        forward = self.forward(vectors, mask=mask)
        backward = self.backward(vectors, mask=mask)  # the last word comes first
        last = keras.ops.concatenate([forward[:, -1], backward[:, -1]], axis=-1)
        states = keras.ops.concatenate([forward, backward[:, ::-1]], axis=-1)
        return states, self.bridge(last), mask


@keras.saving.register_keras_serializable("gru_course")
class Attention(keras.layers.Layer):  # type: ignore[misc]
    r"""Average the states of the encoder, weighted by how well they fit a state of the decoder.

    With the state :math:`\mathbf{s}_t` of the decoder and the states :math:`\mathbf{h}_j` of the
    encoder as rows (Luong et al. 2015, score "general"):

    .. math::

        e_{tj} = \mathbf{s}_t \mathbf{W} \mathbf{h}_j^\top, \qquad
        \alpha_{tj} = \frac{\exp e_{tj}}{\sum_k \exp e_{tk}}, \qquad
        \mathbf{c}_t = \sum_j \alpha_{tj} \mathbf{h}_j

    Padding gets no weight.

    Parameters
    ----------
    size : int
        Size of an encoder state.

    Examples
    --------
    >>> layer = Attention(6)
    >>> queries, states = keras.ops.ones((1, 2, 4)), keras.ops.ones((1, 3, 6))
    >>> context, weights = layer(queries, states, keras.ops.array([[True, True, False]]))
    >>> context.shape, weights[0, 0].numpy().tolist()
    (TensorShape([1, 2, 6]), [0.5, 0.5, 0.0])
    """

    def __init__(self, size: int, **options: Any) -> None:
        super().__init__(**options)
        self.size = size
        self.fit = keras.layers.Dense(size, use_bias=False, dtype=self.dtype_policy)

    def build(self, query_shape: tuple[int | None, ...]) -> None:
        """Make the weights W."""
        self.fit.build(query_shape)

    def call(self, query: Any, states: Any, mask: Any) -> tuple[Any, Any]:
        """Return contexts ``(b, S, 2 u)`` and weights ``(b, S, T)``."""
        scores = tf.matmul(self.fit(query), states, transpose_b=True)
        scores = tf.cast(scores, keras.backend.result_type(scores.dtype, "float32"))
        # In 16 bits -1e9 would be minus infinity: NaN for a sentence without any word.
        scores = tf.where(mask[:, None, :], scores, -1e9)
        weights = tf.cast(tf.nn.softmax(scores), states.dtype)
        return weights @ states, weights

    def get_config(self) -> dict[str, Any]:
        """Return what makes the layer again."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("gru_course")
class Decoder(_Configured, keras.layers.Layer):  # type: ignore[misc]
    """Write the target, one word after the other, from the first state on.

    Parameters
    ----------
    config : TranslatorConfig
    """

    def __init__(self, config: TranslatorConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        policy = {"dtype": self.dtype_policy}
        self.embedding = embedding(config.target_size, config, **policy)
        self.gru = FastGRU(config.units, return_sequences=True, **policy)
        self.attention = Attention(2 * config.units, **policy) if config.attention else None
        self.readout = keras.layers.Dense(config.embedding_dim, activation="tanh", **policy)
        self.scores = keras.layers.Dense(config.target_size, **policy)
        self.scores.build((None, config.embedding_dim))

    def build(self, target_shape: tuple[int | None, ...]) -> None:
        """Make the weights; those of the scores are there already."""
        units = self.config.units
        self.embedding.build(target_shape)
        self.gru.build((*target_shape, self.config.embedding_dim))
        if self.attention is not None:
            self.attention.build((*target_shape, units))
        self.readout.build((*target_shape, 3 * units if self.attention else units))

    def call(self, target: Any, encoded: tuple[Any, Any, Any]) -> Any:
        """Return what the scores are computed from, ``(b, S, e)``, for true words ``(b, S)``."""
        _, first, _ = encoded
        outputs = self.gru(self.embedding(target), initial_state=first)
        return self.look_back(outputs, encoded)[0]

    def look_back(self, outputs: Any, encoded: tuple[Any, Any, Any]) -> tuple[Any, Any]:
        """Join the decoder's states ``(b, S, u)`` with what attention finds, if there is any."""
        states, _, mask = encoded
        if self.attention is None:
            return self.readout(outputs), None
        context, weights = self.attention(outputs, states, mask)
        return self.readout(keras.ops.concatenate([outputs, context], axis=-1)), weights

    def step(self, word: Any, state: Any, encoded: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        """Read one word ``(b,)``; return log probabilities ``(b, k)``, state and weights."""
        output, _ = self.gru.cell(self.embedding(word), [state])
        hidden, weights = self.look_back(output[:, None], encoded)
        log_probabilities = tf.nn.log_softmax(self.scores(hidden[:, 0]))
        return log_probabilities, output, None if weights is None else weights[:, 0]


@keras.saving.register_keras_serializable("gru_course")
class Translator(_Configured, keras.Model):  # type: ignore[misc]
    """Encoder and decoder, trained with the true previous word as input (teacher forcing).

    Parameters
    ----------
    config : TranslatorConfig

    Notes
    -----
    Called on ``(source, target)``, ids of shape ``(b, T)`` and ``(b, S)`` padded with 0 behind,
    the model returns the layer before the scores, ``(b, S, e)``. Most of the arithmetic lies in the
    scores of all words; `compute_loss` computes them where there is a word to name, and not for
    padding.

    Examples
    --------
    >>> model = Translator(TranslatorConfig(source_size=9, target_size=7, units=4, embedding_dim=5))
    >>> model((keras.ops.ones((2, 3), "int32"), keras.ops.ones((2, 6), "int32"))).shape
    TensorShape([2, 6, 5])
    """

    def __init__(self, config: TranslatorConfig, **options: Any) -> None:
        super().__init__(**options)
        self.config = config
        self.encoder = Encoder(config, dtype=self.dtype_policy)
        self.decoder = Decoder(config, dtype=self.dtype_policy)

    def build(self, inputs_shape: tuple[tuple[int | None, ...], ...]) -> None:
        """Make the weights."""
        source, target = inputs_shape
        self.encoder.build(tuple(source))
        self.decoder.build(tuple(target))

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Read the source, then the target up to the word before the one to name."""
        source, target = inputs
        return self.decoder(target, self.encoder(source))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the cross-entropy per word, in natural logarithms; called by Keras.

        0 for a batch that is all padding: no word has no mean.
        """
        there = y != 0
        scores = self.decoder.scores(tf.boolean_mask(y_pred, there))
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.boolean_mask(y, there), scores)
        return tf.where(tf.reduce_any(there), tf.reduce_mean(each), 0.0)
