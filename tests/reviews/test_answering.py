"""Whatever is typed, a reviewer gives a clear answer or a clear error."""

from dataclasses import replace

import numpy as np
import pytest

from gru_course.data.tokenise import Vocabulary
from gru_course.layers.backend import keras
from gru_course.reviews.answering import Reviewer, fingerprint
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.training.fitting import Recipe, train

WORDS = Vocabulary(("the", "film", "was", "moving", "dull"))  # moving has id 7, dull has id 8
CONFIG = ClassifierConfig(embedding_dim=4, units=4, vocabulary_size=9, timesteps=6)


@pytest.fixture(scope="module")
def model():
    """Learns that a text with "moving" is positive and one with "dull" negative."""
    keras.utils.set_random_seed(0)
    model = classifier(CONFIG)
    rng = np.random.default_rng(0)
    x = rng.integers(4, 7, size=(400, 6)).astype("int32")
    y = rng.integers(0, 2, size=400)
    x[np.arange(400), rng.integers(0, 6, 400)] = np.where(y, 7, 8)
    train(model, x, y, Recipe(epochs=15, batch_size=20, learning_rate=0.02))
    return model


@pytest.fixture(scope="module")
def reviewer(model):
    return Reviewer(model, WORDS, confidence=0.9, trained_with=fingerprint(WORDS, 9))


def test_plain_texts_get_their_label(reviewer):
    good, bad = reviewer.answer("The film was MOVING!"), reviewer.answer("The film was dull.")
    assert (good.label, bad.label) == ("positive", "negative")
    assert good.probability > 0.9 > 0.1 > bad.probability
    assert good.known == 1.0
    assert good.note == bad.note == ""


NEGATED = Vocabulary(("the", "film", "isn't", "moving", "dull"))


@pytest.mark.parametrize(
    "text",
    [
        "the film isn’t “moving”",
        "The\u00a0film—isn`t moving…",
        "the film isnâ€™t moving😀",
        "<p>Ｔｈｅ film isn&rsquo;t <i>moving</i></p>",
        "\ufeffthe film\r\nisn\u00ad’t moving",
    ],
)
def test_what_people_type_is_answered_as_what_a_plain_keyboard_types(model, text):
    reviewer = Reviewer(model, NEGATED, confidence=0.5)
    plain = reviewer.answer("the film isn't moving")
    assert plain.known == 1.0
    assert reviewer.answer(text) == plain


@pytest.mark.parametrize("text", ["😀", "★★★★☆", "—", "…’", "\u200b\ufeff", "&nbsp;", "<p></p>"])
def test_signs_are_no_words(reviewer, text):
    assert reviewer.answer(text).note == "there is no word in it"


def test_an_answer_that_is_not_sure_is_neutral(model):
    cautious = Reviewer(model, WORDS, temperature=50.0, confidence=0.9)
    answer = cautious.answer("The film was moving.")
    assert answer.label == "neutral"
    assert 0.5 < answer.probability < 0.9
    assert "not sure" in answer.note
    assert Reviewer(model, WORDS, temperature=50.0).answer("Moving").label == "positive"


@pytest.mark.parametrize("text", ["", "   \n\t", "...!?", "<>"])
def test_a_text_without_words(reviewer, text):
    answer = reviewer.answer(text)
    assert (answer.label, answer.probability, answer.known) == ("neutral", 0.5, 0.0)
    assert answer.note == "there is no word in it"


@pytest.mark.parametrize(
    "text", ["flurbious glonk", "Фильм был скучным", "映画は感動的だった", "\ud800"]
)
def test_unknown_words_and_other_scripts(reviewer, text):
    answer = reviewer.answer(text)
    assert (answer.label, answer.probability, answer.known) == ("neutral", 0.5, 0.0)
    assert answer.note == "the model knows none of its words"


def test_too_few_known_words(reviewer):
    answer = reviewer.answer("moving " + "glonk " * 9)
    assert answer.label == "neutral"
    assert answer.known == pytest.approx(0.1)
    assert "too few" in answer.note


def test_a_review_of_100_000_words(reviewer):
    answer = reviewer.answer("dull " * 99_994 + "the film was moving the film")
    assert answer.label == "positive"  # the end is read
    assert answer.note == "only the last 6 tokens were read"


def test_a_model_that_reads_any_length():
    model = classifier(replace(CONFIG, timesteps=None))
    with pytest.raises(ValueError, match="say with window how much"):
        Reviewer(model, WORDS)
    assert Reviewer(model, WORDS, window=3).window == 3
    assert "last 3 tokens" in Reviewer(model, WORDS, window=3).answer("the film was dull").note


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers(wrong):
    model = classifier(CONFIG)
    weights = model.get_weights()
    weights[0][3, 1] = wrong
    model.set_weights(weights)
    with pytest.raises(
        ValueError, match=r"1 of the 36 numbers in the weight .* are NaN or infinite"
    ):
        Reviewer(model, WORDS)


def test_a_vocabulary_of_another_model(model):
    with pytest.raises(ValueError, match="ids 0 to 8, but the vocabulary ends at 5"):
        Reviewer(model, Vocabulary(("the", "film")))
    swapped = Vocabulary(("the", "film", "was", "dull", "moving"))
    with pytest.raises(ValueError, match="its words would be taken for others"):
        Reviewer(model, swapped, trained_with=fingerprint(WORDS, 9))
    longer = Vocabulary((*WORDS.words, "later"))  # words that the model never sees do not matter
    assert fingerprint(longer, 9) == fingerprint(WORDS, 9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"confidence": 0.4}, "confidence is 0.4"),
        ({"confidence": 1.0}, "confidence is 1.0"),
        ({"least_known": 0.0}, "least_known 0.0"),
        ({"temperature": 0.0}, "temperature is 0.0; expected more than 0"),
        ({"window": 7}, "window is 7, but the model reads 6 tokens"),
    ],
)
def test_settings_are_checked(model, options, said):
    with pytest.raises(ValueError, match=said):
        Reviewer(model, WORDS, **options)


@pytest.mark.parametrize("text", [None, 3, b"dull", ["dull"]])
def test_what_is_not_a_text(reviewer, text):
    with pytest.raises(TypeError, match="A text is a str"):
        reviewer.answer(text)
