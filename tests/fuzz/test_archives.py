"""Archives: what was packed comes out, or an error names the archive; nothing grows or hangs."""

import gzip
import io
import lzma
import re
import struct
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.data.archives import tar_members, zip_member
from gru_course.data.errors import DataError

from .conftest import damaged, fuzzed

WANTED = re.compile(r"[^/]+/(in/[0-9]+\.txt)")
NAMES = (
    "top/in/1.txt",
    "top/in/2.txt",
    "top/in/33.txt",
    "top/other.txt",
    "../../escaped.txt",
    "/in/1.txt",
    "top/in/",
    "top/in/" + "4" * 150 + ".txt",
    "top/../in/5.txt",
    "top/ñ/6.txt",
)
KINDS = (
    tarfile.REGTYPE,
    tarfile.REGTYPE,
    tarfile.REGTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
    tarfile.CHRTYPE,
    tarfile.CONTTYPE,
    b"\x00",
    b"x",
    b"Z",
)
FORMS = (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT)
FILES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(KINDS), st.binary(max_size=600)), max_size=4
)
WAYS = (bytes, gzip.compress, lzma.compress)


def tar(files, form, headers):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form, pax_headers=headers) as archive:
        for name, kind, content in files:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            try:
                archive.addfile(member, io.BytesIO(content))
            except ValueError:  # too long a name for this form
                continue
    return packed.getvalue()


TARS = st.builds(
    tar,
    FILES,
    st.sampled_from(FORMS),
    st.sampled_from([{}, {"comment": "x"}, {"size": "-512"}, {"GNU.sparse.size": "9" * 12}]),
)


def read_tar(path, **limits):
    limits = {"longest": 1_000, "total": 1 << 20, "advice": "Get another."} | limits
    return list(tar_members(path, WANTED, **limits))


@fuzzed
@given(st.data())
def test_tar_damaged(tried, tmp_path, data):
    path = tmp_path / "a.tar"
    way = data.draw(st.sampled_from(WAYS))
    body = data.draw(damaged(TARS))  # the tar inside is damaged, or its packing, or both
    path.write_bytes(data.draw(damaged(st.just(way(body)))))
    found = tried(lambda: read_tar(path), names="a.tar cannot be read: ")
    assert found is None or all(len(content) <= 1_000 for _, content in found)
    assert [p.name for p in tmp_path.iterdir()] == ["a.tar"]


@fuzzed
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=600)), max_size=4),
    st.sampled_from(WAYS),
    st.sampled_from(FORMS),
)
def test_tar_sound(tried, tmp_path, files, way, form):
    packed = [(f"top/in/{number}.txt", tarfile.REGTYPE, content) for number, content in files]
    path = tmp_path / "a.tar"
    path.write_bytes(way(tar(packed, form, {})))
    found = tried(lambda: read_tar(path))
    assert found == [(f"in/{number}.txt", content) for number, content in files]


def zipped(files, way):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", way) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


ZIPS = st.builds(
    zipped,
    st.dictionaries(st.sampled_from(["fra.txt", "x.txt", "../fra.txt"]), st.binary(max_size=900)),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]),
)


def read_zip(path, longest=800):
    return zip_member(path, "fra.txt", longest=longest, advice="Get another.")


@fuzzed
@given(damaged(ZIPS))
def test_zip_damaged(tried, tmp_path, body):
    path = tmp_path / "a.zip"
    path.write_bytes(body)
    found = tried(lambda: read_zip(path), names="a.zip cannot be read: ")
    assert found is None or len(found) <= 800


@fuzzed
@given(st.binary(max_size=800), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_zip_sound(tried, tmp_path, content, way):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"fra.txt": content, "other": b"x"}, way))
    assert tried(lambda: read_zip(path)) == content


def member(name=b"top/in/1.txt", kind=b"0", size=0, more=b""):
    """Return the header of a tar by hand, so that it may say what it likes."""
    length = b"\x80" + size.to_bytes(11) if size >= 0 else (b"\xff" * 4 + struct.pack(">q", size))
    head = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + length + b"00000000000\0"
    head = (head + b" " * 8 + kind + b"\0" * 100 + b"ustar  \0" + more).ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


ZEROS = 64 << 20
BOMBS = {
    "a large file": member(size=ZEROS),
    "a large file that nobody wants": member(b"top/other", size=ZEROS),
    "a large header": member(kind=b"x", size=ZEROS),
    "a large global header": member(kind=b"g", size=ZEROS),
    "a long name": member(kind=b"L", size=ZEROS),
    "a sparse file": member(kind=b"S", size=ZEROS),
    "a negative size": member(size=-512),
    "a size beyond all": member(size=2**80),
    "headers without end": member(kind=b"L", size=0) * 3_000,
}


@pytest.mark.parametrize("kind", BOMBS)
def test_tar_bombs_are_refused_at_once_and_in_little_memory(tmp_path, kind):
    path = tmp_path / "bomb.tar"
    path.write_bytes(gzip.compress(BOMBS[kind] + b"\0" * ZEROS))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"bomb\.tar cannot be read: .+\. Get another\."):
            read_tar(path)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_bombs_are_refused_in_little_memory(tmp_path, way):
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"fra.txt": b"\0" * ZEROS}, way))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"fra\.txt (has more than 800 bytes|is packed by)"):
            read_zip(path)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_a_bare_reader_is_red(tmp_path):
    """What the limits are for: the same archive by tarfile alone fills the memory."""
    path = tmp_path / "bomb.tar"
    path.write_bytes(gzip.compress(BOMBS["a long name"] + b"\0" * ZEROS))
    tracemalloc.start()
    try:
        with pytest.raises(tarfile.TarError), tarfile.open(path, "r|*") as archive:
            list(archive)
        assert tracemalloc.get_traced_memory()[1] > ZEROS
    finally:
        tracemalloc.stop()
