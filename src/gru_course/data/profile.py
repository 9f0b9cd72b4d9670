"""The profile of a notebook without data; others ask :func:`gru_course.data.loading.load`."""

import os

from gru_course.data.loading import PROFILE_VARIABLE, PROFILES


def is_full(profile: str | None) -> bool:
    """Say whether a notebook that needs no data runs in the full profile.

    Parameters
    ----------
    profile : str or None
        ``"quick"`` or ``"full"``. None for what ``GRU_COURSE_PROFILE`` says, and for full if that
        is not set: there is nothing to download.

    Raises
    ------
    ValueError
        If there is no such profile.

    Examples
    --------
    >>> is_full("quick"), is_full("full")
    (False, True)
    """
    wanted = profile or os.environ.get(PROFILE_VARIABLE) or "full"
    if wanted not in PROFILES:
        raise ValueError(f"The profile {wanted!r} is unknown; say {' or '.join(PROFILES)}.")
    return wanted == "full"
