"""Reviews, with labels or without, and the compact file they are cached in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from gru_course.data.npz import read_arrays, write_arrays
from gru_course.data.tokenise import Vocabulary, flatten, token_windows


@dataclass(frozen=True, eq=False)
class Texts(Sequence[str]):
    """Many texts kept as one block of UTF-8, turned into `str` one at a time when asked for.

    Parameters
    ----------
    block : ndarray of uint8, shape (bytes,)
        The texts end to end.
    offsets : ndarray of int64, shape (texts + 1,)
        Text ``i`` is ``block[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> texts = Texts.of(["Fin.", "Où ?"])
    >>> texts[1], len(texts), texts[:1]
    ('Où ?', 2, ['Fin.'])
    """

    block: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Pack `texts` into one block."""
        encoded = [text.encode() for text in texts]
        block = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        return cls(block, np.cumsum([0, *map(len, encoded)], dtype=np.int64))

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, which: int) -> str: ...
    @overload
    def __getitem__(self, which: slice) -> list[str]: ...
    def __getitem__(self, which: int | slice) -> str | list[str]:
        """Return one text, or a list of them for a slice."""
        numbers = range(len(self))[which]
        if isinstance(numbers, range):
            return [self[number] for number in numbers]
        return self.block[self.offsets[numbers] : self.offsets[numbers + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        """Go through the texts in order."""
        return (self[number] for number in range(len(self)))


@dataclass(frozen=True, eq=False)
class EncodedTexts:
    """Texts and their ids, in a fixed order.

    Parameters
    ----------
    texts : Texts
        What was written, shape (n,).
    flat_ids : ndarray of int32, shape (total ids,)
        The ids of every text end to end, each beginning with the start marker.
    id_offsets : ndarray of int64, shape (n + 1,)
        The ids of text ``i`` are ``flat_ids[id_offsets[i]:id_offsets[i + 1]]``.

    Examples
    --------
    >>> encoded = EncodedTexts(*encode_texts(["A film", "No"], Vocabulary(("film", "no"))))
    >>> len(encoded), encoded.ids(1)
    (2, array([1, 5], dtype=int32))
    """

    texts: Texts
    flat_ids: NDArray[np.int32]
    id_offsets: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Ids in each text, the start marker included; shape (n,)."""
        return np.diff(self.id_offsets)

    def ids(self, number: int) -> NDArray[np.int32]:
        """Return all ids of one text, shape (length,)."""
        number = range(len(self))[number]
        return self.flat_ids[self.id_offsets[number] : self.id_offsets[number + 1]]

    def window(self, num_words: int = 10_000, maxlen: int = 100) -> NDArray[np.int32]:
        """Return the texts as a rectangle of ids, ready for an embedding layer.

        Equal to ``keras.datasets.imdb.load_data(num_words)`` followed by
        ``keras.utils.pad_sequences(maxlen)``: the last `maxlen` ids of a long text,
        zeros in front of a short one, 2 for ids from `num_words` up.

        Parameters
        ----------
        num_words : int
            Size of the vocabulary, markers included; at least 3.
        maxlen : int
            Timesteps to keep; at least 1.

        Returns
        -------
        ndarray of int32, shape (n, maxlen)

        Raises
        ------
        ValueError
            If `num_words` or `maxlen` is too small.
        """
        return token_windows(self.flat_ids, self.id_offsets, num_words, maxlen)


def encode_texts(
    texts: Sequence[str], vocabulary: Vocabulary
) -> tuple[Texts, NDArray[np.int32], NDArray[np.int64]]:
    """Return the three parts of `EncodedTexts` for `texts`."""
    return (Texts.of(texts), *flatten([vocabulary.encode(text) for text in texts]))


@dataclass(frozen=True, eq=False)
class Reviews(EncodedTexts):
    """One split of a collection of reviews, in a fixed mixed order.

    Parameters
    ----------
    texts, flat_ids, id_offsets
        As in `EncodedTexts`.
    labels : ndarray of uint8, shape (n,)
        1 for a positive review, 0 for a negative one.

    Examples
    --------
    >>> reviews = Reviews.encoded(["A film", "No"], [1, 0], Vocabulary(("film", "no")))
    >>> reviews.window(maxlen=3)
    array([[0, 1, 4],
           [0, 1, 5]], dtype=int32)
    >>> reviews.lengths
    array([2, 2])
    """

    labels: NDArray[np.uint8]

    @classmethod
    def encoded(
        cls, texts: Sequence[str], labels: Sequence[int], vocabulary: Vocabulary
    ) -> "Reviews":
        """Encode texts with a vocabulary.

        Parameters
        ----------
        texts : sequence of str
        labels : sequence of int
            0 or 1 for each text.
        vocabulary : Vocabulary

        Returns
        -------
        Reviews

        Raises
        ------
        ValueError
            If there is not one label, 0 or 1, for each text.

        Examples
        --------
        >>> films = Reviews.encoded(["a good film", "no"], [1, 0], Vocabulary(("a", "good", "no")))
        >>> films.labels.tolist(), films.ids(1).tolist()
        ([1, 0], [1, 6])
        """
        if len(texts) != len(labels) or not np.isin(labels, (0, 1)).all():
            raise ValueError(
                f"{len(texts)} texts and {len(labels)} labels {np.unique(labels)}; expected 0 or 1 "
                "for each"
            )
        return cls(*encode_texts(texts, vocabulary), np.array(labels, dtype=np.uint8))


@dataclass(frozen=True, eq=False)
class ReviewData:
    """Training and test reviews, their vocabulary, and a line that says what they are.

    Parameters
    ----------
    title : str
        What the data are.
    profile : str
        'full' for the real data, 'quick' for a stand-in.
    train, test : Reviews
    vocabulary : Vocabulary
        Ranked on the training reviews only.
    """

    title: str
    profile: str
    train: Reviews
    test: Reviews
    vocabulary: Vocabulary

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these data is shown."""
        return (
            f"{self.title}, {len(self.train):,} training and {len(self.test):,} test reviews "
            f"({self.profile} profile)"
        )


def save(data: ReviewData, path: Path) -> None:
    """Write `data` to a file, see `write_arrays`.

    Parameters
    ----------
    data : ReviewData
    path : pathlib.Path
        Where the file appears, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written; no file is left then.
    """
    arrays = pack_words(data.vocabulary)
    for name, split in (("train", data.train), ("test", data.test)):
        arrays |= pack_texts(split, name)
        arrays[f"{name}_labels"] = split.labels
    write_arrays(arrays, path)


def read(path: Path, title: str) -> ReviewData | None:
    """Read what `save` wrote.

    Parameters
    ----------
    path : pathlib.Path
    title : str
        The title of the data, which the file does not hold.

    Returns
    -------
    ReviewData or None
        None if there is no such file or it is damaged; the caller then parses the source again.
    """

    def unpack(arrays: Mapping[str, NDArray[Any]]) -> ReviewData:
        train, test = (
            Reviews(*unpack_texts(arrays, name), arrays[f"{name}_labels"])
            for name in ("train", "test")
        )
        return ReviewData(title, "full", train, test, unpack_words(arrays))

    return read_arrays(path, unpack)


# Parts of a text are named apart, so that a file holds plain arrays only.
def pack_texts(split: EncodedTexts, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of `split`, their names beginning with `name`.

    Parameters
    ----------
    split : EncodedTexts
    name : str

    Returns
    -------
    dict of str to ndarray
        What `unpack_texts` reads again.
    """
    return {
        f"{name}_text": split.texts.block,
        f"{name}_text_offsets": split.texts.offsets,
        f"{name}_ids": split.flat_ids,
        f"{name}_id_offsets": split.id_offsets,
    }


def unpack_texts(
    arrays: Mapping[str, NDArray[Any]], name: str
) -> tuple[Texts, NDArray[np.int32], NDArray[np.int64]]:
    """Return the three parts of `EncodedTexts` from what `pack_texts` returned."""
    texts = Texts(arrays[f"{name}_text"], arrays[f"{name}_text_offsets"])
    return texts, arrays[f"{name}_ids"], arrays[f"{name}_id_offsets"]


def pack_words(vocabulary: Vocabulary) -> dict[str, NDArray[Any]]:
    """Return the words of `vocabulary` as one array."""
    return {"words": Texts.of(["\n".join(vocabulary.words)]).block}


def unpack_words(arrays: Mapping[str, NDArray[Any]]) -> Vocabulary:
    """Return the vocabulary that `pack_words` was given."""
    return Vocabulary(tuple(arrays["words"].tobytes().decode().split("\n")))
