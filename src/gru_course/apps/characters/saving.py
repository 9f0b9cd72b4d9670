"""A trained model of characters in one file, such as the one that a page of the book uses."""

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from gru_course.apps.characters.data import TITLE, CharacterData
from gru_course.apps.characters.model import character_model
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
