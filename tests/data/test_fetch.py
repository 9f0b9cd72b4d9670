"""Finding and downloading files: every way it can go wrong, against a local server."""

import contextlib
import errno
import hashlib
import os
import socket
import sys
import time
from pathlib import Path

import pooch
import pytest

from gru_course.data import fetch
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import RemoteFile

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

BODY = b"0123456789" * 5_000
NAME = "text/corpus.txt"


@pytest.fixture
def file(server) -> RemoteFile:
    server.serve(NAME, BODY)
    sha256 = hashlib.sha256(BODY).hexdigest()
    return RemoteFile(NAME, f"{server.url}/{NAME}", sha256, len(BODY))


def test_downloads_once_and_then_finds_the_file(server, file, cache, kept):
    path = locate_or_download(file)
    assert path == cache / NAME
    assert path.read_bytes() == BODY
    assert locate_or_download(file) == path
    assert server.asked == [f"/{NAME}"]
    assert kept() == {"text", "corpus.txt"}


def test_progress_is_shown_to_a_person_only(file, capsys, monkeypatch, cache):
    locate_or_download(file)
    assert not capsys.readouterr().err
    (cache / NAME).unlink()
    monkeypatch.setattr(fetch, "watched", lambda: True)
    locate_or_download(file)
    assert "100%" in capsys.readouterr().err


def test_the_data_folder_comes_first(server, file, tmp_path, monkeypatch, kept):
    (tmp_path / "my data" / "text").mkdir(parents=True)
    (tmp_path / "my data" / NAME).write_bytes(BODY)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "my data"))
    assert locate_or_download(file) == tmp_path / "my data" / NAME
    assert not server.asked
    assert not kept()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [(BODY[:-1], "it is cut off"), (BODY + b"!", "it is another file"), (b"x" * 50_000, "altered")],
)
def test_a_wrong_file_in_the_data_folder_is_an_error(
    server, file, tmp_path, monkeypatch, body, complaint
):
    (tmp_path / "text").mkdir()
    (tmp_path / NAME).write_bytes(body)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=complaint) as error:
        locate_or_download(file)
    assert not isinstance(error.value, DataUnavailable)
    assert NAME in str(error.value)
    assert file.url in str(error.value)
    assert not server.asked


def test_a_folder_in_place_of_the_file_is_an_error(file, tmp_path, monkeypatch):
    (tmp_path / NAME).mkdir(parents=True)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="cannot be read"):
        locate_or_download(file)


def test_a_missing_data_folder_is_an_error(server, file, tmp_path, monkeypatch):
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"GRU_COURSE_DATA names .*gone.*not a folder"):
        locate_or_download(file)
    assert not server.asked


def test_a_damaged_file_in_the_cache_is_downloaded_again(server, file, cache):
    (cache / "text").mkdir(parents=True)
    (cache / NAME).write_bytes(BODY[:100])
    assert locate_or_download(file).read_bytes() == BODY
    assert len(server.asked) == 1


def test_404(server, file, kept):
    server.answers.clear()
    with pytest.raises(DataUnavailable, match="404") as error:
        locate_or_download(file)
    for hint in (file.url, file.sha256, "50,000 bytes", "GRU_COURSE_DATA"):
        assert hint in str(error.value)
    assert kept() == {"text"}
    server.serve(NAME, BODY)
    assert locate_or_download(file).read_bytes() == BODY


def test_server_down(file, kept):
    with socket.socket() as listener:  # a port that nobody listens on
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/{NAME}"
        with pytest.raises(DataUnavailable, match="refused"):
            locate_or_download(RemoteFile(NAME, url, file.sha256, file.size))
    assert kept() == {"text"}
    assert locate_or_download(file).read_bytes() == BODY


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux' full backlog")
def test_a_network_that_swallows_packets_is_tried_once(file, kept, monkeypatch):
    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 0.2)
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):  # fill the queue: whoever calls next hears nothing
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/{NAME}"
        start = time.monotonic()
        with pytest.raises(DataUnavailable, match="timed out"):
            locate_or_download(RemoteFile(NAME, url, file.sha256, file.size))
        assert time.monotonic() - start < 2 * fetch.CONNECT_SECONDS
    assert kept() == {"text"}
    assert locate_or_download(file).read_bytes() == BODY


def test_altered_on_the_server(server, file, kept):
    server.serve(NAME, b"x" * len(BODY))
    with pytest.raises(DataUnavailable, match=f"is [0-9a-f]{{64}}, expected {file.sha256}"):
        locate_or_download(file)
    assert kept() == {"text"}
    server.serve(NAME, BODY)
    assert locate_or_download(file).read_bytes() == BODY


def test_cut_off_on_the_way(server, file, kept):
    server.serve(NAME, BODY, cut=1_000)
    with pytest.raises(DataUnavailable, match="IncompleteRead"):
        locate_or_download(file)
    assert len(server.asked) == 1 + fetch.RETRIES
    assert kept() == {"text"}
    server.serve(NAME, BODY)
    assert locate_or_download(file).read_bytes() == BODY


def test_a_server_that_sends_more_than_the_file_has(server, file, kept):
    """The red light of the bound: a stream without end is left after as many bytes as expected."""
    sent = []

    def for_ever(request):
        request.send_response(200)
        request.end_headers()  # no length: it ends when the server says so
        with contextlib.suppress(OSError):
            while True:
                request.wfile.write(b"0" * 65_536)
                sent.append(65_536)

    server.answers[f"/{NAME}"] = for_ever
    with pytest.raises(DataUnavailable, match="sends more bytes than the file has"):
        locate_or_download(file)
    assert sum(sent) < 50_000_000
    assert kept() == {"text"}


def test_a_second_attempt_is_made(server, file):
    good = server.answers[f"/{NAME}"]

    def fail_once(request):
        server.answers[f"/{NAME}"] = good
        request.send_error(503)

    server.answers[f"/{NAME}"] = fail_once
    assert locate_or_download(file).read_bytes() == BODY
    assert len(server.asked) == 2


def test_a_file_without_an_address_cannot_be_downloaded():
    with pytest.raises(DataUnavailable, match="no download address"):
        locate_or_download(RemoteFile("local.txt", None, "0" * 64, 1))


def test_disk_full_while_downloading(server, file, kept, monkeypatch):
    def fill_the_disk(self, url, output_file, *_, **__):
        output_file.write(BODY[:1_000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(pooch.HTTPDownloader, "__call__", fill_the_disk)
        with pytest.raises(DataError, match="disk is full") as error:
            locate_or_download(file)
    assert not isinstance(error.value, DataUnavailable)
    assert "GRU_COURSE_CACHE" in str(error.value)
    assert kept() == {"text"}
    assert locate_or_download(file).read_bytes() == BODY


def test_cache_that_is_no_folder(file, cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    with pytest.raises(DataError, match="not writable") as error:
        locate_or_download(file)
    assert str(cache) in str(error.value)
    cache.unlink()
    assert locate_or_download(file).read_bytes() == BODY


def test_read_only_cache(file, cache, kept, monkeypatch):
    # The superuser writes wherever it likes, so the system's answer is put in by hand.
    def refuse(self, *_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(DataError, match=r"not writable \(Read-only file system\)"):
            locate_or_download(file)
    assert not kept()
    assert locate_or_download(file).read_bytes() == BODY


UNPRIVILEGED = """
import os
from gru_course.data.errors import DataError
from gru_course.data.fetch import locate_or_download
from gru_course.reviews.imdb import IMDB_SOURCE, load_imdb
if os.geteuid() == 0:  # the superuser may write anywhere
    os.setuid(65534)
for attempt in (load_imdb, lambda: locate_or_download(IMDB_SOURCE.word_index)):
    try:
        attempt()
    except DataError as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_cache_in_a_folder_of_another_user(cache, python):
    cache.mkdir(parents=True)
    cache.chmod(0o000)
    out, err = python(UNPRIVILEGED).communicate(timeout=60)
    cache.chmod(0o700)
    assert out.count("not writable (Permission denied)") == 2, err


def test_what_a_killed_process_left_is_swept_away(file, cache, kept):
    (cache / f"{NAME}.part").mkdir(parents=True)
    (cache / f"{NAME}.part" / "tmp123").write_bytes(BODY[:10])
    locate_or_download(file)
    assert kept() == {"text", "corpus.txt"}


def test_another_process_holds_the_lock_for_too_long(file, cache, monkeypatch):
    monkeypatch.setattr(fetch, "LOCK_SECONDS", 0.05)
    with (
        fetch.writing_to_cache(NAME),
        pytest.raises(DataError, match="Another process"),
    ):
        locate_or_download(file)


TWO_PROCESSES = """
import sys
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import RemoteFile
name, url, sha256, size = sys.argv[1:]
print(locate_or_download(RemoteFile(name, url, sha256, int(size))))
"""


def test_two_processes_at_once(server, file, cache, kept, python):
    server.serve(NAME, BODY, wait=1.0)
    arguments = (file.name, file.url, file.sha256, str(file.size))
    both = [python(TWO_PROCESSES, *arguments) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.strip() == str(cache / NAME)
    assert server.asked == [f"/{NAME}"]
    assert kept() == {"text", "corpus.txt"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_download_leaves_the_next_one_a_clean_start(server, file, kept, python):
    server.serve(NAME, BODY, wait=30.0)
    process = python(TWO_PROCESSES, file.name, file.url, file.sha256, str(file.size))
    while not server.asked:
        assert process.poll() is None
    process.kill()
    process.communicate()
    server.serve(NAME, BODY)
    assert locate_or_download(file).read_bytes() == BODY
    assert kept() == {"text", "corpus.txt"}


def test_without_variables_the_cache_is_the_users(monkeypatch):
    monkeypatch.delenv("GRU_COURSE_CACHE")
    assert "gru-course" in fetch.cache_folder().parts
    monkeypatch.setenv("GRU_COURSE_CACHE", "~/somewhere")
    assert fetch.cache_folder() == Path.home() / "somewhere"
