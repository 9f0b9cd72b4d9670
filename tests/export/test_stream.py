"""A stream goes on where it was stopped, and takes no state that is not its own."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gru_course.export.reader import random_reader, read_all
from gru_course.export.stream import StateError, Stream

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

ENDLESS = """
import sys, numpy as np
from gru_course.export.reader import random_reader
from gru_course.export.stream import Stream
reader = random_reader(3, 8, 4)
stream = Stream(reader.step, reader)
frames = np.load(sys.argv[1])
while True:
    stream.read(frames[stream.count % len(frames)])
    stream.save(sys.argv[2])
    print(stream.count, flush=True)
"""


@pytest.fixture
def frames():
    return np.random.default_rng(0).normal(size=(40, 3)).astype("f4")


def test_a_killed_process_loses_nothing_it_had_saved(frames, tmp_path):
    np.save(tmp_path / "frames.npy", frames)
    command = [sys.executable, "-c", ENDLESS, tmp_path / "frames.npy", tmp_path / "state.npz"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(25):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    reader = random_reader(3, 8, 4)
    stream = Stream(reader.step, reader)
    stream.restore(tmp_path / "state.npz")
    assert stream.count >= 25
    whole = np.stack([frames[n % 40] for n in range(stream.count + 10)])
    for frame in whole[stream.count :]:
        scores = stream.read(frame)
    expected, state = read_all(reader.step, whole, np.zeros(8, "f4"))
    np.testing.assert_array_equal(scores, expected)
    np.testing.assert_array_equal(stream.state, state)
    assert stream.count == len(whole)


@pytest.fixture
def stored(frames, tmp_path):
    reader = random_reader(3, 8, 4)
    stream = Stream(reader.step, reader)
    for frame in frames[:7]:
        stream.read(frame)
    stream.save(tmp_path / "state.npz")
    return reader, stream, tmp_path / "state.npz"


def test_the_state_of_another_model_is_refused(stored):
    reader, _, path = stored
    changed = replace(reader, head_bias=reader.head_bias + np.float32(1e-6))
    for other in (random_reader(3, 8, 4, seed=1), changed):
        stream = Stream(other.step, other)
        with pytest.raises(StateError, match="belongs to another model"):
            stream.restore(path)
        assert stream.count == 0


@pytest.mark.parametrize("damage", [lambda b: b[:40], lambda b: b"", lambda b: b[:-99] + b"x" * 99])
def test_a_damaged_state_is_refused(damage, stored):
    _, stream, path = stored
    path.write_bytes(damage(path.read_bytes()))
    before = stream.state.copy(), stream.count
    with pytest.raises(StateError, match="is damaged or no state"):
        stream.restore(path)
    assert (stream.state == before[0]).all()
    assert stream.count == before[1]


def test_a_state_that_is_no_number_is_refused(stored):
    reader, stream, path = stored
    for bad in (np.full(8, np.nan, "f4"), np.zeros(9, "f4")):
        stream.state = bad
        stream.save(path)
        with pytest.raises(StateError, match="is damaged"):
            Stream(reader.step, reader).restore(path)


def test_no_file(stored, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"Stream\.save\(\) makes one"):
        stored[1].restore(tmp_path / "none.npz")


def test_a_bad_frame_leaves_the_state_as_it_was(stored):
    _, stream, _ = stored
    before = stream.state.copy()
    with pytest.raises(ValueError, match="not finite"):
        stream.read(np.array([np.nan, 0, 0], "f4"))
    assert (stream.state == before).all()
    assert stream.count == 7


def test_a_reader_is_needed():
    with pytest.raises(TypeError, match="expected a GRUReader"):
        Stream(lambda x, h: (x, h), "reader")
