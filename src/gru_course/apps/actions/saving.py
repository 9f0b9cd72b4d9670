"""A reader of hand movements to take away, and how it is asked about a path."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gru_course.apps.actions.data import LIBRAS, TIMESTEPS
from gru_course.apps.actions.gestures import Gestures
from gru_course.apps.actions.learn import kinds, train_on_paths
from gru_course.apps.actions.model import motion, path_reader
from gru_course.apps.actions.own_path import own_path
from gru_course.data import loading
from gru_course.data.splits import fold
from gru_course.export.package import Card, Package, rebuilt, save
from gru_course.layers.backend import keras

OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"units": 64, "versions": 10, "epochs": 12},
    "quick": {"units": 64, "versions": 4, "epochs": 6},
}
"""As in the lesson on actions."""
SEED = 0
FEATURES = "place less its mean, over the larger deviation; ten times the change of that"
"""What `gru_course.apps.actions.model.motion` makes of a path, in words."""


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the reader of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for the hand movements of LIBRAS, "quick" for paths that are drawn by formulas.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The bidirectional GRU of the lesson on actions, for `recognised`. Training takes about a
        quarter of a minute on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    if profile not in loading.PROFILES:
        raise ValueError(f"the profile is {profile!r}; expected one of {loading.PROFILES}")
    options = dict(OPTIONS[profile])

    def make(place: Path) -> None:
        data = loading.load(LIBRAS, profile)
        parts = fold(data.labels, number=0)
        keras.utils.set_random_seed(SEED)
        model = path_reader(TIMESTEPS, len(data.classes), options["units"])
        passes = {name: options[name] for name in ("versions", "epochs")}
        train_on_paths(model, data.x[parts.train], data.labels[parts.train], **passes, seed=SEED)
        right = kinds(model, data.x[parts.test]) == data.labels[parts.test]
        card = card_of(data, float(np.mean(right)))
        kept = {"classes": list(data.classes), "timesteps": TIMESTEPS, "features": FEATURES}
        save(model, card, place, preparation=kept, example=motion(data.x[parts.validation][:2]))

    settings = {"profile": profile, "seed": SEED, **options}
    return rebuilt("hand-movements", settings, make, folder=folder)


def recognised(package: Package, path: str | Path | ArrayLike) -> dict[str, Any]:
    """Say which movement a path is.

    Parameters
    ----------
    package : Package
        From `load`.
    path : str, pathlib.Path or array_like
        As for `gru_course.apps.actions.own_path.own_path`: a text file, or rows of coordinates.

    Returns
    -------
    dict
        The movement, its probability, and the movement that comes next.

    Raises
    ------
    DataError
        If the file cannot be read, or has something else than two numbers in a row.
    ValueError
        If the rows are no path, or the package is of another model.
    """
    if package.preparation.get("features") != FEATURES:
        raise ValueError(
            f"the package {package.card.name!r} reads no paths of a hand; expected one from "
            "gru_course.apps.actions.load()"
        )
    chances = np.asarray(package.model(motion(own_path(path))))[0]
    first, second = (int(place) for place in chances.argsort()[::-1][:2])
    classes = package.preparation["classes"]
    return {
        "movement": classes[first],
        "probability": round(float(chances[first]), 4),
        "next": classes[second],
    }


def card_of(data: Gestures, accuracy: float) -> Card:
    """Return the card of a reader of paths.

    Parameters
    ----------
    data : Gestures
    accuracy : float
        On the test part of the first fold.

    Returns
    -------
    Card

    Examples
    --------
    >>> from gru_course.apps.actions.gestures import gestures
    >>> card_of(gestures(), 1.0).limits[1]
    'any other movement is taken for one of these 15'
    """
    real = data.profile == "full"
    return Card(
        name="Movements of a hand",
        purpose="where a hand was, frame by frame, goes in; which movement it made comes out",
        data=data.statement,
        licence=LIBRAS.licence if real else "MIT, as this course",
        metric="accuracy",
        value=accuracy,
        split="on a fifth of the movements, which training has not seen",
        limits=(
            "known people only: the file does not say who made which movement"
            if real
            else "paths drawn by formulas, not by a hand",
            f"any other movement is taken for one of these {len(data.classes)}",
            "one whole movement at a time, cut at its beginning and end",
        ),
    )
