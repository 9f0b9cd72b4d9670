"""Recurrent cells in NumPy, written to be read beside the equations of the book.

One module per cell: :mod:`~gru_course.cells.simple_rnn`, :mod:`~gru_course.cells.lstm`,
:mod:`~gru_course.cells.gru`, each with one step forward and one step backward.
:func:`~gru_course.cells.sequence.run` and :func:`~gru_course.cells.sequence.backpropagate` take
any of them over whole sequences. 64-bit floats.
"""

from gru_course.cells.gru import GRUStep, GRUWeights, gru_step, gru_step_backward
from gru_course.cells.layout import CellWeights, StepGradients, logistic
from gru_course.cells.lstm import LSTMStep, LSTMWeights, lstm_step, lstm_step_backward
from gru_course.cells.sequence import Gradients, Trace, backpropagate, run
from gru_course.cells.simple_rnn import (
    SimpleRNNStep,
    SimpleRNNWeights,
    simple_rnn_step,
    simple_rnn_step_backward,
)

__all__ = [
    "CellWeights",
    "GRUStep",
    "GRUWeights",
    "Gradients",
    "LSTMStep",
    "LSTMWeights",
    "SimpleRNNStep",
    "SimpleRNNWeights",
    "StepGradients",
    "Trace",
    "backpropagate",
    "gru_step",
    "gru_step_backward",
    "logistic",
    "lstm_step",
    "lstm_step_backward",
    "run",
    "simple_rnn_step",
    "simple_rnn_step_backward",
]
