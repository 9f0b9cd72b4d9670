"""Write the weights of a trained model as a script that a page can load from disk.

``book/assets/js/weights.js`` reads it and checks its digest.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 700_000
"""Characters that a script may have."""


def weight_script(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    provenance: Mapping[str, str],
    kind: str = "float16",
) -> str:
    """Write a script that stores a model under a name.

    Parameters
    ----------
    name : str
        Under which the page asks for the model.
    arrays : mapping of str to numpy.ndarray
        One- or two-dimensional; one dimension becomes one row. Bytes, ``uint8``, are a text in
        UTF-8.
    provenance : mapping of str to str
        Where the weights come from: the notebook, its stamp.
    kind : str
        ``float16`` or ``float32``, of all numbers.

    Raises
    ------
    ValueError
        If a number does not fit the kind, an array has another shape, nothing is said about where
        the weights come from, or the script becomes too long.
    """
    if kind not in ("float16", "float32"):
        raise ValueError(f"the kind is {kind!r}; expected float16 or float32")
    if not provenance:
        raise ValueError("say where the weights come from, such as {'notebook': ...}")
    heads: list[tuple[str, str, list[int]]] = []
    contents: list[bytes] = []
    for label, array in arrays.items():
        table = np.atleast_2d(array)
        holds = "utf8" if table.dtype == np.uint8 else kind
        with np.errstate(over="ignore"):
            stored = table if holds == "utf8" else table.astype(np.dtype(kind).newbyteorder("<"))
        if table.ndim != 2 or not np.isfinite(stored).all():
            raise ValueError(f"{label}: expected one or two dimensions of numbers that fit {kind}")
        heads.append((label, holds, list(table.shape)))
        contents.append(stored.tobytes())
    head = json.dumps(heads, separators=(",", ":"))
    digest = hashlib.sha256(head.encode() + b"".join(contents)).hexdigest()
    model = {
        "format": 1,
        "provenance": dict(provenance),
        "sha256": digest,
        "arrays": [
            {
                "name": label,
                "kind": holds,
                "shape": shape,
                "base64": base64.b64encode(data).decode(),
            }
            for (label, holds, shape), data in zip(heads, contents, strict=True)
        ],
    }
    script = f"(globalThis.gruCourseWeights ??= {{}})[{json.dumps(name)}] = {json.dumps(model)};\n"
    if len(script) > LARGEST:
        raise ValueError(f"{name} has {len(script):,} characters; a script may have {LARGEST:,}")
    return script


def digest_of(script: str) -> str:
    """Return the digest of the weights in a script."""
    digest: str = json.loads(script.partition("] = ")[2].rstrip(";\n"))["sha256"]
    return digest
