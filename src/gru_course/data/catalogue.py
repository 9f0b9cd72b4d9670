"""Every data set of the course, for pages and tests that go through them all.

A notebook or study imports the one data set that it uses. Were it to import this list, its
results would count as stale whenever a data set is added.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .imdb import IMDB
from .sources import Dataset
from .unlabelled import UNLABELLED

DATASETS: Mapping[str, Dataset[Any]] = MappingProxyType(
    {dataset.name: dataset for dataset in (IMDB, UNLABELLED)}
)
"""Every data set of the course by its short name; a new one is one more entry."""
