"""The reader as one C header: weights, and a function that reads one frame. No memory is asked for.

The weights are constants, so that a microcontroller leaves them in its flash memory.
"""

import ctypes
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import axes, finite
from gru_course.export.reader import Floats, GRUReader, Step, checked_frame

Numbers = Literal["float", "int8"]
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BIASES = ("bias", "recurrent_bias", "head_bias")

_HEADER = """\
/* A GRU that reads one frame at a time; made by gru_course, do not edit.
   Weights: {count} numbers ({numbers}), sha256 {digest}.
   State: an array of {guard}_UNITS floats, zeros in front of the first frame. */
#ifndef {guard}_H
#define {guard}_H

#include <math.h>
#include <stdint.h>

#define {guard}_FEATURES {features}
#define {guard}_UNITS {units}
#define {guard}_CLASSES {classes}

/* A row for each unit: first those of the gate z, then r, then of the candidate. */
{arrays}

static float {name}_sigmoid(float a) {{ return 1.0f / (1.0f + expf(-a)); }}

static float {name}_product(const {type} *row, {scale_argument}const float *values, int count) {{
    float sum = 0.0f;
    for (int j = 0; j < count; j++) sum += row[j] * values[j];
    return {times_scale}sum;
}}

/* Read one frame: the state changes, and the scores are written. */
static void {name}_step(const float *frame, float *state, float *scores) {{
    float next[{guard}_UNITS];
    for (int i = 0; i < {guard}_UNITS; i++) {{
        float of_frame[3], of_state[3];
        for (int gate = 0; gate < 3; gate++) {{
            const int row = gate * {guard}_UNITS + i;
            of_frame[gate] = {name}_bias[row]
                + {name}_product({name}_kernel[row], {kernel_scale}frame, {guard}_FEATURES);
            of_state[gate] = {name}_recurrent_bias[row]
                + {name}_product({name}_recurrent[row], {recurrent_scale}state, {guard}_UNITS);
        }}
        const float z = {name}_sigmoid(of_frame[0] + of_state[0]);
        const float r = {name}_sigmoid(of_frame[1] + of_state[1]);
        next[i] = z * state[i] + (1.0f - z) * tanhf(of_frame[2] + r * of_state[2]);
    }}
    for (int i = 0; i < {guard}_UNITS; i++) state[i] = next[i];
    for (int c = 0; c < {guard}_CLASSES; c++)
        scores[c] = {name}_head_bias[c]
            + {name}_product({name}_head[c], {head_scale}state, {guard}_UNITS);
}}

#endif
"""

_EXPORTED = """\
#include "{name}.h"
void step(const float *frame, float *state, float *scores) {{
    {name}_step(frame, state, scores);
}}
unsigned sizes(int n) {{
    const unsigned all[] = {{ {guard}_FEATURES, {guard}_UNITS, {guard}_CLASSES, {stored} }};
    return all[n];
}}
"""


class NoCompiler(RuntimeError):
    """There is no C compiler on this machine."""


@dataclass(frozen=True)
class Footprint:
    """What the reader takes on a microcontroller.

    Parameters
    ----------
    flash : int
        Bytes of the weights; the program comes on top.
    ram : int
        Bytes of the arrays that are written while it reads: frame, state, next state and scores.
    multiply_adds : int
        Multiplications with a following addition, for each frame.
    """

    flash: int
    ram: int
    multiply_adds: int


def quantised(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round a matrix to whole numbers of 8 bits, with a scale for each row.

    Parameters
    ----------
    matrix : ndarray of float32, shape (rows, columns)

    Returns
    -------
    whole : ndarray of int8, shape (rows, columns)
        From -127 to 127.
    scales : ndarray of float32, shape (rows,)
        ``scales[:, None] * whole`` is the matrix, up to half a scale; 0 for a row of zeros.

    Raises
    ------
    ValueError
        If it is no matrix, or a number is not finite.

    Examples
    --------
    >>> whole, scales = quantised(np.array([[0.5, -1.27], [0, 0]], "f4"))
    >>> whole.tolist(), scales.round(3).tolist()
    ([[50, -127], [0, 0]], [0.009999999776482582, 0.0])
    """
    axes(matrix, "the matrix", "rows, columns")
    largest = np.abs(finite(matrix, "the matrix")).max(axis=1, initial=0.0)
    scales = np.asarray(largest / 127, dtype=np.float32)
    steps = np.where(scales > 0, scales, 1)[:, None]
    return np.clip(np.rint(matrix / steps), -127, 127).astype(np.int8), scales


def footprint(reader: GRUReader, numbers: Numbers = "float") -> Footprint:
    """Count what the header of a reader takes.

    Parameters
    ----------
    reader : GRUReader
    numbers : str
        As for `c_header`.

    Returns
    -------
    Footprint

    Raises
    ------
    ValueError
        If `numbers` is none of the two.

    Examples
    --------
    >>> from gru_course.export.reader import random_reader
    >>> footprint(random_reader(26, 32, 10))
    Footprint(flash=24360, ram=400, multiply_adds=5888)
    >>> footprint(random_reader(26, 32, 10), "int8").flash
    7504
    """
    arrays = _arrays(reader, numbers)
    d, u, c = reader.features, reader.units, reader.classes
    return Footprint(
        flash=sum(array.nbytes for array in arrays.values()),
        ram=4 * (d + 2 * u + c),
        multiply_adds=3 * u * (d + u) + u * c,
    )


def c_header(reader: GRUReader, name: str = "gru", numbers: Numbers = "float") -> str:
    """Write the reader as a header in C99.

    Parameters
    ----------
    reader : GRUReader
    name : str
        What the names in the header begin with: lower-case letters, digits and underscores.
    numbers : str
        "float": weights of 32 bits. "int8": matrices of 8 bits, with a scale of 32 bits for each
        row; biases, state and arithmetic stay 32-bit floats.

    Returns
    -------
    str
        It defines ``NAME_step(frame, state, scores)``.

    Raises
    ------
    ValueError
        If the name is none that C allows, or `numbers` is none of the two.

    Examples
    --------
    >>> from gru_course.export.reader import random_reader
    >>> text = c_header(random_reader(3, 2, 4), "gru_digits")
    >>> [line for line in text.splitlines() if line.startswith("#define")][1:]
    ['#define GRU_DIGITS_FEATURES 3', '#define GRU_DIGITS_UNITS 2', '#define GRU_DIGITS_CLASSES 4']
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"the name {name!r} is none for C; expected lower-case letters, digits and "
            "underscores, a letter first"
        )
    arrays = _arrays(reader, numbers)
    whole = numbers == "int8"

    def scale_of(matrix: str) -> str:
        place = "c" if matrix == "head" else "row"
        return f"{name}_{matrix}_scale[{place}], " if whole else ""

    return _HEADER.format(
        name=name,
        guard=name.upper(),
        count=f"{reader.count:,}",
        numbers=numbers,
        digest=reader.digest,
        features=reader.features,
        units=reader.units,
        classes=reader.classes,
        type="int8_t" if whole else "float",
        scale_argument="float scale, " if whole else "",
        times_scale="scale * " if whole else "",
        kernel_scale=scale_of("kernel"),
        recurrent_scale=scale_of("recurrent"),
        head_scale=scale_of("head"),
        arrays="\n".join(_definition(f"{name}_{key}", array) for key, array in arrays.items()),
    )


def _arrays(reader: GRUReader, numbers: Numbers) -> dict[str, NDArray[np.generic]]:
    """Return what stands in the header: rows of matrices, as a loop over one unit reads them."""
    if numbers not in ("float", "int8"):
        raise ValueError(f"numbers is {numbers!r}; expected 'float' or 'int8'")
    matrices = {"kernel": reader.kernel.T, "recurrent": reader.recurrent.T, "head": reader.head.T}
    biases = zip(_BIASES, (*reader.bias, reader.head_bias), strict=True)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, matrix in matrices.items():
        if numbers == "float":
            arrays[name] = np.ascontiguousarray(matrix)
        else:
            arrays[name], arrays[f"{name}_scale"] = quantised(matrix)
    return arrays | dict(biases)


def _definition(name: str, array: NDArray[np.generic]) -> str:
    """Write an array as a constant."""
    kind = "int8_t" if array.dtype == np.int8 else "float"
    sizes = "".join(f"[{size}]" for size in array.shape)
    rows = array if array.ndim == 2 else array[None]
    lines = ["{" + ", ".join(map(_number, row)) + "}" for row in rows]
    inside = ",\n  ".join(lines)
    body = f"{{\n  {inside}\n}}" if array.ndim == 2 else lines[0]
    return f"static const {kind} {name}{sizes} = {body};"


def _number(value: np.generic) -> str:
    """Write a number so that C reads the same bits: nine digits tell all 32-bit floats apart."""
    if isinstance(value, np.int8):
        return str(int(value))
    text = f"{float(value):.9g}"
    return f"{text}f" if re.search("[.e]", text) else f"{text}.0f"


def compiler() -> str | None:
    """Return the C compiler of this machine, or None.

    Returns
    -------
    str or None
    """
    return next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)


def compiled(header: str, folder: Path | None = None) -> Path:
    """Compile a header to a library that Python can call.

    Parameters
    ----------
    header : str
        From `c_header`.
    folder : pathlib.Path, optional
        Where header and library are written; by default a new temporary folder.

    Returns
    -------
    pathlib.Path
        The library, for `c_step`.

    Raises
    ------
    NoCompiler
        If there is no C compiler.
    ValueError
        If the text is no header of `c_header`, or does not compile.
    """
    name = re.search(r"^static void (\w+)_step\(", header, re.MULTILINE)
    if name is None:
        raise ValueError("the text defines no NAME_step(); expected what c_header() writes")
    if (program := compiler()) is None:
        raise NoCompiler(
            "there is no C compiler (cc, gcc or clang) on this machine; install one, such as the "
            "package gcc or the Command Line Tools of macOS"
        )
    folder = Path(tempfile.mkdtemp(prefix="gru-")) if folder is None else folder
    stored = " + ".join(
        f"sizeof {array}"
        for array in re.findall(r"^static const \w+ (\w+)\[", header, re.MULTILINE)
    )
    (folder / f"{name[1]}.h").write_text(header, encoding="ascii")
    code, library = folder / f"{name[1]}.c", folder / f"{name[1]}.so"
    said = _EXPORTED.format(name=name[1], guard=name[1].upper(), stored=stored)
    code.write_text(said, encoding="ascii")
    options = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
    command = [program, *options, str(code), "-o", str(library), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"the header does not compile: {done.stderr.strip()[:500]}")
    return library


class _Library:
    """A compiled reader, and the sizes that are built into it."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"there is no library {path}; compiled() makes one")
        loaded = ctypes.CDLL(str(path))
        floats = ctypes.POINTER(ctypes.c_float)
        loaded.step.argtypes, loaded.step.restype = [floats] * 3, None
        self.step = loaded.step
        self.features, self.units, self.classes, self.stored = map(loaded.sizes, range(4))


def stored_bytes(library: Path) -> int:
    """Return how many bytes the compiler has laid out for the weights.

    Parameters
    ----------
    library : pathlib.Path
        From `compiled`.

    Returns
    -------
    int

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    return int(_Library(library).stored)


def c_step(library: Path) -> Step:
    """Return one step of a compiled header.

    Parameters
    ----------
    library : pathlib.Path
        From `compiled`.

    Returns
    -------
    callable
        A `Step`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    code = _Library(library)

    def pointer(array: Floats) -> "ctypes._Pointer[ctypes.c_float]":
        return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))

    def step(frame: Floats, state: Floats) -> tuple[Floats, Floats]:
        frame = np.ascontiguousarray(checked_frame(frame, code.features))
        new = np.array(checked_frame(state, code.units))  # C writes into it
        scores = np.zeros(code.classes, dtype=np.float32)
        code.step(pointer(frame), pointer(new), pointer(scores))
        return scores, new

    return step
