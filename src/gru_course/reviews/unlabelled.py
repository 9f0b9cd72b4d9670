"""The reviews of the Large Movie Review Dataset that carry no label, for pretraining."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from gru_course.data.fetch import cache_folder, data_folder, writing_to_cache
from gru_course.data.npz import read_arrays, write_arrays
from gru_course.data.reviews import (
    EncodedTexts,
    encode_texts,
    pack_texts,
    pack_words,
    unpack_texts,
    unpack_words,
)
from gru_course.data.sources import Dataset
from gru_course.data.standin import TITLE as STAND_IN_TITLE
from gru_course.data.standin import order_reviews
from gru_course.data.tokenise import Vocabulary
from gru_course.reviews.imdb import (
    IMDB,
    IMDB_SOURCE,
    ImdbSource,
    cache_name,
    find_or_download,
    mixed,
    read_part,
    read_vocabulary,
    text_of,
)

TITLE = f"{IMDB.title}, unlabelled part"


@dataclass(frozen=True, eq=False)
class UnlabelledData:
    """Reviews without labels, their vocabulary, and a line that says what they are.

    Parameters
    ----------
    title : str
        What the data are.
    profile : str
        'full' for the real data, 'quick' for a stand-in.
    reviews : EncodedTexts
    vocabulary : Vocabulary
        That of the labelled reviews, so that ids mean the same in both.
    """

    title: str
    profile: str
    reviews: EncodedTexts
    vocabulary: Vocabulary

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these data is shown."""
        return f"{self.title}, {len(self.reviews):,} reviews ({self.profile} profile)"


def load_unlabelled(source: ImdbSource = IMDB_SOURCE) -> UnlabelledData:
    """Return the 50,000 unlabelled reviews of the Large Movie Review Dataset.

    They come from the archive of :func:`~gru_course.reviews.imdb.load_imdb`, read as a stream.
    The first call takes some ten seconds; later calls read one cached file.

    Parameters
    ----------
    source : ImdbSource
        Where to read from; tests give a small one of their own.

    Returns
    -------
    UnlabelledData
        In a fixed mixed order, encoded with the Keras index, which was made from the labelled
        training reviews: words that occur in unlabelled reviews only are dropped.

    Raises
    ------
    DataUnavailable
        If the data are not on this machine and cannot be downloaded.
    DataError
        If a file is altered or cut off, or the cache cannot be written.

    Notes
    -----
    Source: Maas et al. (2011), https://ai.stanford.edu/~amaas/data/sentiment/. Some texts recur
    among the labelled reviews, of the test part too; see :mod:`gru_course.reviews.duplicates`.

    Examples
    --------
    >>> len(load_unlabelled().reviews)  # doctest: +SKIP
    50000
    """
    data_folder()  # a variable that names no folder is reported even if the cache would do
    name = cache_name(load_unlabelled, source.unlabelled, source.word_index)
    cached = read_arrays(cache_folder() / name, _unpack)
    if cached is not None:
        return cached
    place, index = find_or_download(source)
    with writing_to_cache(name) as target:
        cached = read_arrays(target, _unpack)  # another process may have written it meanwhile
        if cached is not None:
            return cached
        files = read_part(place, source, source.unlabelled)
        vocabulary = read_vocabulary(index)
        texts = [text_of(path, files[path]) for path in mixed(sorted(files, key=_number))]
        reviews = EncodedTexts(*encode_texts(texts, vocabulary))
        write_arrays(pack_words(vocabulary) | pack_texts(reviews, "unlabelled"), target)
        return UnlabelledData(TITLE, "full", reviews, vocabulary)


def _number(path: str) -> int:
    return int(path.rsplit("/", 1)[1].split("_")[0])


def _unpack(arrays: Mapping[str, NDArray[Any]]) -> UnlabelledData:
    reviews = EncodedTexts(*unpack_texts(arrays, "unlabelled"))
    return UnlabelledData(TITLE, "full", reviews, unpack_words(arrays))


def unlabelled_stand_in() -> UnlabelledData:
    """Generate reviews without labels, from the grammar of :func:`order_reviews`.

    Returns
    -------
    UnlabelledData
        Some 6,000 reviews, none of which is among the labelled ones of the stand-in, encoded
        with its vocabulary.

    Examples
    --------
    >>> unlabelled_stand_in().profile
    'quick'
    """
    labelled = order_reviews()
    known = {*labelled.train.texts, *labelled.test.texts}
    texts = [text for text in order_reviews(seed=1).train.texts if text not in known]
    reviews = EncodedTexts(*encode_texts(texts, labelled.vocabulary))
    return UnlabelledData(
        f"{STAND_IN_TITLE}, without labels", "quick", reviews, labelled.vocabulary
    )


UNLABELLED = Dataset(
    name="unlabelled",
    title=TITLE,
    homepage=IMDB.homepage,
    licence=IMDB.licence,
    citation=IMDB.citation,
    files=IMDB.files,
    load_full=load_unlabelled,
    make_quick=unlabelled_stand_in,
)
"""The unlabelled reviews of the Large Movie Review Dataset."""
