"""Hand movements of the Brazilian sign language LIBRAS, without those that occur twice."""

import io

import numpy as np

from gru_course.apps.actions.gestures import PATHS, Gestures, gestures
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import Dataset, RemoteFile

TITLE = "LIBRAS hand movements"
TIMESTEPS = 45
_NAMES = tuple(PATHS)
CLASSES = (*_NAMES[:8], "tremble", *_NAMES[8:14])
"""The fifteen movements in the order of their numbers in the file.

The description that comes with the file puts the tremble last. But the paths with number 9 are the
ones that hardly move, and those with 10 to 15 have the shapes that it calls 9 to 14.
"""

LIBRAS_FILE = RemoteFile(
    name="actions/movement_libras.data",
    url=("https://archive.ics.uci.edu/ml/machine-learning-databases/libras/movement_libras.data"),
    sha256="97ebdaa6a9b28ab4a2cdd84b14f19a95a7456a46137c362b65a0669eca3c3c4d",
    size=256_653,
)


def load_libras(file: RemoteFile = LIBRAS_FILE) -> Gestures:
    """Return the hand movements, each path once.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Gestures
        330 movements of 15 kinds; the second coordinate counts upwards, where the file counts
        downwards like the rows of a picture. The file has 360 rows, 30 of which repeat another
        one: a split of all rows would test on what was trained on. Split them with
        :func:`gru_course.data.splits.fold`, which keeps the classes in equal shares.

    Raises
    ------
    DataUnavailable
        If the file is not on this machine and cannot be downloaded.
    DataError
        If it is altered or cut off.

    Notes
    -----
    Source: Dias, Peres and Biscaro, doi:10.24432/C5GC82, CC BY 4.0. Four people were filmed in
    two sessions, but the file does not say who made which movement: no split by person is
    possible, so a score holds for known people.

    Examples
    --------
    >>> load_libras().x.shape  # doctest: +SKIP
    (330, 45, 2)
    """
    text = locate_or_download(file).read_text(encoding="ascii")
    rows = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)
    _, first = np.unique(rows, axis=0, return_index=True)
    rows = rows[np.sort(first)]
    x = rows[:, :-1].reshape(-1, TIMESTEPS, 2).astype(np.float32)
    x[..., 1] = 1 - x[..., 1]
    return Gestures(TITLE, "full", x, rows[:, -1].astype(np.uint8) - np.uint8(1), CLASSES)


LIBRAS = Dataset(
    name="libras",
    title=TITLE,
    homepage="https://archive.ics.uci.edu/dataset/181/libras+movement",
    licence="CC BY 4.0",
    citation="dias2009",
    files=(LIBRAS_FILE,),
    load_full=load_libras,
    make_quick=gestures,
)
"""The hand movements of LIBRAS."""
