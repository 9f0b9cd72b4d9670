"""What people type and paste, written in the plain signs that the data of this course have.

A phone writes a curly apostrophe, a word processor long dashes, a web page entities and tags. A
tokeniser that was made for other texts takes each of them for a part of a word, and "isn’t" loses
its negation. So a text by a person goes through `as_plain_text` before it is split into words.
The data themselves do not: they are read as they were published.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from html.entities import html5

from gru_course.course.checked import one_text, several

_SPACES = re.compile(r"[^\S\t\n]+")  # no-break, narrow and thin spaces are among them
_PLAIN = str.maketrans({"’": "'", "‘": "'", "‐": "-", "\u200b": "", "\u00ad": ""})


def plain_text(text: str) -> str:
    r"""Return a text with blanks for spaces of every width and straight apostrophes.

    This little is safe for published data; `as_plain_text` does more. Accented letters become
    one character each; tabs and line breaks stay where they are.

    Examples
    --------
    >>> plain_text("Qu’est-ce\u00a0que c’est\u202f?")
    "Qu'est-ce que c'est ?"
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(_PLAIN)).strip()


_INLINE = "a abbr b big cite code del em font i ins mark q s small span strike strong sub sup tt u"
_BLOCK = (
    "blockquote body center dd div dl dt h1 h2 h3 h4 h5 h6 head hr html img li ol p pre section "
    "table tbody td th thead tr ul"
)
# Only names that HTML has, and what follows a name must look like attributes: "<3" and
# "a <b and c> d" are no tags.
_TAG = re.compile(
    rf"</?(?:(?P<line>br)|(?P<inline>{'|'.join(_INLINE.split())})|{'|'.join(_BLOCK.split())})"
    r"(?:\s[^<>=]*=[^<>]*|\s*/?)>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")

# The signs of Windows-1252 in a text that was read as Latin-1, and those of UTF-8 in one that was
# read as Windows-1252: "isnâ€™t". Neither means anything else.
_WINDOWS = {
    code: bytes([code]).decode("cp1252", errors="ignore") or chr(code) for code in range(128, 160)
}
_MISREAD = {
    sign.encode().decode("latin-1").translate(_WINDOWS): sign
    for sign in "‘’“”–—…\N{NO-BREAK SPACE}"
}

_SIGNS = {
    **dict.fromkeys("’‘‛ʼʻʽ′‵ꞌ՚", "'"),
    **dict.fromkeys("“”„‟″‶«»‹›❝❞〝〞〟", '"'),
    **dict.fromkeys("‐‑⁃−", "-"),
    **dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "),  # letters and signs that show nothing
    # What makes one emoji another: how it is drawn, and the colour of its skin.
    **dict.fromkeys(map(chr, [0x20E3, *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400)]), ""),
}
# Another form of the same letters. A power, a fraction or a trade mark means something else
# without its form.
_SAME = ("<wide>", "<narrow>", "<small>", "<font>", "<compat>", "<noBreak>")
_QUOTED = re.compile(r"(?<!\w)‘([^‘’\n]*(?:(?<=\w)’(?=\w)[^‘’\n]*)*)’(?!\w)")
_ACCENT_AS_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[`´](?=[^\W\d_])")
_UNUSUAL = re.compile(r"[^\x00-\x7f]")
_DASH = re.compile("[‒–—―⸺⸻]")
_SIGN = re.compile(r"[^\x00-\x7f\w\s]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PILE = re.compile(r"[^\x00-\x7f\w\s]{31,}")


def as_plain_text(text: str, line_break: str = "\n") -> str:
    r"""Return a text as it would look had it been typed on a plain keyboard.

    Parameters
    ----------
    text : str
        What a person typed or pasted, in any script.
    line_break : str
        What to write for the tag ``<br>``.

    Returns
    -------
    str
        Straight apostrophes and quotes; a hyphen between blanks for a dash, three full stops for
        an ellipsis; blanks for spaces of every width; plain letters for those of full width and
        for ligatures; accented letters as one character each; ``\n`` at the end of every line.
        Tags and entities of HTML are resolved, what is invisible is left out, and emoji and other
        signs stand apart from words. A text of plain letters, digits and signs stays as it is.

    Raises
    ------
    TypeError
        If `text` is not a str, such as a missing value of a table.

    Examples
    --------
    >>> as_plain_text("It isn’t “great”—really…")
    'It isn\'t "great" - really...'
    >>> as_plain_text("Ｇｒｅａｔ😀 cafe\u0301<br>100&nbsp;%")
    'Great 😀 café\n100 %'
    """
    one_text(text)
    text = _TAG.sub(lambda tag: line_break if tag["line"] else "" if tag["inline"] else "\n", text)
    text = _ENTITY.sub(_resolved, text).replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.translate(_WINDOWS)
        for wrong, right in _MISREAD.items():
            text = text.replace(wrong, right)
        # Thousands of accents on one letter would keep the normalisation busy for minutes.
        text = unicodedata.normalize("NFC", _PILE.sub(_thinned, text))
        text = _QUOTED.sub(r'"\1"', text)
        text = _UNUSUAL.sub(lambda sign: _plain_sign(sign[0]), text)
        text = unicodedata.normalize("NFC", text)
    text = _ACCENT_AS_APOSTROPHE.sub("'", _CONTROL.sub(" ", text))
    return text if text.isascii() else _SIGN.sub(_apart, _DASH.sub(_hyphen, text))


def as_plain_texts(texts: Sequence[str]) -> list[str]:
    """Apply `as_plain_text` to each of several texts.

    Raises
    ------
    TypeError
        If `texts` is a single str, or one of them is not a str.

    Examples
    --------
    >>> as_plain_texts(["It’s here.", "Where?"])
    ["It's here.", 'Where?']
    """
    several(texts, "texts")
    return [as_plain_text(text) for text in texts]


def is_sign(word: str) -> bool:
    """Tell whether a word has signs only, such as an emoji: nothing that could be known.

    Examples
    --------
    >>> is_sign("😀"), is_sign("'"), is_sign("isn't"), is_sign("映画")
    (True, True, False, False)
    """
    return all(unicodedata.category(character)[0] in "PS" for character in word)


def _resolved(entity: re.Match[str]) -> str:
    return unescape(entity[0]) if entity[1] is None or f"{entity[1]};" in html5 else entity[0]


def _thinned(pile: re.Match[str]) -> str:
    """Keep 30 marks in a row, as the stream-safe form of Unicode does (UAX 15)."""
    return pile[0][:30] + "".join(sign for sign in pile[0][30:] if not unicodedata.combining(sign))


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    kind = unicodedata.category(sign)
    if kind == "Zs":
        return " "
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind in ("Cf", "Cc"):
        return ""
    if unicodedata.decomposition(sign).startswith(_SAME):
        same = unicodedata.normalize("NFKC", sign)
        if same != sign and not same.startswith(" "):  # an accent would stand on a blank
            return "".join(_plain_sign(part) if part > "\x7f" else part for part in same)
    return sign


def _hyphen(dash: re.Match[str]) -> str:
    before, after = _beside(dash)
    if before.isdigit() and after.isdigit():  # from 1990 to 1995
        return "-"
    # Inside a compound it is no break in a sentence: "triple–pane" has its dash in the data, too.
    compound = dash[0] == "–" and before.isalpha() and after.isalpha()
    return _between_blanks("–" if compound else "-", before, after)


def _apart(sign: re.Match[str]) -> str:
    """Put blanks around a sign, but not around an accent or a lost character of a word."""
    if unicodedata.category(sign[0])[0] not in "PS" or sign[0] == "\N{REPLACEMENT CHARACTER}":
        return sign[0]
    return _between_blanks(sign[0], *_beside(sign))


def _beside(found: re.Match[str]) -> tuple[str, str]:
    start, end = found.span()
    return found.string[max(start - 1, 0) : start], found.string[end : end + 1]


def _between_blanks(sign: str, before: str, after: str) -> str:
    return " " * bool(before.strip()) + sign + " " * bool(after.strip())
