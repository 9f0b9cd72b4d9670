"""A reader that never ends: one frame in, the scores out, and a state that survives a restart."""

from pathlib import Path

import numpy as np

from gru_course.course.checked import whole
from gru_course.data.npz import read_arrays, write_arrays
from gru_course.export.reader import Floats, GRUReader, Step, checked_frame


class StateError(ValueError):
    """A stored state cannot be used; the text says why."""


class Stream:
    """Read frame after frame, and keep the state.

    Parameters
    ----------
    step : callable
        A `gru_course.export.reader.Step`.
    reader : GRUReader
        Whose step it is: a state means something to the weights that made it only.

    Raises
    ------
    TypeError
        If the reader is none.

    Examples
    --------
    >>> from gru_course.export.reader import random_reader
    >>> reader = random_reader(features=3, units=2, classes=4)
    >>> stream = Stream(reader.step, reader)
    >>> stream.read(np.ones(3, "f4")).shape, stream.count
    ((4,), 1)
    """

    def __init__(self, step: Step, reader: GRUReader) -> None:
        if not isinstance(reader, GRUReader):
            raise TypeError(f"reader is {reader!r:.60}; expected a GRUReader")
        self.reader = reader
        self._step = step
        self.reset()

    def reset(self) -> None:
        """Forget everything, as in front of a new word."""
        self.state: Floats = np.zeros(self.reader.units, dtype=np.float32)
        self.count = 0

    def read(self, frame: Floats) -> Floats:
        """Read one frame.

        Parameters
        ----------
        frame : ndarray of float32, shape (features,)

        Returns
        -------
        ndarray of float32, shape (classes,)
            The scores after it.

        Raises
        ------
        ValueError
            If it is no frame of finite numbers; the state is as it was then.

        Examples
        --------
        >>> from gru_course.export.reader import random_reader
        >>> reader = random_reader(features=3, units=2, classes=4)
        >>> Stream(reader.step, reader).read(np.ones(3, "f4")).shape
        (4,)
        """
        scores, self.state = self._step(checked_frame(frame, self.reader.features), self.state)
        self.count += 1
        return scores

    def save(self, path: Path | str) -> None:
        """Write the state, in full or not at all.

        Parameters
        ----------
        path : pathlib.Path or str
            Such as ``stream.npz``; an earlier file is replaced.

        Raises
        ------
        OSError
            If it cannot be written; an earlier file is still there then.
        """
        owner = np.frombuffer(self.reader.digest.encode(), dtype=np.uint8)
        count = np.array(self.count, dtype=np.int64)
        write_arrays({"state": self.state, "count": count, "owner": owner}, Path(path))

    def restore(self, path: Path | str) -> None:
        """Go on where `save` was called last.

        Parameters
        ----------
        path : pathlib.Path or str

        Raises
        ------
        FileNotFoundError
            If there is no such file: begin anew.
        StateError
            If the file is damaged, or its state belongs to another model. This stream is as it was
            then.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {path}; Stream.save() makes one")
        kept = read_arrays(path, lambda a: (a["state"], int(a["count"]), a["owner"].tobytes()))
        if kept is None:
            raise StateError(f"{path} is damaged or no state of a stream; begin a new stream")
        state, count, owner = kept
        if owner != self.reader.digest.encode():
            raise StateError(
                f"the state in {path} belongs to another model, and means nothing to this one; "
                "begin a new stream, or load the model that made it"
            )
        try:
            whole(count, "count", least=0)
            self.state = checked_frame(state, self.reader.units, "the state")
        except ValueError as error:
            raise StateError(f"{path} is damaged ({error}); begin a new stream") from error
        self.count = count
