"""Pictures of music: the piano roll, and the score that musicians read."""

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Ellipse, Rectangle

from gru_course.apps.chorales.rolls import Note, Roll, to_notes
from gru_course.course.style import GROUND, PAGE_WIDTH, STATE, UPDATE_GATE, course_style, finished

NAMES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")

STAVES = {"bass": range(18, 27, 2), "treble": range(30, 39, 2)}
"""The lines of both staves, in steps of the scale above C0; the middle C between them is 28."""


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
    return finished(figure)


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
    >>> from gru_course.apps.chorales.rolls import to_roll
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


def score(roll: Roll, title: str, steps_per_line: int = 16, shift: int = 0) -> Figure:
    """Draw music as a score for a keyboard, a bar holding four quarter notes.

    Parameters
    ----------
    roll : ndarray of bool, shape (timesteps, 88)
    title : str
    steps_per_line : int
        Quarter notes in a line of the score, a multiple of 4.
    shift : int
        Semitones to write it higher.

    Returns
    -------
    matplotlib.figure.Figure
        There is no key signature: every note on a black key carries its sign. Notes that cross a
        bar line are tied.

    Raises
    ------
    ValueError
        If `steps_per_line` does not hold whole bars.
    """
    if steps_per_line < 4 or steps_per_line % 4:
        raise ValueError(f"{steps_per_line} quarter notes in a line; expected a multiple of 4")
    lines = -(-len(roll) // steps_per_line)
    notes = [piece for note in to_notes(roll, shift) for piece in _pieces(note)]
    with course_style():
        figure, all_axes = plt.subplots(
            lines, figsize=(PAGE_WIDTH, 0.4 + 1.5 * lines), squeeze=False
        )
        figure.suptitle(title, x=0.02, ha="left", weight="bold", size=11.5)
        for line, axes in enumerate(all_axes[:, 0]):
            first = line * steps_per_line
            _draw_staves(axes, steps_per_line)
            for note, tied in notes:
                if first <= note.start < first + steps_per_line:
                    _draw_note(axes, note._replace(start=note.start - first), tied)
    return finished(figure)


def _pieces(note: Note) -> Iterator[tuple[Note, bool]]:
    """Cut a note at the bar lines; every piece but the last is tied to the next."""
    start, end = note.start, note.start + note.steps
    while start < end:
        stop = min(end, start + 4 - start % 4)
        yield Note(note.pitch, start, stop - start), stop < end
        start = stop


def _draw_staves(axes: Any, steps: int) -> None:
    for name, staff in STAVES.items():
        axes.hlines(staff, -0.7, steps - 0.3, color=STATE, linewidth=0.6)
        axes.text(-0.8, staff[2], name, ha="right", va="center", size=10)
    for bar in range(0, steps + 1, 4):
        axes.vlines(bar - 0.5, 18, 38, color=STATE, linewidth=0.8)
    axes.set(xlim=(-2.6, steps - 0.2), ylim=(10, 46))
    axes.axis("off")


def _draw_note(axes: Any, note: Note, tied: bool) -> None:
    octave, step = divmod(note.pitch, 12)
    letter, *sign = NAMES[step].split()
    x, y = note.start, 7 * (octave - 1) + "CDEFGAB".index(letter)
    fill = STATE if note.steps == 1 else GROUND
    ledgers = {28} & {y} | {*range(40, y + 1, 2)} | {*range(16, y - 1, -2)}
    axes.hlines(sorted(ledgers), x - 0.4, x + 0.4, color=STATE, linewidth=0.6)
    axes.add_patch(Ellipse((x, y), 0.46, 1.8, edgecolor=STATE, facecolor=fill, zorder=3))
    if note.steps < 4:  # a whole note has no stem
        up = y < STAVES["treble" if y >= 28 else "bass"][2]
        side, end = (0.22, y + 6) if up else (-0.22, y - 6)
        axes.vlines(x + side, min(y, end), max(y, end), color=STATE, linewidth=1)
    if note.steps == 3:
        axes.plot(x + 0.4, y + (1 - y % 2), ".", color=STATE, markersize=3)
    if sign:
        mark = "\N{MUSIC SHARP SIGN}" if sign == ["sharp"] else "\N{MUSIC FLAT SIGN}"
        axes.text(x - 0.28, y, mark, ha="right", va="center", size=10)
    if tied:
        axes.add_patch(Arc((x + note.steps / 2, y - 1.2), note.steps, 2.5, theta1=180, theta2=360))
