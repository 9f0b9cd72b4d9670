"""Sound, film and drawings inside a page: they work offline and say in words what they show.

Everything is embedded, so keep it short. Nothing starts by itself.
"""

import base64
import io
import wave
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from gru_course.course.style import course_style
from gru_course.course.waveforms import waveform

MAX_BYTES = 1_200_000
"""The largest file that is embedded: some 37 seconds of sound at 16 kHz."""
STRIP_COLUMNS = 6
"""Frames side by side in a film strip."""
PIXELS = 128
"""Width of a film on the page; small frames are enlarged without blurring."""


def audio(samples: NDArray[np.floating], rate: int, name: str, transcript: str) -> HTML:
    """Return a player for a sound.

    Parameters
    ----------
    samples : ndarray of float, shape (samples,)
        A waveform between -1 and 1.
    rate : int
        Samples per second.
    name : str
        What it is, for a caption and for screen readers.
    transcript : str
        What is to be heard, for those who do not hear it.

    Returns
    -------
    IPython.display.HTML

    Raises
    ------
    ValueError
        If the waveform is not one row of such numbers, is too long for a page, or a text is
        missing.

    Examples
    --------
    >>> player = audio(np.zeros(100), 8_000, "Silence", "Nothing is to be heard.")
    >>> player.data[:44]
    '<figure><audio controls aria-label="Silence"'
    """
    title, words = _said("name", name), _said("transcript", transcript)
    source = _embedded("audio/wav", wav_file(samples, rate))
    return HTML(
        f'<figure><audio controls aria-label="{title}" src="{source}"></audio>'
        f"<figcaption>{title}. To be heard: {words}</figcaption></figure>"
    )


def animation(frames: NDArray[np.uint8], alt: str, seconds_per_frame: float = 0.15) -> HTML:
    """Return a film as a strip of its frames, and below it the moving film for who wants it.

    Parameters
    ----------
    frames : ndarray of uint8, shape (frames, rows, columns)
        Grey values.
    alt : str
        What happens in the film.
    seconds_per_frame : float
        Pace of the film, in whole hundredths of a second.

    Returns
    -------
    IPython.display.HTML
        The film runs while its box is open, and stands still for readers whose system asks for
        less motion. In print, the strip is there.

    Raises
    ------
    ValueError
        If the frames have another form, are too many for a page, the pace is none that a film can
        have, or the text is missing.

    Examples
    --------
    >>> "prefers-reduced-motion" in animation(np.zeros((3, 4, 4), "uint8"), "All is dark.").data
    True
    """
    words = _said("alt", alt)
    if frames.ndim != 3 or frames.dtype != np.uint8 or len(frames) < 2 or not frames.size:
        raise ValueError(
            f"frames of shape {frames.shape} and type {frames.dtype}; expected at least two grey "
            "frames, shape (frames, rows, columns), type uint8"
        )
    if not 0.01 <= seconds_per_frame <= 655:
        raise ValueError(f"{seconds_per_frame} seconds per frame; expected 0.01 to 655")
    pictures = [Image.fromarray(frame) for frame in frames]
    film = io.BytesIO()
    pictures[0].save(
        film,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * seconds_per_frame),
        loop=0,
    )
    strip, still = (_embedded("image/png", _png(image)) for image in (_strip(frames), pictures[0]))
    sharp = "image-rendering: pixelated; max-width: 100%; height: auto"
    width = min(STRIP_COLUMNS, len(frames)) * PIXELS // 2
    return HTML(
        f'<figure><img alt="{words}" width="{width}" style="{sharp}" src="{strip}">'
        "<figcaption><details><summary>Play the film</summary><picture>"
        f'<source media="(prefers-reduced-motion: reduce)" srcset="{still}">'
        f'<img alt="The same, moving." width="{PIXELS}" style="{sharp}" '
        f'src="{_embedded("image/gif", film.getvalue())}">'
        "</picture></details></figcaption></figure>"
    )


def picture(figure: Figure, alt: str) -> HTML:
    """Return a drawing as SVG, which stays sharp at every size.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is closed, so that a notebook does not show it a second time.
    alt : str
        What it shows.

    Returns
    -------
    IPython.display.HTML

    Raises
    ------
    ValueError
        If the drawing is too large for a page, or the text is missing.

    Examples
    --------
    >>> picture(Figure(), "An empty drawing.").data[:32]
    '<img alt="An empty drawing." sty'
    """
    words = _said("alt", alt)
    content = io.BytesIO()
    with course_style():
        # Without a date, the same drawing gives the same bytes.
        figure.savefig(content, format="svg", metadata={"Date": None})
    plt.close(figure)
    source = _embedded("image/svg+xml", content.getvalue())
    return HTML(f'<img alt="{words}" style="max-width: 100%; height: auto" src="{source}">')


def download(content: bytes, filename: str, text: str, kind: str = "audio/midi") -> HTML:
    """Return a link by which a reader keeps a file.

    Parameters
    ----------
    content : bytes
        The file.
    filename : str
        Its name on the reader's disk.
    text : str
        What the link says.
    kind : str
        Its media type.

    Returns
    -------
    IPython.display.HTML

    Raises
    ------
    ValueError
        If the file is too large for a page, or a text is missing.

    Examples
    --------
    >>> download(b"MThd", "a.mid", "The canon as MIDI").data
    '<a download="a.mid" href="data:audio/midi;base64,TVRoZA==">The canon as MIDI</a>'
    """
    name, words = _said("filename", filename), _said("text", text)
    return HTML(f'<a download="{name}" href="{_embedded(kind, content)}">{words}</a>')


def wav_file(samples: NDArray[np.floating], rate: int) -> bytes:
    """Return a waveform as the contents of a WAV file, 16 bits and one channel.

    Parameters
    ----------
    samples : ndarray of float, shape (samples,)
        Between -1 and 1.
    rate : int
        Samples per second.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the waveform is not one row of such numbers, and of at least one.

    Examples
    --------
    >>> wav_file(np.zeros(10), 8_000)[:4]
    b'RIFF'
    """
    samples = waveform(samples)
    if not len(samples) or rate < 1:
        raise ValueError(f"{len(samples)} samples, {rate} a second; expected at least 1 of both")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(samples * (2**15 - 1)).astype("<i2").tobytes())
    return content.getvalue()


def _strip(frames: NDArray[np.uint8]) -> Image.Image:
    """Put frames side by side, in rows, with light lines between them."""
    count, rows, columns = frames.shape
    across = min(STRIP_COLUMNS, count)
    strip = Image.new("L", (across * (columns + 1), -(-count // across) * (rows + 1)), 255)
    for place, frame in enumerate(frames):
        down, right = divmod(place, across)
        strip.paste(Image.fromarray(frame), (right * (columns + 1), down * (rows + 1)))
    return strip


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _embedded(kind: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ValueError(
            f"{len(content):,} bytes are too many to embed in a page; expected at most "
            f"{MAX_BYTES:,}. Take a shorter piece"
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _said(what: str, text: str) -> str:
    """Return a text fit for HTML; there has to be one."""
    if not text.strip():
        raise ValueError(f"{what} is empty; say in words what the others see or hear")
    return escape(text)
