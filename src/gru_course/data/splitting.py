"""Splits that leak nothing: what belongs together always falls into the same part."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def place_of(key: str) -> float:
    """Return a number from 0 to below 1, spread evenly, that depends on `key` alone.

    The same on every machine, and unchanged when other items come or go: the first bytes of the
    sha256 of the key as a fraction.

    Examples
    --------
    >>> round(place_of("run"), 3), place_of("run") == place_of("run")
    (0.675, True)
    """
    return int.from_bytes(hashlib.sha256(key.encode(errors="surrogatepass")).digest()[:6]) / 2**48


def split_by_key(
    items: Iterable[Item], key: Callable[[Item], str], validation: float, test: float
) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
    """Split items so that equal keys never cross from one part into another.

    Parameters
    ----------
    items : iterable
        In the order that the parts will keep.
    key : callable
        Says by what an item is known, as a str.
    validation, test : float
        Which shares of the keys these parts get, about; the rest is for training.

    Returns
    -------
    tuple of three tuples
        Training, validation and test items.

    Raises
    ------
    ValueError
        If the shares leave nothing for training.

    Examples
    --------
    >>> split_by_key("banana", str, validation=0.2, test=0.2)
    (('a', 'a', 'a'), ('b',), ('n', 'n'))
    """
    if not (min(validation, test) >= 0 and validation + test < 1):
        raise ValueError(
            f"The shares {validation} and {test} leave nothing for training; "
            "expected numbers from 0 up that sum to less than 1."
        )
    parts: tuple[list[Item], list[Item], list[Item]] = ([], [], [])
    for item in items:
        place = place_of(key(item))
        parts[2 if place < test else 1 if place < test + validation else 0].append(item)
    return tuple(parts[0]), tuple(parts[1]), tuple(parts[2])
