"""Model builders: architectures only, not yet compiled and not trained."""

from dataclasses import dataclass

from gru_course.backend import keras


@dataclass(frozen=True)
class ClassifierSize:
    """The numbers that make one GRU classifier.

    Parameters
    ----------
    embedding_dim : int
        Width of a word vector.
    units : int
        Width of the GRU's hidden state.
    vocabulary_size : int
        Number of distinct token ids.
    timesteps : int
        Length of every sequence.

    Raises
    ------
    ValueError
        If a number is not positive.

    Examples
    --------
    >>> ClassifierSize(embedding_dim=32, units=0)
    Traceback (most recent call last):
    ...
    ValueError: units is 0; expected at least 1
    """

    embedding_dim: int
    units: int
    vocabulary_size: int = 10_000
    timesteps: int = 100

    def __post_init__(self) -> None:
        for name, number in vars(self).items():
            if number < 1:
                raise ValueError(f"{name} is {number}; expected at least 1")


SMALL_GRU = ClassifierSize(embedding_dim=32, units=32)
LARGE_GRU = ClassifierSize(embedding_dim=128, units=64)


def gru_classifier(size: ClassifierSize) -> keras.Model:
    """Build a many-to-one classifier: words in, one probability out.

    Parameters
    ----------
    size : ClassifierSize
        Widths, vocabulary and length.

    Returns
    -------
    keras.Model
        Maps token ids of shape ``(batch, timesteps)`` to probabilities of shape ``(batch, 1)``.

    Examples
    --------
    >>> gru_classifier(SMALL_GRU).count_params()
    326369
    """
    return keras.Sequential(
        [
            keras.Input((size.timesteps,), dtype="int32", name="token_ids"),
            keras.layers.Embedding(size.vocabulary_size, size.embedding_dim),
            keras.layers.GRU(size.units),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
