"""Functions that arrays have as methods, too."""

from collections.abc import Callable
from typing import Any

from .array import ndarray
from .elementwise import clip, conj, round
from .joining import repeat, take
from .products import dot, trace
from .reducing import (
    all,
    any,
    argmax,
    argmin,
    argsort,
    cumprod,
    cumsum,
    max,
    mean,
    min,
    prod,
    sort,
    std,
    sum,
    var,
)
from .searching import nonzero, searchsorted


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: ndarray, *given: Any, **options: Any) -> Any:
        return function(self, *given, **options)

    method.__doc__ = function.__doc__
    return method


_METHODS: dict[str, Callable[..., Any]] = {
    **{"sum": sum, "prod": prod, "mean": mean, "var": var, "std": std, "max": max, "min": min},
    **{"argmax": argmax, "argmin": argmin, "any": any, "all": all, "cumsum": cumsum},
    **{"cumprod": cumprod, "argsort": argsort, "take": take, "repeat": repeat, "round": round},
    **{"clip": clip, "dot": dot, "nonzero": nonzero, "conj": conj, "trace": trace},
    **{"searchsorted": searchsorted},
}
for _name, _function in _METHODS.items():
    setattr(ndarray, _name, _method(_function))


def _sort_in_place(self: ndarray, axis: int = -1) -> None:
    self[...] = sort(self, axis)


ndarray.sort = _sort_in_place  # type: ignore[attr-defined]
