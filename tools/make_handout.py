"""Pack the exercises of the lessons for a class, with solutions or without, in ``dist/``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from make_exercises import SOURCES, made
from make_zip import version_of, write_zip
from passes import ROOT

PLACES = {"handout": Path(SOURCES), "solutions": Path("_build", "solutions")}
START = """Exercises of the course "The Gated Recurrent Unit"

If you have the folder of the course: put these notebooks into notebooks/exercises, run "make lab"
in that folder, and open them there. The links to the lessons then work.

If not, you need the wheel of the course, Python 3.11, 3.12 or 3.13, and in an environment of yours:

    pip install "gru_course-{version}-py3-none-any.whl[lab]"
    jupyter lab

Fill in a cell, run it, then run the cell with check below it. To hand in, give the notebook your
name, or put all your notebooks into one folder with your name.
"""


def notebooks_of(what: str, lessons: Sequence[str], root: Path = ROOT) -> dict[str, bytes]:
    """Make the notebooks that are packed: name to content.

    Parameters
    ----------
    what : str
        ``"handout"`` or ``"solutions"``.
    lessons : sequence of str
        Their numbers, such as ``"07"``; without any, all.

    Raises
    ------
    ValueError
        If a lesson has no exercises.
    """
    place = root / PLACES[what]
    found = {p.name: text.encode("utf-8") for p, text in made(root).items() if p.parent == place}
    wanted = [number.zfill(2) for number in lessons]
    known = {name[:2] for name in found}
    if unknown := [number for number in wanted if number not in known]:
        there = ", ".join(sorted(known))
        raise ValueError(f"there is no lesson {unknown[0]} with exercises; there are {there}")
    return {name: text for name, text in found.items() if not wanted or name[:2] in wanted}


def main(arguments: list[str], root: Path = ROOT) -> None:
    """Write the zip file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=list(PLACES))
    parser.add_argument("lessons", nargs="*", help="such as 07 09; by default all")
    chosen = parser.parse_args(arguments)
    try:
        notebooks = notebooks_of(chosen.what, chosen.lessons, root)
    except ValueError as error:
        sys.exit(f"Not packed: {error}")
    version = version_of(root)
    some = [name[:2] for name in notebooks] if chosen.lessons else []  # none overwrites another
    parts = ["gru-course", chosen.what, *some, version.number]
    path = root / "dist" / f"{'-'.join(parts)}.zip"
    path.parent.mkdir(exist_ok=True)
    start = {"START.txt": START.format(version=version.number).encode("utf-8")}
    write_zip(start | notebooks, path, version.date)
    print(f"{path}: {len(notebooks)} notebooks")


if __name__ == "__main__":
    main(sys.argv[1:])
