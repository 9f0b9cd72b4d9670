"""From the states of a layer to one vector: the last state, or something of all of them."""

from typing import Any

from gru_course.layers.attention_and_mingru import AttentionPooling
from gru_course.layers.backend import keras

ops = keras.ops

POOLINGS = ("last", "mean", "max", "mean_max", "attention")
_LOWEST = -1.0  # every state of a simple RNN, an LSTM and a GRU lies between -1 and 1


def pool(states: Any, pooling: str, read: Any = None) -> Any:
    """Turn the states of a recurrent layer into one vector per sequence.

    Parameters
    ----------
    states : tensor
        For ``"last"`` what a layer returns without ``return_sequences``, ``(batch, width)``; else
        all its states, ``(batch, timesteps, width)``.
    pooling : str
        ``"last"`` (the state after the last step), ``"mean"`` and ``"max"`` (over time, for each
        unit), ``"mean_max"`` (both, joined) or ``"attention"`` (`AttentionPooling`).
    read : tensor of bool, optional
        Which steps count, ``(batch, timesteps)``; without it all do.

    Returns
    -------
    tensor
        ``(batch, width)``; twice as wide for ``"mean_max"``.

    Raises
    ------
    ValueError
        If there is no such pooling.

    Examples
    --------
    >>> states = ops.convert_to_tensor([[[0.5], [-0.5], [0.25]]])
    >>> read = ops.convert_to_tensor([[False, True, True]])
    >>> [float(pool(states, how, read)[0, 0]) for how in ("mean", "max")]
    [-0.125, 0.25]
    """
    if pooling == "last":
        return states
    if pooling == "mean":
        return mean_over_time(states, read)
    if pooling == "max":
        return max_over_time(states, read)
    if pooling == "mean_max":
        return ops.concatenate([mean_over_time(states, read), max_over_time(states, read)], axis=-1)
    if pooling == "attention":
        return MaskedAttentionPooling(states.shape[-1])(states, read)
    raise ValueError(f"pooling is {pooling!r}; expected one of {', '.join(POOLINGS)}")


def mean_over_time(states: Any, read: Any = None) -> Any:
    """Average the states that count, ``(batch, timesteps, width)`` to ``(batch, width)``."""
    if read is None:
        return ops.mean(states, axis=1)
    weights = ops.cast(ops.expand_dims(read, -1), states.dtype)
    # A sequence without any word has no mean; it gets zeros, not a division by zero.
    return ops.sum(states * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1.0)


def max_over_time(states: Any, read: Any = None) -> Any:
    """Take the largest state of each unit, ``(batch, timesteps, width)`` to ``(batch, width)``."""
    if read is not None:
        states = ops.where(ops.expand_dims(read, -1), states, _LOWEST)
    return ops.max(states, axis=1)


@keras.saving.register_keras_serializable("gru_course")
class MaskedAttentionPooling(AttentionPooling):
    """Attention pooling in which steps that do not count have no weight.

    Parameters
    ----------
    width, **options
        As for :class:`gru_course.layers.attention_and_mingru.AttentionPooling`.

    Examples
    --------
    >>> layer, read = MaskedAttentionPooling(3), ops.convert_to_tensor([[False, True, True]])
    >>> layer.attention(ops.ones((1, 3, 2)), read).numpy().tolist()
    [[0.0, 0.5, 0.5]]
    """

    def __init__(self, width: int, **options: Any) -> None:
        super().__init__(width, **options)
        self.supports_masking = True  # `read` is the mask; it is given, not passed along by Keras

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return that there is no mask for what comes after: there are no steps left."""

    def attention(self, states: Any, read: Any = None) -> Any:
        """Return the weight of every state.

        Parameters
        ----------
        states : tensor, shape (batch, timesteps, units)
        read : tensor of bool, shape (batch, timesteps), optional
            False where there is padding.

        Returns
        -------
        tensor, shape (batch, timesteps)
            Each row sums to 1.
        """
        if read is None:
            return super().attention(states)
        scores = self.score(self.hidden(states))[..., 0]
        wide = ops.cast(scores, keras.backend.result_type(scores.dtype, "float32"))
        # In 16 bits -1e9 is minus infinity, and a sequence without any word would come out as NaN.
        weights = ops.softmax(ops.where(read, wide, -1e9), axis=-1)
        return ops.cast(weights, scores.dtype)

    def call(self, states: Any, read: Any = None) -> Any:
        """Return the weighted sum of the states."""
        return ops.einsum("bt,btu->bu", self.attention(states, read), states)
