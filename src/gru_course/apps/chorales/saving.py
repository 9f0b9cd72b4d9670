"""A composer to take away: the trained model of the next chord, with its card."""

from pathlib import Path
from typing import Any

from gru_course.apps.chorales.data import CHORALES
from gru_course.apps.chorales.learn import loss_on, train
from gru_course.apps.chorales.model import chord_model, questions
from gru_course.apps.chorales.rolls import LOWEST, Music
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.layers.backend import keras

OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"units": 400, "dropout": 0.7, "epochs": 80, "batch_size": 16},
    "quick": {"units": 100, "dropout": 0.1, "epochs": 60, "batch_size": 4},
}
"""As in the lesson on chorales."""
SEED = 0


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the composer of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for the chorales of Bach, "quick" for canons that are generated.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        A model for `gru_course.apps.chorales.learn.compose`. Training takes about a minute on two
        cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    options = OPTIONS.get(profile, {})

    def make(music: Music) -> Made:
        keras.utils.set_random_seed(SEED)
        model = chord_model(options["units"], options["dropout"])
        passes = {name: options[name] for name in ("epochs", "batch_size")}
        train(model, music.train, music.validation, **passes, seed=SEED)
        card = Card(
            name="Next chord",
            purpose="the chords so far go in, a score for each of 88 keys comes out",
            data=music.statement,
            licence=licence_of(CHORALES, profile),
            metric="loss in nats per step",
            value=loss_on(model, music.test),
            split="on whole pieces that were neither trained on nor chosen by",
            limits=(
                "one chord per beat: no rhythm, no voices, no loudness",
                "the keys of a chord are drawn one by one, so some clash",
            ),
        )
        given, _, _ = questions(music.validation[:1])
        preparation = {"lowest_key": LOWEST, "keys": given.shape[-1], "step": "one beat"}
        return Made(model, card, preparation, given)

    settings = {"seed": SEED, **options}
    return trained_once("chorales", CHORALES, settings, make, profile=profile, folder=folder)
