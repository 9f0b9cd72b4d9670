"""No training ends well on weights that are no numbers, however its best look is chosen."""

import importlib.util
import tempfile
from pathlib import Path

import numpy as np
import pytest

from gru_course.apps.actions import learn as recognising
from gru_course.apps.actions.model import clip_reader, path_reader
from gru_course.apps.anomalies import learn as detecting
from gru_course.apps.anomalies.model import autoencoder, forecaster
from gru_course.apps.assistant import learn as assisting
from gru_course.apps.assistant.model import RequestConfig, RequestReader
from gru_course.apps.assistant.snips import small_requests
from gru_course.apps.characters import learn as writing
from gru_course.apps.characters.model import character_model
from gru_course.apps.chorales import learn as composing
from gru_course.apps.chorales.canons import canons
from gru_course.apps.chorales.model import chord_model
from gru_course.apps.forecasting import learn as forecasting
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.model import ForecasterConfig, gru_forecaster
from gru_course.apps.forecasting.task import ForecastTask, prepare
from gru_course.apps.speech import learn as hearing
from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.translation import learn as translating
from gru_course.apps.translation.data import dates
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.long_training import Plan, train_long
from gru_course.apps.translation.subwords import task_of_pieces
from gru_course.data.standin import order_reviews
from gru_course.layers.backend import keras
from gru_course.memory.tasks import adding, recall
from gru_course.memory.trials import TrialRecipe, train_trial, trial_model
from gru_course.reviews import repeated as tuning
from gru_course.reviews import self_training
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.evidence_reader import ReaderConfig, reader
from gru_course.training import fitting
from gru_course.training.fitting import Recipe

RNG = np.random.default_rng(0)
IDS, LABELS = RNG.integers(1, 9, (8, 4)).astype("int32"), np.arange(8) % 2
SMALL = ClassifierConfig(vocabulary_size=9, timesteps=4, embedding_dim=2, units=2)
RECIPE = Recipe(epochs=1, batch_size=4)


def spoilt(model):
    """Return a model of which one weight is no number."""
    weights = model.get_weights()
    weights[0] = np.full_like(weights[0], np.nan)
    model.set_weights(weights)
    return model


def patched(monkeypatch, module, name):
    """Let a training that builds its own model build a spoilt one."""
    build = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: spoilt(build(*given)))


def fit_classifier(keep_best):
    fitting.train(spoilt(classifier(SMALL)), IDS, LABELS, RECIPE, validation=(IDS, LABELS),
        keep_best=keep_best)  # fmt: skip


def fit_repeatedly(monkeypatch):
    patched(monkeypatch, tuning, "classifier")
    again = tuning.Repeated(SMALL, RECIPE, texts=8)
    again.train(IDS, LABELS, validation=(IDS, LABELS), seed=0)


def fit_trial(task, keep_best):
    recipe = TrialRecipe(updates=2, batch_size=4, look_every=1, keep_best=keep_best)
    train_trial(spoilt(trial_model("gru", 2, task)), task, task, recipe)


def fit_forecaster(monkeypatch):
    patched(monkeypatch, forecasting, "gru_forecaster")
    data = prepare(ForecastTask(seasonal(("load",), "h", 300), "load", 6, 2, 6))
    forecasting.train(data, ForecasterConfig(6, 1, 2, units=2), RECIPE, seed=0)


def fit_detector(monkeypatch):
    patched(monkeypatch, detecting, "forecaster")
    detecting.train_on_series(RNG.normal(size=200), history=4, epochs=1, units=2)


def fit_chords():
    music = canons(4, 2, 2, timesteps=8)
    composing.train(spoilt(chord_model(units=2)), music.train, music.validation, epochs=5)


def fit_words():
    x, y = RNG.normal(size=(8, 5, 3)).astype("float32"), np.arange(8) % 2
    model = spoilt(recogniser(SpeechConfig(words=2, timesteps=5, bands=3, units=2)))
    hearing.train(model, x, y, hearing.SpeechRecipe(epochs=1, batch_size=4), (x, y))


def fit_assistant():
    requests = small_requests(60)
    config = RequestConfig(units=2, word_dim=2, piece_dim=2, longest=8, epochs=1, batch_size=8)
    assistant = RequestReader(requests.train, config)
    spoilt(assistant.model)
    assisting.train(assistant, requests.train, requests.validation)


def fit_characters(rate=0.006):
    """With a rate that is no number and one update, the loss is still one."""
    model = character_model(5, units=2, embedding_dim=2)
    model = model if np.isnan(rate) else spoilt(model)
    writing.train(model, np.arange(9) % 5, epochs=1, lanes=2, timesteps=4, learning_rate=rate)


def fit_translator(rate):
    pairs = dates(n=20).train
    task = translating.Task.of(pairs, (50, 50))
    config = task.config(units=2, embedding_dim=2, attention=False)
    one_batch = Recipe(1, len(task.source), learning_rate=rate)
    translating.train(task, config, one_batch, task.encode(pairs))


def fit_for_long(rate):
    task = task_of_pieces(dates(n=20).train, merges=9, longest=60)
    sizes = len(task.english.words), len(task.french.words)
    model, pairs = DeepTranslator(DeepConfig(*sizes, 2, 2)), (task.source, task.target)
    plan = Plan(
        1,
        1,
        len(task.source),
        rate,
        warmup=1,
        dropout=0,
        last_dropout=0,
        smoothing=0,
        averaging=0,
        seed=0,
    )
    with tempfile.TemporaryDirectory() as folder:
        train_long(model, plan, pairs, pairs, lambda _: 0.0, Path(folder))


def fit_on_guesses():
    inputs = self_training.Inputs(IDS, RNG.normal(size=(8, 4, 3)).astype("float32"))
    model = spoilt(reader(ReaderConfig(embedding_dim=2, units=2, vocabulary_size=9)))
    self_training.train(model, inputs, LABELS, RECIPE, (inputs, LABELS))


TRAININGS = {
    "classifier, last weights": lambda patch: fit_classifier(False),
    "classifier, best weights": lambda patch: fit_classifier(True),
    "repeated": fit_repeatedly,
    "trial": lambda patch: fit_trial(recall(n=8, lag=2), False),
    "trial, best weights": lambda patch: fit_trial(adding(n=8, timesteps=4), True),
    "forecaster": fit_forecaster,
    "detector": fit_detector,
    "beats": lambda patch: detecting.train_on_beats(spoilt(autoencoder(5, 2, 2)), np.eye(5), 1),
    "paths": lambda patch: recognising.train_on_paths(
        spoilt(path_reader(4, 2, units=2)), RNG.normal(size=(8, 4, 2)), LABELS, epochs=1
    ),
    "clips": lambda patch: recognising.train_on_clips(
        spoilt(clip_reader(2, 16, units=2)), np.zeros((8, 2, 16, 16, 1), "f4"), LABELS, epochs=1
    ),
    "chords": lambda patch: fit_chords(),
    "words": lambda patch: fit_words(),
    "requests": lambda patch: fit_assistant(),
    "characters": lambda patch: fit_characters(),
    "characters, last update": lambda patch: fit_characters(rate=np.nan),
    "translation, last update": lambda patch: fit_translator(rate=1e39),
    "long translation, last update": lambda patch: fit_for_long(rate=1e39),
    "guesses": lambda patch: fit_on_guesses(),
}


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_that_diverges_says_so(name, monkeypatch):
    with pytest.raises(ValueError, match=r"the training diverged|not finite|lower the rate"):
        TRAININGS[name](monkeypatch)


def test_the_study_that_trains_by_itself_opens_no_test_set_with_such_weights(monkeypatch, root):
    """Its best look is one by accuracy, which is never NaN; `predict` refuses what it left."""
    spec = importlib.util.spec_from_file_location("zoo", root / "studies" / "architecture_zoo.py")
    zoo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(zoo)
    data = order_reviews(n_train=40, n_test=10)
    parts = fitting.hold_out(data.train.window(), data.train.labels, share=0.2)
    config = ClassifierConfig(embedding_dim=2, units=2)
    for name, value in {
        "BATCH_SIZE": 8,
        "reviews": lambda: data,
        "held_out_reviews": lambda: parts,
        "training": lambda architecture, pooling: zoo.Training(config),
    }.items():
        monkeypatch.setattr(zoo, name, value)
    patched(monkeypatch, zoo, "classifier")
    with pytest.raises(ValueError, match=r"the probabilities: .* not finite"):
        zoo.train_network("gru", "last", 0, {"learning_rate": 0.01})


def test_models_that_are_sound_pass():
    """The green light for the table above: without the spoilt weight the same calls go through."""
    fitting.train(classifier(SMALL), IDS, LABELS, RECIPE, validation=(IDS, LABELS), keep_best=True)
    task = adding(n=8, timesteps=4)
    recipe = TrialRecipe(updates=2, batch_size=4, look_every=1, keep_best=True)
    train_trial(trial_model("gru", 2, task), task, task, recipe)
    detecting.train_on_beats(autoencoder(5, 2, 2), np.eye(5), 1)
    assert forecaster(4, 2).output_shape == (None, 1)
    assert isinstance(gru_forecaster(ForecasterConfig(6, 1, 2, units=2)), keras.Model)
