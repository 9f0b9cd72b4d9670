"""Random numbers that a web page can draw, too: mulberry32, written out.

NumPy's generators have too much in them to be copied into a page. This one is a few lines, and the
live figures of the book have the same lines in ``book/assets/js/random.js``: where a lesson and a
figure draw with the same seed, they draw the same numbers. It is good enough for a drawing and for
a sample of a text. For statistics take :func:`numpy.random.default_rng`.
"""

import numpy as np
from numpy.typing import ArrayLike

from gru_course.course.checked import finite, whole

_RANGE = 2**32


class Mulberry32:
    """A generator of 32-bit numbers with 32 bits of state, by Tommy Ettinger (public domain).

    Parameters
    ----------
    seed : int
        From 0 to 4,294,967,295; the same seed gives the same numbers.

    Raises
    ------
    ValueError
        If the seed is out of range.

    Examples
    --------
    >>> rng = Mulberry32(1)
    >>> [round(rng.random(), 4) for _ in range(3)]
    [0.6271, 0.0027, 0.5274]
    """

    def __init__(self, seed: int) -> None:
        whole(seed, "seed", least=0)
        if seed >= _RANGE:
            raise ValueError(f"seed is {seed}; expected a whole number below {_RANGE:,}")
        self._state = int(seed)

    def whole(self) -> int:
        """Draw a whole number from 0 to 4,294,967,295.

        Examples
        --------
        >>> Mulberry32(1).whole()
        2693262067
        """
        self._state = (self._state + 0x6D2B79F5) % _RANGE
        mixed = (self._state ^ (self._state >> 15)) * (1 | self._state) % _RANGE
        mixed = ((mixed + (mixed ^ (mixed >> 7)) * (61 | mixed)) % _RANGE) ^ mixed
        return mixed ^ (mixed >> 14)

    def random(self) -> float:
        """Draw a number from 0 up to, but without, 1.

        Examples
        --------
        >>> 0 <= Mulberry32(7).random() < 1
        True
        """
        return self.whole() / _RANGE

    def choice(self, a: int, p: ArrayLike) -> int:
        """Draw a whole number below `a`, as :meth:`numpy.random.Generator.choice` does with `p`.

        Parameters
        ----------
        a : int
            How many there are to choose from.
        p : array_like of float, shape (a,)
            The probability of each.

        Returns
        -------
        int
            The first one up to which the probabilities add up to more than the number drawn.

        Raises
        ------
        ValueError
            If `p` is no distribution over `a` choices.

        Examples
        --------
        >>> rng = Mulberry32(1)
        >>> [rng.choice(3, p=[0.25, 0.25, 0.5]) for _ in range(5)]
        [2, 0, 2, 2, 2]
        """
        whole(a, "a")
        shares = finite(p, "the probabilities p", what_to_do="")
        if shares.shape != (a,) or (shares < 0).any() or abs(float(shares.sum()) - 1) > 1e-6:
            raise ValueError(
                f"p has shape {shares.shape}, a least value of {shares.min(initial=0):.3g} and a "
                f"sum of {float(shares.sum()):.6g}; expected {a} probabilities that add up to 1"
            )
        reached = np.cumsum(shares, dtype=np.float64)
        return int(np.searchsorted(reached / reached[-1], self.random(), side="right"))
