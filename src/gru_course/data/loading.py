"""Which data a notebook runs on: the real ones (full) or the stand-in (quick).

Knows no data set by name: whoever loads one imports it, and depends on no other.
"""

import os
from typing import TypeVar

from gru_course.data.errors import DataUnavailable
from gru_course.data.sources import CourseData, Dataset

PROFILE_VARIABLE = "GRU_COURSE_PROFILE"
PROFILES = ("quick", "full")

Data = TypeVar("Data", bound=CourseData)


def load(dataset: Dataset[Data], profile: str | None = None) -> Data:
    """Return the data that a notebook runs on.

    Parameters
    ----------
    dataset : Dataset
        Which data, such as `IMDB`; :data:`gru_course.catalogue.DATASETS` lists them.
    profile : str or None
        'full' for the real data: an error if they cannot be had, never anything else.
        'quick' for the stand-in: no file is read and no network touched.
        None for what ``GRU_COURSE_PROFILE`` says; if that is not set, the real data where
        they are on this machine or can be downloaded, else the stand-in and a printed
        notice that says so and why.

    Returns
    -------
    CourseData
        The data, for `IMDB` a `ReviewData`; ``.profile`` and ``.statement`` say which they are.

    Raises
    ------
    TypeError
        If `dataset` is something else, such as the name of a data set.
    ValueError
        If there is no such profile.
    DataUnavailable
        If the full profile is asked for and the data cannot be had.
    DataError
        If something on this machine is wrong: a file, a folder, a variable.

    Examples
    --------
    >>> from gru_course.reviews.imdb import IMDB
    >>> reviews = load(IMDB, "quick")
    >>> reviews.profile, reviews.train.window(maxlen=100).shape
    ('quick', (6000, 100))
    """
    if not isinstance(dataset, Dataset):
        raise TypeError(
            f"load takes a data set, not {dataset!r}. Import one and give it, as in "
            "'from gru_course.data.loading import load; from gru_course.reviews.imdb import IMDB' "
            "and 'load(IMDB)'; "
            "gru_course.catalogue lists them all."
        )
    wanted = _requested(profile)
    if wanted == "quick":
        return dataset.make_quick()
    try:
        return dataset.load_full()
    except DataUnavailable as reason:
        if wanted == "full":
            raise
        print(
            f"The {dataset.title} cannot be had, so this runs on the stand-in (quick profile).\n"
            f"Reason: {reason}"
        )
        return dataset.make_quick()


def _requested(profile: str | None) -> str | None:
    """Return the profile that was asked for by argument or variable, None for neither."""
    wanted, origin = profile, "the argument"
    if wanted is None:
        wanted, origin = os.environ.get(PROFILE_VARIABLE) or None, PROFILE_VARIABLE
    if wanted is not None and wanted not in PROFILES:
        raise ValueError(
            f"The profile {wanted!r} (from {origin}) is unknown; say {' or '.join(PROFILES)}."
        )
    return wanted
