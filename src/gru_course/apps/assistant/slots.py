"""Slots of requests: whole-span F1, decoding that keeps tags well formed, a lookup as baseline.

The measure is that of ``conlleval`` (Tjong Kim Sang & Buchholz 2000): a slot counts only if name,
first and last word are right. The package seqeval computes the same, but is published as source
only and would have to be built on every machine; these few lines are tested instead.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.assistant.snips import OUTSIDE, Request, check_tags
from gru_course.course.checked import finite, several

Tags = Sequence[str]


class SpanScore(NamedTuple):
    """Precision, recall and their harmonic mean over whole slots."""

    precision: float
    recall: float
    f1: float


def positions(tags: Tags) -> frozenset[tuple[str, int, int]]:
    """Find the slots that tags mark.

    Parameters
    ----------
    tags : sequence of str
        `OUTSIDE`, ``B-slot`` or ``I-slot``; an ``I-`` that continues nothing begins a slot.

    Returns
    -------
    frozenset of (str, int, int)
        Name, first word and the word after the last.

    Raises
    ------
    ValueError
        If a tag is another one.

    Examples
    --------
    >>> sorted(positions(["O", "B-city", "I-city", "B-city"]))
    [('city', 1, 3), ('city', 3, 4)]
    """
    several(tags, "tags")
    check_tags(tags, well_formed=False)
    found, start, slot = set(), 0, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        goes_on = tag[:2] == "I-" and tag[2:] == slot
        if slot and not goes_on:
            found.add((slot, start, place))
        if not goes_on:
            start, slot = place, tag[2:]
    return frozenset(found)


def span_f1(true: Sequence[Tags], predicted: Sequence[Tags]) -> SpanScore:
    """Compare whole slots over all requests (micro average).

    Parameters
    ----------
    true, predicted : sequence of sequence of str
        Tags of each request, of the same lengths. The true ones have to be well formed: a slot that
        does not begin with ``B-`` comes from another scheme, in which slots have other ends.

    Returns
    -------
    SpanScore
        0 where nothing is found or there is nothing to find.

    Raises
    ------
    ValueError
        If the numbers of requests, or of tags in one of them, differ, a tag is no ``O``, ``B-slot``
        or ``I-slot``, or true ones are not well formed.

    Examples
    --------
    Two of three slots are there, one has the wrong end:

    >>> round(span_f1([["B-a", "I-a", "B-b"], ["B-c"]], [["B-a", "O", "B-b"], ["B-c"]]).f1, 3)
    0.667
    """
    if [len(tags) for tags in true] != [len(tags) for tags in predicted]:
        raise ValueError("true and predicted tags differ in length; give one tag for each word")
    for place, tags in enumerate(true):
        try:
            check_tags(tags)
        except ValueError as error:
            raise ValueError(f"true tags of request {place}: {error}") from error
    pairs = [(positions(t), positions(p)) for t, p in zip(true, predicted, strict=True)]
    right = sum(len(t & p) for t, p in pairs)
    precision = right / max(sum(len(p) for _, p in pairs), 1)
    recall = right / max(sum(len(t) for t, _ in pairs), 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return SpanScore(precision, recall, f1)


def decode(probabilities: NDArray[Any], tags: Tags) -> list[str]:
    """Find the most probable well-formed tags (Viterbi 1967).

    Parameters
    ----------
    probabilities : numpy.ndarray
        Of each tag at each word, shape ``(words, tags)``.
    tags : sequence of str
        What the columns mean.

    Returns
    -------
    list of str
        Tags in which every ``I-`` goes on with a slot of its own name.

    Raises
    ------
    ValueError
        If the shape does not fit the tags, one of these is no tag, none may come first, or a number
        is no probability.

    Examples
    --------
    Word by word the best would be O, I-a, which begins nowhere:

    >>> decode(np.array([[0.5, 0.4, 0.1], [0.2, 0.1, 0.7]]), ["O", "B-a", "I-a"])
    ['B-a', 'I-a']
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != len(tags):
        raise ValueError(f"shape {probabilities.shape}; expected (words, {len(tags)})")
    check_tags(tags, well_formed=False)
    probabilities = finite(probabilities, "the probabilities", what_to_do="")
    if (probabilities < 0).any() or (probabilities > 1 + 1e-3).any():
        raise ValueError(
            f"probabilities from {probabilities.min():.3g} to {probabilities.max():.3g}; expected "
            "none below 0 or above 1. Scores go through a softmax first"
        )
    if all(tag[:2] == "I-" for tag in tags):
        raise ValueError(f"tags {list(tags)} begin nothing; expected {OUTSIDE!r} or a 'B-' too")
    if not len(probabilities):
        return []
    forbidden = np.array(
        [[b[:2] == "I-" and (a[:1] not in "BI" or a[2:] != b[2:]) for b in tags] for a in tags]
    )
    penalty = np.where(forbidden, -np.inf, 0.0)
    begins = np.array([-np.inf if tag[:2] == "I-" else 0.0 for tag in tags])
    logs = np.log(np.maximum(probabilities, 1e-12))
    best, came_from = logs[0] + begins, []
    for row in logs[1:]:
        scores = best[:, np.newaxis] + penalty
        came_from.append(scores.argmax(axis=0))
        best = scores.max(axis=0) + row
    path = [int(best.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return [tags[i] for i in reversed(path)]


class WordLookup:
    """The baseline: every word gets the tag that it had most often in training.

    Parameters
    ----------
    requests : iterable of Request
        Of the training.

    Examples
    --------
    >>> lookup = WordLookup([Request(("in", "oslo"), ("O", "B-city"), "Weather")])
    >>> lookup.tags(("oslo", "today"))
    ['B-city', 'O']
    """

    def __init__(self, requests: Iterable[Request]) -> None:
        counts: dict[str, Counter[str]] = {}
        for request in requests:
            for word, tag in zip(request.words, request.tags, strict=True):
                counts.setdefault(word, Counter())[tag] += 1
        self.known = {word: count.most_common(1)[0][0] for word, count in counts.items()}

    def tags(self, words: Sequence[str]) -> list[str]:
        """Tag the words; one that was never seen is outside of all slots."""
        several(words, "words")
        return [self.known.get(word, OUTSIDE) for word in words]
