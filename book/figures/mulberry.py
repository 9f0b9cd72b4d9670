"""The random numbers of the live figures."""


def random(seed: int, count: int) -> list[int]:
    """Draw whole numbers below 2**32 by mulberry32, as ``book/assets/js/random.js`` does."""
    state, found = seed, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) % 2**32
        mixed = (state ^ (state >> 15)) * (1 | state) % 2**32
        mixed = ((mixed + (mixed ^ (mixed >> 7)) * (61 | mixed)) % 2**32) ^ mixed
        found.append(mixed ^ (mixed >> 14))
    return found
