"""Every data set of the course, for pages and tests that go through them all.

A notebook or study imports the one data set that it uses. Were it to import this list, its
results would count as stale whenever a data set is added.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .chorales import CHORALES
from .digits import SPOKEN_DIGITS
from .forecasting import BEIJING, ETTH1, GERMANY, VICTORIA
from .heartbeats import ECG5000
from .imdb import IMDB
from .libras import LIBRAS
from .sensors import LATENCY, MACHINE, OFFICE, TAXI
from .sgd import SGD
from .shakespeare import SHAKESPEARE
from .snips import SNIPS
from .sources import Dataset
from .translation import ENGLISH_FRENCH
from .unlabelled import UNLABELLED

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
    MACHINE,
    TAXI,
    LATENCY,
    OFFICE,
    ECG5000,
    SPOKEN_DIGITS,
    CHORALES,
    LIBRAS,
)
DATASETS: Mapping[str, Dataset[Any]] = MappingProxyType({each.name: each for each in _ALL})
"""Every data set of the course by its short name; a new one is one more entry."""
