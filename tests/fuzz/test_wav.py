"""Recordings: the samples that were written, or an error that names the recording."""

import io
import struct
import wave

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.speech.data import read_wav

from .conftest import damaged, fuzzed


def wav(samples, form=(1, 2, 8_000), more=b""):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(form[0])
        file.setsampwidth(form[1])
        file.setframerate(form[2])
        file.writeframes(samples)
    body = content.getvalue()
    if more:  # a chunk that no one asked for, before the samples
        body = body[:36] + b"LIST" + struct.pack("<I", len(more)) + more + body[36:]
        body = body[:4] + struct.pack("<I", len(body) - 8) + body[8:]
    return body


SAMPLES = st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=60)
RECORDINGS = st.builds(
    wav,
    st.binary(max_size=120),
    st.tuples(
        st.sampled_from([1, 1, 1, 2, 7]),
        st.sampled_from([2, 2, 2, 1, 3, 4]),
        st.sampled_from([8_000, 8_000, 44_100]),
    ),
    st.sampled_from([b"", b"", b"abcd", b"abc"]),
)


@fuzzed
@given(damaged(RECORDINGS))
def test_damaged(tried, body):
    samples = tried(lambda: read_wav("7_theo_0.wav", body), names="7_theo_0.wav")
    if samples is not None:
        assert samples.dtype == np.int16
        assert samples.ndim == 1
        assert 0 < 2 * len(samples) <= len(body)
        assert samples.astype("<i2").tobytes() in body


@fuzzed
@given(SAMPLES, st.sampled_from([b"", b"abcd", b"a" * 300]))
def test_sound(tried, samples, more):
    body = wav(np.array(samples, "<i2").tobytes(), more=more)
    assert tried(lambda: read_wav("a.wav", body)).tolist() == samples
