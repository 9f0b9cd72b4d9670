"""Pieces of words, so that a small vocabulary leaves hardly a word unknown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import pairwise

from gru_course.apps.translation.data import Pair, english_words, french_words, sentence
from gru_course.apps.translation.learn import MARKERS, Lexicon, Task, Words
from gru_course.course.checked import several, whole

INSIDE = "##"
"""Stands before a piece that goes on with a word, as in WordPiece."""


@dataclass(frozen=True)
class Pieces:
    """Byte-pair encoding (Sennrich et al. 2016): frequent words stay whole, rare ones are cut.

    A word starts as its characters. Then the pairs of neighbours in `merges` are joined, the first
    of the list first.

    Parameters
    ----------
    words : callable
        From a sentence to its words.
    merges : tuple of pairs of str
        As `learn` found them.

    Examples
    --------
    >>> pieces = Pieces.learn(["le chat", "le chien", "les chats"], french_words, merges=4)
    >>> pieces("le chat des chiens")
    ['le', 'chat', 'd', '##e', '##s', 'ch', '##i', '##e', '##n', '##s']
    """

    words: Words
    merges: tuple[tuple[str, str], ...]

    @classmethod
    def learn(cls, sentences: Iterable[str], words: Words, merges: int) -> "Pieces":
        """Join the most frequent pair again and again; of equal ones the first in the alphabet.

        Parameters
        ----------
        sentences : iterable of str
        words : callable
            Cuts a sentence into words.
        merges : int
            How often to join at the most.

        Returns
        -------
        Pieces

        Examples
        --------
        >>> Pieces.learn(["low lower lowest"], str.split, merges=2)("lowest")
        ['low', '##e', '##s', '##t']
        """
        several(sentences, "sentences")
        whole(merges, "merges", least=0)
        counts = Counter(word for text in sentences for word in words(text))
        cut = {word: _characters(word) for word in sorted(counts)}
        pairs: Counter[tuple[str, str]] = Counter()
        holders: dict[tuple[str, str], set[str]] = defaultdict(set)
        for word, parts in cut.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
                holders[pair].add(word)
        queue = [(-number, pair) for pair, number in pairs.items()]
        heapify(queue)
        found: list[tuple[str, str]] = []
        while queue and len(found) < merges:
            number, best = heappop(queue)
            if pairs[best] != -number:
                continue  # it has changed since it was queued
            found.append(best)
            changed = set()
            for word in sorted(holders.pop(best)):
                old, cut[word] = cut[word], _joined(cut[word], best)
                for pair in pairwise(old):
                    pairs[pair] -= counts[word]
                    holders[pair].discard(word)
                    changed.add(pair)
                for pair in pairwise(cut[word]):
                    pairs[pair] += counts[word]
                    holders[pair].add(word)
                    changed.add(pair)
            for pair in sorted(changed):
                if pairs[pair] > 0:
                    heappush(queue, (-pairs[pair], pair))
        return cls(words, tuple(found))

    @cached_property
    def _rank(self) -> dict[tuple[str, str], int]:
        return {pair: place for place, pair in enumerate(self.merges)}

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        return {}

    def __call__(self, text: str) -> list[str]:
        """Cut a sentence into pieces."""
        return [piece for word in self.words(text) for piece in self._cut(word)]

    def _cut(self, word: str) -> list[str]:
        if word not in self._known:
            parts = _characters(word)
            while pairs := set(pairwise(parts)) & self._rank.keys():
                parts = _joined(parts, min(pairs, key=self._rank.__getitem__))
            self._known[word] = parts
        return self._known[word]


class PieceLexicon(Lexicon):
    """A lexicon of pieces, which become whole words again in `text`.

    `task_of_pieces` lists the letters and the pieces of its sentences. A piece that was only a step
    to longer ones there is not among them, and is unknown in the rare word where it stands alone.

    Examples
    --------
    >>> pieces = Pieces.learn(["le chat", "les chats"], french_words, merges=9)
    >>> lexicon = PieceLexicon.of(["le chat", "les chats"], pieces, size=20)
    >>> lexicon.words[4:], lexicon.text(lexicon.ids(["les chats"])[0])
    (('chat', 'chats', 'le', 'les'), 'les chats')
    """

    def text(self, ids: Iterable[int]) -> str:
        """Return the sentence that ids stand for, padding left out."""
        return sentence(
            whole_words([super(PieceLexicon, self).text([number]) for number in ids if number])
        )


def whole_words(pieces: Iterable[str]) -> list[str]:
    """Join pieces into words.

    Parameters
    ----------
    pieces : iterable of str
        Those inside a word begin with `INSIDE`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> whole_words(["les", "ch", "##ats", "."])
    ['les', 'chats', '.']
    """
    several(pieces, "pieces")
    words: list[str] = []
    for piece in pieces:
        if piece.startswith(INSIDE) and words:
            words[-1] += piece.removeprefix(INSIDE)
        else:
            words.append(piece.removeprefix(INSIDE))
    return words


def task_of_pieces(pairs: Sequence[Pair], merges: int, longest: int) -> Task:
    """Learn pieces of both languages from training pairs, and encode the pairs with them.

    Parameters
    ----------
    pairs : sequence of Pair
    merges : int
        For each language.
    longest : int
        Pieces of the longest sentence that can be encoded, here and later.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        If there is no pair, a side has no word, or one has more pieces than `longest`.

    Examples
    --------
    >>> task = task_of_pieces([Pair("Go on.", "Vas-y."), Pair("Go!", "Va !")], 2, longest=9)
    >>> task.french.split("Vas-y.")
    ['va', '##s', '##-y', '.']
    """
    whole(longest, "longest")
    for place, pair in enumerate(pairs):
        if not english_words(pair.english) or not french_words(pair.french):
            raise ValueError(f"pair {place} has a side without words: {tuple(pair)}; leave it out")
    if not len(pairs):
        raise ValueError("there are no pairs; expected at least one")
    lexicons = []
    for side, words in enumerate((english_words, french_words)):
        texts = [pair[side] for pair in pairs]
        pieces = Pieces.learn(texts, words, merges)
        counts = Counter(piece for text in texts for piece in pieces(text))
        letters = {letter for text in texts for word in words(text) for letter in _characters(word)}
        known = sorted(letters | counts.keys(), key=lambda piece: (-counts[piece], piece))
        lexicons.append(PieceLexicon((*MARKERS, *known), pieces, longest))
    english, french = lexicons
    source = english.ids([pair.english for pair in pairs])
    return Task(english, french, source, french.ids([pair.french for pair in pairs], marked=True))


def _characters(word: str) -> list[str]:
    return [letter if place == 0 else INSIDE + letter for place, letter in enumerate(word)]


def _joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    new: list[str] = []
    for part in parts:
        if new and (new[-1], part) == pair:
            new[-1] += part.removeprefix(INSIDE)
        else:
            new.append(part)
    return new
