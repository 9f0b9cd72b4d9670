import numpy as np
import pytest

from gru_course.cells import logistic
from gru_course.memory.starts import chrono_gru, coupled_lstm, model_around, remembering
from gru_course.memory.tasks import copy, recall
from gru_course.memory.variants import widest_model


def test_chrono_spans_lie_in_their_range_and_leave_the_other_gates_alone():
    layer = chrono_gru(500, longest=40, seed=1)
    layer.build((None, None, 3))
    bias = layer.get_weights()[2]
    spans = np.exp(bias[0, :500])
    assert 1 <= spans.min() < 2
    assert 38 < spans.max() <= 39
    assert not bias[0, 500:].any()
    assert not bias[1].any()
    again = chrono_gru(500, longest=40, seed=1)
    again.build((None, None, 3))
    assert np.array_equal(again.get_weights()[2], bias)


def test_a_coupled_lstm_writes_what_it_does_not_keep():
    layer = coupled_lstm(3, remember=2.0, return_sequences=True)
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    found = layer(x).numpy()
    kernel, recurrent_kernel, bias = layer.get_weights()
    assert bias.tolist() == [2.0] * 3 + [0.0] * 6
    h = c = np.zeros((2, 3))
    for t in range(5):
        f, g, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 3, axis=-1)
        c = logistic(f) * c + (1 - logistic(f)) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
        assert np.allclose(found[:, t], h, atol=1e-6)


def test_the_model_answers_as_the_task_asks():
    task = copy(n=1, lag=4, symbols=2, kinds=3)
    model = model_around(coupled_lstm(4, 1.0, return_sequences=True), task)
    assert model.output_shape == (None, None, 3)


def test_the_remembering_reader_keeps_what_it_holds():
    model = widest_model(remembering, 1_000, recall(n=1, lag=5))
    gru = model.layers[1]
    assert (gru.get_weights()[2][0, : gru.units] == 4).all()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: chrono_gru(0, longest=10, seed=0), "units is 0"),
        (lambda: chrono_gru(2, longest=2, seed=0), "longest time span is 2"),
        (lambda: coupled_lstm(0, remember=1.0), "units is 0"),
    ],
)
def test_what_is_out_of_range(make, said):
    with pytest.raises(ValueError, match=said):
        make()
