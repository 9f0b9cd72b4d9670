"""The random numbers of the live figures."""

from gru_course.course.mulberry import Mulberry32


def random(seed: int, count: int) -> list[int]:
    """Draw whole numbers below 2**32, as ``book/assets/js/random.js`` does."""
    rng = Mulberry32(seed)
    return [rng.whole() for _ in range(count)]
