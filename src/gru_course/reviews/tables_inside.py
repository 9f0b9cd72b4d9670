"""Tables of what goes on inside a trained classifier: gates at words, probes, several seeds."""

from collections.abc import Sequence

import numpy as np
from IPython.display import Markdown
from numpy.typing import ArrayLike

from gru_course.cells.layout import Array
from gru_course.course.checked import axes, finite, whole, whole_numbers
from gru_course.course.show import table
from gru_course.data.tokenise import Vocabulary
from gru_course.reviews.classifiers import PAD
from gru_course.reviews.inside import IntArray
from gru_course.reviews.probes import Probe
from gru_course.reviews.probing import ProbeResult

_FIRST = 4  # id of the first word; below it are markers
_VERDICT = {0: "negative", 1: "positive"}


def over_seeds(values: ArrayLike, digits: int = 2) -> str:
    """Write the mean of a number over seeds, and its lowest and highest value.

    Parameters
    ----------
    values : array_like, shape (seeds,)
    digits : int
        Behind the point.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no value, or one is not finite.

    Examples
    --------
    >>> over_seeds([0.5, 0.75, 1.0])
    '0.75 (0.50 to 1.00)'
    """
    whole(digits, "digits", least=0)
    values = finite(values, "the values")
    if not values.size:
        raise ValueError("there is no value; expected one for each seed")
    numbers = (values.mean(), values.min(), values.max())
    mean, low, high = (f"{number:.{int(digits)}f}" for number in numbers)
    return f"{mean} ({low} to {high})"


def words_by_gate(
    gate: Array, ids: IntArray, vocabulary: Vocabulary, *, least: int = 30, shown: int = 8
) -> Markdown:
    """List the words at which the update gate is lowest and highest on average.

    Parameters
    ----------
    gate : numpy.ndarray
        One number for each word, shape ``(n, timesteps)``.
    ids : numpy.ndarray
        Token ids of the same shape; padding takes no part.
    vocabulary : Vocabulary
        What the ids stand for.
    least : int
        How often a word must occur to be listed.
    shown : int
        How many words on either side.

    Returns
    -------
    IPython.display.Markdown

    Raises
    ------
    ValueError
        If the shapes differ, or a number is not finite.

    Examples
    --------
    >>> words = Vocabulary(("film", "good"))
    >>> gates, ids = np.array([[0.0, 0.25, 0.5]]), np.array([[0, 4, 5]])
    >>> print(words_by_gate(gates, ids, words, least=1, shown=1).data.splitlines()[-1])
    | film                 | 0.25          | good              | 0.50              |
    """
    whole(least, "least")
    whole(shown, "shown")
    _check_alike(ids, gate)
    whole_numbers(np.ravel(ids), len(vocabulary.words) + _FIRST, "the ids")
    read = ids != PAD
    tokens, place, count = np.unique(ids[read], return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=gate[read]) / count
    order = [number for number in np.argsort(means) if count[number] >= least]
    headers = ["most is written at", "update gate", "most is kept at", "its update gate"]
    rows = [
        [text for end in ends for text in (vocabulary.decode(tokens[[end]]), f"{means[end]:.2f}")]
        for ends in zip(order[:shown], order[::-1][:shown], strict=True)
    ]
    return table(headers, rows)


def disagreements(
    saliency: Array, occlusion: Array, ids: IntArray, vocabulary: Vocabulary, *, shown: int = 8
) -> Markdown:
    """List the words at which two measures of importance differ most, each in its place.

    Parameters
    ----------
    saliency, occlusion : numpy.ndarray
        Importance of every word, shape ``(n, timesteps)``.
    ids : numpy.ndarray
        Token ids of the same shape; padding and what is no word are left out.
    vocabulary : Vocabulary
        What the ids stand for.
    shown : int
        How many words.

    Returns
    -------
    IPython.display.Markdown

    Raises
    ------
    ValueError
        If the shapes differ, or a number is not finite.
    """
    whole(shown, "shown")
    _check_alike(ids, saliency, occlusion)
    whole_numbers(np.ravel(ids), len(vocabulary.words) + _FIRST, "the ids")
    rank = np.argsort(-np.abs(saliency - occlusion), axis=None)[: 25 * shown]
    places = zip(*np.unravel_index(rank, ids.shape), strict=True)
    rows = []
    for row, column in [place for place in places if ids[place] >= _FIRST][:shown]:
        around = ids[row, max(column - 3, 0) : column + 3]
        texts = [vocabulary.decode(some) for some in (ids[row, [column]], around[around > PAD])]
        numbers = (saliency[row, column], occlusion[row, column])
        rows.append([*texts, *(f"{number:+.1f}" for number in numbers)])
    return table(["word", "in its place", "saliency", "occlusion"], rows)


def _check_alike(ids: IntArray, *numbers: Array) -> None:
    axes(ids, "the ids", "n, timesteps")
    for values in numbers:
        if finite(values, "the numbers").shape != ids.shape:
            raise ValueError(f"numbers of shape {values.shape} for ids of shape {ids.shape}")


def probe_examples(probes: Sequence[Probe]) -> Markdown:
    """Show the first probe and the first control of each kind, with their verdicts.

    Parameters
    ----------
    probes : sequence of Probe

    Returns
    -------
    IPython.display.Markdown

    Examples
    --------
    >>> probe = Probe("negation", "good", ("It is good.", "It is not good."), (1, 0))
    >>> print(probe_examples([probe]).data.splitlines()[-1])
    | negation | It is good. | It is not good. | positive  | negative                     |
    """
    first: dict[str, Probe] = {}
    for probe in probes:
        first.setdefault(f"{probe.kind}, control" if probe.is_control else probe.kind, probe)
    rows = [
        [name, *probe.texts, *(_VERDICT[label] for label in probe.labels)]
        for name, probe in first.items()
    ]
    return table(["kind", "sentence", "changed", "verdict", "verdict of the changed one"], rows)


def probe_answers(gru: Sequence[ProbeResult], bigrams: Sequence[ProbeResult]) -> Markdown:
    """Set the answers of two models side by side, with their intervals.

    Parameters
    ----------
    gru, bigrams : sequence of ProbeResult
        From `gru_course.reviews.probing.probe_results`, of the same pairs.

    Returns
    -------
    IPython.display.Markdown
        A row for each kind and measure; *noticed* is left out for controls, where it has no right
        answer.
    """
    _check_same_pairs(gru, bigrams)
    rows = []
    for pair in zip(gru, bigrams, strict=True):
        for measure in _measures(pair[0]):
            intervals = [getattr(result, measure) for result in pair]
            shares = [f"{share:.2f} [{low:.2f}, {high:.2f}]" for share, low, high in intervals]
            rows.append([f"{pair[0].name}: {measure}", pair[0].pairs, *shares])
    return table(["kind", "pairs", "this GRU", "bigrams"], rows)


def probe_seeds(seeds: Sequence[Sequence[ProbeResult]], bigrams: Sequence[ProbeResult]) -> Markdown:
    """Show the shares of several seeds beside those of a model that has no seed.

    Parameters
    ----------
    seeds : sequence of sequences of ProbeResult
        The results of each seed, of the same pairs.
    bigrams : sequence of ProbeResult
        Those of the other model.

    Returns
    -------
    IPython.display.Markdown
        First what was noticed, then what was flipped.
    """
    _check_same_pairs(bigrams, *seeds)
    rows = []
    for measure in ("noticed", "flipped"):
        for other, *of_seeds in zip(bigrams, *seeds, strict=True):
            if measure in _measures(other):
                values = [getattr(result, measure).estimate for result in of_seeds]
                of_other = getattr(other, measure).estimate
                rows.append([f"{other.name}: {measure}", over_seeds(values), f"{of_other:.2f}"])
    return table(["pairs", "GRU: mean (lowest to highest seed)", "bigrams"], rows)


def _check_same_pairs(*models: Sequence[ProbeResult]) -> None:
    kinds = {tuple(result.name for result in results) for results in models}
    if len(models) < 2 or len(kinds) > 1:
        raise ValueError(
            f"results of {len(models)} models for the pairs {kinds}; expected the same"
        )


def _measures(result: ProbeResult) -> tuple[str, ...]:
    return ("flipped",) if result.is_control else ("noticed", "flipped")
