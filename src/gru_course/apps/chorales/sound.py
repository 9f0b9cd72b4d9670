"""Notes made audible: a small synthesiser, and MIDI files for any player."""

import io
from collections.abc import Sequence

import mido
import numpy as np
from numpy.typing import NDArray

from gru_course.apps.chorales.rolls import Note, checked_notes

RATE = 16_000
"""Samples per second: enough for voices, and half the size of a compact disc's."""
PARTIALS = 0.6 ** np.arange(8)
"""How loud the fundamental and its overtones are."""
ATTACK_SECONDS, RELEASE_SECONDS = 0.015, 0.06
TICKS = 480
"""Ticks of a MIDI file per timestep."""


def synthesise(
    notes: Sequence[Note], seconds_per_step: float = 0.5, rate: int = RATE
) -> NDArray[np.float32]:
    """Turn notes into sound by adding sines.

    Parameters
    ----------
    notes : sequence of Note
    seconds_per_step : float
        How long a timestep lasts.
    rate : int
        Samples per second.

    Returns
    -------
    ndarray of float32, shape (samples,)
        A waveform whose largest value is 0.8, from the start of step 0 to the end of the last
        note. Overtones beyond half of `rate` are left out: they would sound as other tones.

    Raises
    ------
    ValueError
        If there are no notes, one has no length or begins before the piece, a timestep has less
        than two samples, or a note is too high for `rate`: half of it and more cannot be heard.

    Examples
    --------
    >>> synthesise([Note(pitch=69, start=0, steps=2)]).shape  # the A of a tuning fork
    (16000,)
    """
    if not notes:
        raise ValueError("there are no notes to play; was the roll empty?")
    notes = checked_notes(notes)
    if not 2 <= seconds_per_step * rate < np.inf:
        raise ValueError(
            f"{seconds_per_step} seconds per step at {rate} samples per second; expected two "
            "samples a step or more"
        )
    for place, note in enumerate(notes):
        if _hertz(note) >= rate / 2:
            raise ValueError(
                f"note {place}, {note}, has {_hertz(note):,.0f} Hz, and {rate:,} samples per "
                f"second hold only what lies below {rate / 2:,.0f} Hz; take a larger rate"
            )
    places = [
        [round(step * seconds_per_step * rate) for step in (note.start, note.start + note.steps)]
        for note in notes
    ]
    sound = np.zeros(max(end for _, end in places), dtype=np.float64)
    for note, (start, end) in zip(notes, places, strict=True):
        sound[start:end] += _tone(_hertz(note), end - start, rate)
    return np.asarray(sound * (0.8 / np.abs(sound).max()), dtype=np.float32)


def _hertz(note: Note) -> float:
    return float(440 * 2 ** ((note.pitch - 69) / 12))


def _tone(hertz: float, length: int, rate: int) -> NDArray[np.float64]:
    time = np.arange(length) / rate
    tone = np.zeros(length)
    for number, loudness in enumerate(PARTIALS, start=1):
        if number * hertz < rate / 2:
            tone += loudness * np.sin(2 * np.pi * number * hertz * time)
    swell = np.minimum(time / ATTACK_SECONDS, (length / rate - time) / RELEASE_SECONDS)
    return np.asarray(tone * np.clip(swell, 0, 1) * np.exp(-0.7 * time))


def midi_file(notes: Sequence[Note], beats_per_minute: float = 120, program: int = 19) -> bytes:
    """Write notes as a MIDI file, a timestep being a quarter note.

    Parameters
    ----------
    notes : sequence of Note
    beats_per_minute : float
        Timesteps per minute.
    program : int
        The instrument, counted from 0 as in the General MIDI list: 0 is a piano, 19 an organ.

    Returns
    -------
    bytes
        The contents of a ``.mid`` file with one track.

    Raises
    ------
    ValueError
        If a note has no length or begins before the piece, two hold the same key at a time, or a
        file cannot say the pace or the instrument.

    Examples
    --------
    >>> midi_file([Note(pitch=60, start=0, steps=1)])[:4]
    b'MThd'
    """
    notes = checked_notes(notes)
    ends: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: note.start):
        if note.start < ends.get(note.pitch, 0):
            raise ValueError(
                f"{note} begins while its key is down until step {ends[note.pitch]}; a key can be "
                "struck again when it was let go. Shorten the first note, or make one of both"
            )
        ends[note.pitch] = note.start + note.steps
    if not 4 <= beats_per_minute <= 60_000_000:
        raise ValueError(
            f"{beats_per_minute} beats per minute; a MIDI file can say 4 to 60,000,000"
        )
    if program not in range(128):
        raise ValueError(f"program is {program}; expected an instrument from 0 to 127")
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(beats_per_minute)))
    track.append(mido.Message("program_change", program=program))
    events = [(note.start, "note_on", note.pitch) for note in notes]
    events += [(note.start + note.steps, "note_off", note.pitch) for note in notes]
    now = 0
    for step, kind, pitch in sorted(events):  # at the same step, keys go up before others go down
        track.append(mido.Message(kind, note=pitch, velocity=80, time=(step - now) * TICKS))
        now = step
    file = mido.MidiFile(ticks_per_beat=TICKS)
    file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()
