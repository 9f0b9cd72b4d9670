"""A small NumPy in plain Python, for the exercises that run in a page.

Pyodide's package on npm brings no NumPy, and a page that is opened from disk can fetch none. This
holds the names that the exercises and their usual answers use; `tests/book/test_small_numpy.py`
compares them with NumPy. Any other name says where all of NumPy is. There are two differences on
purpose: truth values are those of Python, and a seed draws other random numbers.
"""

import math
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from . import functions, linalg, random, typing
from .array import NotInThisPage, dtype, float64, int64, matmul, ndarray
from .functions import *  # noqa: F403

__version__ = "0 (small)"
pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None
bool_ = bool
integer = intp = int64
floating = double = float64
complex128 = complex
ma = SimpleNamespace(MaskedArray=type("MaskedArray", (), {}))


def errstate(**_: str) -> nullcontext[None]:
    """Do nothing: there are no warnings to be switched off."""
    return nullcontext()


def geterr() -> dict[str, str]:
    """Return no settings: there are none."""
    return {}


def seterr(**_: str) -> None:
    """Do nothing: there are no warnings to be switched off."""


def get_printoptions() -> dict[str, Any]:
    """Return no settings: there are none."""
    return {}


def set_printoptions(**_: Any) -> None:
    """Do nothing: there is one way to print."""


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotInThisPage(f"np.{name}")


__all__ = [
    "bool_",
    "complex128",
    "double",
    "dtype",
    "e",
    "errstate",
    "float64",
    "floating",
    "get_printoptions",
    "geterr",
    "inf",
    "int64",
    "integer",
    "intp",
    "linalg",
    "ma",
    "matmul",
    "nan",
    "ndarray",
    "newaxis",
    "pi",
    "random",
    "set_printoptions",
    "seterr",
    "typing",
]
__all__ += functions.__all__
