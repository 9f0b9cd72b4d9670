"""BLEU as the field computes it, with the signature that says how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU

from gru_course.apps.translation.data import french_words, sentence
from gru_course.course.checked import several, whole


@dataclass(frozen=True)
class Score:
    """BLEU of a set of sentences.

    Parameters
    ----------
    bleu : float
        From 0 to 100.
    precisions : tuple of float
        Share of the runs of one to four words that occur in a reference, in percent.
    brevity : float
        The factor, at most 1, that punishes translations shorter than the references.
    signature : str
        What decides the number besides the sentences; two scores can be compared if it is equal.
    """

    bleu: float
    precisions: tuple[float, ...]
    brevity: float
    signature: str


def bleu(translations: Sequence[str], references: Sequence[Sequence[str]]) -> Score:
    r"""Compare translations with references, all of them together.

    With the precisions :math:`p_n` of runs of :math:`n` words, the length :math:`c` of all
    translations and :math:`r` of the references nearest in length (Papineni et al. 2002):

    .. math::

        \text{BLEU} = 100 \, \min(1, e^{1 - r / c}) \, \Bigl(\prod_{n=1}^{4} p_n\Bigr)^{1/4}

    Parameters
    ----------
    translations : sequence of str
    references : sequence of sequence of str
        For each translation every version that counts as right.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        If there is nothing to compare, or not one list of references per translation.
    TypeError
        If a text stands where a list of texts is expected.

    Notes
    -----
    Both sides are written the same way first: lower case, spaces as `sentence` puts them. Computed
    by sacreBLEU (Post 2018).

    Examples
    --------
    >>> bleu(["il fait très froid ici."], [["Il fait très froid ici."]]).bleu.__round__(1)
    100.0
    >>> bleu(["ici froid très fait il."], [["Il fait très froid ici."]]).bleu < 20
    True
    """
    several(translations, "translations")
    for place, versions in enumerate(references):
        several(versions, f"references[{place}]")
    if not len(translations) or len(translations) != len(references):
        raise ValueError(
            f"{len(translations)} translations and {len(references)} lists of references; expected "
            "one list for each translation, and at least one translation"
        )
    if not all(map(len, references)):
        raise ValueError("a translation has no reference to be compared with")
    most = max(map(len, references))
    plain = [[_plain(text) for text in versions] for versions in references]
    # sacreBLEU wants one stream per version; None where a sentence has fewer.
    streams: Any = [[of[n] if n < len(of) else None for of in plain] for n in range(most)]
    metric = BLEU()
    found = metric.corpus_score([_plain(text) for text in translations], streams)
    return Score(found.score, tuple(found.precisions), found.bp, str(metric.get_signature()))


def bleu_ahead(
    first: Sequence[str],
    second: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    samples: int = 1_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Say how sure it is that one translator is ahead of another on the same sentences.

    Parameters
    ----------
    first, second : sequence of str
        Translations of the same sentences.
    references : sequence of sequence of str
        For each sentence every version that counts as right.
    samples : int
        How often sentences are drawn with replacement, the same for both (Koehn 2004).
    seed : int

    Returns
    -------
    tuple of float
        The middle 95 % of the differences in BLEU, first less second.

    Raises
    ------
    ValueError
        If there are not as many translations of one as of the other, or `bleu` refuses them.

    Examples
    --------
    >>> right = ["il fait très froid ici.", "je suis content de te voir."]
    >>> bleu_ahead(right, ["froid ici.", "content."], [[text] for text in right])[0] > 50
    True
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} translations against {len(second)}; expected as many")
    ours, theirs = (_drawn(of, references, samples, seed) for of in (first, second))
    low, high = np.quantile(ours - theirs, (0.025, 0.975))
    return float(low), float(high)


def bleu_interval(
    translations: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    samples: int = 1_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Say how much the BLEU of a translator depends on the sentences that were drawn.

    Parameters
    ----------
    translations : sequence of str
    references : sequence of sequence of str
        For each sentence every version that counts as right.
    samples : int
        How often sentences are drawn with replacement (Koehn 2004).
    seed : int

    Returns
    -------
    tuple of float
        The middle 95 % of BLEU. It knows nothing of other trainings of the translator.

    Raises
    ------
    ValueError
        If `bleu` refuses them.

    Examples
    --------
    >>> found = bleu_interval(["il fait froid ici."] * 3, [["il fait froid ici."]] * 3)
    >>> [round(end, 1) for end in found]
    [100.0, 100.0]
    """
    low, high = np.quantile(_drawn(translations, references, samples, seed), (0.025, 0.975))
    return float(low), float(high)


def _drawn(
    translations: Sequence[str], references: Sequence[Sequence[str]], samples: int, seed: int
) -> NDArray[np.float64]:
    """Return BLEU of sentences drawn with replacement, the same for each seed."""
    whole(samples, "samples")
    bleu(translations, references)  # refuses what cannot be compared
    metric = BLEU(effective_order=True)
    scores = [
        metric.sentence_score(_plain(text), [_plain(version) for version in versions])
        for text, versions in zip(translations, references, strict=True)
    ]
    table = np.array([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in scores])
    rng = np.random.default_rng(seed)
    rows = (rng.integers(len(table), size=len(table)) for _ in range(samples))
    return np.array([_of_counts(table[of].sum(axis=0)) for of in rows])


def _of_counts(row: NDArray[np.int64]) -> float:
    *counts, translated, wanted = row.tolist()
    score = BLEU.compute_bleu(counts[:4], counts[4:], translated, wanted, smooth_method="exp")
    return float(score.score)


def _plain(text: str) -> str:
    return sentence(french_words(text))
