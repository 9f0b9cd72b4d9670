import math

import numpy as np
import pytest

from gru_course.apps.translation.bleu import bleu, bleu_ahead, bleu_interval


def test_by_hand():
    """Five of six words, three of five pairs, one of four triples, none of three: smoothed."""
    found = bleu(["le chat dort sur un lit"], [["le chat dort sous un lit"]])
    assert found.precisions == pytest.approx((100 * 5 / 6, 100 * 3 / 5, 100 * 1 / 4, 100 / 2 / 3))
    product = 5 / 6 * 3 / 5 * 1 / 4 * 1 / 6
    assert found.bleu == pytest.approx(100 * product**0.25)


def test_the_best_reference_counts_and_short_answers_are_punished():
    versions = ["tu as raison , mon ami .", "vous avez raison , mon ami ."]
    assert bleu(["vous avez raison, mon ami."], [versions]).bleu == pytest.approx(100)
    short = bleu(["vous avez raison, mon"], [versions])
    assert short.brevity == pytest.approx(math.exp(1 - 7 / 5))
    assert short.bleu < 75


def test_references_of_unequal_number():
    found = bleu(["va !", "il est là."], [["va !", "cours !", "pars !"], ["il est là."]])
    assert found.bleu == pytest.approx(100)
    assert "nrefs:var" in found.signature
    assert "tok:13a" in found.signature


def test_capitals_and_spaces_do_not_count():
    assert bleu(["qu'est-ce que c'est ?"], [["Qu’est-ce\u00a0que c’est\u202f?"]]).bleu > 99


@pytest.mark.parametrize(
    ("answers", "references", "said"),
    [([], [], "0 translations"), (["a"], [], "0 lists"), (["a"], [[]], "no reference")],
)
def test_nothing_to_compare(answers, references, said):
    with pytest.raises(ValueError, match=said):
        bleu(answers, references)


def test_empty_sentences_score_nothing():
    assert bleu([""], [["il est là."]]).bleu == 0
    assert bleu(["", "il est là."], [["va !"], ["il est là."]]).bleu > 0
    assert np.isfinite(bleu([""], [[""]]).bleu)


@pytest.mark.parametrize(
    ("translations", "references", "said"),
    [
        ("va", [["v"], ["a"]], "translations is one str"),
        (["va"], ["va"], r"references\[0\] is one"),
    ],
)
def test_one_text_is_no_list(translations, references, said):
    with pytest.raises(TypeError, match=said):
        bleu(translations, references)


def test_the_interval_holds_bleu_and_shrinks_with_more_sentences():
    right, wrong = "il est là ce soir.", "elle est là ce matin."
    few = [right, wrong] * 10
    widths = []
    for times in (1, 25):
        answers, references = few * times, [[right]] * (20 * times)
        low, high = bleu_interval(answers, references, samples=300)
        assert low < bleu(answers, references).bleu < high
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0] / 5, rel=0.4)
    with pytest.raises(ValueError, match="lists of references"):
        bleu_interval([right], [])


def test_a_lead_has_no_width_where_both_say_the_same():
    answers = ["il est là.", "va !"] * 5
    references = [["il est là."], ["cours !"]] * 5
    assert bleu_ahead(answers, answers, references, samples=50) == (0, 0)
