"""A conditional random field over the words of a request: the classical tagger of slots.

Its features are what the network reads of a word (the word, its beginning, its end, its shape), of
the word itself and of two neighbours on either side. It is fitted by CRFsuite, which is an optional
package: ``pip install 'gru-course[opponents]'``.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gru_course.apps.assistant.model import pieces
from gru_course.apps.assistant.snips import Request
from gru_course.course.checked import several, whole

REACH = 2
"""Neighbours on either side whose features count."""
_NAMES = ("word", "start", "end", "shape")


def features(words: Sequence[str], about: str = "") -> list[list[str]]:
    """Describe each word by itself and its neighbours.

    Parameters
    ----------
    words : sequence of str
        Of a request, as `gru_course.apps.assistant.snips.words_of` makes them.
    about : str
        What is known of the whole request, such as its intent; "" for nothing.

    Returns
    -------
    list of list of str
        For each word the features that are there. Half a pair of surrogates, as damaged input may
        hold, becomes U+FFFD, a word that is unknown: CRFsuite keeps its features in UTF-8.

    Examples
    --------
    >>> features(["rain", "in", "graz"])[2][:5]
    ['word-2=rain', 'start-2=rai', 'end-2=ain', 'shape-2=a', 'word-1=in']
    """
    several(words, "words")
    described = [pieces(word) for word in words]
    found = []
    for place in range(len(words)):
        row = [f"about={about}"] if about else []
        for step in range(-REACH, REACH + 1):
            if not 0 <= place + step < len(words):
                row.append(f"outside{step:+}")
                continue
            named = zip(_NAMES, described[place + step], strict=True)
            row += [f"{name}{step:+}={value}" for name, value in named]
        if place:
            row.append(f"pair-1={words[place - 1]} {words[place]}")
        if place + 1 < len(words):
            row.append(f"pair+1={words[place]} {words[place + 1]}")
        found.append([_in_utf8(feature) for feature in row])
    return found


def _in_utf8(text: str) -> str:
    return text.encode(errors="surrogatepass").decode(errors="replace")


class FieldTagger:
    r"""A linear-chain conditional random field (Lafferty et al. 2001).

    With features :math:`f_k` of a place and its tag, and of two tags that follow each other, the
    probability of the tags :math:`y` of a request :math:`x` is

    .. math::

        p(y \mid x) \propto \exp \sum_t \sum_k w_k f_k(y_{t-1}, y_t, x, t)

    Parameters
    ----------
    requests : sequence of Request
        Of the training.
    about : sequence of str, optional
        What is known of each whole request, as for `features`.
    l1, l2 : float
        How strongly the absolute values and the squares of the weights are held down.
    iterations : int
        Of L-BFGS at the most.

    Raises
    ------
    ImportError
        If CRFsuite is not installed.
    ValueError
        If there are no requests with words, or not a text about each.

    Examples
    --------
    >>> known = [Request(("in", "oslo"), ("O", "B-city"), "Weather")] * 3
    >>> FieldTagger(known).tags(["in", "oslo"])
    ['O', 'B-city']
    """

    def __init__(
        self,
        requests: Sequence[Request],
        about: Sequence[str] | None = None,
        *,
        l1: float = 0.1,
        l2: float = 0.01,
        iterations: int = 100,
    ) -> None:
        whole(iterations, "iterations")
        known = [""] * len(requests) if about is None else list(about)
        if len(known) != len(requests) or not any(request.words for request in requests):
            raise ValueError(
                f"{len(requests)} requests and {len(known)} texts about them; expected as many of "
                "each, and a word in one of them"
            )
        suite = _crfsuite()
        trainer = suite.Trainer(algorithm="lbfgs", verbose=False)
        for request, said in zip(requests, known, strict=True):
            if request.words:
                trainer.append(features(request.words, said), list(request.tags))
        trainer.set_params({"c1": l1, "c2": l2, "max_iterations": iterations})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "field"
            trainer.train(str(path))
            self._model = path.read_bytes()
        self._tagger = suite.Tagger()
        self._tagger.open_inmemory(self._model)

    @property
    def weights(self) -> int:
        """How many weights are not 0, of states and of transitions."""
        told = self._tagger.info()
        return len(told.state_features) + len(told.transitions)

    def tags(self, words: Sequence[str], about: str = "") -> list[str]:
        """Find the most probable tags of a request.

        Parameters
        ----------
        words : sequence of str
        about : str
            What is known of the whole request, as in training.

        Returns
        -------
        list of str
            One a word.
        """
        several(words, "words")
        return list(self._tagger.tag(features(words, about))) if len(words) else []


def _crfsuite() -> Any:
    try:
        import pycrfsuite  # optional: only this opponent needs it
    except ImportError as error:
        raise ImportError(
            "a conditional random field needs CRFsuite: pip install 'gru-course[opponents]'"
        ) from error
    return pycrfsuite
