import numpy as np
import pytest

from gru_course.analysis.bleu import bleu
from gru_course.data.translation import dates, french_words, translations
from gru_course.training import Recipe
from gru_course.translating import (
    END,
    START,
    UNKNOWN,
    Lexicon,
    Task,
    decode,
    lengths,
    seed,
    train,
    translate,
)
from gru_course.translation_baselines import NearestSentence, WordByWord


@pytest.fixture(scope="module")
def learnt():
    """A small translator of short dates, trained for some seconds."""
    data = dates(n=150)
    pairs = [pair for pair in data.train if not pair.english[:3].isdigit()]
    task = Task.of(pairs, (400, 400))
    seed(0)
    config = task.config(units=32, embedding_dim=32, attention=True)
    recipe = Recipe(epochs=40, batch_size=32, learning_rate=0.01, decay=True, clipnorm=1.0)
    model, curves = train(task, config, recipe, task.encode(pairs[:64]))
    return task, model, curves, pairs


def test_it_learns_its_training_pairs_and_a_wrong_source_breaks_it(learnt):
    """The red light: with the sentences shuffled the same model must fail."""
    task, model, curves, pairs = learnt
    assert curves["loss"][-1] < 0.25 * curves["loss"][0]
    versions = translations(pairs)
    asked = sorted(versions)[:100]
    references = [versions[text] for text in asked]
    right = bleu(translate(model, task, asked), references).bleu
    wrong = bleu(translate(model, task, asked[1:] + asked[:1]), references).bleu
    assert right > 60
    assert wrong < 25


def test_what_people_type(learnt):
    task, model, _, pairs = learnt
    asked = next(pair.english for pair in pairs if "," in pair.english)
    typed = "\ufeff" + asked.replace(" ", "\u00a0").replace(",", "，") + "\r\n"
    assert task.english.coverage([typed]) < 1  # the red light
    assert translate(model, task, [typed]) == translate(model, task, [asked])
    with pytest.raises(TypeError, match="is one str"):
        translate(model, task, asked)


def test_decoding(learnt):
    task, model, _, pairs = learnt
    source, _ = task.encode(pairs[:30])
    one, wide = decode(model, source), decode(model, source, width=4)
    rest = decode(model, source, at_once=7)
    assert np.array_equal(one.ids, rest.ids)
    assert not np.isin(one.ids, [START, END, UNKNOWN]).any()
    written = one.ids != 0
    np.testing.assert_allclose(one.weights[written].sum(axis=-1), 1, rtol=1e-4)
    assert one.weights[written].min() >= 0
    padding = np.repeat(source == 0, written.sum(axis=1), axis=0)
    assert not one.weights[written][padding].any()
    assert (wide.ids != 0).any(axis=1).all()


def test_nothing_to_translate(learnt):
    task, model, _, pairs = learnt
    assert translate(model, task, []) == translate(model, task, [], width=4) == []
    assert NearestSentence(pairs).translate([]) == WordByWord(pairs).translate([]) == []
    with pytest.raises(ValueError, match="there is no sentence to translate"):
        decode(model, np.zeros((0, 5), np.int32))


def test_lexicon():
    lexicon = Lexicon.of(["Il va.", "Il dort."], french_words, size=6)
    assert lexicon.words[4:] == (".", "il")
    marked = lexicon.ids(["Il part."], marked=True)
    assert marked.tolist() == [[START, 5, UNKNOWN, 4, END]]
    assert lexicon.text([5, 4, 0]) == "il."
    assert lexicon.coverage(["Il part."]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="has 4 words; at most 3 fit"):
        lexicon.ids(["Il va il."])


def test_too_few_pairs_for_a_batch():
    pairs = dates(n=3).train
    task = Task.of(pairs, (50, 50))
    with pytest.raises(ValueError, match="do not fill one batch of 64"):
        train(task, task.config(units=4, embedding_dim=4, attention=True), Recipe(1, 64), ())


def test_baselines_know_what_is_stored():
    pairs = dates(n=100).train
    asked = [pair.english for pair in pairs[:20]]
    found = NearestSentence(pairs).translate(asked)
    assert bleu(found, [[pair.french] for pair in pairs[:20]]).bleu > 90
    by_word = WordByWord(pairs)
    assert by_word.dictionary["march"] == "mars"
    assert by_word.translate(["zzz march"]) == ["zzz mars"]
    assert lengths(["March 5, 1994"]).tolist() == [4]
