"""A writer to take away: trained on demand, or read from the file that a page of the book uses."""

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from gru_course.apps.characters.baselines import NGrams, bits
from gru_course.apps.characters.data import SHAKESPEARE, TITLE, CharacterData
from gru_course.apps.characters.learn import probabilities, train
from gru_course.apps.characters.model import character_model
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import check_weights

NAMES = ("vectors", "kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
"""The weights of :func:`~gru_course.apps.characters.model.character_model`, in their order."""


def load_writer(
    path: Path | str, *, sha256: str | None = None
) -> tuple[keras.Model, CharacterData]:
    """Read a model of characters that ``studies/character_writer.py`` has kept.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.npz`` file of plain arrays; nothing is unpickled.
    sha256 : str, optional
        Which file it has to be.

    Returns
    -------
    tuple
        The model, and its alphabet: a text whose training part has each of its characters once, so
        that ``encode`` and ``decode`` speak in the ids of the model.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, holds no such model, or is not the one that is asked for.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; 'make studies' makes it again")
    content = path.read_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path} is not the file with the sha256 {sha256}; make it again")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            weights = [stored[name].astype(np.float32) for name in NAMES]
            characters = stored["characters"].tobytes().decode()
    except (KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} holds no model of characters: {error}") from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); make it again") from error
    alphabet = CharacterData(TITLE, "full", characters, "", "")
    units = weights[2].shape[0]
    model = character_model(len(alphabet.characters) + 1, units, weights[0].shape[-1])
    expected, found = ([tuple(w.shape) for w in of] for of in (model.weights, weights))
    if expected != found:
        raise ValueError(f"the weights in {path} have shapes {found}; expected {expected}")
    model.set_weights(weights)
    check_weights(model)
    return model, alphabet


OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"units": 256, "epochs": 4, "lanes": 32, "timesteps": 32},
    "quick": {"units": 96, "epochs": 3, "lanes": 16, "timesteps": 64},
}
"""As in the lesson on writing."""
SEED = 0
OPPONENT = 7
"""Order of the counts that the card compares with: the best by validation in the study."""


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the writer of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for Shakespeare, "quick" for a play that is generated.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        A model of the next character; `alphabet_of` gives the text that
        `gru_course.apps.characters.continuing.continued` needs beside it. Training takes one or
        two minutes on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    options = OPTIONS.get(profile, {})

    def make(data: CharacterData) -> Made:
        training, test = data.encode(data.train), data.encode(data.test)
        before, characters = data.encode(data.validation), len(data.characters) + 1
        keras.utils.set_random_seed(SEED)
        model = character_model(characters, options["units"])
        train(model, training, **{name: options[name] for name in ("epochs", "lanes", "timesteps")})
        counts = NGrams(OPPONENT, training, characters)
        of_counts = counts.probabilities(np.concatenate([before[-OPPONENT:], test]))[OPPONENT:]
        card = Card(
            name="Next character",
            purpose="the text so far goes in, a score for each possible next character comes out",
            data=data.statement,
            licence=licence_of(SHAKESPEARE, profile),
            metric="bits per character",
            value=bits(probabilities(model, test, before)),
            split="on the last stretch of the text, which was neither trained on nor chosen by",
            limits=(
                f"a {OPPONENT}-gram, which only counts, needs {bits(of_counts):.3f} bits there",
                "it knows the letters and the style of its one text, and nothing of the world",
                "what it writes may repeat lines that it was trained on",
            ),
        )
        example = [before[None, :32], np.zeros((1, options["units"]), np.float32)]
        return Made(model, card, {"characters": "".join(data.characters)}, example)

    settings = {"seed": SEED, "opponent": OPPONENT, **options}
    return trained_once("characters", SHAKESPEARE, settings, make, profile=profile, folder=folder)


def alphabet_of(package: Package) -> CharacterData:
    """Return the characters of a packaged writer, so that texts can be encoded as in training.

    Parameters
    ----------
    package : Package
        From `load`.

    Returns
    -------
    CharacterData
        A text whose training part has each of its characters once.

    Raises
    ------
    ValueError
        If the preparation says nothing of the characters.
    """
    characters = package.preparation.get("characters")
    if not isinstance(characters, str) or not characters:
        raise ValueError("the preparation says nothing of the characters; save it again")
    return CharacterData(package.card.data, "full", characters, "", "")
