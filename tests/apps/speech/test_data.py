"""Spoken digits: twenty tiny recordings through every way in, the real ones counted."""

import hashlib
import io
import tarfile
import wave
from dataclasses import dataclass, replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gru_course.apps.speech.data import DIGITS_SOURCE, SPOKEN_DIGITS, DigitsSource, load_digits
from gru_course.apps.speech.features import log_mel
from gru_course.apps.speech.spoken import by_speaker, by_take
from gru_course.apps.speech.vowels import vowel_words
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load
from gru_course.data.sources import RemoteFile

FOLDER = "free-spoken-digit-dataset-1.0.10"


def wav(samples):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.array(samples, "<i2").tobytes())
    return content.getvalue()


def lines_sha256(files):
    lines = [f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in sorted(files)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass
class TinyDigits:
    files: dict[str, bytes]
    archive: bytes
    source: DigitsSource


@pytest.fixture
def tiny(server, make_tar):
    files = {
        f"recordings/{digit}_{speaker}_{take}.wav": wav([digit * 100 + take, -take])
        for digit in (7, 0)
        for speaker in ("theo", "george")
        for take in (10, 2)
    }
    others = {"README.md": b"hello", "recordings/7_theo_2.txt": b"no", "x/../../evil.wav": b"no"}
    members = [(tarfile.TarInfo(f"{FOLDER}/{p}"), c) for p, c in (files | others).items()]
    link = tarfile.TarInfo(f"{FOLDER}/recordings/9_theo_0.wav")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    archive = make_tar([*members, (link, b"")])
    server.serve("v1.0.10.tar.gz", archive)
    source = DigitsSource(
        packed=RemoteFile("speech/packed.tar.xz", None, hashlib.sha256(archive).hexdigest(), 0),
        release="speech/release.tar.gz",
        url=f"{server.url}/v1.0.10.tar.gz",
        limit=1_000_000,
        recordings_sha256=lines_sha256(files),
        count=8,
    )
    source = replace(source, packed=replace(source.packed, size=len(archive)))
    return TinyDigits(files, archive, source)


def check(data):
    assert data.statement == (
        "Free Spoken Digit Dataset, 8 recordings of 10 words by 6 speakers (full profile)"
    )
    assert data.labels.tolist() == [0, 0, 0, 0, 7, 7, 7, 7]
    assert [data.speakers[place] for place in data.speaker[:4]] == ["george"] * 2 + ["theo"] * 2
    assert data.take.tolist() == [2, 10] * 4  # by number, not by letter
    np.testing.assert_allclose(data.waveform(5) * 2**15, [710, -10])
    np.testing.assert_allclose(data.seconds, 2 / 8_000)


def test_downloaded_once(tiny, server, kept):
    check(load_digits(tiny.source))
    server.answers.clear()
    check(load_digits(tiny.source))
    assert server.asked == ["/v1.0.10.tar.gz"]
    assert kept() == {"speech", "release.tar.gz"}


@pytest.mark.parametrize("name", ["packed.tar.xz", "release.tar.gz"])
def test_either_archive_in_the_data_folder(tiny, server, tmp_path, monkeypatch, name):
    (tmp_path / "speech").mkdir()
    (tmp_path / "speech" / name).write_bytes(tiny.archive)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    check(load_digits(tiny.source))
    assert not server.asked


@pytest.mark.parametrize(
    ("name", "cut", "said"),
    [
        ("packed.tar.xz", 10, "is cut off"),
        ("release.tar.gz", 700, "cannot be read|holds"),
    ],
)
def test_cut_off_in_the_data_folder(tiny, tmp_path, monkeypatch, name, cut, said):
    (tmp_path / "speech").mkdir()
    (tmp_path / "speech" / name).write_bytes(tiny.archive[:-cut])
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=said):
        load_digits(tiny.source)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"recordings_sha256": "0" * 64}, "not the published ones"), ({"count": 9}, "holds 8")],
)
def test_other_recordings_are_not_kept(tiny, kept, changed, said):
    with pytest.raises(DataUnavailable, match=said):
        load_digits(replace(tiny.source, **changed))
    assert kept() == {"speech"}


@pytest.mark.parametrize("cut", [0, 50])
def test_a_server_that_fails(tiny, server, kept, cut):
    if cut:
        server.serve("v1.0.10.tar.gz", tiny.archive, cut=cut)
    else:
        server.answers.clear()
    with pytest.raises(DataUnavailable, match="put it into"):
        load_digits(tiny.source)
    assert kept() == {"speech"}


def test_a_damaged_release_in_the_cache_heals(tiny, server, cache):
    release = cache / tiny.source.release
    release.parent.mkdir(parents=True)
    release.write_bytes(tiny.archive[:-700])
    check(load_digits(tiny.source))
    assert release.read_bytes() == tiny.archive
    assert len(server.asked) == 1
    release.write_bytes(b"not an archive")
    server.answers.clear()
    with pytest.raises(DataUnavailable, match="404"):
        load_digits(tiny.source)


def test_a_release_that_is_too_large_is_not_kept(tiny, kept):
    with pytest.raises(DataUnavailable, match="more bytes than the file has"):
        load_digits(replace(tiny.source, limit=100))
    assert kept() == {"speech"}


def test_the_stand_in_says_so_and_has_the_same_form():
    data = load(SPOKEN_DIGITS, "quick")
    assert data.statement.startswith("STAND-IN, not real speech")
    assert (len(data.words), len(data.speakers), data.rate) == (10, 6, 8_000)
    counts = np.unique(np.stack([data.labels, data.speaker, data.take]), axis=1)
    assert counts.shape == (3, len(data))  # every word by every speaker, each take once
    assert 0.3 <= data.seconds.min() < data.seconds.max() < 0.6
    assert all(0.1 < np.abs(data.waveform(i)).max() < 1 for i in range(0, len(data), 50))
    assert (vowel_words().samples == data.samples).all()


def test_only_order_tells_twins_apart():
    """Twins have the same frames in opposite order: by construction, and not for one seed."""
    data = vowel_words(takes=11, seed=5)
    for number in range(0, len(data), 37):
        word, voice, take = (int(x[number]) for x in (data.labels, data.speaker, data.take))
        same = (data.speaker == voice) & (data.take == take)
        (twin,) = np.flatnonzero(same & (data.labels == (word ^ 1)))
        assert data.words[word] == data.words[word ^ 1][::-1]
        here, there = (log_mel(data.waveform(i), data.rate) for i in (number, twin))
        np.testing.assert_allclose(here, there[::-1], atol=1e-3)


@pytest.mark.parametrize("split", [by_take, lambda data: by_speaker(data, "C")])
def test_frames_without_order_name_the_pair_and_not_the_word(split):
    data = vowel_words()
    train, _, test = split(data)
    frames = [log_mel(data.waveform(i), data.rate) for i in range(len(data))]
    whole = np.array([f.mean(axis=0) for f in frames])
    halves = np.array([[h.mean(axis=0) for h in np.array_split(f, 2)] for f in frames])

    def predicted(features):
        flat = features.reshape(len(features), -1)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        return model.fit(flat[train], data.labels[train]).predict(flat[test])

    truth, by_mean = data.labels[test], predicted(whole)
    assert (by_mean // 2 == truth // 2).mean() > 0.95
    assert abs((by_mean == truth).mean() - 0.5) < 0.03
    assert (predicted(halves) == truth).mean() > 0.95


def test_splits_do_not_share_a_take_or_a_voice():
    data = vowel_words(takes=11)
    parts = by_take(data)
    assert sorted(np.concatenate(parts)) == list(range(len(data)))
    assert [set(data.take[part]) for part in parts] == [{10}, set(range(5, 10)), set(range(5))]
    for name in data.speakers:
        parts = by_speaker(data, name)
        assert sorted(np.concatenate(parts)) == list(range(len(data)))
        voices = [set(data.speaker[part]) for part in parts]
        assert [len(v) for v in voices] == [4, 1, 1]
        assert data.speakers[voices[2].pop()] == name
    with pytest.raises(ValueError, match="no speaker is called 'G'; there are A, B"):
        by_speaker(data, "G")
    with pytest.raises(ValueError, match="10 takes"):
        vowel_words(takes=10)


@pytest.mark.full
def test_the_real_ones():
    data = load(SPOKEN_DIGITS, "full")
    assert len(data) == DIGITS_SOURCE.count == 3_000
    assert np.bincount(data.labels).tolist() == [300] * 10
    assert np.bincount(data.speaker).tolist() == [500] * 6
    assert np.bincount(data.take).tolist() == [60] * 50
    assert [round(f(data.seconds), 2) for f in (np.min, np.max, np.mean)] == [0.14, 2.28, 0.44]
    assert len({data.waveform(i).tobytes() for i in range(3_000)}) == 3_000  # no two equal
    assert [len(part) for part in by_take(data)] == [2_400, 300, 300]
    assert [len(part) for part in by_speaker(data, "theo")] == [2_000, 500, 500]
    shortest = data.waveform(int(data.seconds.argmin()))
    assert log_mel(shortest, data.rate).shape == (12, 26)
