"""Which training reviews of the Large Movie Review Dataset may be about the same film.

The archive that the course reads names no films. But its files are numbered film by film in each
class: neighbours often share a rare name, and reviews that are 30 numbers apart hardly ever do
(`share_naming` measures it; the authors took at most 30 reviews of a film). So reviews can be held
out film by film without knowing the films: a run of numbers at a time, with a gap on both sides.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.reviews.imdb import CLASSES, IMDB_SOURCE, mixed

BORDERS = {"neg": (0, 825, 1360, 2260, 3130, 4050), "pos": (0, 2500, 5000, 7500, 10_000, 12_500)}
"""Where five runs of films begin and end in the numbers of each class.

Both classes list the films that have reviews of both kinds in the same order, and then, in the
negative class, come films without a positive review in the training part. The borders of the
negative class were read off the rare names that occur in both classes, to within some 100 numbers.
"""
GAP = {"neg": 150, "pos": 100}
"""So many numbers on each side of a border are not learned from."""


class Files(NamedTuple):
    """What the names of the training files say, in the order in which the course loads them."""

    labels: NDArray[np.int64]
    numbers: NDArray[np.int64]


class Runs(NamedTuple):
    """For each training review the run of films that it belongs to, and those it is too near to."""

    run: NDArray[np.int64]
    near: NDArray[np.bool]


def training_files(per_class: int = IMDB_SOURCE.per_class) -> Files:
    """Return class and number of every training review.

    Parameters
    ----------
    per_class : int
        Reviews in each class.

    Returns
    -------
    Files
        Two arrays of shape ``(2 * per_class,)``: the labels, 0 or 1, and the numbers from 0.

    Examples
    --------
    >>> files = training_files(per_class=3)
    >>> files.labels.tolist(), files.numbers.tolist()
    ([1, 0, 1, 0, 0, 1], [2, 0, 0, 1, 2, 1])
    """
    whole(per_class, "per_class")
    names = mixed([f"{label}/{n}" for label in range(len(CLASSES)) for n in range(per_class)])
    labels, numbers = zip(*(name.split("/") for name in names), strict=True)
    return Files(np.array(labels, dtype=int), np.array(numbers, dtype=int))


def film_runs(files: Files) -> Runs:
    """Deal the reviews out to five runs of films, each with as many reviews of both classes.

    The films that stand in both classes go by `BORDERS`; films with negative reviews only fill the
    runs up to the same size.

    Parameters
    ----------
    files : Files
        Of all training reviews.

    Returns
    -------
    Runs
        ``run`` ``(n,)`` counts from 0. ``near`` ``(n, 5)`` says which reviews must not be learned
        from when that run is held out: those in it, and those closer than `GAP` to one of its ends.

    Raises
    ------
    ValueError
        If the numbers are not those of the published training files.

    Examples
    --------
    >>> runs = film_runs(training_files())
    >>> np.bincount(runs.run).tolist()
    [5000, 5000, 5000, 5000, 5000]
    """
    per_class = BORDERS["pos"][-1]
    for label in range(len(CLASSES)):
        if sorted(files.numbers[files.labels == label]) != list(range(per_class)):
            raise ValueError(
                f"the numbers of the {CLASSES[label]} reviews are not 0 to {per_class - 1}; give "
                "training_files() of the whole training part"
            )
    count = len(BORDERS["pos"]) - 1
    run = np.zeros(len(files.numbers), dtype=np.int64)
    near = np.zeros((len(files.numbers), count), dtype=bool)
    for name, stretches in _stretches().items():
        of_class = files.labels == CLASSES.index(name)
        for place, (start, end) in stretches:
            inside = of_class & (files.numbers >= start) & (files.numbers < end)
            run[inside] = place
            gap = GAP[name]
            near[:, place] |= (
                of_class & (files.numbers >= start - gap) & (files.numbers < end + gap)
            )
    return Runs(run, near)


def _stretches() -> dict[str, list[tuple[int, tuple[int, int]]]]:
    """List ``(run, (first number, last number + 1))`` of both classes."""
    found = {name: list(enumerate(pairwise(borders))) for name, borders in BORDERS.items()}
    size, start = BORDERS["pos"][1], BORDERS["neg"][-1]
    for place, (first, last) in found["neg"][:]:
        end = start + size - (last - first)
        found["neg"].append((place, (start, end)))
        start = end
    return found


def names_in(text: str) -> set[str]:
    """Return the capitalised words inside the sentences of a text: most of them are names.

    Examples
    --------
    >>> sorted(names_in("Then the great Buster Keaton fell. Nobody laughed at Keaton."))
    ['Buster', 'Keaton']
    """
    found = re.findall(r"(?<=[a-z,;] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*", text)
    return {word for names in found for word in names.split()}


def rare_names(texts: Sequence[str], most: int = 20) -> list[set[str]]:
    """Return for each text the names in it that occur in at least two and at most `most` texts.

    Examples
    --------
    >>> rare_names(["with Keaton", "by Keaton and Lloyd"], most=2)
    [{'Keaton'}, {'Keaton'}]
    """
    whole(most, "most")
    names = [names_in(text) for text in texts]
    count = Counter(name for each in names for name in each)
    return [{name for name in each if 2 <= count[name] <= most} for each in names]


def share_naming(held: Sequence[set[str]], seen: Sequence[set[str]]) -> float:
    """Return the share of held-out texts with a rare name that is in a seen text, too.

    Parameters
    ----------
    held, seen : sequence of set of str
        Rare names of each text, from `rare_names` of both together.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no held-out text.

    Examples
    --------
    >>> share_naming([{"Keaton"}, {"Lloyd"}], [{"Keaton"}, set()])
    0.5
    """
    if not held:
        raise ValueError("there is no held-out text; expected at least one")
    known = set().union(*seen)
    return sum(not known.isdisjoint(names) for names in held) / len(held)
