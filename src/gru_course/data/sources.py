"""What a data set is to this course: where it comes from, and how to get it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class CourseData(Protocol):
    """What the data of every data set can say about themselves."""

    @property
    def profile(self) -> str:
        """Say 'full' for the real data and 'quick' for a stand-in."""

    @property
    def statement(self) -> str:
        """Say in one line which data they are, and how many."""


T_co = TypeVar("T_co", bound=CourseData, covariant=True)


@dataclass(frozen=True)
class RemoteFile:
    """One file that is known in advance, down to its last byte.

    Parameters
    ----------
    name : str
        Path inside the data folder and inside the cache, with forward slashes.
    url : str or None
        Where to download it; None for a repacked copy that has no address of its own.
    sha256 : str
        The hash of its bytes, 64 hexadecimal digits.
    size : int
        Its length in bytes; a shorter file was cut off on the way.

    Examples
    --------
    >>> RemoteFile("notes.txt", "https://example.org/notes.txt", "0" * 64, size=12).name
    'notes.txt'
    """

    name: str
    url: str | None
    sha256: str
    size: int


@dataclass(frozen=True)
class Dataset(Generic[T_co]):
    """The one interface that every data set of the course fills in.

    Parameters
    ----------
    name : str
        Short name, the key in :data:`gru_course.catalogue.DATASETS`.
    title : str
        Full name, for captions.
    homepage : str
        Address of the page that describes the data.
    licence : str
        The terms, as their authors state them.
    citation : str
        Key of the work to cite in the bibliography of the book.
    files : tuple of RemoteFile
        Every file the data may be read from.
    load_full : callable
        Returns the real data, downloading them if they are not on this machine. Raises
        `DataUnavailable` if that fails, and never returns anything else in their place.
    make_quick : callable
        Returns the stand-in, made on the spot without files or network.
    """

    name: str
    title: str
    homepage: str
    licence: str
    citation: str
    files: tuple[RemoteFile, ...]
    load_full: Callable[[], T_co]
    make_quick: Callable[[], T_co]
