"""Data of the course: found or downloaded, verified, encoded and cached; or generated.

``load(IMDB, profile)`` is all that a notebook needs. A further data set is a module of its own
with one `Dataset` (its files with their hashes, a loader and a stand-in), exported here and
listed in ``catalogue.py``.
"""

from .canons import canons
from .chorales import CHORALES, load_chorales
from .digits import SPOKEN_DIGITS, DigitsSource, load_digits
from .errors import DataError, DataUnavailable
from .fetch import cache_folder, data_folder, locate_or_download, verified
from .forecasting import BEIJING, ETTH1, GERMANY, VICTORIA
from .gestures import Gestures, gestures
from .heartbeats import ECG5000
from .imdb import IMDB, IMDB_SOURCE, ImdbSource, Part, load_imdb
from .libras import LIBRAS, load_libras
from .profiles import load
from .reviews import EncodedTexts, ReviewData, Reviews, Texts
from .rolls import Music, Note
from .sensors import LATENCY, MACHINE, OFFICE, TAXI
from .sgd import SGD
from .shakespeare import SHAKESPEARE
from .snips import SNIPS
from .sources import CourseData, Dataset, RemoteFile
from .splits import Split
from .spoken import SpokenWords
from .standin import order_reviews
from .tokenise import Vocabulary, encode_window, known_share, tokenise, typed_words
from .translation import ENGLISH_FRENCH
from .typed_text import as_plain_text
from .unlabelled import UNLABELLED, UnlabelledData, load_unlabelled
from .vowels import vowel_words

__all__ = [
    "BEIJING",
    "CHORALES",
    "ECG5000",
    "ENGLISH_FRENCH",
    "ETTH1",
    "GERMANY",
    "IMDB",
    "IMDB_SOURCE",
    "LATENCY",
    "LIBRAS",
    "MACHINE",
    "OFFICE",
    "SGD",
    "SHAKESPEARE",
    "SNIPS",
    "SPOKEN_DIGITS",
    "TAXI",
    "UNLABELLED",
    "VICTORIA",
    "CourseData",
    "DataError",
    "DataUnavailable",
    "Dataset",
    "DigitsSource",
    "EncodedTexts",
    "Gestures",
    "ImdbSource",
    "Music",
    "Note",
    "Part",
    "RemoteFile",
    "ReviewData",
    "Reviews",
    "Split",
    "SpokenWords",
    "Texts",
    "UnlabelledData",
    "Vocabulary",
    "as_plain_text",
    "cache_folder",
    "canons",
    "data_folder",
    "encode_window",
    "gestures",
    "known_share",
    "load",
    "load_chorales",
    "load_digits",
    "load_imdb",
    "load_libras",
    "load_unlabelled",
    "locate_or_download",
    "order_reviews",
    "tokenise",
    "typed_words",
    "verified",
    "vowel_words",
]
