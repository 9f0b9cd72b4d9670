import numpy as np
import pytest
from own_cache import remote_file

from gru_course.apps.anomalies.heartbeats import ECG5000, TIMESTEPS, load_ecg, small_beats
from gru_course.data.loading import load


@pytest.fixture(params=["quick", pytest.param("full", marks=pytest.mark.full)])
def data(request):
    return load(ECG5000, request.param)


def test_training_is_normal_and_the_rest_is_mixed(data):
    assert not data.train.anomalous.any()
    assert 0.3 < data.validation.anomalous.mean() < 0.6
    assert set(data.validation.classes) == set(data.test.classes)


def test_no_beat_is_in_two_parts(data):
    beats = np.vstack([data.train.values, data.validation.values, data.test.values])
    assert len(np.unique(beats, axis=0)) == len(beats)


def test_beats_are_scaled(data):
    for part in (data.train, data.validation, data.test):
        assert part.values.shape == (len(part), TIMESTEPS)
        np.testing.assert_allclose(part.values.mean(axis=1), 0, atol=1e-4)
        np.testing.assert_allclose(part.values.std(axis=1), 1, atol=0.01)


@pytest.mark.full
def test_published_figures():
    data = load(ECG5000, "full")
    classes = np.concatenate([data.train.classes, data.validation.classes, data.test.classes])
    assert np.bincount(classes)[1:].tolist() == [292, 177, 10, 19, 2]
    assert [len(data.train), len(data.validation), len(data.test)] == [146, 73 + 54, 73 + 154]


def test_a_tiny_file(server):
    rows = [
        f"{kind} " + " ".join(str(kind + i / 7) for i in range(140)) for kind in [1] * 4 + [2] * 3
    ]
    body = "\n".join(rows).encode()
    server.serve("tiny.txt", body)
    data = load_ecg(remote_file("tiny.txt", body, server.url))
    assert [part.classes.tolist() for part in (data.train, data.validation, data.test)] == [
        [1, 1],
        [1, 2],
        [1, 2, 2],
    ]
    assert data.train.values[0, 139] == pytest.approx(1 + 139 / 7)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_file_with_something_that_is_no_number(server, value):
    rows = [["1", *["0.5"] * 140] for _ in range(4)]
    rows[2][7] = value
    body = "\n".join(map(" ".join, rows)).encode()
    server.serve("tiny.txt", body)
    with pytest.raises(ValueError, match=rf"tiny\.txt: 1 of 564 .* at \(2, 7\): {value}"):
        load_ecg(remote_file("tiny.txt", body, server.url))


def test_the_stand_in_is_neither_trivial_nor_hopeless():
    """The distance from the mean normal beat finds most disorders, but not all."""
    metrics = pytest.importorskip("sklearn.metrics")
    data = small_beats()
    distance = np.abs(data.test.values - data.train.values.mean(axis=0)).mean(axis=1)
    assert metrics.roc_auc_score(data.test.anomalous, distance) > 0.9
    assert len({part.tobytes() for part in (small_beats().train.values, data.train.values)}) == 1


def test_too_few():
    with pytest.raises(ValueError, match="n is 39; expected a whole number from 40 up"):
        small_beats(39)
