"""A server, a cache and a tiny IMDB of their own for every test; nothing leaves the machine."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

import gru_course
from gru_course.data.sources import RemoteFile
from gru_course.reviews.imdb import ImdbSource, tree_sha256

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A local web server that answers as it is told and remembers what it was asked for."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, name: str, body: bytes, *, cut: int = 0, wait: float = 0.0) -> None:
        """Answer with `body`, short of its last `cut` bytes, after `wait` seconds."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            threading.Event().wait(wait)
            request.send_response(200)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body[: len(body) - cut])

        self.answers[f"/{name}"] = answer


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.asked.append(self.path)
            answer = running.answers.get(self.path)
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(autouse=True)
def cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give each test a cache whose path has a blank and letters beyond ASCII."""
    folder = tmp_path / "caché für Größen" / "gru"
    monkeypatch.setenv("GRU_COURSE_CACHE", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("GRU_COURSE_PROFILE", raising=False)
    if not request.node.get_closest_marker("full"):
        monkeypatch.delenv("GRU_COURSE_DATA", raising=False)
    # pooch waits some seconds before it tries again
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda _: None))
    return folder


def remote_file(name: str, body: bytes, url: str | None) -> RemoteFile:
    return RemoteFile(name, url and f"{url}/{name}", hashlib.sha256(body).hexdigest(), len(body))


def tar_gz(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


@pytest.fixture
def make_tar() -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], bytes]:
    return tar_gz


@dataclass
class TinyImdb:
    """Eight reviews with a label and three without, packed as the real ones are."""

    files: dict[str, bytes]  # with a label
    unlabelled: dict[str, bytes]
    archive: bytes
    index: bytes
    source: ImdbSource

    def unpack(self, folder: Path) -> None:
        for path, content in {**self.files, **self.unlabelled}.items():
            target = folder / "aclImdb" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def with_archive(self, archive: bytes) -> ImdbSource:
        """Return a source for which `archive` is the published one, hash and all."""
        official = self.source.archives[-1]
        assert official.url is not None
        file = remote_file(official.name, archive, official.url.rsplit("/", 1)[0])
        return replace(self.source, archives=(file,))


@pytest.fixture
def tiny(server: Server) -> TinyImdb:
    texts = {
        "train/pos/0_9.txt": "A moving film.<br />Moving, and É!",
        "train/pos/1_7.txt": "film, film; not dull",
        "train/neg/2_1.txt": "A DULL film",
        "train/neg/10_4.txt": "It's dull",
        "test/pos/0_10.txt": "Never-seen words: moving",
        "test/pos/1_8.txt": "a film",
        "test/neg/0_2.txt": "dull dull dull",
        "test/neg/1_3.txt": "not moving",
    }
    files = {path: text.encode() for path, text in texts.items()}
    words = ["film", "dull", "moving", "a", "not", "it's", "br", "and", "É"]
    ranks = {word: rank for rank, word in enumerate(words, start=1)}
    index = json.dumps(ranks, sort_keys=True).encode()  # like the real one, not in their order
    unlabelled = {
        "train/unsup/2_0.txt": b"A film",
        "train/unsup/0_0.txt": b"Moving? <br />Unheard-of!",
        "train/unsup/10_0.txt": b"dull dull dull",
    }
    both = {**files, **unlabelled}
    archive = tar_gz([(tarfile.TarInfo(f"aclImdb/{p}"), c) for p, c in both.items()])
    server.serve("aclImdb_v1.tar.gz", archive)
    server.serve("imdb_word_index.json", index)
    source = ImdbSource(
        archives=(
            remote_file("aclImdb.tar.xz", b"repacked", None),
            remote_file("aclImdb_v1.tar.gz", archive, server.url),
        ),
        word_index=remote_file("imdb_word_index.json", index, server.url),
        labelled_sha256=tree_sha256(files),
        per_class=2,
        unlabelled_sha256=tree_sha256(unlabelled),
        unlabelled_count=3,
    )
    return TinyImdb(files, unlabelled, archive, index, source)


@pytest.fixture
def python() -> Callable[..., subprocess.Popen[str]]:
    """Return a function that starts another Python process with this package."""

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        path = str(Path(gru_course.__file__).parents[1])
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    return start


@pytest.fixture
def kept(cache: Path) -> Callable[[], set[str]]:
    """Return a function that lists the files in the cache, lock files aside."""

    def names() -> set[str]:
        return {p.name for p in cache.rglob("*") if p.suffix != ".lock"}

    return names
