"""The Large Movie Review Dataset (IMDB), encoded as Keras encodes it.

The reviews are read from the official archive, from a smaller repacked one, or from an
unpacked ``aclImdb`` folder. Archives are read as a stream and nothing is unpacked to disk,
so no member of an archive can write anywhere. The result is cached in one file.
"""

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import DataError
from .fetch import cache_folder, data_folder, locate, locate_or_download, writing_to_cache
from .reviews import ReviewData, Reviews, read, save
from .sources import Dataset, RemoteFile
from .standin import order_reviews
from .tokenise import Vocabulary

TITLE = "Large Movie Review Dataset"
SPLITS, CLASSES = ("train", "test"), ("neg", "pos")  # a class's place is its label
CACHE_FORMAT = 1
"""To be raised whenever the cached file would come out differently."""

_REVIEW = re.compile(r"(?:aclImdb/)?((?:train|test)/(?:neg|pos)/[0-9]+_[0-9]+\.txt)")


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
    """

    archives: tuple[RemoteFile, ...]
    word_index: RemoteFile
    labelled_sha256: str
    per_class: int


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
)


def tree_sha256(files: Mapping[str, bytes]) -> str:
    """Return one hash for many files, whatever archive they came in.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by relative path, with forward slashes.

    Returns
    -------
    str
        The sha256 of the lines that ``sha256sum`` prints for ``./path``, sorted by path.

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
    hashes = source.labelled_sha256 + source.word_index.sha256
    key = hashlib.sha256(hashes.encode()).hexdigest()[:16]
    name = f"imdb-v{CACHE_FORMAT}-{key}.npz"
    cached = read(cache_folder() / name, TITLE)
    if cached is not None:
        return cached
    # The archive first: its server has one address, so a network that swallows packets is
    # noticed in seconds; the server of the index has many, and each is waited for.
    place = _find(source) or locate_or_download(source.archives[-1])
    index = locate_or_download(source.word_index)
    with writing_to_cache(name) as target:
        cached = read(target, TITLE)  # another process may have written it meanwhile
        if cached is not None:
            return cached
        data = _encode(_read_labelled(place, source), index)
        save(data, target)
    return data


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


def _read_labelled(place: Path, source: ImdbSource) -> dict[str, bytes]:
    """Return the labelled reviews by path, such as ``train/pos/0_9.txt``, hash checked."""
    wanted = source.per_class * len(SPLITS) * len(CLASSES)
    files: dict[str, bytes] = {}
    try:
        for path, content in _unpacked(place) if place.is_dir() else _packed(place):
            files[path] = content
            if len(files) == wanted and not place.is_dir():
                break  # what follows in an archive are reviews without a label
    except OSError as error:
        raise DataError(f"{place} cannot be read: {error}.") from error
    if len(files) != wanted:
        raise DataError(
            f"{place} holds {len(files):,} labelled reviews where the data set has {wanted:,}. "
            f"Replace it with an intact copy from {source.archives[-1].url}."
        )
    found = tree_sha256(files)
    if found != source.labelled_sha256:
        raise DataError(
            f"The reviews in {place} are not the published ones: the sha256 over them is {found}, "
            f"expected {source.labelled_sha256}. Replace it with an intact copy from "
            f"{source.archives[-1].url}."
        )
    return files


def _packed(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive, "r|*") as tar:
        for member in tar:
            name = _REVIEW.fullmatch(member.name)
            content = tar.extractfile(member) if name and member.isreg() else None
            if name and content:
                yield name[1], content.read()


def _unpacked(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.glob("t*/*/*.txt"):
        name = _REVIEW.fullmatch(path.relative_to(folder).as_posix())
        if name:
            yield name[1], path.read_bytes()


def _encode(files: Mapping[str, bytes], index: Path) -> ReviewData:
    ranks: dict[str, int] = json.loads(index.read_bytes())
    vocabulary = Vocabulary(tuple(sorted(ranks, key=ranks.__getitem__)))
    train, test = (_split(files, split, vocabulary) for split in SPLITS)
    return ReviewData(TITLE, "full", train, test, vocabulary)


def _split(files: Mapping[str, bytes], split: str, vocabulary: Vocabulary) -> Reviews:
    def by_class_then_number(path: str) -> tuple[int, int]:
        _, label, name = path.split("/")
        return CLASSES.index(label), int(name.split("_")[0])

    paths = sorted((p for p in files if p.startswith(f"{split}/")), key=by_class_then_number)
    # The files are sorted by class: a validation part cut off their end would hold one class
    # only. One fixed permutation mixes them, the same on every machine.
    paths = [paths[place] for place in np.random.default_rng(113).permutation(len(paths))]
    texts = [files[path].decode() for path in paths]
    labels = [CLASSES.index(path.split("/")[1]) for path in paths]
    return Reviews.encoded(texts, labels, vocabulary)


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
