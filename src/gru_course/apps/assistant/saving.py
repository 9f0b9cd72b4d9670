"""An assistant to take away: a reader of requests with its vocabulary, and when it refuses."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gru_course.apps.assistant.dialogue import Assistant, threshold_for
from gru_course.apps.assistant.learn import scores_of, train
from gru_course.apps.assistant.model import RequestConfig, RequestReader
from gru_course.apps.assistant.snips import SNIPS, RequestData
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.layers.backend import keras

CONFIGS = {
    "full": RequestConfig(epochs=3),
    "quick": RequestConfig(units=32, epochs=4, batch_size=32, learning_rate=0.01, longest=24),
}
"""As in the lesson on the assistant."""
SEED = 0
REFUSED = 0.03
"""Share of the validation requests that the threshold gives up."""


class KeptReader(RequestReader):
    """A reader of requests made of what a package keeps, without the requests of its training.

    Parameters
    ----------
    model : keras.Model
        Of `gru_course.apps.assistant.model.request_model`.
    preparation : mapping
        From `preparation_of`, as a package gives it back.

    Raises
    ------
    ValueError
        If the preparation is not whole, or is that of another model.

    Examples
    --------
    >>> from gru_course.apps.assistant.snips import small_requests
    >>> reader = RequestReader(small_requests(60).train, RequestConfig(units=2))
    >>> again = KeptReader(reader.model, preparation_of(reader, 0.5))
    >>> again.read([["play", "it"]]) == reader.read([["play", "it"]])
    True
    """

    def __init__(self, model: keras.Model, preparation: Mapping[str, Any]) -> None:
        wanted = {"config", "intents", "tags", "pieces", "threshold"}
        if missing := sorted(wanted - set(preparation)):
            raise ValueError(f"the preparation says nothing of {', '.join(missing)}; save it again")
        self.model = model
        self.config = RequestConfig(**preparation["config"])
        self.intents = list(preparation["intents"])
        self.tags = list(preparation["tags"])
        # Places follow from the order: 0 is padding, 1 is unknown.
        self.ids = [{piece: n for n, piece in enumerate(p, 2)} for p in preparation["pieces"]]
        found = model.output["slots"].shape[-1], model.input_shape[-1]
        if found != (len(self.tags), len(self.ids)):
            raise ValueError(
                f"the model names {found[0]} tags and reads {found[1]} pieces of a word, the "
                f"preparation {len(self.tags)} and {len(self.ids)}; they do not belong together"
            )


def preparation_of(reader: RequestReader, threshold: float) -> dict[str, Any]:
    """Return what a package has to keep, so that requests are read as in training.

    Parameters
    ----------
    reader : RequestReader
    threshold : float
        Confidence below which the assistant does not answer.

    Returns
    -------
    dict
        For `KeptReader`.

    Raises
    ------
    ValueError
        If the threshold is no probability.

    Examples
    --------
    >>> from gru_course.apps.assistant.snips import small_requests
    >>> reader = RequestReader(small_requests(60).train, RequestConfig(units=2))
    >>> sorted(preparation_of(reader, 0.5))
    ['config', 'intents', 'pieces', 'tags', 'threshold']
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}; expected a probability, from 0 to 1")
    return {
        "config": asdict(reader.config),
        "intents": reader.intents,
        "tags": reader.tags,
        "pieces": [sorted(ids, key=lambda piece: ids[piece]) for ids in reader.ids],
        "threshold": threshold,
    }


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the assistant of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for the SNIPS requests, "quick" for requests that are generated.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The model of the lesson on the assistant; `assistant_of` makes it answer. Training takes
        about a minute on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    config = CONFIGS.get(profile, RequestConfig())

    def make(data: RequestData) -> Made:
        keras.utils.set_random_seed(SEED)
        reader = RequestReader(data.train, config)
        train(reader, data.train, data.validation, SEED)
        known = reader.read([request.words for request in data.validation])
        threshold = threshold_for([reading.confidence for reading in known], REFUSED)
        found = scores_of(reader, data.test)
        card = Card(
            name="Requests to an assistant",
            purpose="the words of a request go in, an intent and a tag for each word come out",
            data=data.statement,
            licence=licence_of(SNIPS, profile),
            metric="F1 of whole slots",
            value=found["slot_f1"],
            split="on requests that were neither trained on nor chosen by",
            limits=(
                f"intents: {found['intent_accuracy']:.3f} of the same requests; counts of words do "
                "as well",
                f"it knows these intents and no others: {', '.join(reader.intents)}",
                f"of a request {config.longest} words are read, in English only",
            ),
        )
        example = reader.encode([request.words for request in data.validation[:2]], config.longest)
        return Made(reader.model, card, preparation_of(reader, threshold), example)

    settings = {"seed": SEED, "refused": REFUSED, **asdict(config)}
    return trained_once("assistant", SNIPS, settings, make, profile=profile, folder=folder)


def assistant_of(package: Package) -> Assistant:
    """Return the assistant that a package holds.

    Parameters
    ----------
    package : Package
        From `load`.

    Returns
    -------
    Assistant
        Its method ``ask`` takes a request as a person types it.

    Raises
    ------
    ValueError
        If the preparation is not whole, or the threshold no probability.
    """
    reader = KeptReader(package.model, package.preparation)
    return Assistant(reader, float(package.preparation["threshold"]))
