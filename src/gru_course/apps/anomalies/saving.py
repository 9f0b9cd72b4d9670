"""A detector of unusual heartbeats to take away, and how it is asked about a new beat."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from gru_course.apps.anomalies.detectors import component_scores
from gru_course.apps.anomalies.heartbeats import ECG5000, BeatData
from gru_course.apps.anomalies.learn import misfit, train_on_beats
from gru_course.apps.anomalies.model import autoencoder
from gru_course.course.checked import negligible, with_squares
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.layers.backend import keras

OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"units": 32, "epochs": 150},
    "quick": {"units": 16, "epochs": 25},
}
"""As in the lesson on anomalies."""
SEED = 0
COMPONENTS = 8
"""Of the principal components that the card compares with."""


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the detector of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for heartbeats of one patient, "quick" for waves that are drawn by a formula.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The autoencoder of the lesson on anomalies, for `judged`. Training takes about half a
        minute on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    options = OPTIONS.get(profile, {})

    def make(data: BeatData) -> Made:
        usual = data.train.values
        keras.utils.set_random_seed(SEED)
        model = autoencoder(usual.shape[1], options["units"])
        train_on_beats(model, usual, options["epochs"])
        odd, asked = data.test.anomalous, data.test.values
        others = component_scores(usual.astype(float), asked.astype(float), COMPONENTS)
        simple = roc_auc_score(odd, others)
        normal = data.validation.values[~data.validation.anomalous]
        card = Card(
            name="Unusual heartbeats",
            purpose="a beat goes in, the beat that a normal one would be comes out",
            data=data.statement,
            licence=licence_of(ECG5000, profile),
            metric="area under the ROC curve",
            value=float(roc_auc_score(odd, misfit(model, asked))),
            split="on other beats of the same patient, none of which it was trained on",
            limits=(
                f"{COMPONENTS} principal components reach {simple:.3f} on the same beats",
                "one patient: nothing is known of the beats of another one",
                "a beat has to be cut and aligned like those in training",
                "no medical device: it says what is unusual, not what is wrong",
            ),
        )
        normal_scores = np.sort(misfit(model, normal)).tolist()
        preparation = {"timesteps": usual.shape[1], "normal_scores": normal_scores}
        return Made(model, card, preparation, normal[:2, :, None])

    settings = {"seed": SEED, "components": COMPONENTS, **options}
    return trained_once("heartbeats", ECG5000, settings, make, profile=profile, folder=folder)


def judged(package: Package, beat: ArrayLike) -> dict[str, float]:
    """Say how unusual a beat is.

    Parameters
    ----------
    package : Package
        From `load`.
    beat : array_like of float, shape (timesteps,)
        In any unit: it is brought to mean 0 and standard deviation 1, as those in training.

    Returns
    -------
    dict
        ``score``, the mean squared error of the rebuilt beat, and ``normal_below``, the share of
        normal beats kept for comparison whose score is lower. Above which share a beat is to be
        looked at is for you to say: it is the share of normal beats that will be looked at, too.

    Raises
    ------
    ValueError
        If the beat has another length, a value is missing or infinite, all are the same, or the
        preparation is not whole.
    """
    if missing := sorted({"timesteps", "normal_scores"} - set(package.preparation)):
        raise ValueError(f"the preparation says nothing of {', '.join(missing)}; save it again")
    values = np.asarray(with_squares(beat, "the beat"), dtype=np.float64)
    timesteps = int(package.preparation["timesteps"])
    if values.shape != (timesteps,):
        raise ValueError(
            f"a beat of shape {values.shape}; expected one row of {timesteps} values, cut and "
            "aligned like those in training"
        )
    if negligible(np.ptp(values), values):
        raise ValueError(f"all {timesteps} values of the beat are {values[0]:g}; is a lead off?")
    scaled = ((values - values.mean()) / values.std()).astype(np.float32)
    score = float(misfit(package.model, scaled[None])[0])
    normal = np.asarray(package.preparation["normal_scores"])
    return {"score": score, "normal_below": float((normal < score).mean())}
