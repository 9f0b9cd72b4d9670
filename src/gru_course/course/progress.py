"""A bar that shows how far a long computation is, where a person watches, and nowhere else.

What papermill, nbval or nbclient run, what a file or a pipe collects, and what is stored with a
notebook holds no trace of it.
"""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from IPython import get_ipython
from tqdm import tqdm

if TYPE_CHECKING:
    import keras

VARIABLE = "GRU_COURSE_PROGRESS"
"""Set to ``off`` in the environment, it hides every bar."""
SECONDS = 2
"""What is done sooner shows none."""

T = TypeVar("T")


def watched() -> bool:
    """Say whether a person watches: in a terminal, or in a notebook opened in Jupyter.

    The Jupyter server tells its kernels the name of the notebook; programs that execute notebooks
    do not.
    """
    if os.environ.get(VARIABLE) == "off":
        return False
    in_kernel = hasattr(get_ipython(), "kernel")
    return "JPY_SESSION_NAME" in os.environ if in_kernel else sys.stderr.isatty()


def bar(items: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
    """Return items one after the other, and show how many are done.

    Give the `total` if `items` has no length; `title` says what is counted, such as "Epochs".

    Examples
    --------
    >>> list(bar(range(3), "Epochs"))
    [0, 1, 2]
    """
    return tqdm(items, title, total, leave=False, delay=SECONDS) if watched() else items


def fit_bar() -> "list[keras.callbacks.Callback]":
    """Return the callbacks that show a bar during ``model.fit``; none where nobody watches.

    Returns
    -------
    list of keras.callbacks.Callback
    """
    if not watched():
        return []
    import keras  # whoever trains has loaded it; whoever only counts need not

    shown = tqdm(desc="Training", unit="update", leave=False, delay=SECONDS)

    def begin(logs: object) -> None:
        shown.total = (callback.params["steps"] or 0) * callback.params["epochs"] or None

    callback = keras.callbacks.LambdaCallback(
        on_train_begin=begin,
        on_train_batch_end=lambda batch, logs: shown.update(),
        on_train_end=lambda logs: shown.close(),
        async_safe=True,  # it does not look at losses, so no update waits for it
    )
    return [callback]
