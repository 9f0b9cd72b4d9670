"""ROCKET: some hundred random convolutions of a series, then a linear classifier.

Import from ``gru_course.apps.actions.rocket``. Its authors compared it with the best classifiers of
short series; it has no part that is trained but the last.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, whole_numbers

FloatArray = NDArray[np.float64]
_MOST_CLASSES = 1_000


@dataclass(frozen=True, eq=False)
class Kernel:
    """One random convolution.

    Parameters
    ----------
    weights : ndarray of float64, shape (channels, length)
        Normal, and with mean 0 in each channel.
    channels : ndarray of int64, shape (channels,)
        Which features of the series it reads.
    bias : float
        From -1 to 1.
    dilation : int
        Steps between its weights, at least 1.
    padded : bool
        Whether zeros are put before and behind the series, so that the middle of the kernel passes
        over every step.
    """

    weights: FloatArray
    channels: NDArray[np.int64]
    bias: float
    dilation: int
    padded: bool


def random_kernels(count: int, timesteps: int, features: int, seed: int) -> tuple[Kernel, ...]:
    """Draw convolutions as Dempster, Petitjean and Webb (2020) did.

    Parameters
    ----------
    count : int
    timesteps, features : int
        Of the series; at least 11 steps.
    seed : int
        The same seed gives the same kernels.

    Returns
    -------
    tuple of Kernel
        Of length 7, 9 or 11; the dilations are spread evenly on a logarithmic scale, up to what the
        series has room for. Each reads a random set of features, of a size drawn in the same way.

    Raises
    ------
    ValueError
        If there is no kernel, no feature, or the series is too short.

    Examples
    --------
    >>> kernel = random_kernels(1, timesteps=45, features=4, seed=0)[0]
    >>> kernel.weights.shape[1] in (7, 9, 11), bool(abs(kernel.weights.mean(axis=1)).max() < 1e-9)
    (True, True)
    """
    if count < 1 or features < 1 or timesteps < 11:
        raise ValueError(
            f"{count} kernels for {timesteps} steps of {features} features; expected at least 1, "
            "11 and 1"
        )
    rng = np.random.default_rng(seed)
    kernels = []
    for _ in range(count):
        length = int(rng.choice([7, 9, 11]))
        size = int(2 ** rng.uniform(0, np.log2(features + 1)))
        weights = rng.normal(size=(size, length))
        kernels.append(
            Kernel(
                weights - weights.mean(axis=1, keepdims=True),
                np.sort(rng.choice(features, size, replace=False)),
                rng.uniform(-1, 1),
                int(2 ** rng.uniform(0, np.log2((timesteps - 1) / (length - 1)))),
                bool(rng.integers(2)),
            )
        )
    return tuple(kernels)


def convolved(series: NDArray[np.floating], kernels: tuple[Kernel, ...]) -> FloatArray:
    """Summarise what each kernel finds in each series by two numbers.

    Parameters
    ----------
    series : ndarray of float, shape (n, timesteps, features)
    kernels : tuple of Kernel
        From `random_kernels`, for series of this form.

    Returns
    -------
    ndarray of float64, shape (n, 2 * kernels)
        For each kernel the share of steps at which its output is above 0, and its maximum.

    Raises
    ------
    ValueError
        If the kernels were drawn for other series, there is none of either, or a value is not
        finite.

    Examples
    --------
    >>> kernels = random_kernels(5, timesteps=45, features=4, seed=0)
    >>> convolved(np.ones((3, 45, 4)), kernels).shape
    (3, 10)
    """
    series = np.asarray(finite(series, "the series"), dtype=np.float64)
    longest = max((k.dilation * (k.weights.shape[1] - 1) for k in kernels), default=-1)
    features = max((int(k.channels.max()) for k in kernels), default=0)
    if series.ndim != 3 or not len(series) or not len(kernels):
        raise ValueError(
            f"series of shape {series.shape} and {len(kernels)} kernels; expected (n, timesteps, "
            "features), and at least one of both"
        )
    if series.shape[1] <= longest or series.shape[2] <= features:
        raise ValueError(
            f"series of shape {series.shape}; these kernels read at least {longest + 1} steps of "
            f"{features + 1} features. Draw kernels for series of this form"
        )
    found = np.empty((len(series), 2 * len(kernels)))
    for place, kernel in enumerate(kernels):
        read = series[:, :, kernel.channels]
        reach = (kernel.weights.shape[1] - 1) * kernel.dilation
        if kernel.padded:
            read = np.pad(read, ((0, 0), (reach // 2, reach // 2), (0, 0)))
        steps = read.shape[1] - reach
        output = np.full((len(series), steps), kernel.bias)
        for k, weights in enumerate(kernel.weights.T):
            output += read[:, k * kernel.dilation : k * kernel.dilation + steps] @ weights
        found[:, 2 * place] = (output > 0).mean(axis=1)
        found[:, 2 * place + 1] = output.max(axis=1)
    return finite(found, "what the kernels found", what_to_do="Scale the series.")


def ridge_answers(
    train: FloatArray, labels: NDArray[np.integer], test: FloatArray
) -> NDArray[np.int64]:
    """Classify by a ridge regression whose penalty is chosen by leaving one example out.

    Parameters
    ----------
    train : ndarray of float, shape (n, features)
        From `convolved`.
    labels : ndarray of int, shape (n,)
    test : ndarray of float, shape (m, features)

    Returns
    -------
    ndarray of int64, shape (m,)

    Raises
    ------
    ValueError
        If there is not one label for each training series, or only one class, the features do not
        fit, or a value is not finite.

    Examples
    --------
    >>> x = np.eye(4) + 0.1
    >>> ridge_answers(x, np.array([0, 1, 0, 1]), x).tolist()
    [0, 1, 0, 1]
    """
    # Importing it takes a second, which not everybody who imports this module should wait.
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, test = finite(train, "the training series"), finite(test, "the test series")
    labels = whole_numbers(labels, _MOST_CLASSES, "the labels")
    if len(train) != len(labels) or train.ndim != 2 or not len(train):
        raise ValueError(
            f"{len(labels)} labels for training series of shape {train.shape}; expected one for "
            "each, and at least one"
        )
    if test.ndim != 2 or test.shape[1] != train.shape[1] or not len(test):
        raise ValueError(
            f"test series of shape {test.shape} for training series of shape {train.shape}; "
            "expected as many features, and at least one"
        )
    if len(np.unique(labels)) < 2:
        raise ValueError("all labels are the same; expected at least two classes")
    linear = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=np.logspace(-3, 4, 8)))
    return np.asarray(linear.fit(train, labels).predict(test), dtype=np.int64)
