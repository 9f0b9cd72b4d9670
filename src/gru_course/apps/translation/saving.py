"""Translators to take away: one trained on demand, and one, trained for long, in a file."""

import hashlib
import json
import os
import random
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.translation.baselines import NearestSentence
from gru_course.apps.translation.bleu import bleu
from gru_course.apps.translation.data import (
    ENGLISH_FRENCH,
    LONGEST,
    PairData,
    english_words,
    french_words,
    translations,
)
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.learn import Lexicon, Task, decode, seed, train, translate
from gru_course.apps.translation.model import Translator
from gru_course.apps.translation.subwords import PieceLexicon, Pieces
from gru_course.data.typed_text import as_plain_text
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.training.checkpoints import check_weights
from gru_course.training.fitting import Recipe

_ABOUT = "about.json"


def save_translator(path: Path, model: DeepTranslator, task: Task) -> str:
    """Write a translator under a temporary name, then rename it.

    Parameters
    ----------
    path : pathlib.Path
        Where the file appears, whole or not at all; such as ``translator.npz``.
    model : DeepTranslator
        Its weights are rounded to 16 bits in the file.
    task : Task
        From `task_of_pieces`: the pieces of both languages go into the file.

    Returns
    -------
    str
        The sha256 of the file.

    Raises
    ------
    ValueError
        If a weight is not a number.
    """
    check_weights(model)
    lexicons = (task.english, task.french)
    about = {
        "config": asdict(model.config),
        "longest": task.english.longest,
        "words": [lexicon.words for lexicon in lexicons],
        "merges": [lexicon.split.merges for lexicon in lexicons],  # type: ignore[attr-defined]
    }
    arrays = {f"{n:02}": w.astype(np.float16) for n, w in enumerate(model.get_weights())}
    arrays[_ABOUT] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, **arrays)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_translator(path: Path | str, *, sha256: str | None = None) -> tuple[DeepTranslator, Task]:
    """Read what `save_translator` wrote; nothing is unpickled.

    Parameters
    ----------
    path : pathlib.Path or str
    sha256 : str, optional
        What `save_translator` returned; a file with another one is refused.

    Returns
    -------
    tuple
        The model, and a task without training pairs that encodes sentences and reads answers.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, is no translator, or not the one that is asked for.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; 'make studies' makes it again")
    content = path.read_bytes()
    if content[:2] != b"PK":  # what every .npz begins with
        raise ValueError(f"{path} is not a translator that save_translator() wrote")
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path} is not the file with the sha256 {sha256}; make it again")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(arrays[_ABOUT].tobytes())
            weights = [arrays[name] for name in sorted(arrays.files) if name != _ABOUT]
        config, longest = DeepConfig(**about["config"]), about["longest"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a translator that save_translator() wrote") from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); make it again") from error
    model = DeepTranslator(config)
    expected, found = ([tuple(w.shape) for w in of] for of in (model.weights, weights))
    if expected != found:
        raise ValueError(f"the weights in {path} have shapes {found}; expected {expected}")
    model.set_weights([weight.astype(np.float32) for weight in weights])
    check_weights(model)
    english, french = (
        PieceLexicon(tuple(words), Pieces(split, tuple(map(tuple, merges))), longest)
        for words, merges, split in zip(
            about["words"], about["merges"], (english_words, french_words), strict=True
        )
    )
    nothing = np.zeros((0, longest), np.int32), np.zeros((0, longest + 2), np.int32)
    return model, Task(english, french, *nothing)


def answer(model: DeepTranslator | Translator, task: Task, text: str, *, width: int = 4) -> str:
    """Translate one sentence that a reader has typed, or say why that makes no sense.

    Parameters
    ----------
    model : DeepTranslator or Translator
    task : Task
        As `load_translator` or `translator_of` returns it.
    text : str
        An English sentence of at most eight words, punctuation included, as a person types it.
    width : int
        Beams; 1 is greedy search.

    Returns
    -------
    str
        French, in lower case.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If there is no word in it, it is longer than what the model was trained on, or most of it is
        written with characters that the model has never seen.
    """
    plain = as_plain_text(text)
    words = english_words(plain)
    if not words:
        raise ValueError(f"there is no word in {text!r}; type an English sentence")
    most, _ = LONGEST
    pieces = task.english.split(plain)
    if len(words) > most or len(pieces) > task.english.longest:
        raise ValueError(
            f"{text!r:.60} has {len(words)} words, punctuation included, in {len(pieces)} pieces; "
            f"the model has learnt from sentences of at most {most} words: type a shorter one"
        )
    strange = [piece for piece in pieces if piece not in task.english.index]
    if 2 * len(strange) > len(pieces):
        raise ValueError(
            f"{len(strange)} of the {len(pieces)} pieces of {text!r} were never seen in training "
            f"({', '.join(strange[:5])}); type an English sentence"
        )
    return translate(model, task, [text], width=width)[0]


def looked_at(
    model: DeepTranslator, task: Task, text: str, *, width: int = 4
) -> tuple[list[str], list[str], NDArray[np.float32]]:
    """Translate a sentence and say where the decoder looked.

    Parameters
    ----------
    model : DeepTranslator
    task : Task
    text : str
    width : int
        Beams; 1 is greedy search.

    Returns
    -------
    tuple
        Pieces read, pieces written, and weights of shape (written, read).
    """
    text = as_plain_text(text)
    ids = task.english.ids([text])
    found = decode(model, ids, width=width, steps=task.target.shape[1] - 1)
    number, length = int((found.ids[0] != 0).sum()), int((ids[0] != 0).sum())
    wrote = [task.french.words[n] for n in found.ids[0, :number]]
    assert found.weights is not None  # this decoder has attention
    return task.english.split(text), wrote, found.weights[0, :number, :length]


OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"pairs": 96_000, "words": 4_000, "units": 128, "embedding_dim": 96, "epochs": 1},
    "quick": {"pairs": None, "words": 600, "units": 48, "embedding_dim": 48, "epochs": 10},
}
"""As in the lesson on translation."""
RATES = {"full": 0.003, "quick": 0.005}
SEED = 0
ASKED = 1_000
"""Sentences of the test part that the card is about."""


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the translator of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for English and French sentences, "quick" for dates.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The model with attention of the lesson on translation, after its short training;
        `translator_of` gives the two parts that :func:`answer` takes. The one that was trained for
        hours lies in the file that `load_translator` reads. Training takes about four minutes on
        two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    options = OPTIONS.get(profile, {})

    def make(data: PairData) -> Made:
        number = min(options["pairs"] or len(data.train), len(data.train))
        chosen = random.Random(0).sample(data.train, number)
        task = Task.of(chosen, (options["words"], options["words"]))
        held_out = random.Random(1).sample(data.validation, min(1_024, len(data.validation)))
        seed(SEED)
        config = task.config(
            units=options["units"], embedding_dim=options["embedding_dim"], attention=True
        )
        recipe = Recipe(
            options["epochs"], 32, learning_rate=RATES[profile], decay=True, clipnorm=1.0
        )
        model, _ = train(task, config, recipe, task.encode(held_out))
        versions = translations(data.test)
        asked = random.Random(2).sample(sorted(versions), min(ASKED, len(versions)))
        references = [versions[text] for text in asked]
        nearest = bleu(NearestSentence(chosen).translate(asked), references).bleu
        card = Card(
            name="English to French",
            purpose="an English sentence goes in, a French one comes out, in lower case",
            data=data.statement,
            licence=licence_of(ENGLISH_FRENCH, profile),
            metric="BLEU",
            value=bleu(translate(model, task, asked), references).bleu,
            split="on English sentences that were neither trained on nor chosen by",
            limits=(
                f"BLEU of the stored translation of the most similar sentence: {nearest:.1f}",
                f"sentences of at most {task.english.longest} words, punctuation included",
                f"{len(task.english.words):,} English and {len(task.french.words):,} French words, "
                "markers included; it can write no other",
            ),
        )
        preparation = {
            "words": [list(lexicon.words) for lexicon in (task.english, task.french)],
            "longest": [task.english.longest, task.french.longest],
        }
        source, target = task.encode(held_out[:2])
        return Made(model, card, preparation, [source, target[:, :-1]])

    settings = {"seed": SEED, "asked": ASKED, "learning_rate": RATES.get(profile), **options}
    return trained_once(
        "translation", ENGLISH_FRENCH, settings, make, profile=profile, folder=folder
    )


def translator_of(package: Package) -> tuple[Translator, Task]:
    """Return the translator that a package holds.

    Parameters
    ----------
    package : Package
        From `load`.

    Returns
    -------
    tuple
        The model, and a task without training pairs that encodes sentences and reads answers.

    Raises
    ------
    ValueError
        If the preparation is not whole, or is that of another model.
    """
    if missing := sorted({"words", "longest"} - set(package.preparation)):
        raise ValueError(f"the preparation says nothing of {', '.join(missing)}; save it again")
    words, longest = (package.preparation[key] for key in ("words", "longest"))
    english, french = (
        Lexicon(tuple(known), split, most)
        for known, split, most in zip(words, (english_words, french_words), longest, strict=True)
    )
    config = package.model.config
    if (config.source_size, config.target_size) != (len(english.words), len(french.words)):
        raise ValueError(
            f"the model knows {config.source_size} and {config.target_size} words, the preparation "
            f"{len(english.words)} and {len(french.words)}; they do not belong together"
        )
    nothing = np.zeros((0, longest[0]), np.int32), np.zeros((0, longest[1] + 2), np.int32)
    return package.model, Task(english, french, *nothing)
