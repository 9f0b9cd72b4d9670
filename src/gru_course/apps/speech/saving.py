"""A recogniser of spoken digits to take away, and how it is asked about a recording."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.speech.data import SPOKEN_DIGITS, read_wav
from gru_course.apps.speech.features import Floats
from gru_course.apps.speech.learn import SpeechRecipe, decide, train
from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.speech.spoken import SpokenWords, by_take
from gru_course.apps.speech.voices import TIMESTEPS, Scaling, heard, word_frames
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.layers.backend import keras

LONGEST_SECONDS, QUIETEST = 2.0, 0.01
"""A recording of one word is not longer, and its loudest sample not softer, of at most 1."""
RECIPE = SpeechRecipe(epochs=10)
SEED = 0


def preparation_of(data: SpokenWords, scaling: Scaling) -> dict[str, Any]:
    """Return what a package has to keep, so that new recordings are prepared as those in training.

    Parameters
    ----------
    data : SpokenWords
    scaling : Scaling
        From the training part.

    Returns
    -------
    dict
        For `prepared`.

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> one = Scaling(np.zeros(26, "f4"), np.ones(26, "f4"))
    >>> sorted(preparation_of(vowel_words(takes=11), one))
    ['deviation', 'mean', 'rate', 'timesteps', 'words']
    """
    return {
        "rate": data.rate,
        "words": list(data.words),
        "timesteps": TIMESTEPS,
        "mean": scaling.mean.tolist(),
        "deviation": scaling.deviation.tolist(),
    }


def prepared(samples: NDArray[np.int16], preparation: Mapping[str, Any]) -> Floats:
    """Return a recording as the frames that a model of this room reads.

    Parameters
    ----------
    samples : ndarray of int16, shape (samples,)
    preparation : mapping
        From `preparation_of`, as a package gives it back.

    Returns
    -------
    ndarray of float32, shape (timesteps, bands)
        The frames of the word alone, without padding. As in training, what comes after
        ``preparation["timesteps"]`` frames is left out.

    Raises
    ------
    ValueError
        If the recording is too short, too long or too soft for a word, or the preparation is not
        whole.

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> data = vowel_words(takes=11)
    >>> kept = preparation_of(data, Scaling(np.zeros(26, "f4"), np.ones(26, "f4")))
    >>> prepared(data.samples[: data.offsets[1]], kept).shape[1]
    26
    """
    if samples.ndim != 1 or samples.dtype != np.int16:
        raise ValueError(
            f"samples of shape {samples.shape} and type {samples.dtype}; expected one row of int16"
        )
    wanted = {"rate", "words", "timesteps", "mean", "deviation"}
    if missing := sorted(wanted - set(preparation)):
        raise ValueError(f"the preparation says nothing of {', '.join(missing)}; save it again")
    rate, words = int(preparation["rate"]), tuple(preparation["words"])
    if len(samples) > LONGEST_SECONDS * rate:
        raise ValueError(
            f"the recording takes {len(samples) / rate:.1f} s; expected one word, of at most "
            f"{LONGEST_SECONDS:g} s"
        )
    loudest = float(np.abs(samples.astype(np.float64)).max(initial=0)) / 2**15
    if loudest < QUIETEST:
        raise ValueError(
            f"there is next to no sound: the loudest sample is {loudest:.3f} of the most there "
            "can be. Speak louder, or closer to the microphone"
        )
    scaling = Scaling(
        *(np.array(preparation[key], dtype="float32") for key in ("mean", "deviation"))
    )
    one = np.zeros(1, dtype=np.uint8)
    offsets = np.array([0, len(samples)])
    word = SpokenWords(
        "a recording", "full", rate, words, ("you",), samples, offsets, one, one, one
    )
    frames = word_frames(word, len(scaling.mean), int(preparation["timesteps"]))
    return scaling.apply(frames)[0, : int(heard(frames).sum())]


def understood(package: Package, wav: bytes) -> dict[str, Any]:
    """Say which word somebody has said.

    Parameters
    ----------
    package : Package
        With a model of frames, such as `load` gives.
    wav : bytes
        A WAV file with one word, one channel of 16 bits at the rate of the package.

    Returns
    -------
    dict
        The word, and its probability.

    Raises
    ------
    DataError
        If it is no such file.
    ValueError
        If the recording is too short, too long or too soft for a word.
    """
    frames = prepared(read_wav("the recording", wav), package.preparation)
    timesteps = package.model.input_shape[1] or len(frames)
    padded = np.zeros((1, timesteps, frames.shape[1]), dtype="float32")
    padded[0, : len(frames)] = frames[:timesteps]
    scores = np.asarray(package.model(padded), dtype=np.float64)[0]
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    word = package.preparation["words"][best]
    return {"word": word, "probability": round(float(odds[best] / odds.sum()), 4)}


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the recogniser of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for the Free Spoken Digit Dataset, "quick" for the stand-in.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The bidirectional GRU of the lesson on spoken digits, for `understood`. Training takes
        about half a minute on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    config = SpeechConfig(units=64 if profile == "full" else 16)
    settings = {"seed": SEED, **vars(config), **vars(RECIPE)}

    def make(data: SpokenWords) -> Made:
        frames, labels = word_frames(data), data.labels.astype(int)
        parts = by_take(data)
        scaling = Scaling.of(frames[parts.train])
        x = scaling.apply(frames)
        keras.utils.set_random_seed(SEED)
        model = recogniser(config)
        held_out = x[parts.validation], labels[parts.validation]
        train(model, x[parts.train], labels[parts.train], RECIPE, held_out, seed=SEED)
        right = decide(model, x[parts.test]) == labels[parts.test]
        card = card_of(data, float(np.mean(right)))
        return Made(model, card, preparation_of(data, scaling), x[parts.validation][:2])

    return trained_once(
        "spoken-digits", SPOKEN_DIGITS, settings, make, profile=profile, folder=folder
    )


def card_of(data: SpokenWords, accuracy: float) -> Card:
    """Return the card of a recogniser that was trained on known voices.

    Parameters
    ----------
    data : SpokenWords
    accuracy : float
        On the test part of `gru_course.apps.speech.spoken.by_take`.

    Returns
    -------
    Card

    Examples
    --------
    >>> from gru_course.apps.speech.vowels import vowel_words
    >>> card_of(vowel_words(takes=11), 1.0).limits[0]
    'known voices only: the test holds other recordings of the 6 speakers in training'
    """
    return Card(
        name="Spoken words",
        purpose=f"a recording of one of {', '.join(data.words)} goes in, the word comes out",
        data=data.statement,
        licence=licence_of(SPOKEN_DIGITS, data.profile),
        metric="accuracy",
        value=accuracy,
        split="on the first five takes of each word and speaker, which training has not heard",
        limits=(
            f"known voices only: the test holds other recordings of the {len(data.speakers)} "
            "speakers in training",
            "any other word, and any noise, is taken for one of these words",
            f"one word at a time, cut at its beginning and end, at {data.rate:,} samples a second",
        ),
    )
