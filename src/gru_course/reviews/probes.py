"""Short sentences in pairs that differ in one thing, which a model should notice if it matters.

Each pair is made from a template. In a *probe* the change turns the verdict round, as "not" does;
in its *control* a change of the same size in the same place leaves the verdict as it is. A model
that understands moves at probes and stays at controls. One that moves at both reacts to any change.

The templates use words that the reviews and the stand-in share; only the qualities differ.
"""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from gru_course.data.standin import QUALITIES
from gru_course.data.tokenise import tokenise


class Qualities(NamedTuple):
    """Words for good films and as many for bad ones."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


REVIEW_QUALITIES = Qualities(
    _words(
        "good great wonderful excellent brilliant superb fantastic enjoyable amazing beautiful "
        "perfect entertaining"
    ),
    _words("bad terrible awful boring dull stupid horrible poor lame weak ridiculous pointless"),
)
"""Frequent in the real reviews."""

STANDIN_QUALITIES = Qualities(QUALITIES.good, QUALITIES.bad)
"""Those of the stand-in."""


class Probe(NamedTuple):
    """One pair of sentences.

    Parameters
    ----------
    kind : str
        What is tested, such as ``"negation"``.
    quality : str
        The word that the pair is made from: pairs with the same one are alike, not independent.
    texts : tuple of str
        The sentence, and the changed sentence.
    labels : tuple of int
        1 for a positive verdict, 0 for a negative one.
    """

    kind: str
    quality: str
    texts: tuple[str, str]
    labels: tuple[int, int]

    @property
    def is_control(self) -> bool:
        """Whether the change leaves the verdict as it is."""
        return self.labels[0] == self.labels[1]


# {} takes a word such as "not", or nothing; a {gap} of neutral words stands before the quality.
STATEMENTS = ("the film is {} {gap} {quality}", "it was {} {gap} {quality}")
CALLS = ("I would {} call it {quality}",)
NEGATIONS = ("not", "never")
NEUTRAL = ("also", "really")
DEGREES = ("very", "quite")
GAPS = (
    "",
    "really",
    "as a whole",
    "as a whole and from start to finish",
    "as we saw it at the festival on a Friday evening and talked about it over dinner",
)
"""What stands between "not" and the quality, from nothing to a long aside."""

# The verdict is the last quality of these, ...
VERDICT_LAST = (
    "it is {other} at first and {verdict} in the end",
    "although the music is {other}, the film is {verdict}",
    "my brother found it {other}, but I found it {verdict}",
)
# ... and the first of those, so that a model that trusts the last word is wrong.
VERDICT_FIRST = (
    "in the end it is {verdict}, although at first it is {other}",
    "the film is {verdict}, although the music is {other}",
    "I found it {verdict}, but my brother found it {other}",
)


def negation(qualities: Qualities) -> Iterator[Probe]:
    """Put "not" or "never" into a sentence; the control puts "also" or "really" there.

    Parameters
    ----------
    qualities : Qualities

    Yields
    ------
    Probe
    """
    for template, (quality, label) in product(STATEMENTS + CALLS, labelled(qualities)):
        plain = _sentence(template, "", quality)
        for word in NEGATIONS:
            texts = plain, _sentence(template, word, quality)
            yield Probe("negation", quality, texts, (label, 1 - label))
        for word in NEUTRAL:
            texts = plain, _sentence(template, word, quality)
            yield Probe("negation", quality, texts, (label, label))


def distant_negation(qualities: Qualities) -> Iterator[Probe]:
    """Put "not" ever further before the quality; the control puts "also" there.

    Both sentences of a pair have the same aside, so that they differ in that one word.

    Parameters
    ----------
    qualities : Qualities

    Yields
    ------
    Probe
    """
    for gap, template, (quality, label) in product(GAPS, STATEMENTS, labelled(qualities)):
        between = len(tokenise(gap))
        kind = f"negation, {between} word{'' if between == 1 else 's'} between"
        plain, negated, control = (
            _sentence(template, word, quality, gap) for word in ("", "not", "also")
        )
        yield Probe(kind, quality, (plain, negated), (label, 1 - label))
        yield Probe(kind, quality, (plain, control), (label, label))


def double_negation(qualities: Qualities) -> Iterator[Probe]:
    """Turn "not good" into "never not good"; the control turns it into "also not good".

    Parameters
    ----------
    qualities : Qualities

    Yields
    ------
    Probe
    """
    for template, (quality, label) in product(STATEMENTS, labelled(qualities)):
        single, double, control = (
            _sentence(template, words, quality) for words in ("not", "never not", "also not")
        )
        yield Probe("double negation", quality, (single, double), (1 - label, label))
        yield Probe("double negation", quality, (single, control), (1 - label, 1 - label))


def intensifiers(qualities: Qualities) -> Iterator[Probe]:
    """Put "very" or "quite" before the quality: controls only, the verdict stays."""
    for template, word, (quality, label) in product(STATEMENTS, DEGREES, labelled(qualities)):
        texts = _sentence(template, "", quality), _sentence(template, word, quality)
        yield Probe("intensifier", quality, texts, (label, label))


def contrast(qualities: Qualities) -> Iterator[Probe]:
    """Exchange the two qualities of a sentence in which only one is the verdict.

    A good and a bad one are exchanged, which turns the verdict round; the control exchanges two of
    the same kind. Both sentences have the same words, so no bag of words can tell them apart.

    Parameters
    ----------
    qualities : Qualities

    Yields
    ------
    Probe
    """
    for kind, templates in (("last", VERDICT_LAST), ("first", VERDICT_FIRST)):
        for template in templates:
            for good, bad in zip(*qualities, strict=True):
                yield _exchange(f"contrast, verdict {kind}", template, good, bad, (1, 0))
            for label, words in ((1, qualities.good), (0, qualities.bad)):
                for one, other in pairwise(words):
                    kept = label, label
                    yield _exchange(f"contrast, verdict {kind}", template, one, other, kept)


def all_probes(qualities: Qualities) -> tuple[Probe, ...]:
    """Make all probes and controls.

    Parameters
    ----------
    qualities : Qualities
        `REVIEW_QUALITIES` or `STANDIN_QUALITIES`.

    Returns
    -------
    tuple of Probe

    Raises
    ------
    ValueError
        If there are not as many good words as bad ones, or none.

    Examples
    --------
    >>> first, control = all_probes(REVIEW_QUALITIES)[0:4:2]
    >>> first.texts, first.labels
    (('The film is good.', 'The film is not good.'), (1, 0))
    >>> control.texts, control.is_control
    (('The film is good.', 'The film is also good.'), True)
    """
    if not 0 < len(qualities.good) == len(qualities.bad):
        raise ValueError(
            f"there are {len(qualities.good)} good words and {len(qualities.bad)} bad ones; "
            "expected as many of both, at least one"
        )
    makers = (negation, distant_negation, double_negation, contrast, intensifiers)
    return tuple(probe for make in makers for probe in make(qualities))


def labelled(qualities: Qualities) -> list[tuple[str, int]]:
    """Return each word with its label, 1 for good.

    Examples
    --------
    >>> labelled(Qualities(("good",), ("bad",)))
    [('good', 1), ('bad', 0)]
    """
    return [(word, 1) for word in qualities.good] + [(word, 0) for word in qualities.bad]


def _exchange(kind: str, template: str, one: str, other: str, labels: tuple[int, int]) -> Probe:
    texts = (
        _written(template.format(verdict=one, other=other)),
        _written(template.format(verdict=other, other=one)),
    )
    return Probe(kind, one, texts, labels)


def _sentence(template: str, word: str, quality: str, gap: str = "") -> str:
    aside = f", {gap}," if len(gap.split()) > 1 else gap
    return _written(template.format(word, gap=aside, quality=quality))


def _written(text: str) -> str:
    tidy = " ".join(text.split()).replace(" ,", ",")
    return f"{tidy[0].upper()}{tidy[1:]}."
