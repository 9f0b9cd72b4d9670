"""One visual style for every figure of the course, drawn or computed.

The colours are the colour-blind safe set of Okabe and Ito; each part of a GRU
keeps its colour in every figure. Figures are at most 5.2 inches wide with text
of at least 10 points, so that they can be read on a phone, and stand on an
opaque light ground, so that they can be read on a dark page.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

Value = TypeVar("Value")
Look = TypeVar("Look")

UPDATE_GATE = "#0072B2"
RESET_GATE = "#D55E00"
CANDIDATE = "#009E73"
STATE = "#333333"
INPUT = "#8A6D00"
LSTM = "#AA4499"
SIMPLE_RNN = "#777777"
GRU = UPDATE_GATE
OTHER = "#882255"
"""What is none of the parts above and has to be told from them: a loss, an alarm, a second case."""
ANOTHER = "#332288"
"""A third case beside `OTHER`."""
CASES = cycler(color=[GRU, OTHER, ANOTHER, STATE], linestyle=["-", "--", "-.", ":"])
"""Looks for lines that stand for no part: the first is the GRU, if it is among them."""
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


def told_apart(
    things: Mapping[str, Value], looks: Sequence[Look]
) -> Iterator[tuple[tuple[str, Value], Look]]:
    """Give each thing of a figure a look of its own, or refuse to draw some of them.

    Parameters
    ----------
    things : mapping
        Name to what is drawn.
    looks : sequence
        Such as pairs of a colour and a line style.

    Returns
    -------
    iterator of tuple
        Name and thing, and the look.

    Raises
    ------
    ValueError
        If there is nothing to draw, or more than there are looks.

    Examples
    --------
    >>> list(told_apart({"GRU": 0.9}, ["-", "--"]))
    [(('GRU', 0.9), '-')]
    """
    if not 0 < len(things) <= len(looks):
        raise ValueError(
            f"{len(things)} things to draw ({', '.join(map(str, things))}); expected 1 to "
            f"{len(looks)}, as many as this figure can tell apart"
        )
    return zip(things.items(), looks, strict=False)


def finished(figure: Figure) -> Figure:
    """Return a figure, or refuse one in which something is missing because it is not finite.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    matplotlib.figure.Figure
        The same.

    Raises
    ------
    ValueError
        If a number of a line, bar or picture is NaN or infinite. The figure is closed.

    Examples
    --------
    >>> figure, axes = plt.subplots()
    >>> _ = axes.plot([0.5, float("nan")], label="GRU")
    >>> finished(figure)
    Traceback (most recent call last):
    ValueError: the figure cannot show 1 of 4 numbers of 'GRU', which are NaN or infinite
    """
    for axes in figure.axes:
        shown: list[tuple[Artist, Any]] = [(line, line.get_xydata()) for line in axes.lines]
        shown += [(image, image.get_array()) for image in axes.images]
        for drawn in axes.collections:
            shown += [(drawn, path.vertices) for path in drawn.get_paths()]
        bars = (patch for patch in axes.patches if isinstance(patch, Rectangle))
        shown += [(bar, (*bar.get_xy(), bar.get_width(), bar.get_height())) for bar in bars]
        names = (axes.get_title("left"), axes.get_title(), axes.get_ylabel())
        for artist, values in shown:
            numbers: NDArray[np.float64] = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
            if not np.isfinite(numbers).all():
                plt.close(figure)
                label = str(artist.get_label())
                name = next((name for name in names if name), label) if label[:1] == "_" else label
                raise ValueError(
                    f"the figure cannot show {(~np.isfinite(numbers)).sum()} of {numbers.size} "
                    f"numbers of {name!r}, which are NaN or infinite"
                )
    return figure
