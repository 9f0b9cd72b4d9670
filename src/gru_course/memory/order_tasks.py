"""Tasks for models that read in different ways, in the form of `gru_course.memory.tasks`."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.data.standin import order_reviews
from gru_course.memory.tasks import Splits, Task, recall


def parity(n: int, timesteps: int, seed: int = 0) -> Task:
    """Make random bits; asked at every step is whether the number of ones so far is odd.

    Parameters
    ----------
    n, timesteps : int
        How many sequences, and how long.
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    Task
        One feature, 0 or 1, and two classes; every answer counts. Guessing is right in half of
        the cases. A one turns the answer round, so no bit may be forgotten or counted twice.

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> task = parity(n=1, timesteps=6)
    >>> task.x[0, :, 0].astype(int).tolist(), task.y[0].tolist()
    ([1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 1, 1])
    """
    whole(n, "n")
    whole(timesteps, "timesteps")
    bits = np.random.default_rng(seed).integers(0, 2, (n, timesteps))
    return Task(
        bits[:, :, None].astype("float32"),
        (bits.cumsum(axis=1) % 2).astype("int32"),
        classes=2,
        description=f"odd or even number of ones, after each of {timesteps} bits",
        weights=np.ones((n, timesteps), dtype="float32"),
    )


def recall_from(place: int, n: int, lag: int, kinds: int = 8, seed: int = 0) -> Task:
    """Make a delayed recall whose flagged symbol stands at a place of its own choosing.

    Parameters
    ----------
    place : int
        Timestep of the flagged symbol, 0 to `lag`.
    n, lag, kinds, seed : int
        As for :func:`gru_course.memory.tasks.recall`, whose sequences are rotated.

    Returns
    -------
    Task
        With ``place=0`` the flagged symbol is the first one, as there.

    Raises
    ------
    ValueError
        If the place lies outside the sequence.

    Examples
    --------
    >>> task = recall_from(place=3, n=2, lag=7)
    >>> task.x[:, :, -1].argmax(axis=1).tolist()  # where the flag is
    [3, 3]
    >>> task.y.tolist() == task.x[:, 3, :8].argmax(axis=1).tolist()
    True
    """
    whole(place, "place", least=0)
    whole(lag, "lag")
    if place > lag:
        raise ValueError(f"place is {place}; expected 0 to {lag}, the timesteps of a lag of {lag}")
    task = recall(n, lag, kinds, seed)
    text = f"name the flagged one of {lag + 1} symbols of {kinds} kinds"
    return replace(task, x=np.roll(task.x, place, axis=1), description=text)


def reviews(n_train: int = 3_000, n_test: int = 1_000, seed: int = 0) -> tuple[Splits, int]:
    """Make tasks of the stand-in reviews in which the order of the words decides.

    Parameters
    ----------
    n_train, n_test : int
        Reviews; a fifth of the first is set aside for validation. Multiples of 10.
    seed : int
        The same seed gives the same reviews.

    Returns
    -------
    tuple
        The three parts, whose one feature is the id of a word, padded in front; and the number
        of distinct ids.

    Raises
    ------
    ValueError
        If a number is not a multiple of 10 from 10 up.

    Examples
    --------
    >>> splits, vocabulary = reviews(n_train=100, n_test=10)
    >>> [part.x.shape for part in splits], bool(vocabulary > splits.test.x.max())
    ([(80, 45, 1), (20, 45, 1), (10, 45, 1)], True)
    """
    if n_train % 10 or n_test % 10 or not min(n_train, n_test) > 0:
        raise ValueError(f"{n_train} and {n_test} reviews; expected multiples of 10")
    data = order_reviews(n_train, n_test, seed)

    def task(ids: NDArray[np.integer], labels: NDArray[np.integer]) -> Task:
        x = ids[:, :, None].astype("float32")
        return Task(x, labels.astype("int32"), 2, "is the verdict of the review good?")

    ids, labels = data.train.window(maxlen=45), data.train.labels
    cut = n_train * 4 // 5
    test = task(data.test.window(maxlen=45), data.test.labels)
    splits = Splits(task(ids[:cut], labels[:cut]), task(ids[cut:], labels[cut:]), test)
    return splits, int(ids.max()) + 1  # a word that only the test has counts as unknown
