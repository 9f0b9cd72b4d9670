"""From a text that anybody may type to an answer: positive, negative, or honestly neither."""

import hashlib
from dataclasses import dataclass

from gru_course.data.tokenise import (
    RANK_OFFSET,
    START,
    Vocabulary,
    encode_window,
    known_share,
    typed_words,
)
from gru_course.layers.backend import keras
from gru_course.stats.calibration import at_temperature
from gru_course.training.checkpoints import check_weights
from gru_course.training.fitting import predict

LABELS = ("negative", "positive")
NEUTRAL = "neutral"


@dataclass(frozen=True)
class ReviewAnswer:
    """What a model says about one text.

    Parameters
    ----------
    label : str
        ``"positive"``, ``"negative"``, or ``"neutral"`` if the model abstains.
    probability : float
        That the text is positive, at the temperature of the reviewer.
    known : float
        Share of the words of the text that the model knows.
    note : str
        Why there is no label, or what was not read; empty if there is nothing to say.
    """

    label: str
    probability: float
    known: float
    note: str = ""


class Reviewer:
    """A trained classifier with all that is needed to ask it about a text.

    Parameters
    ----------
    model : keras.Model
        From :func:`gru_course.reviews.classifiers.classifier`, trained.
    vocabulary : Vocabulary
        The one that it was trained with.
    window : int or None
        How many tokens it reads, counted from the end of a text; None if the model says so itself.
    temperature : float
        From :func:`gru_course.stats.calibration.best_temperature`.
    confidence : float
        Below this the answer is neutral; at 0.5 it never is.
    least_known : float
        Below this share of known words the answer is neutral, whatever the model says.
    trained_with : str or None
        What :func:`fingerprint` gave for the vocabulary when the model was trained.

    Raises
    ------
    ValueError
        If a weight is NaN or infinite, the vocabulary is not the model's, or a setting is not what
        is expected.

    Examples
    --------
    >>> import numpy as np
    >>> from gru_course.reviews.classifiers import ClassifierConfig, classifier
    >>> model = classifier(ClassifierConfig(vocabulary_size=6, timesteps=4))
    >>> reviewer = Reviewer(model, Vocabulary(("film", "moving")), confidence=0.9)
    >>> reviewer.answer("")
    ReviewAnswer(label='neutral', probability=0.5, known=0.0, note='there is no word in it')
    """

    def __init__(
        self,
        model: keras.Model,
        vocabulary: Vocabulary,
        *,
        window: int | None = None,
        temperature: float = 1.0,
        confidence: float = 0.5,
        least_known: float = 0.5,
        trained_with: str | None = None,
    ) -> None:
        if not 0.5 <= confidence < 1 or not 0 < least_known <= 1:
            raise ValueError(
                f"confidence is {confidence} and least_known {least_known}; expected a number from "
                "0.5 up to below 1, and one above 0 up to 1"
            )
        check_weights(model)
        at_temperature([0.5], temperature)  # complains about a bad one now, not at the first text
        self.model, self.vocabulary = model, vocabulary
        self.temperature, self.confidence, self.least_known = temperature, confidence, least_known
        embedding = next(layer for layer in model.layers if hasattr(layer, "input_dim"))
        self.num_words = int(embedding.input_dim)
        self.window = self._window(window)
        self._check_vocabulary(trained_with)

    def answer(self, text: str) -> ReviewAnswer:
        """Say what the model makes of a text.

        Parameters
        ----------
        text : str
            Of any length, in any script, as a person types it.

        Returns
        -------
        ReviewAnswer

        Raises
        ------
        TypeError
            If `text` is not a str, such as a missing value of a table.
        """
        if not typed_words(text, self.vocabulary):
            return ReviewAnswer(NEUTRAL, 0.5, 0.0, "there is no word in it")
        known = known_share(text, self.vocabulary, self.num_words)
        if not known:
            return ReviewAnswer(NEUTRAL, 0.5, 0.0, "the model knows none of its words")
        ids = encode_window([text], self.vocabulary, self.num_words, self.window)
        probability = float(at_temperature(predict(self.model, ids), self.temperature)[0])
        if known < self.least_known:
            note = "the model knows too few of its words"
            return ReviewAnswer(NEUTRAL, probability, known, note)
        note = "" if START in ids else f"only the last {self.window:,} tokens were read"
        if max(probability, 1 - probability) < self.confidence:
            note = "; ".join(part for part in ("the model is not sure", note) if part)
            return ReviewAnswer(NEUTRAL, probability, known, note)
        return ReviewAnswer(LABELS[probability > 0.5], probability, known, note)

    def _window(self, wanted: int | None) -> int:
        fixed: int | None = self.model.input_shape[1]
        if fixed is None and wanted is None:
            raise ValueError("the model reads any length: say with window how much it is to read")
        if fixed and wanted and fixed != wanted:
            raise ValueError(f"window is {wanted}, but the model reads {fixed} tokens")
        return fixed or wanted or 0

    def _check_vocabulary(self, trained_with: str | None) -> None:
        last = len(self.vocabulary.words) + RANK_OFFSET
        if self.num_words > last + 1:
            raise ValueError(
                f"the model knows the ids 0 to {self.num_words - 1}, but the vocabulary ends at "
                f"{last}: give the vocabulary that the model was trained with"
            )
        if trained_with and trained_with != (found := fingerprint(self.vocabulary, self.num_words)):
            raise ValueError(
                f"the vocabulary has the fingerprint {found}, but the model was trained with one "
                f"that has {trained_with}: its words would be taken for others"
            )


def fingerprint(vocabulary: Vocabulary, num_words: int) -> str:
    """Return sixteen digits that differ if the words with ids below `num_words` or their order do.

    Examples
    --------
    >>> fingerprint(Vocabulary(("a", "film")), 10) == fingerprint(Vocabulary(("film", "a")), 10)
    False
    """
    seen = vocabulary.words[: max(0, num_words - RANK_OFFSET - 1)]
    return hashlib.sha256("\n".join(seen).encode(errors="surrogatepass")).hexdigest()[:16]
