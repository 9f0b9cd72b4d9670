"""Find a known file on this machine or download it, and let no other bytes through.

A file is looked for in the folder named by ``GRU_COURSE_DATA``, then in the cache of the
course, then on the server. Its sha256 is checked before anything reads it, wherever it
was found.
"""

import errno
import hashlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import platformdirs
import requests
from filelock import FileLock, Timeout

from gru_course.course.parsing import about_file, read_csv
from gru_course.course.progress import watched
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.sources import RemoteFile

with warnings.catch_warnings():
    # pooch's progress bar misses ipywidgets, which would draw it with scripts of another host.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import pooch

DATA_VARIABLE = "GRU_COURSE_DATA"
CACHE_VARIABLE = "GRU_COURSE_CACHE"

RETRIES = 2
"""How often a failed download is started afresh."""
CONNECT_SECONDS, READ_SECONDS = 5, 60
"""How long a silent server is waited for; the first holds for each address of its name."""
LOCK_SECONDS = 1800
"""How long to wait for another process that is fetching the same file."""


def data_folder() -> Path | None:
    """Return the folder named by ``GRU_COURSE_DATA``, or None if the variable is not set.

    Returns
    -------
    pathlib.Path or None

    Raises
    ------
    DataError
        If the variable names something that is not a folder.

    Examples
    --------
    >>> os.environ["GRU_COURSE_DATA"] = "/no/such/folder"  # doctest: +SKIP
    >>> data_folder()  # doctest: +SKIP
    Traceback (most recent call last):
    gru_course.data.errors.DataError: GRU_COURSE_DATA names '/no/such/folder', ...
    """
    value = os.environ.get(DATA_VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser()
    if not os.path.isdir(folder):  # False as well where the path may not be looked at
        raise DataError(
            f"{DATA_VARIABLE} names {value!r}, which is not a folder on this machine. "
            "Set it to the folder that holds the data files, or unset it to download them."
        )
    return folder


def cache_folder() -> Path:
    """Return the folder for downloads and parsed data; it need not exist yet.

    Returns
    -------
    pathlib.Path
        ``GRU_COURSE_CACHE`` if that is set, else the user cache of the operating system.
    """
    value = os.environ.get(CACHE_VARIABLE)
    return Path(value).expanduser() if value else platformdirs.user_cache_path("gru-course")


def verified(path: Path, file: RemoteFile) -> Path:
    """Return `path` if it holds exactly the bytes of `file`.

    Parameters
    ----------
    path : pathlib.Path
        A file on this machine.
    file : RemoteFile
        What it should be.

    Returns
    -------
    pathlib.Path
        `path`, unchanged.

    Raises
    ------
    DataError
        If the file cannot be read, or its length or sha256 differ.
    """
    advice = f"Replace it with an intact copy{f' from {file.url}' if file.url else ''}."
    try:
        with path.open("rb") as handle:
            size = os.fstat(handle.fileno()).st_size
            found = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {advice}") from error
    if size != file.size:
        raise DataError(
            f"{path} has {size:,} bytes where {file.name} has {file.size:,}: it is "
            f"{'cut off' if size < file.size else 'another file'}. {advice}"
        )
    if found != file.sha256:
        raise DataError(
            f"{path} is altered or damaged: its sha256 is {found}, expected {file.sha256}. {advice}"
        )
    return path


def locate(file: RemoteFile) -> Path | None:
    """Find `file` in the data folder or in the cache.

    Parameters
    ----------
    file : RemoteFile

    Returns
    -------
    pathlib.Path or None
        The verified file, or None if it is in neither place. A damaged copy in the cache
        counts as missing, since the cache is ours to fill again.

    Raises
    ------
    DataError
        If ``GRU_COURSE_DATA`` names no folder, or its copy of the file is not the right one.
    """
    folder = data_folder()
    if folder is not None and os.path.exists(folder / file.name):
        return verified(folder / file.name, file)
    cached = cache_folder() / file.name
    if os.path.exists(cached):
        try:
            return verified(cached, file)
        except DataError:
            return None
    return None


def locate_or_download(file: RemoteFile) -> Path:
    """Find `file` on this machine, or download it into the cache.

    Two processes may call this at once: one downloads, the other waits and then finds the
    file. A download appears under its name only when it is whole and its sha256 is right.

    Parameters
    ----------
    file : RemoteFile

    Returns
    -------
    pathlib.Path
        The verified file.

    Raises
    ------
    DataUnavailable
        If the server is down, has no such file, or sends other bytes.
    DataError
        If the data folder is wrong, or the cache cannot be written.

    Examples
    --------
    >>> from gru_course.reviews.imdb import IMDB
    >>> locate_or_download(IMDB.files[0]).name  # doctest: +SKIP
    'aclImdb.tar.xz'
    """
    found = locate(file)
    if found is not None:
        return found
    with writing_to_cache(file.name) as target:
        found = locate(file)
        if found is not None:
            return found
        if file.url is None:
            raise DataUnavailable(
                f"{file.name} is not on this machine and has no download address."
            )
        told_by = f"{file.size:,} bytes, sha256 {file.sha256}"
        return download(file.url, target, file.size, lambda path: verified(path, file), told_by)


@contextmanager
def csv_rows(file: RemoteFile, columns: int) -> Iterator[list[list[str]]]:
    """Give the rows of a CSV file, without its header; what fails while they are used names it.

    Parameters
    ----------
    file : RemoteFile
    columns : int
        How many each row has at least.

    Yields
    ------
    list of list of str

    Raises
    ------
    DataUnavailable
        If the file is not on this machine and cannot be downloaded.
    DataError
        In place of a ValueError, of reading the file or of the block.
    """
    path = locate_or_download(file)
    with about_file(path, DataError, "Replace it with an intact copy of the table."):
        yield read_csv(path, columns)


@contextmanager
def writing_to_cache(name: str) -> Iterator[Path]:
    """Hold the lock on a file of the cache, and explain what keeps it from being written.

    Parameters
    ----------
    name : str
        Path of the file inside the cache.

    Yields
    ------
    pathlib.Path
        The full path; its folder exists.

    Raises
    ------
    DataError
        If the folder is read-only, is not a folder, or the disk is full.
    """
    target = cache_folder() / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=LOCK_SECONDS):
            yield target
    except Timeout as error:
        raise DataError(
            f"Another process has held {error.lock_file} for {LOCK_SECONDS // 60} minutes. "
            "If none is running, delete that file and try again."
        ) from error
    except OSError as error:
        what = "The disk is full" if error.errno == errno.ENOSPC else "It is not writable"
        raise DataError(
            f"Cannot write {name} to the cache folder {cache_folder()}. {what} "
            f"({error.strerror or error}). Put that right, or set {CACHE_VARIABLE} to a folder "
            "with room; then try again. Nothing half-written was kept."
        ) from error


def download(
    url: str, target: Path, limit: int, check: Callable[[Path], object], told_by: str
) -> Path:
    """Download a file and give it its name once it is whole and has passed a check.

    The one way into the course for bytes from elsewhere. A silent server is waited for
    `READ_SECONDS`, a failed attempt is repeated `RETRIES` times from the start, more than `limit`
    bytes are never written, and nothing half-done stays.

    Parameters
    ----------
    url : str
    target : pathlib.Path
        From `writing_to_cache`, whose lock must be held.
    limit : int
        The most bytes that the file may have.
    check : callable
        Reads the downloaded file, and raises `DataError` if it is not the right one.
    told_by : str
        How to know the right file, for whoever gets it by other means.

    Returns
    -------
    pathlib.Path
        `target`.

    Raises
    ------
    DataUnavailable
        If the server cannot be reached, or does not send the right file.
    OSError
        If the disk cannot take it.
    """
    http = pooch.HTTPDownloader(
        progressbar=watched(),
        chunk_size=1 << 16,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        # A server must not compress on the way: lengths and the progress bar would be wrong.
        headers={"Accept-Encoding": "identity"},
    )

    def attempt(url: str, part: str, _: pooch.Pooch) -> None:
        try:
            with Path(part).open("wb") as file:
                http(url, _Bounded(file, limit), None)
            check(Path(part))
        except requests.ConnectTimeout as error:
            # A network that swallows packets will do so again: trying again would only
            # keep a learner waiting, so this leaves pooch by an error that it does not catch.
            raise DataUnavailable(str(error)) from None
        except DataError as error:
            raise ValueError(str(error)) from None  # which pooch takes for a reason to try again

    # A folder of its own: what a killed process left there is swept away with the rest.
    workshop = target.with_name(f"{target.name}.part")
    fetcher = pooch.create(
        path=workshop,
        base_url="",
        registry={target.name: None},
        urls={target.name: url},
        retry_if_failed=RETRIES,
    )
    try:
        os.replace(fetcher.fetch(target.name, downloader=attempt), target)
    except (requests.RequestException, ValueError, DataUnavailable) as error:
        raise DataUnavailable(
            f"Could not download {target.name} from {url}: {error}\n"
            f"Try again when the server can be reached, or get the file ({told_by}) by other means "
            f"and put it into {target.parent} or into the folder that {DATA_VARIABLE} names."
        ) from None  # a screen of urllib3's inner life would bury this message
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return target


class _Bounded:
    """A file that takes so many bytes and no more, however much a server sends."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.file, self.left = file, limit

    def write(self, chunk: bytes) -> int:
        """Write a chunk, or refuse it."""
        self.left -= len(chunk)
        if self.left < 0:
            raise DataError("the server sends more bytes than the file has")
        return self.file.write(chunk)

    def flush(self) -> None:
        """Pass on what was written."""
        self.file.flush()
