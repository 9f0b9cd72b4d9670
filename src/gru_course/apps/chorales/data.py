"""Chorales by J. S. Bach as piano rolls, in quarter notes and in the standard split."""

import json

from gru_course.apps.chorales.canons import canons
from gru_course.apps.chorales.rolls import Music, Roll, to_roll
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import Dataset, RemoteFile

TITLE = "JSB chorales in quarter notes"

CHORALES_FILE = RemoteFile(
    name="music/jsb-chorales-quarter.json",
    url=(
        "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/"
        "9a7f733ddb4ed91f48da64ac7f0f621c34aadd4d/jsb-chorales-quarter.json"
    ),
    sha256="2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91",
    size=407_200,
)


def load_chorales(file: RemoteFile = CHORALES_FILE) -> Music:
    """Return the chorales that polyphonic models have been compared on since 2012.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Music
        229 chorales for training, 76 for validation and 77 for the test, as Boulanger-Lewandowski
        et al. (2012) split them. They are transposed, each by another interval and all of them
        upwards: shift them down an octave to hear them where choirs sing.

    Raises
    ------
    DataUnavailable
        If the file is not on this machine and cannot be downloaded.
    DataError
        If it is altered or cut off.

    Notes
    -----
    Source: https://github.com/czhuang/JSB-Chorales-dataset, which states no licence; Bach's music
    is in the public domain. Where two voices sing the same key, a step has fewer than four notes;
    a few steps are silent.

    Examples
    --------
    >>> len(load_chorales().train)  # doctest: +SKIP
    229
    """
    pieces = json.loads(locate_or_download(file).read_bytes())

    def part(name: str) -> tuple[Roll, ...]:
        return tuple(to_roll(chords) for chords in pieces[name])

    return Music(TITLE, "full", part("train"), part("valid"), part("test"))


CHORALES = Dataset(
    name="chorales",
    title=TITLE,
    homepage="https://github.com/czhuang/JSB-Chorales-dataset",
    licence="none stated for the file; the music of J. S. Bach is in the public domain",
    citation="boulanger2012",
    files=(CHORALES_FILE,),
    load_full=load_chorales,
    make_quick=canons,
)
"""Bach's chorales."""
