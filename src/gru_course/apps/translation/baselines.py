"""Translators without a network, to print beside every result of one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from gru_course.apps.translation.data import Pair, english_words, french_words, sentence
from gru_course.course.checked import several


class NearestSentence:
    """Answer with the stored translation of the most similar known sentence.

    Similar are sentences that share rare words and pairs of words (TF-IDF, cosine).

    Parameters
    ----------
    pairs : sequence of Pair
        What is stored.

    Raises
    ------
    ValueError
        If no stored sentence has a word.

    Examples
    --------
    >>> stored = [Pair("I am cold.", "J'ai froid."), Pair("Come in!", "Entrez !")]
    >>> NearestSentence(stored).translate(["I am very cold."])
    ["j'ai froid."]
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        if not any(english_words(pair.english) for pair in pairs):
            raise ValueError(f"no word in the {len(pairs)} stored sentences; expected at least one")
        self._french = [sentence(french_words(pair.french)) for pair in pairs]
        self._vectorizer = TfidfVectorizer(
            tokenizer=english_words, token_pattern=None, lowercase=False, ngram_range=(1, 2)
        )
        self._stored = self._vectorizer.fit_transform(pair.english for pair in pairs).T.tocsr()

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Return a stored French sentence for each English one, of equally near ones the first.

        One without words stays empty.

        Parameters
        ----------
        sentences : sequence of str
            English.

        Returns
        -------
        list of str
            French.
        """
        several(sentences, "sentences")
        if not len(sentences):
            return []
        asked = self._vectorizer.transform(sentences)
        found = []
        for first in range(0, len(sentences), 200):  # a block of the matrix at a time
            similarity = asked[first : first + 200] @ self._stored
            found += np.asarray(similarity.argmax(axis=1)).ravel().tolist()
        asked_for = zip(sentences, found, strict=True)
        return [self._french[place] if english_words(text) else "" for text, place in asked_for]


class WordByWord:
    """Replace every English word by one French word, in the English order.

    The dictionary comes from the pairs: for each English word the French word with the largest Dice
    coefficient, twice the number of pairs that hold both, over the sum of those that hold each; of
    equally good words the last in the alphabet, so that the order of the pairs does not count.

    Parameters
    ----------
    pairs : sequence of Pair
        Where the dictionary is taken from.

    Examples
    --------
    >>> known = [Pair("a cat", "un chat"), Pair("a dog", "un chien"), Pair("my dog", "mon chien")]
    >>> WordByWord(known).translate(["my cat"])
    ['mon chat']
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        english: Counter[str] = Counter()
        french: Counter[str] = Counter()
        both: Counter[tuple[str, str]] = Counter()
        for pair in pairs:
            of_english, of_french = set(english_words(pair.english)), set(french_words(pair.french))
            english.update(of_english)
            french.update(of_french)
            both.update((e, f) for e in of_english for f in of_french)
        best: dict[str, tuple[float, str]] = {}
        for (e, f), together in both.items():
            dice = 2 * together / (english[e] + french[f])
            best[e] = max(best.get(e, (0.0, "")), (dice, f))
        self.dictionary = {e: f for e, (_, f) in best.items()}

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Return French words in English order; a word that is not known stays as it is."""
        several(sentences, "sentences")
        return [
            sentence(self.dictionary.get(word, word) for word in english_words(text))
            for text in sentences
        ]
