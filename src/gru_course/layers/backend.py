"""Keras on TensorFlow, imported without TensorFlow's start-up chatter.

TensorFlow writes two lines with time stamps to the standard error stream before any of
its settings is read. In a stored notebook they would be noise that changes at every run,
so the file descriptor is closed to them for the duration of the import, and only then.
"""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def _standard_error_silenced() -> Iterator[None]:
    saved = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# The C++ side logs its devices and compilations; 0 in the environment brings that back.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _standard_error_silenced():
    import keras
    import tensorflow as tf

__all__ = ["keras", "tf"]
