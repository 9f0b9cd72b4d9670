"""What is embedded in a page, taken out again and read by other programs."""

import base64
import io
import re
import wave
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from gru_course.apps.actions.clips import turning_dots
from gru_course.apps.chorales.plots import piano_roll
from gru_course.apps.chorales.rolls import to_roll
from gru_course.course.media import MAX_BYTES, animation, audio, download, picture, wav_file

SOUND = 0.5 * np.sin(np.arange(8_000) / 5)


def embedded(page, kind):
    return [
        base64.b64decode(found)
        for found in re.findall(f'data:{re.escape(kind)};base64,([^"]+)', page.data)
    ]


def test_a_sound_comes_back_from_the_page():
    (content,) = embedded(audio(SOUND, 8_000, "A hum", "One low tone"), "audio/wav")
    with wave.open(io.BytesIO(content)) as file:
        assert file.getparams()[:4] == (1, 2, 8_000, 8_000)
        samples = np.frombuffer(file.readframes(8_000), "<i2") / 2**15
    np.testing.assert_allclose(samples, SOUND, atol=1e-4)


def test_a_player_has_a_name_and_a_transcript_and_does_not_start_by_itself():
    page = audio(SOUND, 8_000, 'A "hum" & more', "One <low> tone").data
    assert 'aria-label="A &quot;hum&quot; &amp; more"' in page
    assert "One &lt;low&gt; tone</figcaption>" in page
    assert " controls " in page
    assert "autoplay" not in page


@pytest.mark.parametrize(
    ("samples", "rate", "said"),
    [
        ([1.1, 0], 8_000, "one row of numbers between -1 and 1"),
        ([[0.0, 0.0]], 8_000, "one row of numbers between -1 and 1"),
        ([np.nan, 0], 8_000, "1 of 2 values is not finite, the first at 0: nan"),
        ([0, np.inf], 8_000, "the first at 1: inf"),
        (np.array([0, 1], np.int16), 8_000, "type int16, up to 1; .*Divide whole numbers"),
        (np.array([-(2**15)], np.int16), 8_000, "up to 3.28e"),  # its absolute value is itself
        ([False, True], 8_000, "type bool"),
        (np.array([]), 8_000, "0 samples"),
        ([0.5], 0, "0 a second"),
    ],
)
def test_no_waveform(samples, rate, said):
    with pytest.raises(ValueError, match=said):
        wav_file(np.array(samples), rate)


def test_silence_and_one_sample_are_sound():
    for samples in (np.zeros(9), np.float32([1.0])):
        with wave.open(io.BytesIO(wav_file(samples, 8_000))) as file:
            heard = np.frombuffer(file.readframes(9), "<i2")
        assert heard.tolist() == (samples * (2**15 - 1)).tolist()


@pytest.mark.parametrize("pace", [0, -1, np.nan, np.inf, 0.001])
def test_no_pace(pace):
    with pytest.raises(ValueError, match=r"seconds per frame; expected 0.01 to 655"):
        animation(np.zeros((2, 4, 4), "uint8"), "Nothing moves.", seconds_per_frame=pace)


def test_a_film_comes_back_from_the_page():
    frames = turning_dots(5).frames[0]
    page = animation(frames, "A dot turns.", seconds_per_frame=0.2)
    (film,) = embedded(page, "image/gif")
    with Image.open(io.BytesIO(film)) as image:
        assert (image.n_frames, image.size, image.info["duration"]) == (12, (16, 16), 200)
        for number, frame in enumerate(frames):
            image.seek(number)
            assert np.abs(np.asarray(image.convert("L")).astype(int) - frame).max() <= 2
    (still, strip) = sorted(embedded(page, "image/png"), key=len)
    assert (np.asarray(Image.open(io.BytesIO(still))) == frames[0]).all()
    grid = np.asarray(Image.open(io.BytesIO(strip)))
    assert grid.shape == (2 * 17, 6 * 17)
    assert (grid[17:33, 17:33] == frames[7]).all()
    assert len(page.data) < 30_000


def test_a_film_respects_who_wants_less_motion_and_says_what_happens():
    page = animation(turning_dots(5).frames[0], "A dot turns <left>.").data
    assert page.startswith('<figure><img alt="A dot turns &lt;left&gt;."')
    source = re.search(r'<source media="\(prefers-reduced-motion: reduce\)" srcset="([^;]+)', page)
    assert source[1] == "data:image/png"
    assert page.index("<details>") < page.index("image/gif")  # runs only in an open box
    assert len(re.findall("<img", page)) == len(re.findall('alt="[^"]+"', page)) == 2


@pytest.mark.parametrize(
    "frames", [np.zeros((1, 4, 4), "uint8"), np.zeros((3, 4, 4)), np.zeros((3, 4, 4, 1), "uint8")]
)
def test_no_film(frames):
    with pytest.raises(ValueError, match="at least two grey frames"):
        animation(frames, "Nothing.")


def test_a_drawing_is_svg_the_same_every_time_and_closed():
    pages = []
    for _ in range(2):
        figure = piano_roll(to_roll([[60], [64]]), "Two notes")
        pages.append(picture(figure, "Two notes & no more").data)
        assert not plt.fignum_exists(figure.number)
    assert pages[0] == pages[1]
    (content,) = embedded(picture(piano_roll(to_roll([[60]]), "One"), "One"), "image/svg+xml")
    assert ElementTree.fromstring(content).tag.endswith("svg")
    assert 'alt="Two notes &amp; no more"' in pages[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda text: audio(SOUND, 8_000, text, "One tone"),
        lambda text: audio(SOUND, 8_000, "A hum", text),
        lambda text: animation(np.zeros((2, 4, 4), "uint8"), text),
        lambda text: picture(plt.figure(), text),
        lambda text: download(b"", "a.mid", text),
    ],
)
@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_goes_without_words(make, text):
    with pytest.raises(ValueError, match="is empty; say in words"):
        make(text)
    plt.close("all")


def test_too_large_for_a_page():
    with pytest.raises(ValueError, match="too many to embed"):
        audio(np.zeros(MAX_BYTES // 2), 8_000, "Silence", "Nothing")
    with pytest.raises(ValueError, match="too many to embed"):
        download(bytes(MAX_BYTES + 1), "a.mid", "A file")


def test_nothing_comes_from_the_network():
    pages = [
        audio(SOUND, 8_000, "A hum", "One tone").data,
        animation(np.zeros((2, 4, 4), "uint8"), "Dark.").data,
        picture(plt.figure(), "Empty.").data,
        download(b"x", "a.mid", "A file").data,
    ]
    for page in pages:
        assert all(a.startswith("data:") for a in re.findall(r'(?:src|srcset|href)="([^"]+)', page))
        assert "<script" not in page
