"""One visual style for every figure of the course, drawn or computed.

The colours are the colour-blind safe set of Okabe and Ito; each part of a GRU
keeps its colour in every figure. Figures are at most 5.2 inches wide with text
of at least 10 points, so that they can be read on a phone, and stand on an
opaque light ground, so that they can be read on a dark page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler

UPDATE_GATE = "#0072B2"
RESET_GATE = "#D55E00"
CANDIDATE = "#009E73"
STATE = "#333333"
INPUT = "#8A6D00"
LSTM = "#AA4499"
SIMPLE_RNN = "#777777"
GRU = UPDATE_GATE
GRID = "#DDDDDD"
GROUND = "#FFFFFF"

PAGE_WIDTH = 5.2
"""Width of a figure in inches."""

RC_PARAMS: dict[Any, Any] = {
    "figure.figsize": (PAGE_WIDTH, 3.2),
    "figure.dpi": 150,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.08,
    "figure.constrained_layout.use": True,
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "lines.linewidth": 2,
    "axes.prop_cycle": cycler(
        color=[UPDATE_GATE, RESET_GATE, CANDIDATE, LSTM, INPUT, STATE],
        linestyle=["-", "--", "-.", ":", "-", "--"],
    ),
    "svg.fonttype": "path",
    "svg.hashsalt": "gru-course",
}


@contextmanager
def course_style() -> Iterator[None]:
    """Draw everything inside the ``with`` block in the style of the course.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with course_style():
    ...     mpl.rcParams["axes.titleweight"]
    'bold'
    """
    with mpl.rc_context(RC_PARAMS):
        yield


def use() -> None:
    """Draw all figures of this session in the style of the course; for notebooks.

    Examples
    --------
    >>> with mpl.rc_context():
    ...     use()
    ...     mpl.rcParams["figure.figsize"]
    [5.2, 3.2]
    """
    mpl.rcParams.update(RC_PARAMS)
