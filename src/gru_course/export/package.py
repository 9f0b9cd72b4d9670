"""A model in a folder that can be taken away: weights, preparation of inputs, card, checksums.

``manifest.json`` names the other files with their sha256, and the sha256 of the manifest is the
digest of the package. Nothing is parsed before its checksum has been compared, and nothing in a
package is code: arrays are plain, and layers are only those of Keras and of this course.
"""

import hashlib
import importlib
import io
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from filelock import FileLock
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import finite
from gru_course.data import loading
from gru_course.data.fetch import cache_folder
from gru_course.data.sources import CourseData, Dataset
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import check_weights

FORMAT, VERSION = "gru_course package", 2
"""Version 2 allows several inputs and outputs; packages of version 1 are read as well."""
MANIFEST = "manifest.json"
FILES = ("card.json", "example.npz", "model.json", "preparation.json", "weights.npz")
TOLERANCE = 1e-4
"""How far the outputs of the example may be from those that were saved. Other machines round
otherwise; another model is further off."""

_KERAS_MODULES = {
    "keras",
    "keras.initializers",
    "keras.layers",
    "keras.regularizers",
    "keras.src.models.functional",
}
_PLAIN_NAMES = {"__keras_tensor__", "__slice__", "__ellipsis__"}
"""What Keras writes for what goes from layer to layer, and for places that are cut out of it."""
_REFUSED = {"Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper", "function"}
"""Classes that run code or read files which a package could bring along."""
_WHAT_TO_DO = "Take an intact copy, or save the model again."


class PackageError(ValueError):
    """A folder is no package that can be trusted; the text says why, and what to do."""


@dataclass(frozen=True)
class Card:
    """What whoever takes a model away has to know about it.

    Parameters
    ----------
    name : str
    purpose : str
        What goes in, and what comes out.
    data : str
        What it was trained on.
    licence : str
        Of these data; it may bind the model, too.
    metric : str
        Such as "accuracy".
    value : float
        Of the metric, on the test part.
    split : str
        How training and test parts were kept apart: a value says nothing without it.
    limits : tuple of str
        What it cannot do, or was not tested for.

    Raises
    ------
    ValueError
        If a text is empty, there is no limit, or the value is not finite.

    Examples
    --------
    >>> Card("digits", "sound in, a digit out", "FSDD", "CC BY-SA 4.0", "accuracy", 0.97, "", ())
    Traceback (most recent call last):
    ...
    ValueError: the card says nothing of: split, limits
    """

    name: str
    purpose: str
    data: str
    licence: str
    metric: str
    value: float
    split: str
    limits: tuple[str, ...]

    def __post_init__(self) -> None:
        texts = {k: v for k, v in vars(self).items() if k not in ("value", "limits")}
        for name, text in (*texts.items(), *(("limits", limit) for limit in self.limits)):
            if not isinstance(text, str):
                raise ValueError(f"{name} of the card is {text!r}; expected a text")
        silent = [name for name, text in texts.items() if not text.strip()]
        if not self.limits or not all(limit.strip() for limit in self.limits):
            silent.append("limits")
        if silent:
            raise ValueError(f"the card says nothing of: {', '.join(silent)}")
        finite(self.value, "the value of the card")

    @property
    def text(self) -> str:
        """The card to be read, in Markdown."""
        lines = [
            f"**{self.name}**: {self.purpose}.",
            "",
            f"- *Data:* {self.data} ({self.licence})",
            f"- *{self.metric.capitalize()}:* {self.value:.4g}, {self.split}",
            *(f"- *Limit:* {limit}" for limit in self.limits),
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Package:
    """What `load` gives back.

    Parameters
    ----------
    model : keras.Model
    preparation : dict
        What inputs need before the model reads them: constants, scales, vocabularies.
    card : Card
    digest : str
        The sha256 that `save` returned.
    """

    model: keras.Model
    preparation: dict[str, Any]
    card: Card
    digest: str


def save(
    model: keras.Model,
    card: Card,
    folder: Path | str,
    *,
    preparation: Mapping[str, Any],
    example: ArrayLike | Sequence[NDArray[Any]],
) -> str:
    """Write a package, in full or not at all.

    Parameters
    ----------
    model : keras.Model
        Built of layers of Keras and of this course.
    card : Card
    folder : pathlib.Path or str
        A new folder; it appears when everything is in it.
    preparation : mapping of str
        Texts, numbers and lists of them; write an array as ``array.tolist()``.
    example : array_like, shape (n, ...), or list or tuple of ndarray
        A few inputs of the model; for one with several inputs an array for each. They are stored
        with its outputs, and whoever loads the package sees that the outputs are still the same.

    Returns
    -------
    str
        The digest. Hand it on by another way than the package, and give it to `load`.

    Raises
    ------
    FileExistsError
        If there is something of that name already.
    ValueError
        If the model has weights that are not finite or a layer that a package may not hold, or
        the preparation is of something else than texts, numbers and lists.
    OSError
        If it cannot be written; nothing is left then.
    """
    folder = Path(folder)
    if os.path.lexists(folder):
        raise FileExistsError(f"{folder} is there already; choose a new name, or remove it first")
    check_weights(model)
    config = json.loads(model.to_json())
    config.pop("compile_config", None)  # the optimiser stays at home
    _check_layers(config, "the model")
    inputs = [np.asarray(finite(part, "the example")) for part in _parts(example)]
    contents = {
        "card.json": _as_json(asdict(card), "the card"),
        "example.npz": _as_npz(
            _numbered("inputs", inputs) | _numbered("outputs", _outputs(model, inputs))
        ),
        "model.json": _as_json(config, "the model"),
        "preparation.json": _as_json(dict(preparation), "the preparation"),
        "weights.npz": _as_npz({f"{n:03}": w for n, w in enumerate(model.get_weights())}),
    }
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = _as_json({"format": FORMAT, "version": VERSION, "files": files}, "the manifest")
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in (contents | {MANIFEST: manifest}).items():
            (part / name).write_bytes(content)
        part.chmod(0o755)  # others may read it; a temporary folder is its owner's alone
        os.rename(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return hashlib.sha256(manifest).hexdigest()


def load(folder: Path | str, *, digest: str | None = None) -> Package:
    """Read what `save` wrote.

    Parameters
    ----------
    folder : pathlib.Path or str
    digest : str, optional
        What `save` returned. Without it, damage is still noticed, but not that somebody has put
        another package in place of this one.

    Returns
    -------
    Package

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    PackageError
        If it is no package, another one, incomplete, altered, of a newer version, or its model
        does not give the outputs here that it gave where it was saved.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; save() makes one")
    found, contents = _checked(folder, digest)
    try:
        config = json.loads(contents["model.json"])
        _check_layers(config, f"{folder / 'model.json'}")
        model = keras.models.model_from_json(json.dumps(config))
        weights = list(_arrays(contents["weights.npz"]).values())
        preparation = json.loads(contents["preparation.json"])
        told = json.loads(contents["card.json"])
        known = {field.name for field in fields(Card)}
        card = Card(
            **{k: v for k, v in told.items() if k in known} | {"limits": (*told["limits"],)}
        )
        example = _arrays(contents["example.npz"])
        inputs, outputs = (_all_named(name, example) for name in ("inputs", "outputs"))
        here = _outputs(model, inputs)  # builds what is built by its first call
        if len(here) != len(outputs):
            raise ValueError(f"the example has {len(outputs)} outputs, the model {len(here)}")
    except PackageError:
        raise
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise PackageError(
            f"{folder} cannot be read ({error}), though its checksums are right: it was written by "
            f"another program. {_WHAT_TO_DO}"
        ) from error
    _give(model, weights, folder)
    pairs = list(zip(_outputs(model, inputs), outputs, strict=True))
    off = max(float(np.abs(one - other).max()) for one, other in pairs)
    if not off <= TOLERANCE * max(1.0, *(float(np.abs(part).max()) for part in outputs)):
        raise PackageError(
            f"the model in {folder} gives other outputs here than where it was saved: {off:.2g} "
            "apart on its own example. Use the versions of Keras and TensorFlow that wrote it, "
            "or save it again with these."
        )
    return Package(model, preparation, card, found)


def rebuilt(
    name: str,
    settings: Mapping[str, Any],
    make: Callable[[Path], object],
    *,
    folder: Path | None = None,
) -> Package:
    """Load a package from the cache of the user, and make it first if it is not there.

    Parameters
    ----------
    name : str
        Of the model, such as "spoken-digits".
    settings : mapping of str
        Everything that decides what is trained; other settings are kept elsewhere.
    make : callable
        Gets the folder to `save` to.
    folder : pathlib.Path, optional
        Instead of the cache.

    Returns
    -------
    Package

    Raises
    ------
    OSError
        If the cache cannot be written.
    """
    told = json.dumps([VERSION, keras.__version__.split(".")[:2], dict(settings)], sort_keys=True)
    key = hashlib.sha256(told.encode()).hexdigest()[:12]
    folder = cache_folder() / "models" if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}-{key}"
    with FileLock(folder / f"{place.name}.lock"):  # two notebooks train it once
        try:
            return load(place)
        except FileNotFoundError:
            pass
        except PackageError:  # the cache is ours to fill again
            shutil.rmtree(place)
        make(place)
        return load(place)


Data = TypeVar("Data", bound=CourseData)


class Made(NamedTuple):
    """What a training hands over to be kept; the parts are those of `save`."""

    model: keras.Model
    card: Card
    preparation: Mapping[str, Any]
    example: ArrayLike | Sequence[NDArray[Any]]


def trained_once(
    name: str,
    dataset: Dataset[Data],
    settings: Mapping[str, Any],
    make: Callable[[Data], Made],
    *,
    profile: str,
    folder: Path | None = None,
) -> Package:
    """Load a package of a model of this data set, and train it first if it is not there.

    Parameters
    ----------
    name : str
        Of the model, such as "spoken-digits".
    dataset : Dataset
        Is read only if the model has to be trained.
    settings : mapping of str
        Everything besides the profile that decides what is trained.
    make : callable
        Gets the data, trains, and returns what is to be kept.
    profile : str
        "full" or "quick".
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    OSError
        If the cache cannot be written.
    """
    if profile not in loading.PROFILES:
        raise ValueError(f"the profile is {profile!r}; expected one of {loading.PROFILES}")

    def train_and_save(place: Path) -> None:
        made = make(loading.load(dataset, profile))
        save(made.model, made.card, place, preparation=made.preparation, example=made.example)

    return rebuilt(name, {"profile": profile, **settings}, train_and_save, folder=folder)


def licence_of(dataset: Dataset[Data], profile: str) -> str:
    """Return the licence for a card: that of the data, or of this course for its stand-in."""
    return dataset.licence if profile == "full" else "MIT, as this course"


def _parts(example: Any) -> list[NDArray[Any]]:
    """Return the array for each input of a model."""
    several = isinstance(example, (list, tuple)) and len(example) > 0
    if several and all(isinstance(part, np.ndarray) for part in example):
        return list(example)
    return [np.asarray(example)]


def _outputs(model: keras.Model, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Call a model, and return all that it gives, in the order of Keras."""
    given = model(inputs[0] if len(inputs) == 1 else list(inputs))
    return [np.asarray(part) for part in keras.tree.flatten(given)]


def _numbered(name: str, arrays: Sequence[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {f"{name}.{number:03}": array for number, array in enumerate(arrays)}


def _all_named(name: str, arrays: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """Return what `_numbered` has numbered; version 1 had one array, without a number."""
    if found := [arrays[key] for key in sorted(arrays) if key.startswith(f"{name}.")]:
        return found
    return [arrays[name]]


def _checked(folder: Path, digest: str | None) -> tuple[str, dict[str, bytes]]:
    """Return the digest of a package, and its files, each of which is what was saved."""
    manifest = _bytes(folder, MANIFEST)
    found = hashlib.sha256(manifest).hexdigest()
    if digest is not None and found != digest:
        raise PackageError(
            f"{folder} is not the package that was asked for: its digest is {found}, expected "
            f"{digest}. {_WHAT_TO_DO}"
        )
    try:
        told = json.loads(manifest)
        form, version, files = told["format"], told["version"], dict(told["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise PackageError(f"{folder / MANIFEST} is damaged. {_WHAT_TO_DO}") from error
    if form != FORMAT or not isinstance(version, int):
        raise PackageError(f"{folder} holds {form!r:.60}; expected a {FORMAT!r}")
    if version > VERSION:
        raise PackageError(
            f"{folder} was written by a newer version of the course: format {version}, and this "
            f"one reads {VERSION}. Update the course."
        )
    if sorted(files) != sorted(FILES):
        raise PackageError(f"{folder} lists {sorted(files)}; expected {sorted(FILES)}")
    contents = {name: _bytes(folder, name) for name in FILES}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != files[name]:
            raise PackageError(
                f"{folder / name} is altered or damaged: its sha256 is not that of the manifest. "
                f"{_WHAT_TO_DO}"
            )
    return found, contents


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise PackageError(
            f"{folder} is no whole package: {name} is missing. {_WHAT_TO_DO}"
        ) from error


def _give(model: keras.Model, weights: list[NDArray[Any]], folder: Path) -> None:
    expected, found = [[tuple(w.shape) for w in of] for of in (model.weights, weights)]
    if expected != found:
        raise PackageError(
            f"the weights in {folder} have shapes {found}; its model needs {expected}. "
            f"{_WHAT_TO_DO}"
        )
    model.set_weights(weights)
    check_weights(model)


def _check_layers(config: Any, where: str) -> None:
    """Refuse a configuration that names anything but layers of Keras and of this course."""
    if isinstance(config, list):
        for part in config:
            _check_layers(part, where)
    if not isinstance(config, dict):
        return
    if "class_name" in config:
        module, name = config.get("module") or "", config["class_name"]
        ours = str(module).split(".")[0] == "gru_course"
        plain = module in _KERAS_MODULES or str(module).startswith("keras.src.ops.")
        plain |= name in _PLAIN_NAMES
        if name in _REFUSED or not (ours or plain):
            raise PackageError(
                f"{where} has a {name} of {module or 'an unknown module'}; a package may hold only "
                "layers of Keras and of gru_course, and none that brings code along"
            )
        if ours:
            importlib.import_module(module)  # registers its layers with Keras
    for part in config.values():
        _check_layers(part, where)


def _as_json(values: Any, name: str) -> bytes:
    try:
        return json.dumps(values, indent=1, sort_keys=True, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} cannot be written as JSON ({error}); expected texts, finite numbers and lists"
        ) from error


def _as_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in sorted(arrays.files)}
