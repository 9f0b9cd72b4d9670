"""Random numbers like those of NumPy's generator: the same distributions, other numbers."""

import random as python
from collections.abc import Callable
from typing import Any

from .array import asarray, is_whole, ndarray, wrapped
from .places import common_shape, spread
from .reducing import prod


class Generator:
    """Draws random numbers."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = python.Random(seed)

    def _drawn(self, one: Callable[..., Any], size: Any, kind: str, *parameters: Any) -> Any:
        """Draw one number for each place; parameters may be arrays."""
        arrays = [asarray(parameter) for parameter in parameters]
        shape = common_shape(*(array.shape for array in arrays))
        if size is not None:
            shape = (int(size),) if is_whole(size) else tuple(map(int, size))
        rows = [[a.values[i] for i in spread(a.shape, shape)] for a in arrays]
        made = [one(*row) for row in zip(*rows, strict=True)]
        return ndarray(made, shape, kind) if shape else wrapped(made[0])

    def random(self, size: Any = None) -> Any:
        """Draw from 0 to below 1."""
        return self._drawn(lambda _: self._random.random(), size, "f", 0)

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Draw from normal distributions."""
        return self._drawn(self._random.gauss, size, "f", loc, scale)

    def standard_normal(self, size: Any = None) -> Any:
        """Draw from the normal distribution."""
        return self.normal(size=size)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Draw from stretches of numbers."""
        return self._drawn(self._random.uniform, size, "f", low, high)

    def exponential(self, scale: Any = 1.0, size: Any = None) -> Any:
        """Draw from exponential distributions."""
        return self._drawn(lambda s: s * self._random.expovariate(1.0), size, "f", scale)

    def gamma(self, shape: Any, scale: Any = 1.0, size: Any = None) -> Any:
        """Draw from gamma distributions."""
        return self._drawn(self._random.gammavariate, size, "f", shape, scale)

    def beta(self, a: Any, b: Any, size: Any = None) -> Any:
        """Draw from beta distributions."""
        return self._drawn(self._random.betavariate, size, "f", a, b)

    def dirichlet(self, alpha: Any, size: Any = None) -> Any:
        """Draw shares that add up to one."""
        weights = asarray(alpha).values
        outer = () if size is None else (size,) if is_whole(size) else tuple(size)
        values: list[float] = []
        for _ in range(int(prod(outer)) if outer else 1):
            row = [self._random.gammavariate(weight, 1.0) for weight in weights]
            values += [value / sum(row) for value in row]
        return ndarray(values, (*outer, len(weights)), "f")

    def integers(self, low: Any, high: Any = None, size: Any = None) -> Any:
        """Draw whole numbers from the first to below the second."""
        first, last = (0, low) if high is None else (low, high)
        return self._drawn(self._random.randrange, size, "i", first, last)

    def choice(self, a: Any, size: Any = None, replace: bool = True, p: Any = None) -> Any:
        """Draw from the values of a row."""
        row = asarray(range(int(a)) if is_whole(a) else a)
        shape = () if size is None else (size,) if is_whole(size) else tuple(size)
        many = int(prod(shape)) if shape else 1
        weights = None if p is None else asarray(p).values
        if replace:
            places = self._random.choices(range(len(row)), weights, k=many)
        elif weights is None:
            places = self._random.sample(range(len(row)), many)
        else:
            raise TypeError("draws without replacement take no weights here")
        made = row[places]
        return made.reshape(shape) if shape else made[0]

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """Return a row, or the rows of a table, in a random order."""
        row = asarray(range(int(x)) if is_whole(x) else x)
        places = list(range(row.shape[axis]))
        self._random.shuffle(places)
        return row[(*(slice(None),) * axis, places)]

    def shuffle(self, x: Any) -> None:
        """Put a row into a random order, in place."""
        x[:] = self.permutation(x) if isinstance(x, ndarray) else self.permutation(x).tolist()


def default_rng(seed: int | None = None) -> Generator:
    """Return a generator; the same seed gives the same numbers."""
    return Generator(seed)


def get_state() -> None:
    """Return nothing: there is no state outside the generators."""


def set_state(state: None) -> None:
    """Do nothing."""
