"""A bar where a person watches; nothing elsewhere, and never another number."""

import hashlib
import re
import time
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gru_course.course import progress
from gru_course.course.progress import bar, fit_bar, watched
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.training.fitting import Recipe, train

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


@pytest.fixture
def terminal(monkeypatch, capsys):
    """Let an impatient person watch; return a function that reads what was shown."""
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=Terminal()))
    monkeypatch.setattr(progress, "SECONDS", 0)
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    return lambda: capsys.readouterr().err


class Terminal:
    def isatty(self):
        return True


def left_on_the_screen(shown):
    """Return what a terminal would still show: each return begins the line anew."""
    return shown.rpartition("\r")[2].strip()


def test_without_a_person_nothing_is_shown(capfd):
    assert not watched()
    assert list(bar(range(3), "Epochs")) == [0, 1, 2]
    assert fit_bar() == []
    assert capfd.readouterr() == ("", "")


def test_in_a_terminal_it_is_shown_and_taken_away(terminal):
    assert watched()
    for _ in bar(iter(range(3)), "Epochs", 3):
        time.sleep(0.15)
    shown = terminal()
    assert re.search(r"Epochs: +33%.*1/3", shown)
    assert left_on_the_screen(shown) == ""


def test_what_is_done_at_once_shows_none(terminal, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 2)
    assert list(bar(range(1000), "Epochs")) == list(range(1000))
    assert terminal() == ""


def test_the_variable_turns_it_off(terminal, monkeypatch):
    monkeypatch.setenv(progress.VARIABLE, "off")
    assert not watched()
    assert list(bar(range(3), "Epochs")) == [0, 1, 2]
    assert terminal() == ""


def trained():
    """Train with everything that draws random numbers; return curves and a digest of weights."""
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.integers(1, 20, (96, 6)).astype("int32"), rng.integers(0, 2, 96)
    config = ClassifierConfig(
        vocabulary_size=20, timesteps=6, embedding_dim=4, units=4, state_dropout=0.3
    )
    model = classifier(config)
    recipe = Recipe(epochs=2, batch_size=8, looks_per_epoch=2, averaging=0.9)
    curves = train(model, x, y, recipe, validation=(x[:32], y[:32]), keep_best=True)
    weights = b"".join(array.tobytes() for array in model.get_weights())
    return curves, hashlib.sha256(weights).hexdigest()


def test_a_bar_changes_no_bit_of_a_training(terminal, monkeypatch):
    with_a_bar = trained()
    shown = terminal()
    assert re.search(r"Training: .*/24 ", shown)
    assert left_on_the_screen(shown) == ""
    monkeypatch.setenv(progress.VARIABLE, "off")
    assert trained() == with_a_bar


def test_a_training_that_ends_before_its_bar_is_due_leaves_no_line(terminal, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 1000)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 1)), np.ones(8), epochs=2, callbacks=fit_bar(), verbose=0)
    assert terminal() == ""


CELL = """
import time
from gru_course.course import progress
progress.SECONDS = 0
for _ in progress.bar(range(3), "Epochs"):
    time.sleep(0.15)
"""


@pytest.mark.parametrize(
    ("session", "variable", "shown"),
    [(None, None, False), ("lesson.ipynb", None, True), ("lesson.ipynb", "off", False)],
    ids=["run by a program", "opened in Jupyter", "opened there and turned off"],
)
def test_in_a_kernel(session, variable, shown, monkeypatch):
    """The Jupyter server names the notebook to its kernels; papermill and nbclient do not."""
    for name, value in (("JPY_SESSION_NAME", session), (progress.VARIABLE, variable)):
        monkeypatch.delenv(name, raising=False)
        if value:
            monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60).execute()
    written = "".join(output.text for output in notebook.cells[0].outputs)
    assert ("Epochs" in written) == shown
    assert written.rpartition("\r")[2].strip() == ""
