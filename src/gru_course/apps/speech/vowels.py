"""A stand-in for spoken words: synthesised vowels, two in each word.

Every recording has a twin, which is the same one played backwards and counts as the word with
its vowels in the other order. Twins consist of the same frames, so that only order tells them
apart.
"""

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.speech.spoken import SpokenWords, joined

TITLE = "STAND-IN, not real speech: synthesised vowels"
RATE = 8_000
FRAME, HOP = 200, 80
"""A frame and the step to the next, in samples: the frames fit exactly, also from the end."""
FORMANTS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
"""Resonances of the mouth in hertz, men's means by Peterson and Barney (1952)."""
BANDWIDTHS = (60, 90, 150)
WORDS = ("ai", "ia", "au", "ua", "ei", "ie", "ou", "uo", "oi", "io")
"""Each word at an even place is followed by the one with its vowels in the other order."""
SPEAKERS = {
    "A": (95, 0.95),
    "B": (110, 1.0),
    "C": (130, 1.05),
    "D": (185, 1.12),
    "E": (205, 1.18),
    "F": (230, 1.25),
}
"""Pitch in hertz, and by what the resonances are multiplied: a short throat has high ones."""


def vowel_words(takes: int = 20, seed: int = 0) -> SpokenWords:
    """Synthesise words of two vowels, said by six voices.

    Parameters
    ----------
    takes : int
        Recordings of each word by each speaker; more than 10, so that every part of a split gets
        some.
    seed : int
        The same seed gives the same recordings.

    Returns
    -------
    SpokenWords
        A source-filter model: pulses of the vocal cords, filtered by three resonances, fade from
        the first vowel to the second. Length, pitch and loudness differ between takes; there is
        noise. Take ``t`` of "ia" is take ``t`` of "ai" by the same speaker, played backwards: a
        model of single frames, however combined, is right for exactly one of the two.

    Raises
    ------
    ValueError
        If there are too few takes.

    Examples
    --------
    >>> data = vowel_words(takes=11)
    >>> data.profile, len(data), data.words[:2]
    ('quick', 660, ('ai', 'ia'))
    """
    if takes < 11:
        raise ValueError(f"{takes} takes; expected at least 11, the first 10 are set aside")
    rng = np.random.default_rng(seed)
    places = np.indices((len(WORDS), len(SPEAKERS), takes)).reshape(3, -1).astype(np.uint8)
    voices = list(SPEAKERS.values())
    waveforms: list[NDArray[np.int16]] = []
    for word in WORDS[::2]:
        said = [_say(word, voice, rng) for voice in voices for _ in range(takes)]
        waveforms += [*said, *(sound[::-1] for sound in said)]
    samples, offsets = joined(waveforms)
    return SpokenWords(TITLE, "quick", RATE, WORDS, tuple(SPEAKERS), samples, offsets, *places)


def _say(word: str, voice: tuple[float, float], rng: np.random.Generator) -> NDArray[np.int16]:
    # Importing it takes a second, which not everybody who loads data should wait.
    from scipy.signal import lfilter

    pitch, scale = voice
    length = FRAME + HOP * int(rng.integers(28, 58))
    time = np.linspace(0, 1, length)
    turns = np.arange(length) * pitch * rng.uniform(0.92, 1.08) / RATE
    pulses = np.diff(np.floor(turns), prepend=-1) + rng.normal(0, 0.01, length)
    source = lfilter([1], [1, -0.9], pulses)
    first, second = (lfilter(*_mouth(vowel, scale), source) for vowel in word)
    share = np.clip((time - 0.35) / 0.3, 0, 1)
    sound = first / first.std() * (1 - share) + second / second.std() * share
    sound *= np.clip(np.minimum(time, 1 - time) / 0.08, 0, 1)  # begins and ends softly
    sound *= rng.uniform(0.2, 0.8) / np.abs(sound).max()
    return np.asarray((sound + rng.normal(0, 0.003, length)) * 2**15).astype(np.int16)


def _mouth(vowel: str, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coefficients of three resonators in a row."""
    gain, poles = np.ones(1), np.ones(1)
    for formant, bandwidth in zip(FORMANTS[vowel], BANDWIDTHS, strict=True):
        radius = np.exp(-np.pi * bandwidth / RATE)
        turn = 2 * np.pi * formant * scale / RATE
        pole = np.array([1, -2 * radius * np.cos(turn), radius**2])
        gain, poles = gain * pole.sum(), np.convolve(poles, pole)
    return gain, poles
