"""Example calls of what no docstring calls; each is a function, made when it is needed."""

import functools
import io
import json
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from gru_course import (
    answering,
    by_hand,
    cells,
    claims,
    dialogue,
    evidence,
    gates,
    ngrams,
    self_training,
    slots,
    translating,
    trials,
    tuning,
)
from gru_course.analysis import inside, probing
from gru_course.analysis.calibration import reliability
from gru_course.analysis.statistics import Interval
from gru_course.backend import keras
from gru_course.baselines import InterpolatedSVC, LogCountRatio
from gru_course.cells import conventions, mingru
from gru_course.data import memory_tasks, sensors, series, vowels
from gru_course.data.clips import turning_dots
from gru_course.data.fetch import RemoteFile
from gru_course.data.forecast_task import ForecastTask, prepare
from gru_course.data.forecasting import seasonal
from gru_course.data.gestures import gestures
from gru_course.data.prices import random_walk_prices
from gru_course.data.reviews import Reviews, Texts
from gru_course.data.rolls import to_roll
from gru_course.data.sgd import small_dialogues
from gru_course.data.shakespeare import small_play
from gru_course.data.snips import Request, small_requests
from gru_course.data.tokenise import Vocabulary
from gru_course.data.translation import Pair
from gru_course.data.voices import Scaling
from gru_course.models import (
    ClassifierConfig,
    actions,
    better,
    classifier,
    detectors,
    language,
    music,
    requests,
    speech,
)
from gru_course.models import forecast_baselines as simple
from gru_course.models import translation as translators
from gru_course.models.forecasters import ForecasterConfig
from gru_course.pricing import Tomorrow
from gru_course.training import Recipe
from gru_course.trials import TrialRecipe

Example = dict[str, Any]
once = functools.cache
RNG = np.random.default_rng


@once
def folder() -> Path:
    """Give a folder for files; the system sweeps it away."""
    return Path(tempfile.mkdtemp(prefix="hostile-"))


def file(name: str, text: str) -> Path:
    (folder() / name).write_text(text, encoding="utf-8")
    return folder() / name


# --- things that several examples share ----------------------------------------------------------


@once
def gru() -> cells.GRUWeights:
    return cells.GRUWeights.random(3, 4, seed=0)


@once
def x() -> np.ndarray:
    return RNG(0).normal(size=(2, 5, 3))


def trace() -> cells.Trace[cells.GRUWeights]:
    return cells.run(x(), gru())


@once
def recall() -> memory_tasks.Task:
    return memory_tasks.recall(8, lag=2, kinds=2)


@once
def recaller() -> Any:
    return trials.trial_model("gru", 2, recall())


@once
def counting() -> memory_tasks.Task:
    return memory_tasks.counting([1, 2])


@once
def by_hand_model() -> by_hand.Classifier[Any]:
    return by_hand.Classifier(gru(), RNG(1).normal(size=(4, 2)), np.zeros(2))


@once
def small_config() -> ClassifierConfig:
    return ClassifierConfig(vocabulary_size=9, timesteps=4, embedding_dim=2, units=2, mask=True)


@once
def small_classifier() -> Any:
    return classifier(small_config())


@once
def reader() -> inside.Reader:
    return inside.Reader.of(small_classifier(), small_config())


IDS = np.array([[0, 1, 5, 4], [1, 7, 8, 6]], np.int32)
LABELS = np.array([1, 0], np.int32)


@once
def texts() -> Reviews:
    vocabulary = Vocabulary(("good", "bad", "odd"))
    return Reviews.encoded(["good", "bad", "odd", "bad"], [1, 0, 1, 0], vocabulary)


@once
def grams() -> evidence.Grams:
    return evidence.Grams.of([texts()], longest=1)


@once
def rolls() -> list[np.ndarray]:
    return [to_roll([[60], [60, 64], [62]]), to_roll([[62], [64]])]


@once
def chords() -> Any:
    return music.chord_model(units=2)


@once
def hourly() -> series.Series:
    return seasonal(("load",), "h", 300)


@once
def prepared() -> Any:
    return prepare(ForecastTask(hourly(), "load", 6, horizon=2, season=3))


@once
def gru_forecaster() -> Any:
    from gru_course.models.forecasters import gru_forecaster as build

    return build(ForecasterConfig(6, prepared().train.x.shape[2], 2, units=2))


@once
def some_requests() -> tuple[Request, ...]:
    return small_requests(60).train


@once
def request_reader() -> requests.RequestReader:
    sizes = requests.RequestConfig(units=2, word_dim=2, piece_dim=2, epochs=1, longest=12)
    return requests.RequestReader(some_requests(), sizes)


@once
def dialogues() -> Any:
    return small_dialogues(20).train[:2]


PAIRS = (Pair("I am cold.", "J'ai froid."), Pair("Come in!", "Entrez !"))


@once
def translating_task() -> translating.Task:
    return translating.Task.of(PAIRS, (9, 9))


@once
def translator_config() -> translators.TranslatorConfig:
    return translating_task().config(units=2, embedding_dim=2, attention=True)


@once
def translator() -> Any:
    model = translators.Translator(translator_config())
    model((translating_task().source, translating_task().target[:, :-1]))
    return model


@once
def characters() -> Any:
    return language.character_model(5, units=2, embedding_dim=2)


@once
def letters() -> np.ndarray:
    return RNG(0).integers(0, 5, 400)


@once
def frames() -> np.ndarray:
    return RNG(0).normal(size=(2, 6, 3)).astype("float32")


@once
def recogniser() -> Any:
    return speech.recogniser(speech.SpeechConfig(words=2, timesteps=6, bands=3, units=2))


@once
def paths() -> np.ndarray:
    return gestures(per_class=1).x[:4]


@once
def path_reader() -> Any:
    return actions.path_reader(paths().shape[1], 4, units=2)


@once
def films() -> np.ndarray:
    return turning_dots(pairs=5).x[:4]


@once
def keras_layer() -> dict[str, Any]:
    keras_way = conventions.KERAS_RESET_AFTER
    return {"self": keras_way, "arrays": keras_way.from_book(gru())}


def clip_reader() -> Any:
    return actions.clip_reader(*films().shape[1:3], units=2)


@once
def forecaster() -> Any:
    return detectors.forecaster(4, units=2)


@once
def autoencoder() -> Any:
    return detectors.autoencoder(6, units=2, code=2)


@once
def evidence_inputs() -> self_training.Inputs:
    return self_training.Inputs(IDS, np.zeros((2, 4, 3), np.float32))


@once
def evidence_reader() -> Any:
    return better.reader(better.ReaderConfig(embedding_dim=2, units=2, vocabulary_size=9))


@once
def repeated() -> tuning.Repeated:
    return tuning.Repeated(small_config(), Recipe(epochs=1, batch_size=2), texts=2)


def expectation() -> claims.Evidence:
    return claims.Evidence("one", "score", claims.Expectation.parse("> 0.5"), "...", "low", "high")


RECORDS = {
    "one": {name: claims.Recorded(v, 1) for name, v in (("score", 0.9), ("low", 0.8), ("high", 1))}
}


def claim() -> claims.Claim:
    texts = ("a-claim", "topic", "question", "claim")
    found = (expectation(),)
    return claims.Claim(*texts, ("who",), claims.MEASURED, found, claims.HOLDS, "", "")


SHARES = Interval(0.5, 0.4, 0.6)


def probe(kind: str) -> probing.ProbeResult:
    return probing.ProbeResult(kind, False, 2, SHARES, SHARES)


@once
def bag() -> Any:
    words = ["good film", "bad film"] * 5
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(words, [1, 0] * 5)


def small_archive() -> Path:
    path = folder() / "arrays.npz"
    np.savez(path, a=np.arange(3))
    return path


def saved_classifier() -> Path:
    from gru_course.saving import save_classifier

    save_classifier(small_classifier(), small_config(), folder() / "model.npz")
    return folder() / "model.npz"


GATES = '[one.score]\nbecause = "..."\nquick = {floor = 0.5}\n'
GATES = f"[one]\nbudget_cpu_seconds = {{quick = 1, full = 2}}\n{GATES}"
LEDGER = """
[sources]
who = "somebody"
[[claim]]
id = "a"
topic = "t"
question = "q"
claim = "c"
sources = ["who"]
evidence = "not tested yet"
"""
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "outputs": []}]})
SMALL_FILE = RemoteFile("absent.txt", None, "0" * 64, 1)
CURVE = [0.9, 0.5, 0.25]
RUNS = {"GRU": [0.8, 0.9]}
SEEDS = [[0.9, 0.8], [0.7, 0.9], [0.5, 0.6]]
STEP = {name: 0.5 for name in ("keep", "into z", "out of z", "into candidate")}
STEP |= {name: 0.5 for name in ("out of candidate", "into r", "r to candidate")}


WRITTEN: dict[str, Callable[[], Example]] = {
    "analysis.inside.Reader.of": lambda: {
        "cls": inside.Reader,
        "model": small_classifier(),
        "config": small_config(),
    },
    "cells.conventions.Convention.to_book": lambda: keras_layer(),
    "cells.conventions.Convention.sizes": lambda: keras_layer(),
    "models.classifiers.check_ids": lambda: {
        "model": small_classifier(),
        "ids": IDS,
    },
    "analysis.inside.Reader.read": lambda: {"self": reader(), "ids": IDS},
    "analysis.inside.Reader.score": lambda: {"self": reader(), "ids": IDS},
    "analysis.inside.Reader.running_probability": lambda: {
        "self": reader(),
        "trace": reader().read(IDS),
    },
    "analysis.inside.gates": lambda: {"trace": trace()},
    "analysis.inside.saliency": lambda: {"reader": reader(), "ids": IDS},
    "analysis.reach.change_by_reach": lambda: {
        "score": lambda ids: ids.sum(axis=1).astype(float),
        "ids": IDS,
        "kept": [0, 2, 4],
        "older": IDS[::-1],
    },
    "analysis.timing.interleaved": lambda: {
        "calls": {"a": list, "b": dict},
        "rounds": 2,
        "repeats": 1,
        "warm_up": 1,
        "seed": 0,
    },
    "analysis.tracking.sentiment_so_far": lambda: {"ids": IDS, "weights": np.linspace(-1, 1, 9)},
    "analysis.tracking.word_weights": lambda: {
        "bag": bag(),
        "vocabulary": Vocabulary(("good", "bad", "film")),
        "size": 7,
    },
    "analysis.tracking.shuffled": lambda: {"feature": IDS * 0.5, "ids": IDS, "seed": 0},
    "answering.Reviewer.answer": lambda: {
        "self": answering.Reviewer(
            small_classifier(), Vocabulary(("film", "good", "bad", "odd", "dull"))
        ),
        "text": "A good film",
    },
    "baselines.LogCountRatio.fit": lambda: {
        "self": LogCountRatio(),
        "features": np.array([[1.0, 1.0], [0.0, 1.0]]),
        "labels": [1, 0],
    },
    "baselines.LogCountRatio.transform": lambda: {
        "self": LogCountRatio().fit(np.eye(2), [1, 0]),
        "features": np.eye(2),
    },
    "baselines.InterpolatedSVC.fit": lambda: {
        "self": InterpolatedSVC(),
        "features": np.eye(2),
        "labels": [1, 0],
    },
    "by_hand.Classifier.from_model": lambda: {"cls": by_hand.Classifier, "model": recaller()},
    "by_hand.Classifier.with_arrays": lambda: {
        "self": by_hand_model(),
        "arrays": by_hand_model().arrays,
    },
    "by_hand.Adam": lambda: {"learning_rate": 0.01},
    "by_hand.Adam.update": lambda: {
        "self": by_hand.Adam(0.01),
        "model": by_hand_model(),
        "gradient": by_hand_model(),
    },
    "by_hand.train": lambda: {
        "model": by_hand_model(),
        "task": recall(),
        "updates": 2,
        "window": 2,
        "batch_size": 4,
        "learning_rate": 0.01,
        "limit": 1.0,
        "seed": 0,
    },
    "by_hand.accuracy": lambda: {"model": by_hand_model(), "task": recall()},
    "cells.conventions.Convention.run": lambda: {
        "self": conventions.PYTORCH,
        "x": x(),
        "arrays": conventions.PYTORCH.from_book(gru()),
        "h": np.zeros((2, 4)),
    },
    "cells.layout.CellWeights.random": lambda: {
        "cls": cells.LSTMWeights,
        "features": 3,
        "units": 4,
        "seed": 0,
        "scale": 0.5,
    },
    "cells.layout.CellWeights.from_layer": lambda: {
        "cls": cells.GRUWeights,
        "layer": recaller().layers[0],
    },
    "cells.layout.CellWeights.zero_state": lambda: {"self": gru(), "batch": 2},
    "cells.layout.check_last_axis": lambda: {
        "name": "x",
        "array": np.ones((2, 3)),
        "width": 3,
        "meaning": "features",
    },
    "cells.lstm.LSTMWeights.zero_state": lambda: {
        "self": cells.LSTMWeights.random(3, 4, seed=0),
        "batch": 2,
    },
    "cells.mingru.MinGRUWeights.random": lambda: {
        "cls": mingru.MinGRUWeights,
        "features": 3,
        "units": 4,
        "seed": 0,
        "scale": 0.5,
    },
    "cells.mingru.mingru": lambda: {
        "x": x(),
        "weights": mingru.MinGRUWeights.random(3, 4, seed=0),
        "state": np.zeros((2, 4)),
    },
    "cells.mingru.mingru_backward": lambda: {
        "x": x(),
        "weights": mingru.MinGRUWeights.random(3, 4, seed=0),
        "states": mingru.mingru(x(), mingru.MinGRUWeights.random(3, 4, seed=0)),
        "d_hidden": np.ones((2, 5, 4)),
    },
    "cells.sequence.run": lambda: {
        "x": x(),
        "weights": gru(),
        "state": np.zeros((2, 4)),
        "mask": np.ones((2, 5), bool),
    },
    "cells.sequence.backpropagate": lambda: {
        "trace": trace(),
        "d_hidden": np.ones((2, 5, 4)),
        "window": 2,
    },
    "claims.Evidence.value": lambda: {
        "self": expectation(),
        "records": RECORDS,
        "metric": "score",
    },
    "claims.Evidence.ends": lambda: {"self": expectation(), "records": RECORDS},
    "claims.Evidence.outcome": lambda: {"self": expectation(), "records": RECORDS},
    "claims.Evidence.number": lambda: {"self": expectation(), "records": RECORDS},
    "claims.Evidence.p_value": lambda: {"self": expectation(), "records": RECORDS},
    "claims.Claim.outcomes": lambda: {"self": claim(), "records": RECORDS},
    "claims.Claim.missing": lambda: {"self": claim(), "records": RECORDS},
    "claims.Claim.computed_verdict": lambda: {"self": claim(), "records": RECORDS},
    "claims.Ledger.violations": lambda: {
        "self": claims.Ledger({"who": "..."}, (claim(),)),
        "records": RECORDS,
    },
    "claims.read_notebooks": lambda: {"folder": file("one.ipynb", NOTEBOOK).parent},
    "claims.load_claims": lambda: {"path": file("claims.toml", LEDGER)},
    "composing.learn_chords": lambda: {
        "model": chords(),
        "train": rolls(),
        "validation": rolls(),
        "epochs": 5,
        "batch_size": 2,
        "seed": 0,
    },
    "composing.loss_on": lambda: {"model": chords(), "rolls": rolls()},
    "composing.compose": lambda: {
        "model": chords(),
        "opening": rolls()[0],
        "timesteps": 4,
        "rng": RNG(0),
        "temperature": 1.0,
    },
    "data.fetch.verified": lambda: {"path": file("one.txt", "1"), "file": one_file()},
    "data.forecast_task.Prepared.in_unit": lambda: {
        "self": prepared(),
        "scaled": np.zeros((2, 2)),
        "part": prepared().test._replace(level=np.ones(2)),
    },
    "data.imdb.mixed": lambda: {"paths": ["a", "b", "c"]},
    "data.profiles.load": lambda: {"dataset": sensors.OFFICE, "profile": "quick"},
    "data.shakespeare.small_play": lambda: {"lines": 300, "seed": 0},
    "data.reviews.pack_texts": lambda: {"split": texts(), "name": "train"},
    "data.reviews.unpack_texts": lambda: {"arrays": packed(), "name": "train"},
    "data.reviews.pack_words": lambda: {"vocabulary": Vocabulary(("a", "film"))},
    "data.reviews.unpack_words": lambda: {"arrays": {"words": Texts.of(["a\nfilm"]).block}},
    "data.reviews.read": lambda: {"path": small_archive(), "title": "IMDB"},
    "data.reviews.read_arrays": lambda: {"path": small_archive(), "unpack": dict},
    "data.reviews.save": lambda: {"data": review_data(), "path": folder() / "reviews.npz"},
    "data.reviews.write_arrays": lambda: {
        "arrays": {"a": np.arange(3)},
        "path": folder() / "written.npz",
    },
    "data.tokenise.Vocabulary.from_texts": lambda: {
        "cls": Vocabulary,
        "texts": ["a good film", "a film"],
    },
    "data.series.Series.column": lambda: {"self": hourly(), "name": "load"},
    "data.series.table": lambda: {"rows": [["a", "1"], ["b", "2"]], "places": [1]},
    "data.sgd.DialogueData.slots": lambda: {
        "self": small_dialogues(20),
        "service": small_dialogues(20).train[0].service,
    },
    "data.shakespeare.CharacterData.encode": lambda: {"self": small_play(50), "text": "the"},
    "data.shakespeare.CharacterData.decode": lambda: {
        "self": small_play(50),
        "ids": np.array([1, 2]),
    },
    "data.spoken.SpokenWords.waveform": lambda: {"self": vowels.vowel_words(11), "number": 0},
    "data.spoken.joined": lambda: {"waveforms": [np.ones(3, np.int16), np.ones(2, np.int16)]},
    "data.voices.Scaling.of": lambda: {"cls": Scaling, "frames": frames()},
    "data.voices.Scaling.apply": lambda: {"self": Scaling.of(frames()), "frames": frames()},
    "detecting.learn_forecaster": lambda: {
        "values": np.sin(np.arange(200.0)),
        "history": 4,
        "epochs": 1,
        "units": 2,
    },
    "detecting.forecast_errors": lambda: {
        "model": forecaster(),
        "values": np.sin(np.arange(30.0)),
        "mean": 0.0,
        "deviation": 1.0,
    },
    "detecting.learn_beats": lambda: {
        "model": autoencoder(),
        "beats": frames()[:, :, 0],
        "epochs": 1,
    },
    "detecting.misfit": lambda: {"model": autoencoder(), "beats": frames()[:, :, 0]},
    "dialogue.Assistant.ask": lambda: {
        "self": dialogue.Assistant(request_reader(), 0.5),
        "text": "play a song",
    },
    "dialogue.plain": lambda: {"value": "New York"},
    "dialogue.turn_requests": lambda: {"dialogues": dialogues()},
    "dialogue.read_turns": lambda: {"reader": request_reader(), "dialogues": dialogues()},
    "dialogue.lookup_turns": lambda: {"train": dialogues()},
    "dialogue.is_right": lambda: {"state": {"city": "Graz"}, "true": {"city": ("Graz",)}},
    "dialogue.joint_goal_accuracy": lambda: {
        "dialogues": dialogues(),
        "states": [[{} for _ in each.turns] for each in dialogues()],
    },
    "evidence.count": lambda: {
        "grams": grams(),
        "texts": np.arange(4),
        "labels": np.array([1.0, 0, 1, 0]),
    },
    "evidence.fitted_ratios": lambda: {
        "grams": grams(),
        "texts": np.arange(4),
        "labels": np.array([1.0, 0, 1, 0]),
    },
    "evidence.evidence": lambda: {
        "grams": grams(),
        "ratios": evidence.fitted_ratios(grams(), np.arange(4), np.array([1.0, 0, 1, 0])),
        "texts": np.arange(4),
        "maxlen": 2,
    },
    "evidence.Grams.tokens_of": lambda: {"self": grams(), "texts": np.arange(4)},
    "forecasting.train_forecaster": lambda: {
        "data": prepared(),
        "config": ForecasterConfig(6, 1, 2, units=2),
        "recipe": Recipe(epochs=1, batch_size=128),
        "seed": 0,
    },
    "forecasting.forecast": lambda: {
        "model": gru_forecaster(),
        "data": prepared(),
        "part": prepared().test,
    },
    "gates.NotebookGates.violations": lambda: {
        "self": gates.load_gates(file("gates.toml", GATES))["one", "quick"],
        "records": {"score": 0.9},
    },
    "gates.NotebookGates.over_budget": lambda: {
        "self": gates.load_gates(file("gates.toml", GATES))["one", "quick"],
        "cpu_seconds": 0.5,
    },
    "gates.load_gates": lambda: {"path": file("gates.toml", GATES)},
    "models.classifiers.stacked": lambda: arrangement("gru", "lstm"),
    "models.classifiers.bidirectional_stacked": lambda: arrangement("gru", "lstm"),
    "models.classifiers.parallel": lambda: arrangement("gru", "lstm"),
    "models.forecast_baselines.LinearForecaster.fit": lambda: {
        "cls": simple.LinearForecaster,
        "data": prepared(),
        "penalties": (1.0, 10.0),
    },
    "models.forecast_baselines.LinearForecaster.predict": lambda: {
        "self": simple.LinearForecaster.fit(prepared())[0],
        "part": prepared().test,
    },
    "models.forecast_baselines.fit_smoothing": lambda: {
        "values": np.sin(np.arange(40.0)),
        "season": 4,
    },
    "models.music.key_loss": lambda: {
        "expected": np.ones((1, 2, 88), "float32"),
        "logits": np.ones((1, 2, 88), "float32"),
    },
    "models.requests.RequestConfig": lambda: {"units": 2, "dropout": 0.4, "learning_rate": 0.003},
    "models.requests.RequestReader": lambda: {
        "train": some_requests(),
        "config": request_reader().config,
    },
    "models.requests.RequestReader.encode": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"], ["rain"]],
        "longest": 3,
    },
    "models.requests.RequestReader.targets": lambda: {
        "self": request_reader(),
        "requests": some_requests()[:2],
    },
    "models.requests.RequestReader.probabilities": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"]],
    },
    "models.requests.RequestReader.read": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"]],
    },
    "models.requests.request_model": lambda: {
        "sizes": [9, 8],
        "intents": 2,
        "tags": 3,
        "config": request_reader().config,
    },
    "models.requests.fit_requests": lambda: {
        "reader": request_reader(),
        "train": some_requests()[:8],
        "validation": some_requests()[:8],
        "seed": 0,
    },
    "models.requests.encoded": lambda: {
        "reader": request_reader(),
        "requests": some_requests()[:2],
    },
    "models.requests.batches": lambda: {
        "ids": request_reader().encode([r.words for r in some_requests()[:8]], 12),
        "batch_size": 4,
        "rng": RNG(0),
    },
    "models.requests.scores_of": lambda: {
        "reader": request_reader(),
        "requests": some_requests()[:2],
    },
    "models.speech.train": lambda: {
        "model": recogniser(),
        "x": frames(),
        "y": LABELS,
        "recipe": speech.SpeechRecipe(epochs=2, batch_size=2),
        "validation": (frames(), LABELS),
        "seed": 0,
    },
    "models.speech.probabilities": lambda: {"model": recogniser(), "x": frames()},
    "models.speech.decide": lambda: {"model": recogniser(), "x": frames()},
    "models.better.ReaderConfig": lambda: {"channels": 3, "units": 2, "embedding_dropout": 0.3},
    "models.translation.TranslatorConfig": lambda: {"source_size": 9, "target_size": 9, "units": 2},
    "ngrams.NGrams.probabilities": lambda: {
        "self": ngrams.NGrams(2, letters(), 5),
        "ids": letters()[:9],
    },
    "plots.actions.versions": lambda: {
        "path": paths()[0],
        "disturb": actions.disturbed,
        "count": 2,
    },
    "plots.actions.while_watching": lambda: {
        "running": np.full((2, 3), 0.5),
        "right": np.full(3, 0.5),
        "labels": LABELS,
        "each": 1,
    },
    "plots.alignment.by_length": lambda: {
        "groups": ["short", "long"],
        "scores": {"GRU": np.array([[30.0, 20.0], [31.0, 22.0]])},
        "quantity": "BLEU",
    },
    "plots.anomalies.series_with_alarms": lambda: {
        "data": sensors.small_sensor(minutes=60, days=20),
        "scores": np.linspace(0, 1, 480),
        "threshold": 0.9,
        "counted_from": 72,
    },
    "plots.anomalies.beats_rebuilt": lambda: {
        "beats": [np.ones(4), np.ones(4)],
        "rebuilt": [np.zeros(4), np.zeros(4)],
        "titles": ["one", "two"],
    },
    "plots.beyond.attention_weights": lambda: {"weights": np.full(4, 0.25), "flagged": 1},
    "plots.beyond.gains": lambda: {"intervals": {"recall": {"minGRU": SHARES}}},
    "plots.beyond.scan_diagram": lambda: {"timesteps": 4, "follow": 3},
    "plots.beyond.against_length": lambda: {
        "lengths": [10, 20, 40],
        "curves": {"scan": [1.0, 2.0, 3.0]},
        "ylabel": "seconds",
    },
    "plots.forecasts.errors_by_horizon": lambda: {"errors": {"GRU": CURVE}, "unit": "MW"},
    "plots.forecasts.coverage_by_horizon": lambda: {"shares": {"GRU": CURVE}, "promised": 0.9},
    "plots.gradients.reach": lambda: {
        "panels": {"before": {"GRU": CURVE}, "after": {"GRU": [CURVE, CURVE]}},
        "lowest": 1e-12,
        "highest": 10.0,
        "mark": (1.0, "here"),
    },
    "plots.gradients.reach_by_bias": lambda: {"curves": {0.0: CURVE, 2.0: CURVE}, "lowest": 1e-14},
    "plots.gradients.rate_against_radius": lambda: {"points": {"GRU": [(0.9, 0.8), (1.0, 0.9)]}},
    "plots.gradients.memory_against_gradient": lambda: {
        "points": {"GRU": [(0.9, 0.8), (1.0, 0.9)]}
    },
    "plots.gradients.clipping": lambda: {
        "runs": {"free": {"norm": CURVE, "loss": CURVE}, "cut": {"norm": CURVE, "loss": CURVE}},
        "limit": 1.0,
    },
    "plots.gradients.cut_by_windows": lambda: {
        "lengths": {"whole": CURVE, "two": CURVE},
        "borders": {"whole": None, "two": 2},
    },
    "plots.gradients.windows": lambda: {"accuracies": RUNS, "chance": 0.5},
    "plots.gradients.step_graph": lambda: {"values": STEP},
    "plots.gradients.chain": lambda: {"factors": [0.5, 0.5], "gradients": CURVE},
    "plots.inside.running_answers": lambda: {
        "probabilities": [[0.5, 0.9], [0.4, 0.1]],
        "words": [["a", "b"], ["c", "d"]],
        "names": ["one", "two"],
        "jumps": 1,
    },
    "plots.inside.trajectories": lambda: {
        "paths": {"one": np.eye(2)},
        "cloud": np.eye(2),
        "positive": np.array([True, False]),
    },
    "plots.inside.spread_of_agreement": lambda: {"correlations": {"saliency": [0.5, 0.1]}},
    "plots.inside.gates_and_gradient": lambda: {
        "update_gate": np.full((2, 3), 0.5),
        "norms": np.array([[1.0, 0.5, 0.25], [1.0, 0.9, 0.8]]),
    },
    "plots.inside.reach": lambda: {
        "kept": [0, 2, 5],
        "curves": {"cut off": [CURVE, CURVE]},
        "level": 0.1,
    },
    "plots.inside.unit_beside": lambda: {
        "states": np.ones(3),
        "feature": np.ones(3),
        "names": ("unit 1", "position"),
    },
    "plots.inside.probe_shares": lambda: {
        "results": {"GRU": [probe("negation"), probe("contrast")]},
        "measure": "noticed",
        "xlabel": "share",
    },
    "plots.language.surprise": lambda: {
        "text": "to be",
        "series": {"GRU": np.full(5, 0.5)},
        "columns": 3,
    },
    "plots.language.temperatures": lambda: {"values": CURVE, "bits": CURVE, "natural": 2.0},
    "plots.learning.learning_curves": lambda: {
        "curves": {
            name: CURVE for name in ("epoch", "accuracy", "loss", "val_accuracy", "val_loss")
        },
        "held_out": "validation",
    },
    "plots.learning.seed_spread": lambda: {"results": RUNS, "references": {"bag": 0.8}},
    "plots.learning.confusion_matrix": lambda: {
        "counts": np.array([[3, 1], [0, 4]]),
        "names": ["no", "yes"],
    },
    "plots.measured.intervals": lambda: {
        "series": {"one": {"a": SHARES, "b": SHARES}},
        "xlabel": "share",
        "lines": {"chance": 0.5},
    },
    "plots.measured.times_by_cell": lambda: {
        "x": [1, 2, 4],
        "samples": {"gru": SEEDS},
        "xlabel": "units",
    },
    "plots.measured.runs_by_model": lambda: {
        "results": {"GRU": {"train": [0.9, 0.95], "test": [0.8, 0.85]}}
    },
    "plots.memory.success_curves": lambda: {
        "curves": {"gru": ([10, 20, 40], SEEDS)},
        "xlabel": "lag",
        "ylabel": "share",
        "baseline": 0.1,
        "trained": 20,
    },
    "plots.memory.longest_counts": lambda: {"longest": {"gru": [5, 7]}, "trained": 5},
    "plots.memory.counting_states": lambda: {"states": {"gru": CURVE}, "trained": 2},
    "plots.memory.adding_example": lambda: {"x": memory_tasks.adding(1, 6).x[0]},
    "plots.memory.digit_rows": lambda: {"images": np.ones((2, 8, 8)), "names": [1, 2]},
    "plots.music.piano_roll": lambda: {"roll": rolls()[0], "title": "one", "steps_per_bar": 4},
    "plots.music.score": lambda: {"roll": rolls()[0], "title": "one", "steps_per_line": 4},
    "plots.prices.changes": lambda: {
        "said": Tomorrow(np.array([1.0, 2.0]), np.array([1.5, 1.5]), np.array([0.5, 1.0]))
    },
    "plots.speech.accuracy_by_share": lambda: {
        "shares": [0.2, 0.5, 1.0],
        "seeds": [CURVE, CURVE],
        "chance": 0.1,
    },
    "plots.speech.confusion": lambda: {"counts": np.eye(2, dtype=int), "words": ["a", "b"]},
    "plots.speech.strangers": lambda: {"folds": {"GRU": [0.9, 0.8]}, "speakers": ["A", "B"]},
    "plots.tuning.by_data_size": lambda: {
        "sizes": [10, 20, 40],
        "series": {"GRU": SEEDS},
        "ylabel": "accuracy",
    },
    "plots.tuning.changes": lambda: {
        "results": RUNS,
        "base": 0.8,
        "unsure": 0.01,
        "xlabel": "accuracy",
    },
    "plots.tuning.reliability_diagram": lambda: {
        "found": {"GRU": reliability([0.9, 0.2, 0.6], [1, 0, 0])}
    },
    "plots.tuning.risk_coverage_curve": lambda: {
        "curves": {"GRU": (CURVE, CURVE)},
        "chosen": (0.5, 0.1),
    },
    "plots.tuning.choosing": lambda: {"texts": [10, 20, 40], "chooses": CURVE, "does_not": CURVE},
    "pooling.mean_over_time": lambda: {"states": x().astype("float32"), "read": np.ones((2, 5))},
    "pooling.max_over_time": lambda: {
        "states": x().astype("float32"),
        "read": np.ones((2, 5), bool),
    },
    "pricing.tomorrow": lambda: {
        "prices": random_walk_prices(200),
        "history": 4,
        "seed": 0,
        "epochs": 1,
    },
    "recognition.learn_paths": lambda: {
        "model": path_reader(),
        "paths": paths(),
        "labels": np.arange(4),
        "versions": 1,
        "epochs": 1,
        "seed": 0,
    },
    "recognition.learn_clips": lambda: {
        "model": clip_reader(),
        "frames": films(),
        "labels": np.array([0, 1, 0, 1]),
        "epochs": 1,
    },
    "recognition.kinds": lambda: {"model": path_reader(), "paths": paths()},
    "recognition.directions": lambda: {"model": clip_reader(), "frames": films()},
    "recognition.running_answers": lambda: {"model": clip_reader(), "frames": films()},
    "saving.save_classifier": lambda: {
        "model": small_classifier(),
        "config": small_config(),
        "path": folder() / "saved.npz",
    },
    "saving.load_classifier": lambda: {"path": saved_classifier()},
    "checkpoints.BestWeights": lambda: {"model": small_classifier()},
    "data.digits.read_wav": lambda: {"path": "7_theo_0.wav", "content": recording()},
    "data.series.Series.columns": lambda: {"self": hourly(), "names": ("load",)},
    "data.series.regular": lambda: {
        "times": np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"),
        "values": np.array([[1.0], [2.0]]),
        "step": np.timedelta64(1, "D"),
    },
    "data.snips.check_tags": lambda: {"tags": ["O", "B-city", "I-city"]},
    "dialogue.Assistant": lambda: {"reader": request_reader(), "threshold": 0.5},
    "search.search": lambda: {
        "objective": lambda trial: trial.suggest_float("place", 0, 4),
        "journal": Path(tempfile.mkdtemp(dir=folder())) / "hill.log",
        "trials": 2,
        "seed": 0,
        "at_random": 2,
        "report": None,
    },
    "search.open_search": lambda: {"journal": folder() / "open.log"},
    "search.finished": lambda: {"study": searched()},
    "search.ended": lambda: {"study": searched()},
    "search.progress": lambda: {"study": searched(), "trials": 2},
    "search.say": lambda: {"line": "."},
    "self_training.Inputs": lambda: {"ids": IDS, "evidence": np.zeros((2, 4, 3), np.float32)},
    "self_training.Inputs.batch": lambda: {
        "self": evidence_inputs(),
        "rows": np.array([0, 1]),
        "length": 3,
    },
    "self_training.train": lambda: {
        "model": evidence_reader(),
        "inputs": evidence_inputs(),
        "targets": np.array([1.0, 0.0]),
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": (evidence_inputs(), LABELS),
        "seed": 0,
    },
    "self_training.answers": lambda: {
        "model": evidence_reader(),
        "inputs": evidence_inputs(),
        "lengths": (2, 4),
        "batch_size": 2,
    },
    "self_training.accuracy": lambda: {"logits": np.array([1.0, -1.0]), "labels": LABELS},
    "slots.WordLookup.tags": lambda: {
        "self": slots.WordLookup(some_requests()),
        "words": ["play", "it"],
    },
    "studies.load_study": lambda: {
        "path": file("study.json", '{"results": {}, "provenance": {}}'),
    },
    "training.Recipe": lambda: {
        "epochs": 1,
        "batch_size": 2,
        "learning_rate": 0.001,
        "looks_per_epoch": 1,
        "weight_decay": 0.1,
        "averaging": 0.9,
        "clipnorm": 1.0,
        "lengths": (2, 4),
    },
    "training.Recipe.optimizer": lambda: {"self": Recipe(1, 2, decay=True), "updates": 10},
    "training.fit": lambda: {
        "model": small_classifier(),
        "x": IDS,
        "y": LABELS,
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": (IDS, LABELS),
    },
    "training.batches": lambda: {
        "x": IDS,
        "y": LABELS.astype("float32"),
        "recipe": Recipe(epochs=1, batch_size=2, lengths=(2, 4)),
    },
    "training.predict": lambda: {"model": small_classifier(), "x": IDS},
    "translating.Lexicon.text": lambda: {
        "self": translating_task().english,
        "ids": np.array([1, 4, 2]),
    },
    "translating.Lexicon.coverage": lambda: {
        "self": translating_task().english,
        "sentences": ["I am cold."],
    },
    "translating.Task.of": lambda: {"cls": translating.Task, "pairs": PAIRS, "sizes": (9, 9)},
    "translating.Task.encode": lambda: {"self": translating_task(), "pairs": PAIRS},
    "translating.Task.config": lambda: {
        "self": translating_task(),
        "units": 2,
        "embedding_dim": 2,
        "attention": True,
    },
    "translating.train": lambda: {
        "task": translating_task(),
        "config": translator_config(),
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": translating_task().encode(PAIRS),
    },
    "translating.decode": lambda: {
        "model": translator(),
        "source": translating_task().source,
        "width": 1,
        "steps": 3,
        "at_once": 2,
    },
    "translating.translate": lambda: {
        "model": translator(),
        "task": translating_task(),
        "sentences": ["I am cold."],
        "width": 1,
    },
    "translating.seed": lambda: {"number": 0},
    "translating.lengths": lambda: {"sentences": ["I am cold."]},
    "trials.TrialRecipe": lambda: {
        "updates": 1,
        "batch_size": 2,
        "learning_rate": 0.003,
        "clipnorm": 1.0,
        "look_every": 1,
        "target": 0.9,
    },
    "trials.train_trial": lambda: {
        "model": recaller(),
        "train": recall(),
        "validation": recall(),
        "recipe": TrialRecipe(updates=1, batch_size=4, look_every=1),
    },
    "trials.compile_trial": lambda: {
        "model": recaller(),
        "task": recall(),
        "recipe": TrialRecipe(updates=1),
    },
    "trials.run_trial": lambda: {
        "cell": "gru",
        "units": 2,
        "train": recall(),
        "validation": recall(),
        "recipe": TrialRecipe(updates=1, batch_size=4, look_every=1),
        "seed": 0,
    },
    "trials.answers": lambda: {"model": recaller(), "task": recall(), "batch_size": 8},
    "trials.score": lambda: {"model": recaller(), "task": recall()},
    "trials.all_right": lambda: {
        "model": trials.trial_model("gru", 2, counting()),
        "task": counting(),
    },
    "tuning.Repeated": lambda: {
        "config": small_config(),
        "recipe": Recipe(epochs=1, batch_size=2),
        "texts": 2,
    },
    "tuning.Repeated.train": lambda: {
        "self": repeated(),
        "x": IDS,
        "y": LABELS,
        "validation": (IDS, LABELS),
        "seed": 0,
    },
    "tuning.Repeated.predict": lambda: {"self": repeated(), "x": IDS},
    "writing.learn_characters": lambda: {
        "model": characters(),
        "ids": letters(),
        "epochs": 1,
        "lanes": 2,
        "timesteps": 4,
        "learning_rate": 0.006,
    },
    "writing.probabilities": lambda: {
        "model": characters(),
        "ids": letters()[:9],
        "history": letters(),
        "lanes": 2,
    },
    "writing.write": lambda: {
        "model": characters(),
        "opening": letters()[:3],
        "count": 2,
        "rng": RNG(0),
        "temperature": 1.0,
        "p": 0.9,
    },
}

WRITTEN |= {
    f"variants.{name}": lambda: {"x": keras.Input((4, 3)), "units": 2, "every_step": False}
    for name in ("one_way", "bidirectional", "stacked", "attention", "mingru", "mingru_stacked")
}


def arrangement(one: str, other: str) -> Example:
    words, config = keras.Input((4, 3)), small_config()
    names = {"lower": one, "upper": other, "one": one, "other": other}
    return {"words": words, "config": config, "read": None, **names}


def packed() -> Example:
    from gru_course.data.reviews import pack_texts

    return pack_texts(texts(), "train")


def review_data() -> Any:
    from gru_course.data.reviews import ReviewData

    return ReviewData("IMDB", "quick", texts(), texts(), Vocabulary(("good", "bad", "odd")))


def one_file() -> RemoteFile:
    sha256 = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    return RemoteFile("one.txt", "https://example.org/one.txt", sha256, 1)


@once
def searched() -> Any:
    from gru_course.search import search

    return search(**WRITTEN["search.search"]())


def recording() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(np.arange(100, dtype="<i2").tobytes())
    return made.getvalue()
