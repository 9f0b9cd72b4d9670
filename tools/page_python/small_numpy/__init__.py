"""A small NumPy in plain Python, for the exercises that run in a page.

Pyodide's package on npm brings no NumPy, and a page that is opened from disk can fetch none. This
holds the names that the exercises and their usual answers use; `tests/book/test_small_numpy.py`
compares them with NumPy. Any other name says where all of NumPy is. There are two differences on
purpose: truth values are those of Python, and a seed draws other random numbers.
"""

import math
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any

from . import elementwise, joining, making, products, reducing, searching
from . import linalg as linalg
from . import methods as methods
from . import random as random
from . import typing as typing
from .array import asarray as asarray
from .array import float64 as float64
from .array import int64 as int64
from .array import ndarray as ndarray
from .kinds import NotInThisPage as NotInThisPage
from .kinds import dtype as dtype
from .operators import matmul as matmul
from .places import common_shape

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


def _public(module: ModuleType) -> dict[str, Any]:
    """Return what a module defines."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }


for _module in (elementwise, making, joining, reducing, searching, products):
    globals().update(_public(_module))
ascontiguousarray, broadcast_shapes = asarray, common_shape
