"""Every data set of the course, for pages and tests that go through them all.

A notebook or study imports the one data set that it uses. Were it to import this list, its
results would count as stale whenever a data set is added.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gru_course.apps.actions.data import LIBRAS
from gru_course.apps.actions.films import FILMS
from gru_course.apps.anomalies.heartbeats import ECG5000
from gru_course.apps.anomalies.sensors import LATENCY, MACHINE, OFFICE, TAXI
from gru_course.apps.assistant.sgd import SGD
from gru_course.apps.assistant.snips import SNIPS
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.chorales.data import CHORALES
from gru_course.apps.forecasting.data import BEIJING, ETTH1, GERMANY, VICTORIA
from gru_course.apps.forecasting.market import NASDAQ, SP500
from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.translation.data import ENGLISH_FRENCH
from gru_course.data.sources import Dataset
from gru_course.reviews.imdb import IMDB
from gru_course.reviews.unlabelled import UNLABELLED

_ALL: tuple[Dataset[Any], ...] = (
    IMDB,
    UNLABELLED,
    SHAKESPEARE,
    ENGLISH_FRENCH,
    SNIPS,
    SGD,
    BEIJING,
    GERMANY,
    ETTH1,
    VICTORIA,
    SP500,
    NASDAQ,
    MACHINE,
    TAXI,
    LATENCY,
    OFFICE,
    ECG5000,
    SPOKEN_DIGITS,
    CHORALES,
    LIBRAS,
    FILMS,
)
DATASETS: Mapping[str, Dataset[Any]] = MappingProxyType({each.name: each for each in _ALL})
"""Every data set of the course by its short name; a new one is one more entry."""
