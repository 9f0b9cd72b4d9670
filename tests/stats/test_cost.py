import pytest

from gru_course.layers.backend import keras
from gru_course.stats.cost import cost, cost_in_graph

LAYERS = {
    "rnn": lambda units: keras.layers.SimpleRNN(units),
    "gru_reset_before": lambda units: keras.layers.GRU(units, reset_after=False),
    "gru": lambda units: keras.layers.GRU(units),
    "lstm": lambda units: keras.layers.LSTM(units),
}


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize(("features", "units"), [(4, 5), (9, 3)])
def test_the_formulas_are_what_keras_builds(cell, features, units):
    on_paper = cost(cell, features, units)
    built = cost_in_graph(LAYERS[cell](units), features)
    assert on_paper.parameters == built.parameters
    assert on_paper.multiply_adds == built.multiply_adds
    assert on_paper.state == built.state


@pytest.mark.parametrize(("cell", "extra"), [("rnn", 1), ("gru", 1), ("lstm", 1)])
def test_tensorflow_keeps_a_little_more_than_it_must(cell, extra):
    kept = cost_in_graph(LAYERS[cell](7), 5).kept
    assert kept == cost(cell, 5, 7).kept + extra * 7


def test_the_second_bias_is_what_150_and_165_differ_by():
    before, after = (cost_in_graph(LAYERS[c](5), 4) for c in ("gru_reset_before", "gru"))
    assert (before.parameters, after.parameters) == (150, 165)


def test_a_wrong_formula_would_be_seen():
    assert cost("lstm", 4, 5).parameters != cost_in_graph(LAYERS["gru"](5), 4).parameters


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("transformer", 4, 5), "no cell 'transformer'"),
        (("gru", 0, 5), "expected a whole number from 1 up"),
    ],
)
def test_bad_input_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        cost(*arguments)
