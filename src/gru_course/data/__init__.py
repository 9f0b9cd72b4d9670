"""Data of the course: found or downloaded, verified, encoded and cached; or generated.

``load(IMDB, profile)`` is all that a notebook needs. A further data set is a module of its own
with one `Dataset` (its files with their hashes, a loader and a stand-in), exported here and
listed in ``catalogue.py``.
"""

from .errors import DataError, DataUnavailable
from .fetch import cache_folder, data_folder, locate_or_download, verified
from .forecasting import BEIJING, ETTH1, GERMANY, VICTORIA
from .heartbeats import ECG5000
from .imdb import IMDB, IMDB_SOURCE, ImdbSource, Part, load_imdb
from .profiles import load
from .reviews import EncodedTexts, ReviewData, Reviews, Texts
from .sensors import LATENCY, MACHINE, OFFICE, TAXI
from .sgd import SGD
from .shakespeare import SHAKESPEARE
from .snips import SNIPS
from .sources import CourseData, Dataset, RemoteFile
from .standin import order_reviews
from .tokenise import Vocabulary, encode_window, known_share, tokenise
from .translation import ENGLISH_FRENCH
from .unlabelled import UNLABELLED, UnlabelledData, load_unlabelled

__all__ = [
    "BEIJING",
    "ECG5000",
    "ENGLISH_FRENCH",
    "ETTH1",
    "GERMANY",
    "IMDB",
    "IMDB_SOURCE",
    "LATENCY",
    "MACHINE",
    "OFFICE",
    "SGD",
    "SHAKESPEARE",
    "SNIPS",
    "TAXI",
    "UNLABELLED",
    "VICTORIA",
    "CourseData",
    "DataError",
    "DataUnavailable",
    "Dataset",
    "EncodedTexts",
    "ImdbSource",
    "Part",
    "RemoteFile",
    "ReviewData",
    "Reviews",
    "Texts",
    "UnlabelledData",
    "Vocabulary",
    "cache_folder",
    "data_folder",
    "encode_window",
    "known_share",
    "load",
    "load_imdb",
    "load_unlabelled",
    "locate_or_download",
    "order_reviews",
    "tokenise",
    "verified",
]
