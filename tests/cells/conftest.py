import pytest

from gru_course.cells import GRUWeights, LSTMWeights, SimpleRNNWeights

KINDS = {
    "rnn": SimpleRNNWeights.random,
    "lstm": LSTMWeights.random,
    "gru": GRUWeights.random,
    "gru_reset_before": lambda *sizes, **options: GRUWeights.random(
        *sizes, **options, reset_after=False
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def weights(kind):
    return KINDS[kind](3, 4, seed=5)
