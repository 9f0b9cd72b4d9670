"""The Large Movie Review Dataset (IMDB), encoded as Keras encodes it.

The reviews are read from the official archive, from a smaller repacked one, or from an
unpacked ``aclImdb`` folder. Archives are read as a stream and nothing is unpacked to disk,
so no member of an archive can write anywhere. The result is cached in one file.
"""

import hashlib
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gru_course.course.parsing import about_file, of_kind
from gru_course.data.archives import tar_members
from gru_course.data.errors import DataError
from gru_course.data.fetch import (
    cache_folder,
    data_folder,
    locate,
    locate_or_download,
    writing_to_cache,
)
from gru_course.data.reviews import ReviewData, Reviews, read, save
from gru_course.data.sources import Dataset, RemoteFile
from gru_course.data.standin import order_reviews
from gru_course.data.tokenise import Vocabulary

TITLE = "Large Movie Review Dataset"
_LONGEST, _TOTAL = 1 << 20, 1 << 30  # bytes of a review, and of the unpacked archive
SPLITS, CLASSES = ("train", "test"), ("neg", "pos")  # a class's place is its label


@dataclass(frozen=True)
class Part:
    """Reviews of the archive that are read and checked together.

    Parameters
    ----------
    kind : str
        How a message calls them.
    pattern : re.Pattern
        What their paths look like inside an archive; its group is the path inside ``aclImdb``.
    folders : str
        Where they are in an unpacked ``aclImdb``, as a pattern of folders.
    count : int
        How many there are.
    sha256 : str
        What `tree_sha256` gives for them.
    """

    kind: str
    pattern: re.Pattern[str]
    folders: str
    count: int
    sha256: str


_LABELLED = re.compile(r"(?:aclImdb/)?((?:train|test)/(?:neg|pos)/[0-9]+_[0-9]+\.txt)")
_UNLABELLED = re.compile(r"(?:aclImdb/)?(train/unsup/[0-9]+_0\.txt)")


@dataclass(frozen=True)
class ImdbSource:
    """Where the reviews may be read from, and what must be found there.

    Parameters
    ----------
    archives : tuple of RemoteFile
        Accepted archives, the preferred first; the last one is downloaded if none is there.
    word_index : RemoteFile
        The word index of Keras. It cannot be worked out from the reviews: they give the
        frequencies, but not the order of words that are equally frequent.
    labelled_sha256 : str
        What `tree_sha256` gives for the labelled reviews, however they are packed.
    per_class : int
        Reviews in each class of each split.
    unlabelled_sha256 : str
        What `tree_sha256` gives for the reviews without a label.
    unlabelled_count : int
        How many of those there are.
    """

    archives: tuple[RemoteFile, ...]
    word_index: RemoteFile
    labelled_sha256: str
    per_class: int
    unlabelled_sha256: str
    unlabelled_count: int

    @property
    def labelled(self) -> Part:
        """The reviews with a label."""
        count = self.per_class * len(SPLITS) * len(CLASSES)
        return Part("labelled", _LABELLED, "t*/[np]*", count, self.labelled_sha256)

    @property
    def unlabelled(self) -> Part:
        """The reviews without a label."""
        count, sha256 = self.unlabelled_count, self.unlabelled_sha256
        return Part("unlabelled", _UNLABELLED, "train/unsup", count, sha256)


IMDB_SOURCE = ImdbSource(
    archives=(
        RemoteFile(
            name="aclImdb.tar.xz",
            url=None,
            sha256="db52909eabba62fa7ec6d7fbe156f9d524ec84402acd5a9ebc9159d548d30952",
            size=36_667_828,
        ),
        RemoteFile(
            name="aclImdb_v1.tar.gz",
            url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
            sha256="c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
            size=84_125_825,
        ),
    ),
    word_index=RemoteFile(
        name="imdb_word_index.json",
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb_word_index.json",
        sha256="027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6",
        size=1_641_221,
    ),
    labelled_sha256="5ecb6c664a86249eab89cd9d0cfdba03313e2ee220d7218cc9d224b64660b4fb",
    per_class=12_500,
    unlabelled_sha256="3cff521965f8d271b864384cfb70c0b8e0e0a878a998f5598ca08a4dd3fbd579",
    unlabelled_count=50_000,
)


def tree_sha256(files: Mapping[str, bytes]) -> str:
    """Return one hash for the contents of many files by path, whatever archive they came in.

    It is the sha256 of the lines that ``sha256sum`` prints for ``./path``, sorted by path.

    Examples
    --------
    >>> tree_sha256({"b.txt": b"1", "a.txt": b""})[:8]
    'aaceef31'
    """
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  ./{path}\n" for path in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load_imdb(source: ImdbSource = IMDB_SOURCE) -> ReviewData:
    """Return the 50,000 labelled reviews of the Large Movie Review Dataset.

    The first call reads the archive (downloading it if need be) and takes some ten
    seconds; later calls read one cached file in less than a second.

    Parameters
    ----------
    source : ImdbSource
        Where to read from; tests give a small one of their own.

    Returns
    -------
    ReviewData
        25,000 training and 25,000 test reviews, half of each positive, in a fixed mixed
        order, with the Keras ids (rank plus 3, after a start marker of 1).

    Raises
    ------
    DataUnavailable
        If the data are not on this machine and cannot be downloaded.
    DataError
        If a file is altered or cut off, or the cache cannot be written.

    Notes
    -----
    Source: Maas et al. (2011), https://ai.stanford.edu/~amaas/data/sentiment/. The authors
    state no licence and ask for citation.

    Examples
    --------
    >>> reviews = load_imdb()  # doctest: +SKIP
    >>> reviews.train.window(num_words=10_000, maxlen=100).shape  # doctest: +SKIP
    (25000, 100)
    """
    data_folder()  # a variable that names no folder is reported even if the cache would do
    name = cache_name(load_imdb, source.labelled, source.word_index)
    cached = read(cache_folder() / name, TITLE)
    if cached is not None:
        return cached
    place, index = find_or_download(source)
    with writing_to_cache(name) as target:
        cached = read(target, TITLE)  # another process may have written it meanwhile
        if cached is not None:
            return cached
        data = _encode(read_part(place, source, source.labelled), index)
        save(data, target)
    return data


def cache_name(load: Callable[..., object], part: Part, word_index: RemoteFile) -> str:
    """Return the name of the file in which a loader keeps what it has encoded.

    Other reviews or another index give another name, and so does any edit of the modules whose
    code makes the contents: the loader's, this one, the tokeniser's, and that of the file's form.
    """
    makers = (sys.modules[made.__module__] for made in (load, load_imdb, Vocabulary, Reviews))
    parts = (part.sha256, word_index.sha256, *map(inspect.getsource, makers))
    return f"{load.__name__}-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:16]}.npz"


def find_or_download(source: ImdbSource) -> tuple[Path, Path]:
    """Return an archive or an unpacked folder, and the word index, on this machine."""
    # The archive first: its server has one address, so a network that swallows packets is
    # noticed in seconds; the server of the index has many, and each is waited for.
    place = _find(source) or locate_or_download(source.archives[-1])
    return place, locate_or_download(source.word_index)


def _find(source: ImdbSource) -> Path | None:
    """Return a verified archive or an unpacked folder on this machine, or None."""
    for archive in source.archives:
        path = locate(archive)
        if path is not None:
            return path
    for folder in (data_folder(), cache_folder()):
        if folder is not None and os.path.isdir(folder / "aclImdb"):
            return folder / "aclImdb"
    return None


def read_part(place: Path, source: ImdbSource, part: Part) -> dict[str, bytes]:
    """Return the reviews of a part by path, such as ``train/pos/0_9.txt``, hash checked.

    Parameters
    ----------
    place : pathlib.Path
        The archive, or the folder where it was unpacked.
    source : ImdbSource
    part : Part

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    DataError
        If they cannot be read, or are not the published ones.
    """
    files: dict[str, bytes] = {}
    try:
        found = _unpacked(place, part) if place.is_dir() else _packed(place, source, part)
        for path, content in found:
            files[path] = content
            if len(files) == part.count and not place.is_dir():
                break  # what follows in an archive is of another part
    except OSError as error:
        raise DataError(f"{place} cannot be read: {error}.") from error
    if len(files) != part.count:
        raise DataError(
            f"{place} holds {len(files):,} {part.kind} reviews where the data set has "
            f"{part.count:,}. Replace it with an intact copy from {source.archives[-1].url}."
        )
    sha256 = tree_sha256(files)
    if sha256 != part.sha256:
        raise DataError(
            f"The {part.kind} reviews in {place} are not the published ones: the sha256 over "
            f"them is {sha256}, expected {part.sha256}. Replace it with an intact copy from "
            f"{source.archives[-1].url}."
        )
    return files


def _packed(archive: Path, source: ImdbSource, part: Part) -> Iterator[tuple[str, bytes]]:
    advice = f"Replace it with an intact copy from {source.archives[-1].url}."
    return tar_members(archive, part.pattern, longest=_LONGEST, total=_TOTAL, advice=advice)


def _unpacked(folder: Path, part: Part) -> Iterator[tuple[str, bytes]]:
    for path in folder.glob(f"{part.folders}/*.txt"):
        name = part.pattern.fullmatch(path.relative_to(folder).as_posix())
        if name:
            yield name[1], path.read_bytes()


def read_vocabulary(index: Path) -> Vocabulary:
    """Return the words of the Keras index, the most frequent first.

    Parameters
    ----------
    index : pathlib.Path

    Returns
    -------
    Vocabulary

    Raises
    ------
    DataError
        If the file does not give each word a rank of its own, from 1 without a gap.
    """
    with about_file(index, DataError, "Replace it with an intact copy of the word index."):
        ranks = of_kind(json.loads(index.read_bytes()), dict, "the file")
        for word, rank in ranks.items():
            of_kind(rank, int, f"the rank of {of_kind(word, str, 'a word')!r:.60}")
        if sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
            raise ValueError(f"the ranks of its {len(ranks):,} words are not 1, 2, 3 and so on")
    return Vocabulary(tuple(sorted(ranks, key=ranks.__getitem__)))


def _encode(files: Mapping[str, bytes], index: Path) -> ReviewData:
    vocabulary = read_vocabulary(index)
    train, test = (_split(files, split, vocabulary) for split in SPLITS)
    return ReviewData(TITLE, "full", train, test, vocabulary)


def _split(files: Mapping[str, bytes], split: str, vocabulary: Vocabulary) -> Reviews:
    def by_class_then_number(path: str) -> tuple[int, int]:
        _, label, name = path.split("/")
        return CLASSES.index(label), int(name.split("_")[0])

    paths = sorted((p for p in files if p.startswith(f"{split}/")), key=by_class_then_number)
    # The files are sorted by class: a validation part cut off their end would hold one class
    # only.
    paths = mixed(paths)
    texts = [text_of(path, files[path]) for path in paths]
    labels = [CLASSES.index(path.split("/")[1]) for path in paths]
    return Reviews.encoded(texts, labels, vocabulary)


def text_of(path: str, content: bytes) -> str:
    """Return what a review says; one that is not in UTF-8 is an error that names it.

    Examples
    --------
    >>> text_of("train/pos/0_9.txt", b"A film.")
    'A film.'
    """
    with about_file(Path(path), DataError, "A review is expected in UTF-8."):
        return content.decode()


def mixed(paths: list[str]) -> list[str]:
    """Return `paths` in one fixed mixed order, the same on every machine."""
    return [paths[place] for place in np.random.default_rng(113).permutation(len(paths))]


IMDB = Dataset(
    name="imdb",
    title=TITLE,
    homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
    licence="none stated; the authors ask for citation, the reviews belong to their writers",
    citation="maas2011",
    files=(*IMDB_SOURCE.archives, IMDB_SOURCE.word_index),
    load_full=load_imdb,
    make_quick=order_reviews,
)
"""The labelled reviews of the Large Movie Review Dataset."""
