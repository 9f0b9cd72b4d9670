"""Model builders: architectures only, not yet compiled and not trained."""

from gru_course.backend import keras


def gru_classifier(
    vocabulary_size: int, embedding_dim: int, units: int, timesteps: int
) -> keras.Model:
    """Build a many-to-one classifier: words in, one probability out.

    Parameters
    ----------
    vocabulary_size : int
        Number of distinct token ids.
    embedding_dim : int
        Width of a word vector.
    units : int
        Width of the GRU's hidden state.
    timesteps : int
        Length of every sequence.

    Returns
    -------
    keras.Model
        Maps token ids of shape ``(batch, timesteps)`` to probabilities of shape ``(batch, 1)``.

    Raises
    ------
    ValueError
        If a size is not positive.

    Examples
    --------
    >>> model = gru_classifier(vocabulary_size=10_000, embedding_dim=32, units=32, timesteps=100)
    >>> model.count_params()
    326369
    """
    sizes = {
        "vocabulary_size": vocabulary_size,
        "embedding_dim": embedding_dim,
        "units": units,
        "timesteps": timesteps,
    }
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} is {size}; expected at least 1")
    return keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32", name="token_ids"),
            keras.layers.Embedding(vocabulary_size, embedding_dim),
            keras.layers.GRU(units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
