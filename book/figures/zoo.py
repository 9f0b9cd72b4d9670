"""How recurrent layers are put together between the words and the answer."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapes import arrow, box, canvas, label

from gru_course.course.style import GRU, INPUT, LSTM, SIMPLE_RNN, STATE

WIDTH = 4.6
PANEL = (2.3, 2.36)
LAYER = (0.78, 0.32)
COLORS = {"LSTM": LSTM, "GRU": GRU}


def _layer(ax: Axes, x: float, y: float, text: str) -> None:
    """Draw one layer; an arrow in its text says in which direction it reads."""
    color = next((c for name, c in COLORS.items() if name in text), SIMPLE_RNN)
    box(ax, (x, y), LAYER, text, color, rounding=0.05, text_size=10)


def _rise(ax: Axes, x0: float, y0: float, x1: float, y1: float) -> None:
    """Draw an arrow from the top of one box to the bottom of another."""
    arrow(ax, [(x0, y0), (x1, y1)], STATE, head_size=8, width=1.2)


def _panel(ax: Axes, corner: tuple[float, float], title: str, rows: list[list[str]]) -> None:
    """Draw words, one or two rows of layers, and the state that comes out at the top."""
    left, bottom = corner
    middle = left + PANEL[0] / 2
    label(
        ax, (left + 0.12, bottom + PANEL[1] - 0.14), title, size=10.5, align="left", weight="bold"
    )
    box(ax, (middle, bottom + 0.2), (1.7, 0.27), "word vectors", INPUT, rounding=0.04, text_size=10)
    below, below_y = [middle], bottom + 0.2 + 0.135
    for row, texts in enumerate(rows):
        y = bottom + 0.72 + 0.62 * row
        xs = [middle] if len(texts) == 1 else [middle - 0.47, middle + 0.47]
        for x, text in zip(xs, texts, strict=True):
            _layer(ax, x, y, text)
            for start in below:
                # From the words straight up; between rows every layer reads all states below.
                _rise(ax, x if row == 0 else start, below_y, x, y - LAYER[1] / 2)
        below, below_y = xs, y + LAYER[1] / 2
    top = bottom + 0.72 + 0.62 * len(rows)
    box(ax, (middle, top), (0.9, 0.27), "state", STATE, rounding=0.04, text_size=10, linestyle="--")
    for start in below:
        _rise(ax, start, below_y, middle + (start - middle) * 0.5, top - 0.135)


def draw_zoo() -> Figure:
    """Draw the five arrangements of layers, and pooling."""
    figure, ax = canvas(WIDTH, 3 * PANEL[1])
    panels = [
        ("single", [["GRU →"]]),
        ("stacked", [["LSTM →"], ["GRU →"]]),
        ("bidirectional", [["GRU →", "← GRU"]]),
        ("bidirectional, stacked", [["LSTM →", "← LSTM"], ["GRU →", "← GRU"]]),
        ("parallel", [["LSTM →", "GRU →"]]),
        ("pooled", [["GRU →"], ["pooling"]]),
    ]
    for number, (title, rows) in enumerate(panels):
        row, column = divmod(number, 2)
        _panel(ax, (column * PANEL[0], (2 - row) * PANEL[1]), title, rows)
    return figure
