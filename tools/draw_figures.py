"""Draw every figure of the chapters: ``python tools/draw_figures.py [FOLDER]``.

Each module in ``book/figures`` holds functions ``draw_NAME() -> Figure``; the
picture becomes ``NAME.svg`` (underscores as hyphens) beside the module. The
result is the same byte for byte with the locked matplotlib.
"""

import importlib
import inspect
import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")

from matplotlib import pyplot as plt

from gru_course.course.style import course_style

FIGURES = Path(__file__).resolve().parent.parent / "book" / "figures"


def draw_all(folder: Path) -> list[Path]:
    """Draw all figures into ``folder`` and return their paths."""
    sys.path.insert(0, str(FIGURES))
    matplotlib.rcdefaults()  # whatever the user's matplotlibrc says
    written = []
    for module_path in sorted(FIGURES.glob("*.py")):
        module = importlib.import_module(module_path.stem)
        for name, draw in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("draw_") and draw.__module__ == module.__name__:
                target = folder / f"{name.removeprefix('draw_').replace('_', '-')}.svg"
                with course_style():
                    figure = draw()
                    figure.savefig(target, metadata={"Date": None})
                    plt.close(figure)
                written.append(target)
    return written


if __name__ == "__main__":
    for path in draw_all(Path(sys.argv[1]) if len(sys.argv) > 1 else FIGURES):
        print(path.name)
