"""What all fuzz tests share: how many inputs, how they are damaged, and a count at the end.

``make test`` tries some hundred inputs a parser. ``make fuzz`` sets FUZZ_EXAMPLES and prints how
many there were.
"""

import hashlib
import os
import random
from collections import Counter
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from gru_course.data.errors import DataError
from gru_course.data.sources import RemoteFile

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 150)
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=timedelta(seconds=10),  # an input that keeps a parser busy for longer is a fault
    suppress_health_check=list(HealthCheck),
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # the same inputs whenever a change is tested
    database=None,
)
_COUNTS: Counter[str] = Counter()


class Tried:
    """Counts the inputs of a test and how many of them were read."""

    def __init__(self):
        self.inputs = self.read = 0

    def __call__(self, parse, *, error=DataError, names=""):
        """Parse an input; give None where the parser refused it by its own error, named."""
        self.inputs += 1
        try:
            result = parse()
        except error as raised:
            refused = raised
        else:
            self.read += 1
            return result
        assert type(refused) is error, refused
        assert names in str(refused)
        assert len(str(refused)) < 2_000
        return None


@pytest.fixture
def tried(request):
    counter = Tried()
    yield counter
    request.node.user_properties.append(("fuzzed", (counter.inputs, counter.read)))


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Return a function that puts a body into the cache and describes it, hash and all."""
    monkeypatch.setenv("GRU_COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("GRU_COURSE_DATA", raising=False)

    def store(name, body):
        (tmp_path / name).write_bytes(body)
        return RemoteFile(name, None, hashlib.sha256(body).hexdigest(), len(body))

    return store


def pytest_runtest_logreport(report):
    if report.when == "teardown":
        for name, (inputs, read) in (p for p in report.user_properties if p[0] == "fuzzed"):
            parser = report.nodeid.rpartition("/")[2].removeprefix("test_").replace(".py::test", "")
            _COUNTS[parser, name] += inputs
            _COUNTS[parser, "read"] += read


def pytest_terminal_summary(terminalreporter):
    if "FUZZ_EXAMPLES" in os.environ:
        terminalreporter.section("inputs tried, and of them read without an error")
        for parser in sorted({parser for parser, _ in _COUNTS}):
            counts = _COUNTS[parser, "fuzzed"], _COUNTS[parser, "read"]
            terminalreporter.write_line("{:60} {:>10,} {:>10,}".format(parser, *counts))


NASTY = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\n",
    b"\t",
    b'"',
    b"\\ud800",
    b"\xed\xa0\x80",
    b"[",
    b"{",
    b"nan",
    b"1e999",
    b"-1",
    b"9" * 30,
    b"0",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x80" + b"\x00" * 11,
)


@st.composite
def damaged(draw, sound):
    """Bytes that were sound once: cut off, overwritten, with pieces twice or gone."""
    body = bytearray(draw(sound))
    rng = random.Random(draw(st.integers(0, 2**64)))
    for _ in range(draw(st.integers(0, 6))):
        place, size = rng.randrange(len(body) + 1), rng.choice((1, 1, 2, 4, 16, 100))
        kind = rng.randrange(6)
        if kind == 0:
            del body[place : place + size]
        elif kind == 1:
            body[place:place] = body[place : place + size]
        elif kind == 2:
            body[place : place + size] = rng.randbytes(size)
        elif kind == 3:
            body[place:place] = rng.choice(NASTY)
        elif kind == 4:
            chosen = rng.choice(NASTY)
            body[place : place + len(chosen)] = chosen
        elif rng.random() < 0.3:
            del body[place:]
    return bytes(body)


TEXTS = st.text(max_size=12)
HOSTILE = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        3,
        10**400,
        1e999,
        float("nan"),
        "",
        "x",
        "\ud800",
        "USER",
        [],
        {},
        [[]],
        [{}],
        {"": 1},
    ]
)


@st.composite
def altered(draw, tree, hostile=HOSTILE):
    """A tree of JSON or TOML in which some nodes are something else, missing or there twice."""
    whole = [deepcopy(draw(tree))]  # parts of it may belong to the strategy
    for _ in range(draw(st.integers(0, 3))):
        node, key = whole, 0
        while isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 5)):
            node = node[key]
            key = draw(
                st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
            )
        kind = draw(st.integers(0, 3))
        if kind == 0 and node is not whole:
            del node[key]
        elif kind == 1 and isinstance(node, list) and node is not whole:
            node.append(node[key])
        elif kind == 2 and isinstance(node, dict):
            node[draw(TEXTS)] = node[key]
        else:
            node[key] = deepcopy(draw(hostile))  # which a later step may change
    return whole[0]
