from collections import Counter

import pytest

from gru_course.data.standin import order_reviews
from gru_course.data.tokenise import tokenise
from gru_course.reviews.probes import (
    REVIEW_QUALITIES,
    STANDIN_QUALITIES,
    Qualities,
    all_probes,
    contrast,
    distant_negation,
    double_negation,
)

ONE = Qualities(("good",), ("bad",))


@pytest.mark.parametrize("qualities", [REVIEW_QUALITIES, STANDIN_QUALITIES])
def test_every_kind_has_a_control_and_both_verdicts_alike(qualities):
    probes = all_probes(qualities)
    kinds = {probe.kind for probe in probes}
    for kind in kinds - {"intensifier"}:
        for is_control in (False, True):
            labels = [p.labels for p in probes if p.kind == kind and p.is_control == is_control]
            assert labels, (kind, is_control)
            # A model that always says the same is right about half of the sentences.
            assert sum(map(sum, labels)) == len(labels)
    assert all(probe.is_control for probe in probes if probe.kind == "intensifier")


def test_no_pair_is_there_twice_and_no_pair_is_one_sentence_twice():
    probes = all_probes(REVIEW_QUALITIES)
    assert all(first != second for first, second in (probe.texts for probe in probes))
    for kind in {probe.kind for probe in probes}:
        texts = [probe.texts for probe in probes if probe.kind == kind]
        assert len(set(texts)) == len(texts), kind


def test_a_negation_and_its_control_add_words_and_change_nothing_else():
    for probe in (*distant_negation(ONE), *double_negation(ONE)):
        first, second = map(tokenise, probe.texts)
        added = Counter(second) - Counter(first)
        assert not Counter(first) - Counter(second)
        assert sum(added.values()) == 1
        (new,) = added
        assert [word for word in second if word != new] == [word for word in first if word != new]


def test_the_distance_is_the_number_of_words_between():
    for probe in distant_negation(ONE):
        words = tokenise(probe.texts[1])
        if not probe.is_control:
            between = words.index(probe.quality) - words.index("not") - 1
            assert probe.kind.startswith(f"negation, {between} word")


def test_contrast_exchanges_words_so_that_a_bag_of_words_is_blind():
    for probe in contrast(REVIEW_QUALITIES):
        first, second = map(tokenise, probe.texts)
        assert Counter(first) == Counter(second)
        assert first != second
        places = [words.index(probe.quality) for words in (first, second)]
        verdict_last = probe.kind == "contrast, verdict last"
        # The quality is the verdict of the first sentence and the other thing in the second.
        assert (places[0] > places[1]) == verdict_last


def test_sentences_are_written_out():
    written = {text for probe in all_probes(ONE) for text in probe.texts}
    assert "The film is not, as a whole, good." in written
    assert "It was never not bad." in written
    assert "Although the music is bad, the film is good." in written
    assert not [text for text in written if "  " in text or "{" in text or " ," in text]


def test_the_stand_in_knows_every_word():
    known = set(order_reviews(n_train=6000, n_test=2).vocabulary.words)
    used = {w for p in all_probes(STANDIN_QUALITIES) for text in p.texts for w in tokenise(text)}
    assert used - known == set()


def test_as_many_good_words_as_bad_ones_are_needed():
    with pytest.raises(ValueError, match="2 good words and 1 bad ones"):
        all_probes(Qualities(("good", "fine"), ("bad",)))
    with pytest.raises(ValueError, match="at least one"):
        all_probes(Qualities((), ()))
