"""Which data a notebook runs on: the real ones (full) or the stand-in (quick)."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .errors import DataUnavailable
from .imdb import IMDB_SOURCE, TITLE, load_imdb
from .sources import Dataset
from .standin import order_reviews

PROFILE_VARIABLE = "GRU_COURSE_PROFILE"
PROFILES = ("quick", "full")

IMDB = Dataset(
    name="imdb",
    title=TITLE,
    homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
    licence="none stated; the authors ask for citation, the reviews belong to their writers",
    citation="maas2011",
    files=(*IMDB_SOURCE.archives, IMDB_SOURCE.word_index),
    load_full=load_imdb,
    make_quick=order_reviews,
)

DATASETS: Mapping[str, Dataset[Any]] = MappingProxyType({IMDB.name: IMDB})
"""Every data set of the course by its short name; a new one is one more entry."""


def load(
    name: str, profile: str | None = None, datasets: Mapping[str, Dataset[Any]] = DATASETS
) -> Any:
    """Return the data that a notebook runs on.

    Parameters
    ----------
    name : str
        Short name of the data set, such as 'imdb'.
    profile : str or None
        'full' for the real data: an error if they cannot be had, never anything else.
        'quick' for the stand-in: no file is read and no network touched.
        None for what ``GRU_COURSE_PROFILE`` says; if that is not set, the real data where
        they are on this machine or can be downloaded, else the stand-in and a printed
        notice that says so and why.
    datasets : mapping of str to Dataset
        Where `name` is looked up.

    Returns
    -------
    CourseData
        The data, here `ReviewData`; ``.profile`` and ``.statement`` say which they are.

    Raises
    ------
    ValueError
        If there is no such data set or profile.
    DataUnavailable
        If the full profile is asked for and the data cannot be had.
    DataError
        If something on this machine is wrong: a file, a folder, a variable.

    Examples
    --------
    >>> reviews = load("imdb", "quick")
    >>> reviews.profile, reviews.train.window(maxlen=100).shape
    ('quick', (6000, 100))
    """
    if name not in datasets:
        raise ValueError(f"There is no data set {name!r}; there are {', '.join(sorted(datasets))}.")
    dataset = datasets[name]
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
