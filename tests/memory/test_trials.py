import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.memory.tasks import adding, brackets, copy, counting, recall
from gru_course.memory.trials import (
    CELLS,
    TrialRecipe,
    all_right,
    answers,
    parameters,
    recurrent_layer,
    run_trial,
    score,
    trial_model,
    units_for_parameters,
)


@pytest.mark.parametrize("cell", CELLS)
def test_parameters_are_those_of_keras(cell):
    task = brackets(1, 5)
    model = trial_model(cell, 7, task)
    assert model.count_params() == parameters(cell, 7, task.features, task.outputs)


@given(
    cell=st.sampled_from(CELLS),
    budget=st.integers(100, 20_000),
    features=st.integers(1, 8),
    outputs=st.integers(0, 4),
)
def test_one_unit_more_is_over_the_budget(cell, budget, features, outputs):
    units = units_for_parameters(cell, budget, features, outputs)
    assert parameters(cell, units, features, outputs) <= budget
    assert parameters(cell, units + 1, features, outputs) > budget


@pytest.mark.parametrize(("cell", "first", "second"), [("gru", 3.0, 0.0), ("lstm", 0.0, 3.0)])
def test_remember_sets_the_gate_that_keeps(cell, first, second):
    layer = recurrent_layer(cell, 4, remember=3.0)
    layer.build((None, None, 2))
    bias = np.atleast_2d(layer.cell.bias)
    np.testing.assert_array_equal(bias[0, :8], [first] * 4 + [second] * 4)
    assert not bias[0, 8:].any()
    assert not bias[1:].any()


def test_without_remember_the_layers_are_those_of_keras():
    lstm = recurrent_layer("lstm", 2)
    lstm.build((None, None, 1))
    np.testing.assert_array_equal(lstm.cell.bias, [0, 0, 1, 1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: recurrent_layer("gruu", 4), "no cell 'gruu'; expected one of rnn, lstm, gru"),
        (lambda: recurrent_layer("rnn", 4, remember=1.0), "no gate that remembers"),
        (lambda: parameters("cnn", 4, 1), "no cell 'cnn'"),
        (lambda: units_for_parameters("lstm", 5, 1), "budget of 5 parameters"),
        (lambda: TrialRecipe(updates=0), "updates is 0"),
        (lambda: TrialRecipe(updates=1, clipnorm=-1), "clipnorm is -1"),
        (lambda: all_right(None, adding(1, 4)), "answer at every step"),
    ],
)
def test_wrong_calls_say_what_was_wrong(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_gru_learns_a_short_recall_and_stops_at_the_target():
    recipe = TrialRecipe(updates=600, learning_rate=0.01, look_every=50, target=0.95)
    train, validation = recall(1000, lag=3, kinds=4), recall(200, lag=3, kinds=4, seed=1)
    model, curves = run_trial("gru", 8, train, validation, recipe, seed=0)
    assert curves["val_score"][-1] >= 0.95
    assert all(value < 0.95 for value in curves["val_score"][:-1])
    assert curves["updates"] == [50.0 * (look + 1) for look in range(len(curves["updates"]))]
    assert score(model, validation) == pytest.approx(curves["val_score"][-1], abs=1e-6)
    assert answers(model, validation).shape == (200,)


def test_numbers_are_scored_by_their_squared_error_and_the_best_look_is_kept():
    recipe = TrialRecipe(updates=60, learning_rate=0.05, look_every=10, keep_best=True)
    train, validation = adding(500, 6), adding(100, 6, seed=1)
    model, curves = run_trial("rnn", 4, train, validation, recipe, seed=0)
    assert set(curves) == {"updates", "loss", "score", "val_loss", "val_score"}
    assert score(model, validation) == pytest.approx(min(curves["val_score"]), rel=1e-4)


def test_only_the_answers_that_count_are_scored():
    """Padding and open questions must not make a model look better than it is."""
    task = counting([1, 2, 4])
    model = trial_model("gru", 2, task)
    dense = model.layers[-1]
    dense.set_weights([np.zeros((2, 2)), np.array([1.0, 0.0])])  # "another b comes", always
    assert score(model, task) == pytest.approx(4 / 7)
    assert all_right(model, task).tolist() == [False, False, False]
    dense.set_weights([np.zeros((2, 2)), np.array([0.0, 1.0])])
    assert all_right(model, task).tolist() == [True, False, False]


def test_the_loss_of_a_copy_is_that_of_the_asked_steps():
    task = copy(64, lag=9, symbols=3, kinds=8)
    recipe = TrialRecipe(updates=1, look_every=1, learning_rate=1e-9)
    _, curves = run_trial("lstm", 4, task, task, recipe, seed=0)
    assert curves["val_loss"][0] == pytest.approx(np.log(8), rel=0.1)


def test_the_same_seed_gives_the_same_model():
    recipe = TrialRecipe(updates=5, look_every=5)
    task = recall(100, lag=3)
    models = [run_trial("gru", 4, task, task, recipe, seed)[0] for seed in (3, 3, 4)]
    same, again, other = (m.predict(task.x, verbose=0) for m in models)
    np.testing.assert_array_equal(same, again)
    assert (same != other).any()


def test_tasks_that_the_model_was_not_made_for():
    model, recipe = trial_model("gru", 2, recall(8, lag=2)), TrialRecipe(updates=1, look_every=1)
    with pytest.raises(ValueError, match=r"the model maps .* to \(None, 8\); the task .* needs"):
        answers(model, recall(8, lag=2, kinds=3))
    with pytest.raises(ValueError, match="needs"):
        run_trial("gru", 2, recall(8, lag=2), counting([2]), recipe, seed=0)
    task = brackets(1, 1)
    with pytest.raises(ValueError, match="no answer of this task counts"):
        score(trial_model("gru", 2, task), task)


def test_a_model_that_diverged_gives_no_answers():
    task = recall(8, lag=2)
    model = trial_model("gru", 2, task)
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    with pytest.raises(ValueError, match=r"the answers: 64 of 64 .* Did the training diverge\?"):
        answers(model, task)


@pytest.mark.parametrize(
    "change", [{"updates": 1.5}, {"learning_rate": np.nan}, {"target": np.nan}]
)
def test_a_recipe_of_no_numbers(change):
    with pytest.raises(ValueError, match="expected"):
        TrialRecipe(**{"updates": 1, **change})
