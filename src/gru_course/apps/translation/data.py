"""Sentence pairs, English and French, and dates in both languages as their stand-in."""

import datetime
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gru_course.course.parsing import about_file
from gru_course.data.archives import zip_member
from gru_course.data.errors import DataError
from gru_course.data.fetch import locate_or_download
from gru_course.data.sources import Dataset, RemoteFile
from gru_course.data.splits import split_by_key
from gru_course.data.typed_text import plain_text

TITLE = "English-French sentence pairs of Tatoeba"
STAND_IN_TITLE = "STAND-IN, not sentences: dates in English and French, written by Babel"
VALIDATION = TEST = 0.05
"""Shares of the distinct English sides."""
LONGEST = 8, 12
"""Words of an English and of a French sentence, punctuation included, that are kept."""

PAIRS_FILE = RemoteFile(
    name="translation/fra-eng.zip",
    url="https://raw.githubusercontent.com/genimind/seq2seq/"
    "4f3f8eb0adde54fcc8b89394336b002e7961244c/fra-eng.zip",
    sha256="16c4f7d0df9e7c5e6c54cdb0447f3f4a18a55052ff5e2e0b27dd4a06c0e49d04",
    size=2_951_390,
)
_LONGEST_FILE = 1 << 26  # bytes, unpacked; there are 10 M
_ADVICE = "Replace it with an intact copy of the sentence pairs."


class Pair(NamedTuple):
    """A sentence and one of its translations."""

    english: str
    french: str


@dataclass(frozen=True)
class PairData:
    """Pairs in three parts; no English sentence is in two of them.

    Parameters
    ----------
    title : str
        What the pairs are.
    profile : str
        'full' for the real pairs, 'quick' for a stand-in.
    train, validation, test : tuple of Pair
        The shortest sentences first, as published.
    """

    title: str
    profile: str
    train: tuple[Pair, ...]
    validation: tuple[Pair, ...]
    test: tuple[Pair, ...]

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these pairs is shown."""
        train, validation, test = (f"{len(p):,}" for p in (self.train, self.validation, self.test))
        return (
            f"{self.title}, {train} training, {validation} validation and {test} test pairs "
            f"({self.profile} profile)"
        )


_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|\w")
_ELISION = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*'|" + _WORD.pattern)
_CONTRACTION = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|" + _WORD.pattern)


def english_words(text: str) -> list[str]:
    """Split an English sentence into lower-case words, contractions whole, and punctuation.

    Examples
    --------
    >>> english_words("I don't know, Tom-Tom!")
    ['i', "don't", 'know', ',', 'tom-tom', '!']
    """
    return _CONTRACTION.findall(plain_text(text).lower())


def french_words(text: str) -> list[str]:
    """Split a French sentence into lower-case words, elided ones apart, and punctuation.

    Examples
    --------
    >>> french_words("L'eau n'est-elle pas froide ?")
    ["l'", 'eau', "n'", 'est-elle', 'pas', 'froide', '?']
    """
    return _ELISION.findall(plain_text(text).lower())


def sentence(words: Iterable[str]) -> str:
    """Put the words of either language together again, for reading and for BLEU.

    Examples
    --------
    >>> sentence(french_words("L'eau est froide, Tom !"))
    "l'eau est froide, tom !"
    """
    joined = " ".join(words)
    return re.sub(r"(?<=\w') (?=\w)| (?=[.,])", "", joined)


def english_key(text: str) -> str:
    """Return what makes two English sides the same, whatever their capitals and punctuation.

    Examples
    --------
    >>> english_key("Run!") == english_key("run.")
    True
    """
    return "".join(character for character in text.lower() if character.isalnum())


def translations(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    """Gather every French version of each English sentence, to be compared with all of them.

    Parameters
    ----------
    pairs : iterable of Pair
        Such as ``data.test``.

    Returns
    -------
    dict of str to tuple of str

    Examples
    --------
    >>> translations([Pair("Run!", "Cours !"), Pair("Run!", "Courez !")])
    {'Run!': ('Cours !', 'Courez !')}
    """
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(pair.english, []).append(pair.french)
    return {english: tuple(french) for english, french in found.items()}


def load_english_french(file: RemoteFile = PAIRS_FILE) -> PairData:
    """Return the short sentence pairs of the Tatoeba edition of 2017-09-29.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    PairData
        Pairs of at most `LONGEST` words, spaces made plain, repeats dropped. English sides that
        differ only in capitals or punctuation fall into the same part.

    Raises
    ------
    DataUnavailable
        If the pairs are not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Attribution: www.manythings.org/anki and tatoeba.org, CC BY 2.0. Most English
    sentences have several French ones, so a split by lines would put the English side of most
    test pairs into training. The parts do share French sides: two English sentences may have
    the same translation.

    Examples
    --------
    >>> load_english_french().train[0]  # doctest: +SKIP
    Pair(english='Go.', french='Va !')
    """
    archive = locate_or_download(file)
    content = zip_member(archive, "fra.txt", longest=_LONGEST_FILE, advice=_ADVICE)
    with about_file(archive, DataError, _ADVICE):
        lines = plain_text(content.decode("utf-8-sig").replace("\r\n", "\n")).split("\n")
        pairs = dict.fromkeys(_pair(line, number) for number, line in enumerate(lines, start=1))
    return _split(TITLE, "full", (pair for pair in pairs if _short(pair)))


def _pair(line: str, number: int) -> Pair:
    sides = line.split("\t")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ValueError(
            f"line {number} of fra.txt is {line!r:.60}; expected an English and a French sentence "
            "with a tab between them (editions since 2019 have a third column: remove it)"
        )
    return Pair(*sides)


def _short(pair: Pair) -> bool:
    english, french = LONGEST
    if pair.english.count(" ") >= english:  # a cheap look at what is surely too long
        return False
    return (
        len(_CONTRACTION.findall(pair.english)) <= english
        and len(_ELISION.findall(pair.french)) <= french
    )


def _split(
    title: str, profile: str, pairs: Iterable[Pair], keys: Mapping[Pair, str] | None = None
) -> PairData:
    def key(pair: Pair) -> str:
        return keys[pair] if keys else english_key(pair.english)

    return PairData(title, profile, *split_by_key(pairs, key, VALIDATION, TEST))


def dates(n: int = 1_500, seed: int = 0) -> PairData:
    """Make pairs of dates as English and as French writes them.

    Parameters
    ----------
    n : int
        How many days, from 1900 to 2099; each is written in three ways.
    seed : int
        The same seed gives the same pairs.

    Returns
    -------
    PairData
        "Saturday, March 5, 1994" and "samedi 5 mars 1994": the order differs, so a translator
        has to look at the right word. A day is in one part only, however it is written.

    Raises
    ------
    ValueError
        If `n` is not from 1 to the 73,049 days there are.

    Examples
    --------
    >>> dates(n=2).train[0]
    Pair(english='Thursday, April 1, 2038', french='jeudi 1 avril 2038')
    """
    from babel.dates import format_date  # here, as it would slow down the start of everything

    first, last = datetime.date(1900, 1, 1).toordinal(), datetime.date(2099, 12, 31).toordinal()
    if not 1 <= n <= last - first + 1:
        raise ValueError(f"n is {n}; there are 1 to {last - first + 1:,} days to choose from")
    chosen = random.Random(seed).sample(range(first, last + 1), n)
    keys = {}
    for day in map(datetime.date.fromordinal, chosen):
        for style in ("full", "long", "medium"):
            english, french = (
                plain_text(format_date(day, style, locale)) for locale in ("en", "fr")
            )
            keys[Pair(english, french)] = day.isoformat()
    return _split(STAND_IN_TITLE, "quick", keys, keys)


ENGLISH_FRENCH = Dataset(
    name="english-french",
    title=TITLE,
    homepage="https://www.manythings.org/anki/",
    licence="CC BY 2.0; attribution: www.manythings.org/anki and tatoeba.org.",
    citation="tatoeba",
    files=(PAIRS_FILE,),
    load_full=load_english_french,
    make_quick=dates,
)
"""Short English sentences with their French translations."""
