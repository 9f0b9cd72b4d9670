"""A classifier in one file: its weights and the configuration that makes it again.

The file is an uncompressed ``.npz`` archive of plain arrays. Reading it runs no code from it.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from gru_course.data.npz import write_arrays
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.training.checkpoints import check_weights

_CONFIG = "config.json"


def save_classifier(model: keras.Model, config: ClassifierConfig, path: Path | str) -> None:
    """Write a classifier under a temporary name, then rename it.

    Parameters
    ----------
    model : keras.Model
        From ``classifier(config)``, trained or not.
    config : ClassifierConfig
    path : pathlib.Path or str
        Where the file appears, whole or not at all; such as ``model.npz``.

    Raises
    ------
    ValueError
        If the model is not one of this configuration, or has weights that are not numbers.
    OSError
        If it cannot be written; no file is left then.
    """
    path = Path(path)
    expected, found = _shapes(classifier(config)), _shapes(model)
    if expected != found:
        raise ValueError(f"the model has weights {found}; its configuration makes {expected}")
    check_weights(model)
    arrays: dict[str, Any] = {f"{i:02}": weight for i, weight in enumerate(model.get_weights())}
    arrays[_CONFIG] = np.frombuffer(config.to_json().encode(), dtype=np.uint8)
    write_arrays(arrays, path)


def load_classifier(path: Path | str) -> tuple[keras.Model, ClassifierConfig]:
    """Read what `save_classifier` wrote.

    Parameters
    ----------
    path : pathlib.Path or str

    Returns
    -------
    tuple
        The model, which gives the same outputs as the one that was saved, and its configuration.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, is of another kind, has weights that do not fit its configuration,
        or has weights that are not numbers.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; save_classifier() makes one")
    if not path.read_bytes()[:2] == b"PK":  # what every .npz begins with
        raise ValueError(f"{path} is not a classifier that save_classifier() wrote")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            text = arrays[_CONFIG].tobytes().decode()
            weights = [arrays[name] for name in sorted(arrays.files) if name != _CONFIG]
    except KeyError as error:
        raise ValueError(f"{path} is not a classifier that save_classifier() wrote") from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); save it again") from error
    config = ClassifierConfig.from_json(text)
    model = classifier(config)
    expected, found = _shapes(model), [weight.shape for weight in weights]
    if expected != found:
        raise ValueError(
            f"the weights in {path} do not fit its configuration {text}: "
            f"they have shapes {found}; expected {expected}"
        )
    model.set_weights(weights)
    check_weights(model)
    return model, config


def _shapes(model: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.weights]
