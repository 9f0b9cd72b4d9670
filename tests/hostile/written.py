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

from gru_course import cells
from gru_course.apps.actions import model as actions
from gru_course.apps.actions import watching
from gru_course.apps.actions.clips import turning_dots
from gru_course.apps.actions.films import drawn_figures
from gru_course.apps.actions.gestures import gestures
from gru_course.apps.anomalies import model as detectors
from gru_course.apps.anomalies import sensors
from gru_course.apps.assistant import dialogue, fields, slots
from gru_course.apps.assistant import model as requests
from gru_course.apps.assistant.sgd import small_dialogues
from gru_course.apps.assistant.snips import Request, small_requests
from gru_course.apps.characters import baselines as ngrams
from gru_course.apps.characters import model as language
from gru_course.apps.characters import opponents
from gru_course.apps.characters.data import small_play
from gru_course.apps.chorales import model as music
from gru_course.apps.chorales.rolls import to_roll
from gru_course.apps.forecasting import baselines as simple
from gru_course.apps.forecasting import volatility
from gru_course.apps.forecasting.boosting import BoostedTrees
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.model import ForecasterConfig
from gru_course.apps.forecasting.prices import random_walk_prices
from gru_course.apps.forecasting.pricing import Tomorrow
from gru_course.apps.forecasting.task import ForecastTask, prepare
from gru_course.apps.speech import model as speech
from gru_course.apps.speech import vowels
from gru_course.apps.speech.learn import SpeechRecipe
from gru_course.apps.speech.voices import Scaling
from gru_course.apps.translation import learn as translating
from gru_course.apps.translation import model as translators
from gru_course.apps.translation.data import Pair
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.long_training import Plan
from gru_course.apps.translation.subwords import task_of_pieces
from gru_course.cells import conventions, mingru
from gru_course.course import bounds
from gru_course.data import series
from gru_course.data.reviews import Reviews, Texts
from gru_course.data.sources import RemoteFile
from gru_course.data.tokenise import Vocabulary
from gru_course.export.reader import GRUReader
from gru_course.layers.backend import keras
from gru_course.memory import by_hand, trials
from gru_course.memory import tasks as memory_tasks
from gru_course.memory.trials import TrialRecipe
from gru_course.reviews import answering, inside, probing, self_training, tracking
from gru_course.reviews import evidence_reader as better
from gru_course.reviews import ngram_evidence as evidence
from gru_course.reviews import repeated as tuning
from gru_course.reviews.baselines import InterpolatedSVC, LogCountRatio
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.stats import claims
from gru_course.stats.calibration import reliability
from gru_course.stats.statistics import Interval
from gru_course.training.fitting import Recipe

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


DAILY = "".join(f"2024-01-{day:02},{1 + day % 7}\n" for day in range(1, 20))


@once
def of_variances() -> Any:
    returns = RNG(1).normal(size=60)
    return volatility.variance_windows(returns, np.ones(60), 1.0, 5, 10, 60)


@once
def restless() -> Any:
    return volatility.train_variances(of_variances(), of_variances(), 0, units=2, epochs=1)


@once
def gru_forecaster() -> Any:
    from gru_course.apps.forecasting.model import gru_forecaster as build

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
def task_in_pieces() -> translating.Task:
    return task_of_pieces(PAIRS, 9, longest=20)


@once
def deep_translator() -> DeepTranslator:
    known = task_in_pieces()
    sizes = len(known.english.words), len(known.french.words)
    return DeepTranslator(DeepConfig(*sizes, units=2, embedding_dim=2))


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
def windows() -> Any:
    return opponents.transformer_model(5, context=4, width=4, heads=2, blocks=1)


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


@once
def filmed() -> Any:
    return drawn_figures(takes=1)


@once
def film_reader() -> Any:
    return watching.film_reader(6, units=2)


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
    from gru_course.reviews.saving import save_classifier

    save_classifier(small_classifier(), small_config(), folder() / "model.npz")
    return folder() / "model.npz"


BOUNDS = '[one.score]\nbecause = "..."\nquick = {floor = 0.5}\n'
BOUNDS = f"[one]\nbudget_cpu_seconds = {{quick = 1, full = 2}}\n{BOUNDS}"
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
    "reviews.inside.Reader.of": lambda: {
        "cls": inside.Reader,
        "model": small_classifier(),
        "config": small_config(),
    },
    "cells.conventions.Convention.to_book": lambda: keras_layer(),
    "cells.conventions.Convention.sizes": lambda: keras_layer(),
    "training.ids.check_ids": lambda: {
        "model": small_classifier(),
        "ids": IDS,
    },
    "reviews.inside.Reader.read": lambda: {"self": reader(), "ids": IDS},
    "reviews.inside.Reader.score": lambda: {"self": reader(), "ids": IDS},
    "reviews.inside.Reader.running_probability": lambda: {
        "self": reader(),
        "trace": reader().read(IDS),
    },
    "reviews.inside.gates": lambda: {"trace": trace()},
    "reviews.inside.saliency": lambda: {"reader": reader(), "ids": IDS},
    "reviews.inside.gradient_norms": lambda: {"reader": reader(), "trace": reader().read(IDS)},
    "reviews.tracking.tracker_of": lambda: {
        "reader": reader(),
        "measure": tracking.position,
        "texts": IDS,
        "others": IDS[::-1],
        "deal": True,
    },
    "reviews.tables_inside.disagreements": lambda: {
        "saliency": IDS * 0.5,
        "occlusion": IDS * 0.25,
        "ids": IDS,
        "vocabulary": Vocabulary(("good", "bad", "film", "odd", "dull")),
        "shown": 2,
    },
    "reviews.tables_inside.probe_answers": lambda: {
        "gru": [probe("negation")],
        "bigrams": [probe("negation")],
    },
    "reviews.tables_inside.probe_seeds": lambda: {
        "seeds": [[probe("negation")], [probe("negation")]],
        "bigrams": [probe("negation")],
    },
    "reviews.reach.change_by_reach": lambda: {
        "score": lambda ids: ids.sum(axis=1).astype(float),
        "ids": IDS,
        "kept": [0, 2, 4],
        "older": IDS[::-1],
    },
    "stats.timing.interleaved": lambda: {
        "calls": {"a": list, "b": dict},
        "rounds": 2,
        "repeats": 1,
        "warm_up": 1,
        "seed": 0,
    },
    "reviews.tracking.sentiment_so_far": lambda: {"ids": IDS, "weights": np.linspace(-1, 1, 9)},
    "reviews.tracking.word_weights": lambda: {
        "bag": bag(),
        "vocabulary": Vocabulary(("good", "bad", "film")),
        "size": 7,
    },
    "reviews.tracking.shuffled": lambda: {"feature": IDS * 0.5, "ids": IDS, "seed": 0},
    "reviews.answering.Reviewer.answer": lambda: {
        "self": answering.Reviewer(
            small_classifier(), Vocabulary(("film", "good", "bad", "odd", "dull"))
        ),
        "text": "A good film",
    },
    "reviews.baselines.LogCountRatio.fit": lambda: {
        "self": LogCountRatio(),
        "features": np.array([[1.0, 1.0], [0.0, 1.0]]),
        "labels": [1, 0],
    },
    "reviews.baselines.LogCountRatio.transform": lambda: {
        "self": LogCountRatio().fit(np.eye(2), [1, 0]),
        "features": np.eye(2),
    },
    "reviews.baselines.InterpolatedSVC.fit": lambda: {
        "self": InterpolatedSVC(),
        "features": np.eye(2),
        "labels": [1, 0],
    },
    "memory.by_hand.Classifier.from_model": lambda: {
        "cls": by_hand.Classifier,
        "model": recaller(),
    },
    "memory.by_hand.Classifier.with_arrays": lambda: {
        "self": by_hand_model(),
        "arrays": by_hand_model().arrays,
    },
    "memory.by_hand.Adam": lambda: {"learning_rate": 0.01},
    "memory.by_hand.Adam.update": lambda: {
        "self": by_hand.Adam(0.01),
        "model": by_hand_model(),
        "gradient": by_hand_model(),
    },
    "memory.by_hand.train": lambda: {
        "model": by_hand_model(),
        "task": recall(),
        "updates": 2,
        "window": 2,
        "batch_size": 4,
        "learning_rate": 0.01,
        "limit": 1.0,
        "seed": 0,
    },
    "memory.by_hand.accuracy": lambda: {"model": by_hand_model(), "task": recall()},
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
    "stats.claims.Evidence.value": lambda: {
        "self": expectation(),
        "records": RECORDS,
        "metric": "score",
    },
    "stats.claims.Evidence.ends": lambda: {"self": expectation(), "records": RECORDS},
    "stats.claims.Evidence.outcome": lambda: {"self": expectation(), "records": RECORDS},
    "stats.claims.Evidence.number": lambda: {"self": expectation(), "records": RECORDS},
    "stats.claims.Evidence.p_value": lambda: {"self": expectation(), "records": RECORDS},
    "stats.claims.Claim.outcomes": lambda: {"self": claim(), "records": RECORDS},
    "stats.claims.Claim.missing": lambda: {"self": claim(), "records": RECORDS},
    "stats.claims.Claim.computed_verdict": lambda: {"self": claim(), "records": RECORDS},
    "stats.claims.Ledger.violations": lambda: {
        "self": claims.Ledger({"who": "..."}, (claim(),)),
        "records": RECORDS,
    },
    "stats.claims.read_notebooks": lambda: {"folder": file("one.ipynb", NOTEBOOK).parent},
    "stats.claims.load_claims": lambda: {"path": file("claims.toml", LEDGER)},
    "apps.chorales.learn.train": lambda: {
        "model": chords(),
        "train": rolls(),
        "validation": rolls(),
        "epochs": 5,
        "batch_size": 2,
        "seed": 0,
    },
    "apps.chorales.learn.loss_on": lambda: {"model": chords(), "rolls": rolls()},
    "apps.chorales.learn.compose": lambda: {
        "model": chords(),
        "opening": rolls()[0],
        "timesteps": 4,
        "rng": RNG(0),
        "temperature": 1.0,
    },
    "data.fetch.verified": lambda: {"path": file("one.txt", "1"), "file": one_file()},
    "apps.forecasting.task.Prepared.in_unit": lambda: {
        "self": prepared(),
        "scaled": np.zeros((2, 2)),
        "part": prepared().test._replace(level=np.ones((2, 2)), unit=np.ones(2)),
    },
    "reviews.imdb.mixed": lambda: {"paths": ["a", "b", "c"]},
    "data.loading.load": lambda: {"dataset": sensors.OFFICE, "profile": "quick"},
    "apps.characters.data.small_play": lambda: {"lines": 300, "seed": 0},
    "data.reviews.pack_texts": lambda: {"split": texts(), "name": "train"},
    "data.reviews.unpack_texts": lambda: {"arrays": packed(), "name": "train"},
    "data.reviews.pack_words": lambda: {"vocabulary": Vocabulary(("a", "film"))},
    "data.reviews.unpack_words": lambda: {"arrays": {"words": Texts.of(["a\nfilm"]).block}},
    "data.reviews.read": lambda: {"path": small_archive(), "title": "IMDB"},
    "data.npz.read_arrays": lambda: {"path": small_archive(), "unpack": dict},
    "data.reviews.save": lambda: {"data": review_data(), "path": folder() / "reviews.npz"},
    "data.npz.write_arrays": lambda: {
        "arrays": {"a": np.arange(3)},
        "path": folder() / "written.npz",
    },
    "data.tokenise.Vocabulary.from_texts": lambda: {
        "cls": Vocabulary,
        "texts": ["a good film", "a film"],
    },
    "data.series.Series.column": lambda: {"self": hourly(), "name": "load"},
    "data.series.read_columns": lambda: {"rows": [["a", "1"], ["b", "2"]], "places": [1]},
    "apps.assistant.sgd.DialogueData.slots": lambda: {
        "self": small_dialogues(20),
        "service": small_dialogues(20).train[0].service,
    },
    "apps.characters.data.CharacterData.encode": lambda: {"self": small_play(50), "text": "the"},
    "apps.characters.data.CharacterData.decode": lambda: {
        "self": small_play(50),
        "ids": np.array([1, 2]),
    },
    "apps.speech.spoken.SpokenWords.waveform": lambda: {
        "self": vowels.vowel_words(11),
        "number": 0,
    },
    "apps.speech.spoken.joined": lambda: {
        "waveforms": [np.ones(3, np.int16), np.ones(2, np.int16)]
    },
    "apps.speech.voices.Scaling.of": lambda: {"cls": Scaling, "frames": frames()},
    "apps.speech.voices.Scaling.apply": lambda: {"self": Scaling.of(frames()), "frames": frames()},
    "apps.anomalies.learn.train_on_series": lambda: {
        "values": np.sin(np.arange(200.0)),
        "history": 4,
        "epochs": 1,
        "units": 2,
    },
    "apps.anomalies.learn.forecast_errors": lambda: {
        "model": forecaster(),
        "values": np.sin(np.arange(30.0)),
        "mean": 0.0,
        "deviation": 1.0,
    },
    "apps.anomalies.learn.train_on_beats": lambda: {
        "model": autoencoder(),
        "beats": frames()[:, :, 0],
        "epochs": 1,
    },
    "apps.anomalies.learn.misfit": lambda: {"model": autoencoder(), "beats": frames()[:, :, 0]},
    "apps.assistant.dialogue.Assistant.ask": lambda: {
        "self": dialogue.Assistant(request_reader(), 0.5),
        "text": "play a song",
    },
    "apps.assistant.dialogue.plain_value": lambda: {"value": "New York"},
    "apps.assistant.dialogue.turn_requests": lambda: {"dialogues": dialogues()},
    "apps.assistant.dialogue.read_turns": lambda: {
        "reader": request_reader(),
        "dialogues": dialogues(),
    },
    "apps.assistant.dialogue.lookup_turns": lambda: {"train": dialogues()},
    "apps.assistant.dialogue.is_right": lambda: {
        "state": {"city": "Graz"},
        "true": {"city": ("Graz",)},
    },
    "apps.assistant.dialogue.joint_goal_accuracy": lambda: {
        "dialogues": dialogues(),
        "states": [[{} for _ in each.turns] for each in dialogues()],
    },
    "reviews.ngram_evidence.count": lambda: {
        "grams": grams(),
        "texts": np.arange(4),
        "labels": np.array([1.0, 0, 1, 0]),
    },
    "reviews.ngram_evidence.fitted_ratios": lambda: {
        "grams": grams(),
        "texts": np.arange(4),
        "labels": np.array([1.0, 0, 1, 0]),
    },
    "reviews.ngram_evidence.evidence": lambda: {
        "grams": grams(),
        "ratios": evidence.fitted_ratios(grams(), np.arange(4), np.array([1.0, 0, 1, 0])),
        "texts": np.arange(4),
        "maxlen": 2,
    },
    "reviews.ngram_evidence.Grams.tokens_of": lambda: {"self": grams(), "texts": np.arange(4)},
    "apps.forecasting.learn.train": lambda: {
        "data": prepared(),
        "config": ForecasterConfig(6, 1, 2, units=2),
        "recipe": Recipe(epochs=1, batch_size=128),
        "seed": 0,
    },
    "apps.forecasting.volatility.train_variances": lambda: {
        "train": of_variances(),
        "validation": of_variances(),
        "seed": 0,
        "units": 2,
        "epochs": 1,
    },
    "apps.forecasting.volatility.forecast_variances": lambda: {
        "model": restless(),
        "windows": of_variances(),
    },
    "apps.forecasting.learn.forecast": lambda: {
        "model": gru_forecaster(),
        "data": prepared(),
        "part": prepared().test,
    },
    "course.bounds.NotebookBounds.violations": lambda: {
        "self": bounds.load_bounds(file("course.bounds.toml", BOUNDS))["one", "quick"],
        "records": {"score": 0.9},
    },
    "course.bounds.NotebookBounds.over_budget": lambda: {
        "self": bounds.load_bounds(file("course.bounds.toml", BOUNDS))["one", "quick"],
        "cpu_seconds": 0.5,
    },
    "course.bounds.load_bounds": lambda: {"path": file("course.bounds.toml", BOUNDS)},
    "reviews.classifiers.stacked": lambda: arrangement("gru", "lstm"),
    "reviews.classifiers.bidirectional_stacked": lambda: arrangement("gru", "lstm"),
    "reviews.classifiers.parallel": lambda: arrangement("gru", "lstm"),
    "apps.forecasting.baselines.LinearForecaster.fit": lambda: {
        "cls": simple.LinearForecaster,
        "data": prepared(),
        "penalties": (1.0, 10.0),
    },
    "apps.forecasting.baselines.LinearForecaster.predict": lambda: {
        "self": simple.LinearForecaster.fit(prepared())[0],
        "part": prepared().test,
    },
    "apps.forecasting.own.own_series": lambda: {"text": DAILY, "title": "mine"},
    "apps.forecasting.own.own_prices": lambda: {"text": DAILY, "title": "mine"},
    "apps.forecasting.boosting.BoostedTrees.fit": lambda: {
        "cls": BoostedTrees,
        "data": prepared(),
        "season": 3,
        "rounds": 2,
    },
    "apps.forecasting.boosting.BoostedTrees.predict": lambda: {
        "self": BoostedTrees.fit(prepared(), 3, rounds=2)[0],
        "part": prepared().test,
    },
    "apps.forecasting.baselines.fit_smoothing": lambda: {
        "values": np.sin(np.arange(40.0)),
        "season": 4,
    },
    "apps.chorales.model.key_loss": lambda: {
        "expected": np.ones((1, 2, 88), "float32"),
        "logits": np.ones((1, 2, 88), "float32"),
    },
    "apps.assistant.model.RequestConfig": lambda: {
        "units": 2,
        "dropout": 0.4,
        "learning_rate": 0.003,
    },
    "apps.assistant.model.RequestReader": lambda: {
        "train": some_requests(),
        "config": request_reader().config,
    },
    "apps.assistant.model.RequestReader.encode": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"], ["rain"]],
        "longest": 3,
    },
    "apps.assistant.model.RequestReader.targets": lambda: {
        "self": request_reader(),
        "requests": some_requests()[:2],
    },
    "apps.assistant.model.RequestReader.probabilities": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"]],
    },
    "apps.assistant.model.RequestReader.read": lambda: {
        "self": request_reader(),
        "texts": [["play", "it"]],
    },
    "apps.assistant.model.request_model": lambda: {
        "sizes": [9, 8],
        "intents": 2,
        "tags": 3,
        "config": request_reader().config,
    },
    "apps.assistant.learn.train": lambda: {
        "reader": request_reader(),
        "train": some_requests()[:8],
        "validation": some_requests()[:8],
        "seed": 0,
    },
    "apps.assistant.learn.encoded": lambda: {
        "reader": request_reader(),
        "requests": some_requests()[:2],
    },
    "apps.assistant.learn.batches": lambda: {
        "ids": request_reader().encode([r.words for r in some_requests()[:8]], 12),
        "batch_size": 4,
        "rng": RNG(0),
    },
    "apps.assistant.learn.scores_of": lambda: {
        "reader": request_reader(),
        "requests": some_requests()[:2],
    },
    "apps.speech.learn.train": lambda: {
        "model": recogniser(),
        "x": frames(),
        "y": LABELS,
        "recipe": SpeechRecipe(epochs=2, batch_size=2),
        "validation": (frames(), LABELS),
        "seed": 0,
    },
    "apps.speech.learn.probabilities": lambda: {"model": recogniser(), "x": frames()},
    "apps.speech.learn.decide": lambda: {"model": recogniser(), "x": frames()},
    "reviews.evidence_reader.ReaderConfig": lambda: {
        "channels": 3,
        "units": 2,
        "embedding_dropout": 0.3,
    },
    "apps.translation.model.TranslatorConfig": lambda: {
        "source_size": 9,
        "target_size": 9,
        "units": 2,
    },
    "apps.characters.baselines.NGrams.probabilities": lambda: {
        "self": ngrams.NGrams(2, letters(), 5),
        "ids": letters()[:9],
    },
    "apps.actions.plots.versions": lambda: {
        "path": paths()[0],
        "disturb": actions.disturbed,
        "count": 2,
    },
    "apps.actions.plots.while_watching": lambda: {
        "running": np.full((2, 3), 0.5),
        "right": np.full(3, 0.5),
        "labels": LABELS,
        "each": 1,
    },
    "apps.anomalies.plots.series_with_alarms": lambda: {
        "data": sensors.small_sensor(minutes=60, days=20),
        "scores": np.linspace(0, 1, 480),
        "threshold": 0.9,
        "counted_from": 72,
        "quantity": "temperature, °C",
    },
    "apps.anomalies.plots.beats_rebuilt": lambda: {
        "beats": [np.ones(4), np.ones(4)],
        "rebuilt": [np.zeros(4), np.zeros(4)],
        "titles": ["one", "two"],
    },
    "memory.plots_beyond.attention_weights": lambda: {"weights": np.full(4, 0.25), "flagged": 1},
    "memory.plots_beyond.gains": lambda: {"intervals": {"recall": {"minGRU": SHARES}}},
    "memory.plots_beyond.scan_diagram": lambda: {"timesteps": 4, "follow": 3},
    "memory.plots_beyond.against_length": lambda: {
        "lengths": [10, 20, 40],
        "curves": {"scan": [1.0, 2.0, 3.0]},
        "ylabel": "seconds",
    },
    "apps.forecasting.plots.errors_by_horizon": lambda: {"errors": {"GRU": CURVE}, "unit": "MW"},
    "apps.forecasting.plots.coverage_by_horizon": lambda: {
        "shares": {"GRU": CURVE},
        "promised": 0.9,
    },
    "training.plots_gradients.reach": lambda: {
        "panels": {"before": {"GRU": CURVE}, "after": {"GRU": [CURVE, CURVE]}},
        "lowest": 1e-12,
        "highest": 10.0,
        "mark": (1.0, "here"),
    },
    "training.plots_gradients.reach_by_bias": lambda: {
        "curves": {0.0: CURVE, 2.0: CURVE},
        "lowest": 1e-14,
    },
    "training.plots_gradients.rate_against_radius": lambda: {
        "points": {"GRU": [(0.9, 0.8), (1.0, 0.9)]}
    },
    "training.plots_gradients.memory_against_gradient": lambda: {
        "points": {"GRU": [(0.9, 0.8), (1.0, 0.9)]}
    },
    "training.plots_gradients.clipping": lambda: {
        "runs": {"free": {"norm": CURVE, "loss": CURVE}, "cut": {"norm": CURVE, "loss": CURVE}},
        "limit": 1.0,
    },
    "training.plots_gradients.cut_by_windows": lambda: {
        "lengths": {"whole": CURVE, "two": CURVE},
        "borders": {"whole": None, "two": 2},
    },
    "training.plots_gradients.accuracy_by_window": lambda: {"accuracies": RUNS, "chance": 0.5},
    "training.plots_gradients.step_graph": lambda: {"values": STEP},
    "training.plots_gradients.chain": lambda: {"factors": [0.5, 0.5], "gradients": CURVE},
    "reviews.plots_tuning.text_lengths": lambda: {"lengths": [5, 9, 12], "window": 10},
    "reviews.plots_inside.running_answers": lambda: {
        "probabilities": [[0.5, 0.9], [0.4, 0.1]],
        "words": [["a", "b"], ["c", "d"]],
        "names": ["one", "two"],
        "jumps": 1,
    },
    "reviews.plots_inside.trajectories": lambda: {
        "paths": {"one": np.eye(2)},
        "cloud": np.eye(2),
        "positive": np.array([True, False]),
    },
    "reviews.plots_inside.spread_of_agreement": lambda: {"correlations": {"saliency": [0.5, 0.1]}},
    "reviews.plots_inside.gates_and_gradient": lambda: {
        "update_gate": np.full((2, 3), 0.5),
        "norms": np.array([[1.0, 0.5, 0.25], [1.0, 0.9, 0.8]]),
    },
    "reviews.plots_inside.reach": lambda: {
        "kept": [0, 2, 5],
        "curves": {"cut off": [CURVE, CURVE]},
        "level": 0.1,
    },
    "reviews.plots_inside.unit_beside": lambda: {
        "states": np.ones(3),
        "feature": np.ones(3),
        "names": ("unit 1", "position"),
    },
    "reviews.plots_inside.probe_shares": lambda: {
        "results": {"GRU": [probe("negation"), probe("contrast")]},
    },
    "apps.characters.plots.surprise": lambda: {
        "text": "to be",
        "series": {"GRU": np.full(5, 0.5)},
        "columns": 3,
    },
    "apps.characters.plots.temperatures": lambda: {"values": CURVE, "bits": CURVE, "natural": 2.0},
    "training.plots.learning_curves": lambda: {
        "curves": {
            name: CURVE for name in ("epoch", "accuracy", "loss", "val_accuracy", "val_loss")
        },
        "held_out": "validation",
    },
    "training.plots.seed_spread": lambda: {"results": RUNS, "references": {"bag": 0.8}},
    "training.plots.confusion_matrix": lambda: {
        "counts": np.array([[3, 1], [0, 4]]),
        "names": ["no", "yes"],
    },
    "memory.plots_measured.intervals": lambda: {
        "series": {"one": {"a": SHARES, "b": SHARES}},
        "xlabel": "share",
        "lines": {"chance": 0.5},
    },
    "memory.plots_measured.times_by_cell": lambda: {
        "x": [1, 2, 4],
        "samples": {"gru": SEEDS},
        "xlabel": "units",
    },
    "memory.plots_measured.runs_by_model": lambda: {
        "results": {"GRU": {"train": [0.9, 0.95], "test": [0.8, 0.85]}}
    },
    "memory.plots.success_curves": lambda: {
        "curves": {"gru": ([10, 20, 40], SEEDS)},
        "xlabel": "lag",
        "ylabel": "share",
        "baseline": 0.1,
        "trained": 20,
    },
    "memory.plots.longest_counts": lambda: {"longest": {"gru": [5, 7]}, "trained": 5},
    "memory.plots.counting_states": lambda: {"states": {"gru": CURVE}, "trained": 2},
    "memory.plots.plateau": lambda: {
        "curves": {"gru": {"updates": [100, 200, 300], "val_score": CURVE}},
        "constant": 1 / 6,
    },
    "memory.plots.gates_over_time": lambda: {
        "update_gate": [[0.9, 0.5], [0.8, 0.25]],
        "names": ["A", "B"],
    },
    "memory.starts.remembering": lambda: {
        "x": np.ones((2, 3, 4), "float32"),
        "units": 5,
        "every_step": True,
    },
    "memory.plots.adding_example": lambda: {"x": memory_tasks.adding(1, 6).x[0]},
    "memory.plots.digit_rows": lambda: {"images": np.ones((2, 8, 8)), "names": [1, 2]},
    "memory.plots_gates.turned_gate": lambda: {
        "biases": [-1.0, 1.0],
        "steps": [cells.gru.GRUStep(*[np.array([[0.5]])] * 4)] * 2,
        "parts": ["update_gate", "hidden_state"],
        "gate": "update gate, $b_z$",
        "level": (0.5, "old state"),
    },
    "memory.plots_gates.written_memory": lambda: {
        "value": CURVE,
        "write": [0, 1, 0],
        "state": CURVE,
    },
    "memory.plots_gates.mirrored_gates": lambda: {
        "pre_activation": CURVE,
        "states": {"Cho": CURVE, "Chung": CURVE},
        "old": 0.8,
        "candidate": -0.7,
    },
    "memory.plots_gates.mistakes_by_scale": lambda: {
        "scales": [0.1, 0.4, 1.0],
        "differences": {"wrong z": [0.1, 0.2, 0.3]},
    },
    "apps.chorales.plots.piano_roll": lambda: {
        "roll": rolls()[0],
        "title": "one",
        "steps_per_bar": 4,
    },
    "apps.chorales.plots.score": lambda: {"roll": rolls()[0], "title": "one", "steps_per_line": 4},
    "apps.forecasting.plots_prices.changes": lambda: {
        "said": Tomorrow(np.array([1.0, 2.0]), np.array([1.5, 1.5]), np.array([0.5, 1.0]))
    },
    "stats.plots.roofline": lambda: {
        "parts": {"Adam": (0.4, 4.0)},
        "memory": 20.0,
        "arithmetic": 180.0,
    },
    "apps.speech.plots.accuracy_by_share": lambda: {
        "shares": [0.2, 0.5, 1.0],
        "seeds": [CURVE, CURVE],
        "chance": 0.1,
    },
    "apps.speech.plots.confusion": lambda: {"counts": np.eye(2, dtype=int), "words": ["a", "b"]},
    "reviews.plots_tuning.by_data_size": lambda: {
        "sizes": [10, 20, 40],
        "series": {"GRU": SEEDS},
        "ylabel": "accuracy",
    },
    "reviews.plots_tuning.changes": lambda: {
        "results": RUNS,
        "base": 0.8,
        "unsure": 0.01,
        "xlabel": "accuracy",
    },
    "reviews.plots_tuning.kept_by_dropout": lambda: {"kept": {"words": np.eye(3) > 0}},
    "reviews.plots_tuning.reliability_diagram": lambda: {
        "found": {"GRU": reliability([0.9, 0.2, 0.6], [1, 0, 0])}
    },
    "reviews.plots_tuning.risk_coverage_curve": lambda: {
        "curves": {"GRU": (CURVE, CURVE)},
        "chosen": (0.5, 0.1),
    },
    "reviews.plots_tuning.choosing": lambda: {
        "texts": [10, 20, 40],
        "chooses": CURVE,
        "does_not": CURVE,
    },
    "layers.pooling.mean_over_time": lambda: {
        "states": x().astype("float32"),
        "read": np.ones((2, 5)),
    },
    "layers.pooling.max_over_time": lambda: {
        "states": x().astype("float32"),
        "read": np.ones((2, 5), bool),
    },
    "apps.forecasting.pricing.tomorrow": lambda: {
        "prices": random_walk_prices(200).column("price"),
        "history": 4,
        "seed": 0,
        "epochs": 1,
    },
    "apps.actions.learn.train_on_paths": lambda: {
        "model": path_reader(),
        "paths": paths(),
        "labels": np.arange(4),
        "versions": 1,
        "epochs": 1,
        "seed": 0,
    },
    "apps.actions.learn.train_on_clips": lambda: {
        "model": clip_reader(),
        "frames": films(),
        "labels": np.array([0, 1, 0, 1]),
        "epochs": 1,
    },
    "apps.actions.learn.train_on_films": lambda: {
        "model": film_reader(),
        "films": filmed(),
        "places": np.arange(4),
        "labels": np.arange(4),
        "epochs": 1,
        "seed": 0,
    },
    "apps.actions.learn.film_kinds": lambda: {
        "model": film_reader(),
        "clips": watching.sampled(filmed(), np.arange(2)),
    },
    "apps.actions.learn.kinds": lambda: {"model": path_reader(), "paths": paths()},
    "apps.actions.learn.directions": lambda: {"model": clip_reader(), "frames": films()},
    "apps.actions.learn.running_answers": lambda: {"model": clip_reader(), "frames": films()},
    "reviews.saving.save_classifier": lambda: {
        "model": small_classifier(),
        "config": small_config(),
        "path": folder() / "saved.npz",
    },
    "reviews.saving.load_classifier": lambda: {"path": saved_classifier()},
    "training.checkpoints.BestWeights": lambda: {"model": small_classifier()},
    "apps.speech.data.read_wav": lambda: {"path": "7_theo_0.wav", "content": recording()},
    "data.series.Series.columns": lambda: {"self": hourly(), "names": ("load",)},
    "data.series.regular": lambda: {
        "times": np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"),
        "values": np.array([[1.0], [2.0]]),
        "step": np.timedelta64(1, "D"),
    },
    "apps.assistant.snips.check_tags": lambda: {"tags": ["O", "B-city", "I-city"]},
    "apps.assistant.dialogue.Assistant": lambda: {"reader": request_reader(), "threshold": 0.5},
    "training.search.search": lambda: {
        "objective": lambda trial: trial.suggest_float("place", 0, 4),
        "journal": Path(tempfile.mkdtemp(dir=folder())) / "hill.log",
        "trials": 2,
        "seed": 0,
        "at_random": 2,
        "report": None,
    },
    "training.search.open_search": lambda: {"journal": folder() / "open.log"},
    "training.search.finished": lambda: {"study": searched()},
    "training.search.ended": lambda: {"study": searched()},
    "training.search.progress": lambda: {"study": searched(), "trials": 2},
    "training.search.say": lambda: {"line": "."},
    "reviews.self_training.Inputs": lambda: {
        "ids": IDS,
        "evidence": np.zeros((2, 4, 3), np.float32),
    },
    "reviews.self_training.Inputs.batch": lambda: {
        "self": evidence_inputs(),
        "rows": np.array([0, 1]),
        "length": 3,
    },
    "reviews.self_training.train": lambda: {
        "model": evidence_reader(),
        "inputs": evidence_inputs(),
        "targets": np.array([1.0, 0.0]),
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": (evidence_inputs(), LABELS),
        "seed": 0,
    },
    "reviews.self_training.answers": lambda: {
        "model": evidence_reader(),
        "inputs": evidence_inputs(),
        "lengths": (2, 4),
        "batch_size": 2,
    },
    "reviews.self_training.accuracy": lambda: {"logits": np.array([1.0, -1.0]), "labels": LABELS},
    "apps.assistant.fields.FieldTagger.tags": lambda: {
        "self": fields.FieldTagger(some_requests()),
        "words": ["play", "it"],
        "about": "",
    },
    "apps.assistant.slots.WordLookup.tags": lambda: {
        "self": slots.WordLookup(some_requests()),
        "words": ["play", "it"],
    },
    "course.studies.load_study": lambda: {
        "path": file("study.json", '{"results": {}, "provenance": {}}'),
    },
    "training.fitting.Recipe": lambda: {
        "epochs": 1,
        "batch_size": 2,
        "learning_rate": 0.001,
        "looks_per_epoch": 1,
        "weight_decay": 0.1,
        "averaging": 0.9,
        "clipnorm": 1.0,
        "lengths": (2, 4),
    },
    "training.fitting.Recipe.optimizer": lambda: {"self": Recipe(1, 2, decay=True), "updates": 10},
    "training.fitting.train": lambda: {
        "model": small_classifier(),
        "x": IDS,
        "y": LABELS,
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": (IDS, LABELS),
    },
    "training.fitting.batches": lambda: {
        "x": IDS,
        "y": LABELS.astype("float32"),
        "recipe": Recipe(epochs=1, batch_size=2, lengths=(2, 4)),
    },
    "training.fitting.predict": lambda: {"model": small_classifier(), "x": IDS},
    "apps.translation.learn.Lexicon.text": lambda: {
        "self": translating_task().english,
        "ids": np.array([1, 4, 2]),
    },
    "apps.translation.learn.Lexicon.coverage": lambda: {
        "self": translating_task().english,
        "sentences": ["I am cold."],
    },
    "apps.translation.learn.Task.of": lambda: {
        "cls": translating.Task,
        "pairs": PAIRS,
        "sizes": (9, 9),
    },
    "apps.translation.learn.Task.encode": lambda: {"self": translating_task(), "pairs": PAIRS},
    "apps.translation.learn.Task.config": lambda: {
        "self": translating_task(),
        "units": 2,
        "embedding_dim": 2,
        "attention": True,
    },
    "apps.translation.learn.train": lambda: {
        "task": translating_task(),
        "config": translator_config(),
        "recipe": Recipe(epochs=1, batch_size=2),
        "validation": translating_task().encode(PAIRS),
    },
    "apps.translation.learn.decode": lambda: {
        "model": translator(),
        "source": translating_task().source,
        "width": 1,
        "steps": 3,
        "at_once": 2,
    },
    "apps.translation.learn.translate": lambda: {
        "model": translator(),
        "task": translating_task(),
        "sentences": ["I am cold."],
        "width": 1,
    },
    "apps.translation.deep.DeepEncoder": lambda: {"config": deep_translator().config},
    "apps.translation.deep.DeepDecoder": lambda: {"config": deep_translator().config},
    "apps.translation.long_training.Plan": lambda: {
        "passes": 2,
        "last": 1,
        "batch_size": 2,
        "rate": 0.01,
        "warmup": 1,
        "dropout": 0.1,
        "last_dropout": 0.1,
        "smoothing": 0.1,
        "averaging": 0.9,
        "seed": 0,
    },
    "apps.translation.long_training.train_long": lambda: {
        "model": deep_translator(),
        "plan": Plan(
            1, 1, 2, 0.01, warmup=1, dropout=0, last_dropout=0, smoothing=0, averaging=0.9, seed=0
        ),
        "pairs": (task_in_pieces().source, task_in_pieces().target),
        "validation": (task_in_pieces().source, task_in_pieces().target),
        "look": lambda model: 1.0,
        "folder": Path(tempfile.mkdtemp(dir=folder())),
    },
    "apps.translation.saving.save_translator": lambda: {
        "path": folder() / "translator.npz",
        "model": deep_translator(),
        "task": task_in_pieces(),
    },
    "apps.translation.saving.answer": lambda: {
        "model": deep_translator(),
        "task": task_in_pieces(),
        "text": "I am cold.",
        "width": 1,
    },
    "apps.translation.saving.looked_at": lambda: {
        "model": deep_translator(),
        "task": task_in_pieces(),
        "text": "I am cold.",
        "width": 1,
    },
    "apps.translation.learn.seed": lambda: {"number": 0},
    "apps.translation.learn.lengths": lambda: {"sentences": ["I am cold."]},
    "memory.trials.TrialRecipe": lambda: {
        "updates": 1,
        "batch_size": 2,
        "learning_rate": 0.003,
        "clipnorm": 1.0,
        "look_every": 1,
        "target": 0.9,
    },
    "memory.trials.train_trial": lambda: {
        "model": recaller(),
        "train": recall(),
        "validation": recall(),
        "recipe": TrialRecipe(updates=1, batch_size=4, look_every=1),
    },
    "memory.trials.compile_trial": lambda: {
        "model": recaller(),
        "task": recall(),
        "recipe": TrialRecipe(updates=1),
    },
    "memory.trials.run_trial": lambda: {
        "cell": "gru",
        "units": 2,
        "train": recall(),
        "validation": recall(),
        "recipe": TrialRecipe(updates=1, batch_size=4, look_every=1),
        "seed": 0,
    },
    "memory.trials.answers": lambda: {"model": recaller(), "task": recall(), "batch_size": 8},
    "memory.trials.score": lambda: {"model": recaller(), "task": recall()},
    "memory.trials.all_right": lambda: {
        "model": trials.trial_model("gru", 2, counting()),
        "task": counting(),
    },
    "reviews.repeated.Repeated": lambda: {
        "config": small_config(),
        "recipe": Recipe(epochs=1, batch_size=2),
        "texts": 2,
    },
    "reviews.repeated.Repeated.train": lambda: {
        "self": repeated(),
        "x": IDS,
        "y": LABELS,
        "validation": (IDS, LABELS),
        "seed": 0,
    },
    "reviews.repeated.Repeated.predict": lambda: {"self": repeated(), "x": IDS},
    "apps.characters.learn.train": lambda: {
        "model": characters(),
        "ids": letters(),
        "epochs": 1,
        "lanes": 2,
        "timesteps": 4,
        "learning_rate": 0.006,
    },
    "apps.characters.learn.probabilities": lambda: {
        "model": characters(),
        "ids": letters()[:9],
        "history": letters(),
        "lanes": 2,
    },
    "apps.characters.opponents.train_on_windows": lambda: {
        "model": windows(),
        "ids": letters(),
        "seed": 0,
        "epochs": 1,
        "batch_size": 8,
        "learning_rate": 0.002,
    },
    "apps.characters.opponents.window_probabilities": lambda: {
        "model": windows(),
        "ids": letters()[:9],
        "history": letters(),
        "fresh": 2,
    },
    "apps.characters.learn.write": lambda: {
        "model": characters(),
        "opening": letters()[:3],
        "count": 2,
        "rng": RNG(0),
        "temperature": 1.0,
        "p": 0.9,
    },
}

WRITTEN |= {
    "export.reader.GRUReader.of": lambda: {"cls": GRUReader, "model": small_gru()},
    "export.reader.keras_step": lambda: {"model": small_gru()},
    "export.reader.one_step": lambda: {"model": small_gru()},
}
WRITTEN |= {
    f"memory.variants.{name}": lambda: {"x": keras.Input((4, 3)), "units": 2, "every_step": False}
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
    from gru_course.training.search import search

    return search(**WRITTEN["training.search.search"]())


@once
def small_gru() -> Any:
    layers = [keras.Input((None, 3)), keras.layers.GRU(2), keras.layers.Dense(2)]
    return keras.Sequential(layers)


def recording() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(np.arange(100, dtype="<i2").tobytes())
    return made.getvalue()
