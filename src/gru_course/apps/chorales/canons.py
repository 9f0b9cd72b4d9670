"""A stand-in for chorales: canons in two voices, of which the second repeats the first."""

import numpy as np

from gru_course.apps.chorales.rolls import Music, Roll, to_roll

TITLE = "STAND-IN, not by Bach: generated canons in two voices"
DELAY, INTERVAL = 4, 11
"""The second voice follows so many steps later, and so many degrees of the scale lower."""
HIGHEST = 7
"""The first voice moves over the degrees 0 to 7, from C5 to C6."""
CONSONANT = (0, 2, 4, 5)
"""Octave, third, fifth and sixth, counted in degrees of the scale from 0."""


def canons(
    train: int = 60, validation: int = 20, test: int = 20, timesteps: int = 64, seed: int = 0
) -> Music:
    """Generate canons in C major.

    Parameters
    ----------
    train, validation, test : int
        How many of each.
    timesteps : int
        Length of each, in quarter notes.
    seed : int
        The same seed gives the same canons.

    Returns
    -------
    Music
        The first voice wanders by steps of up to a fourth and never stays; where it can choose,
        it sounds well with the second. The second sings the same a twelfth lower, four steps
        later: whoever remembers four steps knows it, and whoever does not must guess.

    Raises
    ------
    ValueError
        If the canons are too short for the second voice to come in.

    Examples
    --------
    >>> music = canons(2, 1, 1)
    >>> music.profile, len(music.train), music.test[0].shape
    ('quick', 2, (64, 88))
    """
    if timesteps <= DELAY:
        raise ValueError(f"{timesteps} timesteps; expected more than the delay of {DELAY}")
    rng = np.random.default_rng(seed)
    parts = [tuple(_canon(timesteps, rng) for _ in range(n)) for n in (train, validation, test)]
    return Music(TITLE, "quick", *parts)


def pitch_of(degree: int) -> int:
    """Return the MIDI pitch of a degree of the C major scale, 0 being C5.

    Examples
    --------
    >>> [pitch_of(degree) for degree in (-1, 0, 1, 7)]
    [71, 72, 74, 84]
    """
    octave, step = divmod(degree, 7)
    return 72 + 12 * octave + (0, 2, 4, 5, 7, 9, 11)[step]


def _canon(timesteps: int, rng: np.random.Generator) -> Roll:
    voice = [int(rng.integers(HIGHEST + 1))]
    while len(voice) < timesteps:
        moves = [voice[-1] + by for by in (-3, -2, -1, 1, 2, 3)]
        choices = [degree for degree in moves if 0 <= degree <= HIGHEST]
        if len(voice) >= DELAY:
            second = voice[-DELAY] - INTERVAL
            # Of three degrees in a row, one at least is consonant: there is always a choice.
            choices = [degree for degree in choices if (degree - second) % 7 in CONSONANT]
        voice.append(int(rng.choice(choices)))
    return to_roll(
        [
            [pitch_of(degree)]
            + ([pitch_of(voice[step - DELAY] - INTERVAL)] if step >= DELAY else [])
            for step, degree in enumerate(voice)
        ]
    )
