"""Pictures of music: the piano roll."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gru_course.data.rolls import Roll, to_notes
from gru_course.plots.style import GROUND, PAGE_WIDTH, UPDATE_GATE, course_style

NAMES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI pitch.

    Examples
    --------
    >>> pitch_name(60), pitch_name(70)
    ('C4', 'B flat 4')
    """
    octave, step = divmod(pitch, 12)
    return f"{NAMES[step]}{' ' if ' ' in NAMES[step] else ''}{octave - 1}"


def piano_roll(roll: Roll, title: str, steps_per_bar: int = 4, shift: int = 0) -> Figure:
    """Draw music: time from left to right, pitch from bottom to top, a bar for each note.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)
    title : str
    steps_per_bar : int
        Where to draw lines.
    shift : int
        Semitones to show it higher.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If no key is down at any step.
    """
    notes = to_notes(roll, shift)
    if not notes:
        raise ValueError("the roll is empty: there is nothing to draw")
    lowest, highest = (f(note.pitch for note in notes) for f in (min, max))
    with course_style():
        figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 2.8))
        for note in notes:
            axes.add_patch(
                Rectangle(
                    (note.start, note.pitch - 0.45),
                    note.steps,
                    0.9,
                    facecolor=UPDATE_GATE,
                    edgecolor=GROUND,  # a gap between neighbours
                )
            )
        axes.set(
            title=title,
            xlabel="quarter notes",
            xlim=(0, len(roll)),
            ylim=(lowest - 1, highest + 1),
            xticks=range(0, len(roll) + 1, steps_per_bar * max(1, len(roll) // 32)),
        )
        named = range(lowest + -lowest % 12, highest + 1, 12)
        axes.set_yticks(list(named), [pitch_name(pitch) for pitch in named])
    return figure


def roll_in_words(roll: Roll, shift: int = 0) -> str:
    """Describe music for those who do not see its picture.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)
    shift : int
        As for `piano_roll`.

    Returns
    -------
    str

    Examples
    --------
    >>> from gru_course.data.rolls import to_roll
    >>> roll_in_words(to_roll([[60, 64], [62]]))
    'Piano roll of 2 quarter notes with 3 notes between C4 and E4, at most 2 at once.'
    """
    notes = to_notes(roll, shift)
    if not notes:
        return f"Piano roll of {len(roll)} quarter notes, all silent."
    pitches = [note.pitch for note in notes]
    return (
        f"Piano roll of {len(roll)} quarter notes with {len(notes)} notes between "
        f"{pitch_name(min(pitches))} and {pitch_name(max(pitches))}, "
        f"at most {int(roll.sum(axis=1).max())} at once."
    )
