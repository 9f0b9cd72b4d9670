"""What the cells of a notebook say, kept to be compared with what another run says.

The quick profile prints other numbers than the stored full one, so its own text outputs are kept
in ``notebooks/quick/``, one file a notebook. Words, rows and the order of outputs must be equal.
Numbers must agree to the tolerance of their cell, which :func:`reference_of` finds by running the
notebook as other machines would: see :data:`OTHER_MACHINES` in ``notebook_runs``.
"""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from nbval.plugin import coalesce_streams
from passes import key_of

IGNORED = "nbval-ignore-output"
"""The tag of cells that print how long something took; they are run and not compared."""

TOLERANCES = (0.001, 0.01, 0.03, 0.1)
"""A cell gets the least of these that is at least three times what was observed."""

DIGITS = 6
"""Significant digits of the numbers that are kept."""

ROUNDING = 1e-6
"""Below this, numbers are what 32-bit floats leave of zero: any two of them agree."""

SHARE = 0.7
"""The least share of a notebook's cells with text that must be compared."""

NUMBER = re.compile(r"([-+−]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?)")
WHOLE = re.compile(r"[-+−]?[\d,]+")
EMBEDDED = re.compile(r"data:([\w/+.-]+);base64,[A-Za-z0-9+/=\s]+")


class Text(NamedTuple):
    """One output of a cell as text: its kind (stream, MIME type, record) and what it says."""

    kind: str
    text: str


@dataclass(frozen=True)
class Cell:
    """What one cell said, and how closely another run must repeat it.

    Parameters
    ----------
    texts : tuple of Text
    tolerance : float or None
        Relative; None if the cell is run and not compared.
    """

    texts: tuple[Text, ...]
    tolerance: float | None

    def differences(self, outputs: Sequence[Any]) -> list[str]:
        """Say where the outputs of another run differ; a cell without tolerance never does."""
        if self.tolerance is None:
            return []
        return list(_differences(self.texts, texts(outputs), self.tolerance))


@dataclass(frozen=True)
class Reference:
    """What the code cells of a notebook said, in order.

    Parameters
    ----------
    sources : str
        Digest of the sources of those cells.
    cells : tuple of Cell
    """

    sources: str
    cells: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path) -> "Reference":
        """Read a reference.

        Raises
        ------
        ValueError
            If the file is missing or damaged; the message says how to make it again.
        """
        remedy = f"make it with: {remaking(path.stem)}"
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            cells = (
                Cell(tuple(Text(k, "\n".join(lines)) for k, lines in cell["texts"]), cell["within"])
                for cell in stored["cells"]
            )
            return cls(stored["sources"], tuple(cells))
        except FileNotFoundError as error:
            raise ValueError(f"the reference {path.name} is missing; {remedy}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the reference {path.name} is damaged ({error}); {remedy}") from error

    def as_json(self) -> str:
        """Write it for :meth:`read`, one line of text per line, so that changes can be read."""
        cells = [
            {"within": c.tolerance, "texts": [[k, t.split("\n")] for k, t in c.texts]}
            for c in self.cells
        ]
        return json.dumps({"sources": self.sources, "cells": cells}, indent=1, ensure_ascii=False)

    def share(self) -> float:
        """Return the share of the cells with text that is compared; pictures are no text."""
        with_text = [c for c in self.cells if any(t.kind != "image" for t in c.texts)]
        compared = [c for c in with_text if c.tolerance is not None]
        return len(compared) / len(with_text) if with_text else 1.0


def remaking(stem: str) -> str:
    """Give the command that makes the reference of a notebook anew."""
    return f"python tools/run_notebooks.py quick notebooks/{stem}.ipynb"


def code_cells(notebook: Any) -> list[Any]:
    """List the code cells that a learner sees, without the one that papermill adds."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", [])
    ]


def digest_of_sources(notebook: Any) -> str:
    """Digest the code cells of a notebook, to see whether a reference is of today's.

    Comments do not count, nor where something is imported from.
    """
    trees = (ast.parse("".join(cell["source"])) for cell in code_cells(notebook))
    return key_of(*(repr([_canonical(n) for n in t.body if not _imports(n)]) for t in trees))


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _canonical(node: Any) -> Any:
    """Turn a syntax tree into tuples; unlike ast.dump, the same in every Python version."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return (type(node).__name__, *((name, _canonical(value)) for name, value in fields))
    if isinstance(node, list):
        return tuple(_canonical(item) for item in node)
    return node


def texts(outputs: Sequence[Any]) -> tuple[Text, ...]:
    """Turn the outputs of a cell into text that is the same for equal runs.

    Spaces and rules of tables follow the width of their numbers, so each run of them becomes one.
    Of sounds and pictures only their kind is kept.
    """
    found = []
    for output in coalesce_streams(list(outputs)):
        if output["output_type"] == "stream":
            found.append(Text(output["name"], _plain(output["text"])))
            continue
        data = output.get("data", {})
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        if any(kind.startswith("image/") for kind in data):
            found.append(Text("image", ""))
        elif name is not None:
            found.append(Text(f"record {name}", _plain("".join(*data.values()))))
        else:  # what is shown is the richest form; the plain one then names only its class
            kind = max(data, key=lambda kind: kind != "text/plain", default="nothing")
            found.append(Text(kind, _plain("".join(data.get(kind, "")))))
    return tuple(found)


def reference_of(runs: Sequence[Any]) -> Reference:
    """Make the reference of a notebook from runs of it on this machine and as on others.

    Parameters
    ----------
    runs : sequence of notebooks
        The first is kept, the others say how far its numbers can be relied upon. A cell in which
        even the words differ, or numbers by more than the largest of :data:`TOLERANCES` allows,
        is not compared.
    """
    first, *others = [code_cells(notebook) for notebook in runs]
    cells = []
    for number, cell in enumerate(first):
        said = texts(cell["outputs"])
        repeated = [texts(other[number]["outputs"]) for other in others]
        tolerance = None
        if IGNORED not in cell["metadata"].get("tags", []):
            tolerance = _tolerance(said, repeated)
        if tolerance is None:  # then a text would only make the file another after each run
            said = tuple(Text(text.kind, "") for text in said)
        cells.append(Cell(said, tolerance))
    return Reference(digest_of_sources(runs[0]), tuple(cells))


def differences_from_stored(stored: Any, fresh: Any, reference: Reference) -> list[str]:
    """Say which cells of two runs in one profile differ, held to the tolerances of a reference."""
    return [
        f"cell {number}: {text}"
        for number, (old, new, kept) in enumerate(
            zip(code_cells(stored), code_cells(fresh), reference.cells, strict=True), start=1
        )
        for text in Cell(texts(old["outputs"]), kept.tolerance).differences(new["outputs"])
    ]


def _tolerance(said: Sequence[Text], repeated: Sequence[Sequence[Text]]) -> float | None:
    for tolerance in TOLERANCES:
        observed = TOLERANCES[0] if tolerance == TOLERANCES[0] else tolerance / 3
        if not any(True for other in repeated for _ in _differences(said, other, observed)):
            return tolerance
    return None


def _differences(
    expected: Sequence[Text], found: Sequence[Text], tolerance: float
) -> Iterator[str]:
    for old, new in zip_longest(expected, found):
        if old is None or new is None:
            extra, missing = ("more", new) if old is None else ("less", old)
            yield f"one output {extra} than expected, {missing.kind}: {missing.text[:80]!r}"
        elif old.kind != new.kind:
            yield f"{old.kind} expected, not {new.kind}: {new.text[:80]!r}"
        elif len(old.text.split("\n")) != len(new.text.split("\n")):
            yield f"{old.kind}: other rows than {old.text!r}: {new.text!r}"
        else:
            printed = not old.kind.startswith("record")
            for old_line, new_line in zip(old.text.split("\n"), new.text.split("\n"), strict=True):
                if not _lines_agree(old_line, new_line, tolerance, printed):
                    yield f"{old.kind}: {old_line!r} expected, not {new_line!r} (to {tolerance})"


def _lines_agree(expected: str, found: str, tolerance: float, printed: bool) -> bool:
    # Splitting at numbers puts the words at even and the numbers at odd places.
    old, new = NUMBER.split(expected), NUMBER.split(found)
    return (
        len(old) == len(new)
        and old[::2] == new[::2]
        and all(
            numbers_agree(a, b, tolerance, printed)
            for a, b in zip(old[1::2], new[1::2], strict=True)
        )
    )


def numbers_agree(expected: str, found: str, tolerance: float, printed: bool = True) -> bool:
    """Say whether two numbers agree.

    Whole numbers must be equal unless their cell needs more than the least tolerance. Others may
    differ by the tolerance; in print also by one unit of the last digit, if that is no more than
    2 %: a number close to the border of two roundings is printed as either.

    Examples
    --------
    >>> numbers_agree("0.8436", "0.8439", 0.001), numbers_agree("0.84", "0.85", 0.001)
    (True, True)
    >>> numbers_agree("0.8436", "0.8536", 0.001), numbers_agree("0.8436", "0.8536", 0.03)
    (False, True)
    >>> numbers_agree("1.0", "0.9", 0.001), numbers_agree("25,000", "25,001", 0.001)
    (False, False)
    >>> numbers_agree("3e-16", "1e-15", 0.001)
    True
    """
    old, new = _value(expected), _value(found)
    size = max(abs(old), abs(new))
    if old == new or size < ROUNDING:
        return True
    if re.fullmatch(WHOLE, expected) and re.fullmatch(WHOLE, found):
        return tolerance > TOLERANCES[0] and abs(old - new) <= tolerance * size
    if abs(old - new) <= tolerance * size:
        return True
    mantissa, _, exponent = expected.lower().partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return printed and abs(old - new) <= 1.001 * unit <= 0.02 * size


def _value(number: str) -> float:
    return float(number.replace(",", "").replace("−", "-"))


def _plain(text: str | Sequence[str]) -> str:
    text = EMBEDDED.sub(r"data:\1", "".join(text))
    lines = (re.sub(r"[-=]{3,}", "---", re.sub(r"[ \t]+", " ", line)) for line in text.splitlines())
    return "\n".join(NUMBER.sub(_rounded, line).rstrip() for line in lines)


def _rounded(match: re.Match[str]) -> str:
    if WHOLE.fullmatch(match[0]):
        return match[0]
    digits = re.sub(r"[eE].*|\D", "", match[0]).lstrip("0")
    return f"{_value(match[0]):.{DIGITS}g}" if len(digits) > DIGITS else match[0]
