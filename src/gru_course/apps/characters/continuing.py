"""Continuing what a reader has typed, or saying why that makes no sense."""

import numpy as np

from gru_course.apps.characters.data import UNKNOWN, CharacterData
from gru_course.apps.characters.learn import write
from gru_course.layers.backend import keras

LONGEST = 2_000
"""Characters of an opening that are taken."""


def continued(
    model: keras.Model,
    data: CharacterData,
    opening: str,
    count: int = 250,
    *,
    seed: int = 0,
    temperature: float = 1.0,
    p: float = 1.0,
) -> str:
    """Let a model go on with an opening that a reader has typed.

    Parameters
    ----------
    model : keras.Model
        Trained on the characters of `data`.
    data : CharacterData
        Knows the characters.
    opening : str
        What a person types; curly apostrophes and other line ends are made plain.
    count : int
        How many characters to add.
    seed : int
        The same seed goes on with the same characters.
    temperature, p : float
        As for :func:`~gru_course.apps.characters.learn.write`.

    Returns
    -------
    str
        The opening as it was read, and what was added to it.

    Raises
    ------
    TypeError
        If the opening is no text.
    ValueError
        If the opening is empty or longer than `LONGEST`, or more than a quarter of its characters
        do not occur in the training text.

    Examples
    --------
    >>> from gru_course.apps.characters.model import character_model
    >>> data = CharacterData("three lines", "quick", "A gate.", "A page.", "Fate!")
    >>> said = continued(character_model(8, units=2), data, "A ga", count=3)
    >>> said[:4], len(said)
    ('A ga', 7)
    """
    if not isinstance(opening, str):
        raise TypeError(f"the opening is of type {type(opening).__name__}; expected a text")
    if not opening.strip():
        raise ValueError("the opening is empty; type some words to start from")
    if len(opening) > LONGEST:
        raise ValueError(
            f"the opening has {len(opening):,} characters; expected at most {LONGEST:,}. The model "
            "remembers little of what stands further back: give it the end"
        )
    ids = data.encode(opening)
    unknown = ids == UNKNOWN
    if 4 * unknown.sum() > len(ids):
        strange = dict.fromkeys(sign for sign in opening if data.encode(sign)[:1] == UNKNOWN)
        raise ValueError(
            f"{unknown.sum()} of the {len(ids)} characters of the opening do not occur in "
            f"{data.title} ({', '.join(map(repr, list(strange)[:5]))}); type it with the letters "
            "that do"
        )
    added = write(model, ids, count, np.random.default_rng(seed), temperature=temperature, p=p)
    return data.decode(ids) + data.decode(added)
