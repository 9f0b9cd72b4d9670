"""The synthesiser by its spectrum, MIDI by reading it back, pictures by what they hold."""

import io

import matplotlib.pyplot as plt
import mido
import numpy as np
import pytest
from matplotlib.patches import Arc, Ellipse

from gru_course.apps.chorales.plots import piano_roll, pitch_name, roll_in_words, score
from gru_course.apps.chorales.rolls import Note, to_roll
from gru_course.apps.chorales.sound import RATE, TICKS, midi_file, synthesise

NOTES = [Note(60, 0, 2), Note(64, 0, 1), Note(64, 1, 1), Note(67, 1, 3)]


def spectrum(sound, rate=RATE):
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    return np.fft.rfftfreq(len(sound), 1 / rate), power


@pytest.mark.parametrize(("pitch", "hertz"), [(69, 440), (60, 261.63), (81, 880)])
def test_a_note_has_its_pitch_and_overtones(pitch, hertz):
    frequencies, power = spectrum(synthesise([Note(pitch, 0, 4)]))
    assert abs(frequencies[power.argmax()] - hertz) < 1
    octave = power[np.abs(frequencies - 2 * hertz) < 3].max()
    between = power[np.abs(frequencies - 1.5 * hertz) < 3].max()
    assert octave > 1e4 * between


def test_no_overtone_folds_back():
    """The highest key has overtones beyond what the rate can hold; they must not be heard."""
    frequencies, power = spectrum(synthesise([Note(108, 0, 4)], rate=16_000))
    fundamental = 440 * 2 ** (39 / 12)
    elsewhere = np.abs(frequencies - fundamental) > 30
    assert power[elsewhere].max() < 1e-4 * power.max()


def test_length_loudness_and_soft_ends():
    sound = synthesise(NOTES, seconds_per_step=0.25)
    assert sound.shape == (RATE,)
    assert sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(0.8)
    assert max(abs(sound[0]), abs(sound[-1])) < 0.01  # no click
    with pytest.raises(ValueError, match="no notes to play"):
        synthesise([])


def test_midi_says_the_same_notes():
    file = mido.MidiFile(file=io.BytesIO(midi_file(NOTES, beats_per_minute=90)))
    assert file.length == pytest.approx(4 * 60 / 90, rel=1e-3)
    now, down, found = 0, {}, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "note_on":
            assert message.note not in down  # let go before it is struck again
            down[message.note] = now
        elif message.type == "note_off":
            start = down.pop(message.note)
            found.append(Note(message.note, start // TICKS, (now - start) // TICKS))
    assert sorted(found) == sorted(NOTES)
    assert not down


def test_a_piano_roll_shows_every_note():
    roll = to_roll([[60, 64], [60, 66]])
    figure = piano_roll(roll, "A title", shift=-12)
    bars = {(p.get_x(), p.get_y() + 0.45, p.get_width()) for p in figure.axes[0].patches}
    assert bars == {(0, 48, 2), (0, 52, 1), (1, 54, 1)}
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["C3"]
    plt.close(figure)
    with pytest.raises(ValueError, match="the roll is empty"):
        piano_roll(to_roll([[]]), "A title")


def heads(axes):
    """Return where the heads of notes stand, and whether they are filled."""
    found = [p for p in axes.patches if type(p) is Ellipse]
    return [(*p.get_center(), p.get_facecolor()[0] < 0.5) for p in found]


def test_a_score_has_every_note_at_its_place():
    # C4 for a quarter, F sharp 4 for a half, then A3 over the bar line, and a second line.
    roll = to_roll([[60], [66], [66], [57], [57], [57], [], [79], [84]])
    figure = score(roll, "A title", steps_per_line=8)
    top, bottom = figure.axes
    # Heights are steps of the scale above C0: C4 is 28, F4 31, A3 26, G5 39.
    assert heads(top) == [
        (0, 28, True),
        (1, 31, False),
        (3, 26, True),
        (4, 26, False),
        (7, 39, True),
    ]
    assert heads(bottom) == [(0, 42, True)]
    assert [isinstance(p, Arc) for p in top.patches].count(True) == 1  # one tie
    assert [t.get_text() for t in top.texts] == ["bass", "treble", "\N{MUSIC SHARP SIGN}"]
    plt.close(figure)
    with pytest.raises(ValueError, match="6 quarter notes in a line"):
        score(roll, "A title", steps_per_line=6)


def test_words_for_the_picture():
    assert roll_in_words(to_roll([[60, 64], [60, 66]])) == (
        "Piano roll of 2 quarter notes with 3 notes between C4 and F sharp 4, at most 2 at once."
    )
    assert roll_in_words(to_roll([[]])) == "Piano roll of 1 quarter notes, all silent."
    assert pitch_name(21) == "A0"


@pytest.mark.parametrize("make", [synthesise, midi_file])
@pytest.mark.parametrize(
    "note",
    [
        (60, 0, 0),  # without length: MIDI would never let it go
        (60, 2, -1),
        (60, -3, 2),  # a slice would count it from the end
        (128, 0, 1),
        (-1, 0, 1),
        (60, 0.5, 1),
        (60.0, 0, 1),
        (60, 0, float("nan")),
        (60, float("inf"), 1),
        (None, 0, 1),
    ],
)
def test_what_is_no_note_is_refused_with_its_place(make, note):
    with pytest.raises(ValueError, match=r"note 1 is .*at least 1 step"):
        make([Note(60, 0, 1), Note(*note)])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        # C8 has 4,186 Hz, and 8,000 samples a second hold what lies below 4,000: it was all NaN.
        ({"notes": [Note(60, 0, 1), Note(108, 0, 2)], "rate": 8_000}, "note 1, .*4,186 Hz"),
        ({"rate": 0}, "two samples a step"),
        ({"rate": 2}, "two samples a step"),
        ({"seconds_per_step": 0}, "two samples a step"),
        ({"seconds_per_step": -1}, "two samples a step"),
        ({"seconds_per_step": np.nan}, "two samples a step"),
        ({"seconds_per_step": np.inf}, "two samples a step"),
        ({"seconds_per_step": 1 / RATE}, "two samples a step"),  # only the silent first one
    ],
)
def test_what_cannot_be_heard_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        synthesise(**{"notes": NOTES, **options})


def test_shortest_highest_and_overlapping_notes_are_heard():
    shortest = synthesise([Note(60, 0, 1)], seconds_per_step=2 / RATE)
    assert shortest.tolist() == [0, pytest.approx(0.8)]
    for pitch, rate in ((107, 8_000), (127, RATE * 2), (0, RATE)):
        frequencies, power = spectrum(synthesise([Note(pitch, 0, 4)], rate=rate), rate)
        assert abs(frequencies[power.argmax()] - 440 * 2 ** ((pitch - 69) / 12)) < 0.5
    twice = synthesise([Note(69, 0, 3), Note(69, 1, 2)])  # two players of one key
    assert np.isfinite(twice).all()
    np.testing.assert_array_equal(twice[:8_000] != 0, synthesise([Note(69, 0, 3)])[:8_000] != 0)


def test_a_key_that_is_down_cannot_be_struck_in_midi():
    with pytest.raises(ValueError, match="begins while its key is down until step 3"):
        midi_file([Note(60, 0, 3), Note(64, 0, 9), Note(60, 2, 2)])
    midi_file([Note(60, 2, 2), Note(60, 0, 2)])  # one after the other, whatever their order


@pytest.mark.parametrize("pace", [0, -1, 3, np.nan, np.inf])
def test_a_pace_that_midi_cannot_say(pace):
    with pytest.raises(ValueError, match="beats per minute; a MIDI file can say 4 to"):
        midi_file(NOTES, beats_per_minute=pace)


def test_an_empty_midi_file_has_no_notes():
    file = mido.MidiFile(file=io.BytesIO(midi_file([])))
    assert not [message for message in file.tracks[0] if message.type == "note_on"]
