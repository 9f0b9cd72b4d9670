"""Data of the course: found or downloaded, verified, encoded and cached; or generated.

``load(name, profile)`` is all that a notebook needs. A further data set is one more
`Dataset` in ``profiles.py``: its files with their hashes, a loader and a stand-in.
"""

from .errors import DataError, DataUnavailable
from .fetch import cache_folder, data_folder, locate_or_download, verified
from .imdb import IMDB_SOURCE, ImdbSource, load_imdb
from .profiles import DATASETS, IMDB, load
from .reviews import ReviewData, Reviews, Texts
from .sources import CourseData, Dataset, RemoteFile
from .standin import order_reviews
from .tokenise import Vocabulary, encode_window, tokenise

__all__ = [
    "DATASETS",
    "IMDB",
    "IMDB_SOURCE",
    "CourseData",
    "DataError",
    "DataUnavailable",
    "Dataset",
    "ImdbSource",
    "RemoteFile",
    "ReviewData",
    "Reviews",
    "Texts",
    "Vocabulary",
    "cache_folder",
    "data_folder",
    "encode_window",
    "load",
    "load_imdb",
    "locate_or_download",
    "order_reviews",
    "tokenise",
    "verified",
]
