"""Archives that may be damaged, or made to do harm: read as a stream and within bounds.

Nothing is unpacked to disk, so no member can write anywhere; links are not followed.
"""

import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from gru_course.data.errors import DataError

_OPENERS: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"\xfd7": lzma.open}  # by the first bytes
UNREADABLE = (
    OSError, EOFError, ValueError, KeyError, OverflowError, RuntimeError,
    zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile,
)  # fmt: skip
"""What the standard library raises for an archive that is not what it should be."""
_EXTRA_HEADERS = {
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
}  # fmt: skip
_LONGEST_HEADER = 4096  # bytes; tarfile reads all of it, whatever it says of its length


def tar_members(
    archive: Path, wanted: re.Pattern[str], *, longest: int, total: int, advice: str
) -> Iterator[tuple[str, bytes]]:
    """Read the wanted files of a tar, compressed by gzip, by xz or not.

    Parameters
    ----------
    archive : pathlib.Path
    wanted : re.Pattern
        What their whole paths look like; its first group is the name they get here.
    longest : int
        The most bytes that one of them may have.
    total : int
        The most bytes that the archive may unpack to.
    advice : str
        What to do about an archive that cannot be read.

    Yields
    ------
    tuple of str and bytes
        Name and content, in the order of the archive. Where an archive breaks off between two
        files nothing shows it: compare what came with what should be there.

    Raises
    ------
    DataError
        If the archive is damaged, cut off inside a file, or larger than it may be.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     archive = Path(folder, "texts.tar")
    ...     with tarfile.open(archive, "w") as tar:
    ...         tar.addfile(tarfile.TarInfo("top/1.txt"))
    ...     list(tar_members(archive, re.compile("top/(.*)"), longest=9, total=20_000, advice=""))
    [('1.txt', b'')]
    """
    try:
        with archive.open("rb") as file:
            unpack = _OPENERS.get(file.peek(2)[:2])
            bounded = _Bounded(unpack(file) if unpack else file, total)
            with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_Member) as tar:  # type: ignore[call-overload]
                for member in tar:
                    name = wanted.fullmatch(member.name)
                    content = tar.extractfile(member) if name and member.isreg() else None
                    if name and content:
                        yield name[1], _at_most(longest, content, member.name)
    except UNREADABLE as error:
        raise DataError(_said(archive, error, advice)) from error


def zip_member(archive: Path, name: str, *, longest: int, advice: str) -> bytes:
    """Read one file of a zip.

    Parameters
    ----------
    archive : pathlib.Path
    name : str
        Its whole path inside the archive.
    longest : int
        The most bytes that it may have.
    advice : str
        What to do about an archive that cannot be read.

    Returns
    -------
    bytes
        Its content, the checksum compared.

    Raises
    ------
    DataError
        If there is no such file, the archive is damaged, or the file larger than it may be.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     archive = Path(folder, "texts.zip")
    ...     with zipfile.ZipFile(archive, "w") as packed:
    ...         packed.writestr("1.txt", "Fin.")
    ...     zip_member(archive, "1.txt", longest=9, advice="")
    b'Fin.'
    """
    try:
        with zipfile.ZipFile(archive) as packed, packed.open(name) as content:
            # The other methods unpack all at once, however much it is.
            if packed.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{name} is packed by another method than deflate")
            return _at_most(longest, content, name)
    except UNREADABLE as error:
        raise DataError(_said(archive, error, advice)) from error


class _Member(tarfile.TarInfo):
    """A member of a tar whose headers cannot fill the memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read one header, or refuse it."""
        member = super().frombuf(buf, encoding, errors)
        large = member.type in _EXTRA_HEADERS and member.size > _LONGEST_HEADER
        if member.size < 0 or member.type == tarfile.GNUTYPE_SPARSE or large:
            raise tarfile.ReadError(f"the header of {member.name!r:.60} makes no sense")
        return member


class _Bounded:
    """A stream that gives so many bytes and no more."""

    def __init__(self, stream: Any, total: int) -> None:
        self.stream, self.total, self.left = stream, total, total

    def read(self, size: int) -> bytes:
        """Read on, or refuse to."""
        content: bytes = self.stream.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise ValueError(f"it unpacks to more than {self.total:,} bytes")
        return content


def _at_most(longest: int, content: Any, name: str) -> bytes:
    found: bytes = content.read(longest + 1)
    if len(found) > longest:
        raise ValueError(f"{name} has more than {longest:,} bytes")
    return found


def _said(archive: Path, error: Exception, advice: str) -> str:
    what = (str(*error.args[:1]) if isinstance(error, KeyError) else str(error)) or "it is cut off"
    return f"{archive} cannot be read: {what:.500}. {advice}"
