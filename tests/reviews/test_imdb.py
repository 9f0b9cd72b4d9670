"""Reading IMDB, tried on eight reviews: every form it comes in, and every way it can be wrong."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gru_course
from gru_course.data import reviews
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.reviews.imdb import load_imdb

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


def by_text(split):
    """Return {text: (ids, label)}."""
    return {
        text: (split.ids(i).tolist(), int(split.labels[i])) for i, text in enumerate(split.texts)
    }


def check(data):
    # Ranks: film 1, dull 2, moving 3, a 4, not 5, it's 6, br 7, and 8, É 9; ids are 3 more.
    assert by_text(data.train) == {
        "A moving film.<br />Moving, and É!": ([1, 7, 6, 4, 10, 6, 11, 12], 1),
        "film, film; not dull": ([1, 4, 4, 8, 5], 1),
        "A DULL film": ([1, 7, 5, 4], 0),
        "It's dull": ([1, 9, 5], 0),
    }
    assert by_text(data.test) == {
        "Never-seen words: moving": ([1, 6], 1),  # unknown words are dropped
        "a film": ([1, 7, 4], 1),
        "dull dull dull": ([1, 5, 5, 5], 0),
        "not moving": ([1, 8, 6], 0),
    }
    assert data.profile == "full"
    assert data.statement == (
        "Large Movie Review Dataset, 4 training and 4 test reviews (full profile)"
    )


def test_downloaded(tiny, server):
    check(load_imdb(tiny.source))
    assert sorted(server.asked) == ["/aclImdb_v1.tar.gz", "/imdb_word_index.json"]


def test_second_time_from_the_cache_alone(tiny, server, kept):
    load_imdb(tiny.source)
    server.answers.clear()
    for name in ("aclImdb_v1.tar.gz", "imdb_word_index.json"):
        assert name in kept()
    before = len(server.asked)
    check(load_imdb(tiny.source))
    assert len(server.asked) == before


def test_cache_needs_no_archive_and_no_lock(tiny, cache, server, monkeypatch):
    load_imdb(tiny.source)
    server.answers.clear()
    for path in [*cache.glob("*.gz"), *cache.glob("*.json")]:
        path.unlink()
    monkeypatch.setattr("gru_course.data.fetch.FileLock", None)  # as on a read-only disk
    check(load_imdb(tiny.source))


@pytest.mark.parametrize("form", ["archive", "folder", "repacked"])
def test_found_in_the_data_folder(tiny, server, tmp_path, monkeypatch, form):
    data = tmp_path / "Données du cours"
    data.mkdir()
    (data / "imdb_word_index.json").write_bytes(tiny.index)
    source = tiny.source
    if form == "archive":
        (data / "aclImdb_v1.tar.gz").write_bytes(tiny.archive)
    elif form == "folder":
        tiny.unpack(data)
        (data / "aclImdb" / "train" / "labeledBow.feat").write_text("of the official release")
        (data / "aclImdb" / "train" / "unsup" / "0_0.txt").write_text("without a label")
        for name in ("._0_9.txt", "0_9.txt.txt", "0_9 (copy).txt", "0_9.bak"):
            (data / "aclImdb" / "train" / "pos" / name).write_text("not of the data set")
    else:
        hidden = replace(tiny.with_archive(tiny.archive).archives[0], name="small.tar", url=None)
        source = replace(tiny.source, archives=(hidden, tiny.source.archives[-1]))
        (data / "small.tar").write_bytes(tiny.archive)
    monkeypatch.setenv("GRU_COURSE_DATA", str(data))
    check(load_imdb(source))
    assert not server.asked


def test_order_is_one_permutation_of_class_then_number(tiny):
    paths = ["train/neg/2_1", "train/neg/10_4", "train/pos/0_9", "train/pos/1_7"]
    order = np.random.default_rng(113).permutation(4)
    assert list(load_imdb(tiny.source).train.texts) == [
        tiny.files[f"{paths[place]}.txt"].decode() for place in order
    ]


def test_every_form_gives_the_same_order(tiny, tmp_path, monkeypatch, cache):
    packed = list(load_imdb(tiny.source).train.texts)
    shutil.rmtree(cache)
    tiny.unpack(tmp_path)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    assert list(load_imdb(tiny.source).train.texts) == packed


def test_missing_data_folder_is_reported_even_if_the_cache_would_do(tiny, tmp_path, monkeypatch):
    load_imdb(tiny.source)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="not a folder"):
        load_imdb(tiny.source)


def test_altered_archive_in_the_data_folder(tiny, tmp_path, monkeypatch, kept):
    altered = bytearray(tiny.archive)
    altered[-20] ^= 1
    (tmp_path / "aclImdb_v1.tar.gz").write_bytes(altered)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"aclImdb_v1\.tar\.gz is altered or damaged"):
        load_imdb(tiny.source)
    assert not [name for name in kept() if name.endswith(".npz")]
    (tmp_path / "aclImdb_v1.tar.gz").write_bytes(tiny.archive)
    check(load_imdb(tiny.source))


def test_altered_review_in_the_folder(tiny, tmp_path, monkeypatch, kept):
    tiny.unpack(tmp_path)
    review = tmp_path / "aclImdb" / "test" / "neg" / "1_3.txt"
    review.write_text("not Moving")
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"not the published ones.*expected"):
        load_imdb(tiny.source)
    assert not [name for name in kept() if ".npz" in name]
    review.write_bytes(tiny.files["test/neg/1_3.txt"])
    check(load_imdb(tiny.source))


def test_missing_review_in_the_folder(tiny, tmp_path, monkeypatch):
    tiny.unpack(tmp_path)
    (tmp_path / "aclImdb" / "train" / "pos" / "0_9.txt").unlink()
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="holds 7 labelled reviews where the data set has 8"):
        load_imdb(tiny.source)


def test_a_review_that_cannot_be_read(tiny, tmp_path, monkeypatch):
    tiny.unpack(tmp_path)
    review = tmp_path / "aclImdb" / "train" / "pos" / "0_9.txt"
    review.unlink()
    review.mkdir()
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"aclImdb cannot be read: .*0_9\.txt"):
        load_imdb(tiny.source)


def test_a_review_too_many_in_the_folder(tiny, tmp_path, monkeypatch):
    tiny.unpack(tmp_path)
    (tmp_path / "aclImdb" / "train" / "pos" / "99_9.txt").write_text("mine")
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="holds 9 labelled reviews"):
        load_imdb(tiny.source)


def link(name, kind=tarfile.SYMTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def test_members_that_would_write_elsewhere_are_never_followed(tiny, tmp_path, cache, make_tar):
    hostile = [
        (tarfile.TarInfo("../../escaped.txt"), b"x"),
        (tarfile.TarInfo(str(tmp_path / "absolute.txt")), b"x"),
        (tarfile.TarInfo("aclImdb/../train/pos/5_9.txt"), b"x"),
        (tarfile.TarInfo("aclImdb/train/pos/../../6_9.txt"), b"x"),
        (link("aclImdb/train/pos/7_9.txt"), b""),
        (link("aclImdb/train/pos/8_9.txt", tarfile.LNKTYPE), b""),
    ]
    good = [(tarfile.TarInfo(f"aclImdb/{p}"), content) for p, content in tiny.files.items()]
    archive = make_tar([*hostile, *good])
    source = tiny.with_archive(archive)
    cache.mkdir(parents=True)
    (cache / source.archives[0].name).write_bytes(archive)
    before = set(tmp_path.rglob("*"))
    check(load_imdb(source))
    new = {path for path in tmp_path.rglob("*") if path not in before}
    assert {path.parent for path in new} == {cache}
    assert not [p for p in new if p.suffix not in {".lock", ".npz", ".json"}]


def test_a_link_in_place_of_a_review_is_refused(tiny, cache, make_tar):
    members = [(tarfile.TarInfo(f"aclImdb/{p}"), content) for p, content in tiny.files.items()]
    members[0] = (link("aclImdb/train/pos/0_9.txt"), b"")
    archive = make_tar(members)
    source = tiny.with_archive(archive)
    cache.mkdir(parents=True)
    (cache / source.archives[0].name).write_bytes(archive)
    with pytest.raises(DataError, match="holds 7 labelled reviews"):
        load_imdb(source)


def test_not_to_be_had(tiny, server):
    server.answers.clear()
    with pytest.raises(DataUnavailable, match="404"):
        load_imdb(tiny.source)


@pytest.mark.parametrize("damage", ["cut off", "one byte", "empty", "a pickle"])
def test_a_damaged_cache_is_made_anew(tiny, cache, damage):
    load_imdb(tiny.source)
    (path,) = cache.glob("*.npz")
    content = bytearray(path.read_bytes())
    if damage == "one byte":
        content[content.index(b"dull dull dull")] ^= 1
    path.write_bytes(
        {
            "cut off": content[: len(content) // 2],
            "one byte": content,
            "empty": b"",
            "a pickle": b"\x80\x04N.",
        }[damage]
    )
    check(load_imdb(tiny.source))
    check(load_imdb(tiny.source))
    assert reviews.read(path, "again") is not None


def test_the_cache_is_plain_arrays(tiny, cache):
    load_imdb(tiny.source)
    (path,) = cache.glob("*.npz")
    assert re.fullmatch("load_imdb-[0-9a-f]{16}.npz", path.name)
    with np.load(path, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} == {"u", "i"}


ENCODE = """
import sys
from dataclasses import replace
from gru_course.data.sources import RemoteFile
from gru_course.reviews.imdb import IMDB_SOURCE, load_imdb
name, sha256, size, labelled = sys.argv[1:]
index = RemoteFile(name, None, sha256, int(size))
source = replace(IMDB_SOURCE, archives=(), word_index=index, labelled_sha256=labelled, per_class=2)
data = load_imdb(source)
print(sorted(data.train.ids(i).tolist() for i in range(4)))
"""


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("data/tokenise.py", '_UPPER.lower() + b" "', '_UPPER.lower() + b"\'"'),
        ("data/reviews.py", "vocabulary.encode(text) for", "vocabulary.encode(text)[:2] for"),
        ("reviews/imdb.py", 'CLASSES = ("train", "test"), ("neg", "pos")', None),
    ],
)
def test_after_an_edit_of_the_code_old_ids_do_not_come_back(
    tiny, tmp_path, cache, monkeypatch, module, old, new
):
    """The red light of the key: each edit changes what comes out, though a cache is there."""
    package = tmp_path / "edited" / "gru_course"
    shutil.copytree(Path(gru_course.__file__).parent, package)
    tiny.unpack(tmp_path / "data")
    (tmp_path / "data" / "imdb_word_index.json").write_bytes(tiny.index)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "data"))
    index = tiny.source.word_index
    arguments = index.name, index.sha256, str(index.size), tiny.source.labelled_sha256

    def encoded():
        command = [sys.executable, "-c", ENCODE, *arguments]
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    before = encoded()
    assert encoded() == before
    assert len(list(cache.glob("*.npz"))) == 1
    file = package / module
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new or f"{old}  "), encoding="utf-8")
    assert (encoded() != before) == (new is not None)
    assert len(list(cache.glob("*.npz"))) == 2


def test_disk_full_while_caching(tiny, kept, monkeypatch):
    def fill_the_disk(handle, **_):
        handle.write(b"PK half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", fill_the_disk)
        with pytest.raises(DataError, match="disk is full"):
            load_imdb(tiny.source)
    assert kept() == {"aclImdb_v1.tar.gz", "imdb_word_index.json"}
    check(load_imdb(tiny.source))


BIG = """
import resource, sys
from pathlib import Path
import gru_course
from gru_course.data.errors import DataError
from gru_course.data.standin import order_reviews
from gru_course.data.fetch import writing_to_cache
from gru_course.data.reviews import save
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with writing_to_cache("big.npz") as target:
        save(order_reviews(200, 20), target)
except DataError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX limits")
def test_a_write_that_the_system_stops_half_way(python, kept):
    out, err = python(BIG).communicate(timeout=60)
    assert "Cannot write big.npz to the cache folder" in out, err
    assert not kept()


TWO_PROCESSES = """
import sys
from gru_course.data.sources import RemoteFile
from gru_course.reviews import imdb
from gru_course.reviews.imdb import ImdbSource, load_imdb
parse = imdb._encode
imdb._encode = lambda *given: (print("parsed"), parse(*given))[1]
data = load_imdb(eval(sys.argv[1]))
print(len(data.train), data.train.flat_ids.sum())
"""


def test_two_processes_at_once(tiny, server, kept, python):
    server.serve("aclImdb_v1.tar.gz", tiny.archive, wait=0.5)
    both = [python(TWO_PROCESSES, repr(tiny.source)) for _ in range(2)]
    printed = []
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        printed += out.splitlines()
    assert sorted(printed) == ["4 111", "4 111", "parsed"]
    assert sorted(server.asked) == ["/aclImdb_v1.tar.gz", "/imdb_word_index.json"]
    names = kept()
    assert len(names) == 3
    assert not [name for name in names if name.endswith(".part")]
