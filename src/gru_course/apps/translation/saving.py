"""A translator in one file: its weights as 16-bit floats, its sizes and its pieces of words."""

import hashlib
import json
import os
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.translation.data import LONGEST, english_words, french_words
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.learn import Task, decode, translate
from gru_course.apps.translation.subwords import PieceLexicon, Pieces
from gru_course.data.typed_text import as_plain_text
from gru_course.training.checkpoints import check_weights

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


def answer(model: DeepTranslator, task: Task, text: str, *, width: int = 4) -> str:
    """Translate one sentence that a reader has typed, or say why that makes no sense.

    Parameters
    ----------
    model : DeepTranslator
    task : Task
        As `load_translator` returns it.
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
