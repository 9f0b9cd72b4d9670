"""What is not tried, or may fail, and why; patterns as of a shell."""

from fnmatch import fnmatchcase

NOT_TRIED = {
    "cells.*step": "one step of a loop: who runs the loop checks once",
    "cells.*step_backward": "one step of a loop: who runs the loop checks once",
    "cells.layout.CellWeights": "abstract; tried through the cells",
    "data.*.load_*": "reads one file that is known by its sha256; test_*.py alters it",
    "data.fetch.*": "network and cache; test_fetch.py breaks both",
    "data.imdb.cache_name": "reads one file that is known by its sha256; test_imdb.py alters it",
    "data.imdb.find_or_download": "network and cache; test_fetch.py breaks both",
    "data.imdb.read_part": "reads one file that is known by its sha256; test_imdb.py alters it",
    "data.imdb.read_vocabulary": "reads one file that is known by its sha256; test_imdb.py",
    "metrics.record": "shows its value in a notebook; test_metrics.py",
    "progress.*": "draws a bar",
    "media.*": "test_media.py",
}
"""Function to the reason."""

MAY_FAIL: dict[tuple[str, str, str], str] = {
    ("*", "seed", "negative"): "NumPy and Keras say it in their words, and at once",
}
"""Function, parameter and hostile value to the reason."""


FOREIGN_WORDS = {
    "plots.*": "Matplotlib refuses what does not fit, in its words, and nothing is drawn",
}
"""Functions whose errors may be in the words of another library; still no number comes of it."""


def reason_not_to_try(name: str) -> str | None:
    """Say why something is not tried."""
    return next((why for known, why in NOT_TRIED.items() if fnmatchcase(name, known)), None)


def may_be_foreign(name: str) -> bool:
    """Tell whether errors may be in the words of another library."""
    return any(fnmatchcase(name, known) for known in FOREIGN_WORDS)


def may_fail(name: str, parameter: str, value: str) -> bool:
    """Tell whether a fault is allowed."""
    asked = (name, parameter, value)
    return any(all(map(fnmatchcase, asked, known)) for known in MAY_FAIL)
