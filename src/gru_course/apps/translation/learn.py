"""Translating with a GRU: words to ids, training, and sentences out again."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.translation.data import Pair, english_words, french_words, sentence
from gru_course.apps.translation.decoding import Decoded, Floats, Ids, Step, beam_search, greedy
from gru_course.apps.translation.model import Translator, TranslatorConfig
from gru_course.course.checked import axes, finite, several, whole, whole_numbers
from gru_course.course.progress import fit_bar
from gru_course.data.typed_text import as_plain_texts
from gru_course.layers.backend import keras, tf
from gru_course.training.checkpoints import check_weights
from gru_course.training.fitting import Recipe

PAD, START, END, UNKNOWN = range(4)
MARKERS = ("<pad>", "<start>", "<end>", "<unknown>")

Words = Callable[[str], list[str]]


@dataclass(frozen=True)
class Lexicon:
    """The known words of one language, most frequent first, and the markers before them.

    Parameters
    ----------
    words : tuple of str
        `MARKERS`, then words.
    split : callable
        From a sentence to its words.
    longest : int
        Words of the longest sentence.

    Examples
    --------
    >>> lexicon = Lexicon.of(["Va !", "Cours !"], french_words, size=6)
    >>> lexicon.words
    ('<pad>', '<start>', '<end>', '<unknown>', '!', 'cours')
    >>> lexicon.ids(["Va !"])
    array([[3, 4]], dtype=int32)
    """

    words: tuple[str, ...]
    split: Words
    longest: int

    @classmethod
    def of(cls, sentences: Iterable[str], split: Words, size: int) -> "Lexicon":
        """Take the most frequent words of sentences, up to `size` ids with the markers.

        Parameters
        ----------
        sentences : iterable of str
        split : callable
            Cuts a sentence into words.
        size : int
            How many ids there are at the most.

        Returns
        -------
        Lexicon

        Raises
        ------
        ValueError
            If there is no word in the sentences, or no room for one besides the markers.
        """
        several(sentences, "sentences")
        texts = [split(text) for text in sentences]
        if not any(texts) or size <= len(MARKERS):
            raise ValueError(
                f"{sum(map(len, texts))} words in {len(texts)} sentences, for {size} ids; expected "
                f"at least one word, and more ids than the {len(MARKERS)} markers"
            )
        counts = Counter(word for words in texts for word in words)
        known = sorted(counts, key=lambda word: (-counts[word], word))[: size - len(MARKERS)]
        return cls((*MARKERS, *known), split, max(map(len, texts)))

    @cached_property
    def index(self) -> dict[str, int]:
        """The id of each word."""
        return {word: number for number, word in enumerate(self.words)}

    def ids(self, sentences: Sequence[str], *, marked: bool = False) -> Ids:
        """Encode sentences, padded with 0 behind.

        Parameters
        ----------
        sentences : sequence of str
        marked : bool
            Whether each one begins with `START` and ends with `END`.

        Returns
        -------
        ndarray of int32, shape (sentences, longest), with the markers (sentences, longest + 2)

        Raises
        ------
        ValueError
            If a sentence has more than `longest` words.
        TypeError
            If `sentences` is one str.
        """
        several(sentences, "sentences")
        ids = np.zeros((len(sentences), self.longest + 2 * marked), np.int32)
        for row, text in zip(ids, sentences, strict=True):
            words = [self.index.get(word, UNKNOWN) for word in self.split(text)]
            if len(words) > self.longest:
                raise ValueError(f"{text!r} has {len(words)} words; at most {self.longest} fit")
            words = [START, *words, END] if marked else words
            row[: len(words)] = words
        return ids

    def text(self, ids: Iterable[int]) -> str:
        """Return the sentence that ids stand for, padding left out."""
        ids = whole_numbers(list(ids), len(self.words), "the ids")
        return sentence(self.words[number] for number in ids if number != PAD)

    def coverage(self, sentences: Iterable[str]) -> float:
        """Return the share of the words of sentences that are known.

        Parameters
        ----------
        sentences : iterable of str

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If there is no word in them.
        """
        several(sentences, "sentences")
        known = [word in self.index for text in sentences for word in self.split(text)]
        if not known:
            raise ValueError("there is no word in the sentences; expected at least one")
        return float(np.mean(known))


@dataclass(frozen=True)
class Task:
    """Training pairs as ids, with the two lexicons they were encoded with.

    Parameters
    ----------
    english, french : Lexicon
    source : ndarray of int32, shape (n, T)
    target : ndarray of int32, shape (n, S + 2)
        With both markers.
    """

    english: Lexicon
    french: Lexicon
    source: Ids
    target: Ids

    @classmethod
    def of(cls, pairs: Sequence[Pair], sizes: tuple[int, int]) -> "Task":
        """Encode training pairs; their words make the lexicons, of at most so many ids.

        Parameters
        ----------
        pairs : sequence of Pair
        sizes : tuple of int
            Ids of the English and of the French lexicon at the most.

        Returns
        -------
        Task

        Raises
        ------
        ValueError
            If a side of a pair has no word, or a lexicon no room for one.
        """
        if len(sizes) != 2:
            raise ValueError(f"sizes is {sizes}; expected that of English and that of French")
        english = Lexicon.of((pair.english for pair in pairs), english_words, sizes[0])
        french = Lexicon.of((pair.french for pair in pairs), french_words, sizes[1])
        return cls(english, french, *_encode(english, french, pairs))

    def encode(self, pairs: Sequence[Pair]) -> tuple[Ids, Ids]:
        """Encode other pairs, such as those for validation."""
        return _encode(self.english, self.french, pairs)

    def config(self, *, units: int, embedding_dim: int, attention: bool) -> TranslatorConfig:
        """Return the sizes of a translator for these lexicons."""
        sizes = len(self.english.words), len(self.french.words)
        return TranslatorConfig(*sizes, units, embedding_dim, attention)


def _encode(english: Lexicon, french: Lexicon, pairs: Sequence[Pair]) -> tuple[Ids, Ids]:
    for place, pair in enumerate(pairs):
        if not english.split(pair.english) or not french.split(pair.french):
            raise ValueError(f"pair {place} has a side without words: {tuple(pair)}; leave it out")
    source = english.ids([pair.english for pair in pairs])
    return source, french.ids([pair.french for pair in pairs], marked=True)


def check_pairs(pairs: tuple[Ids, Ids], name: str) -> None:
    """Refuse encoded pairs that are all padding on one side: nothing can be learnt or counted.

    The mean loss of such a batch would be 0, which looks like a perfect translator.

    Parameters
    ----------
    pairs : tuple of ndarray of int
        Sources and targets.
    name : str
        What they are for, in the message.

    Raises
    ------
    ValueError
        If a row holds nothing but zeros.

    Examples
    --------
    >>> check_pairs((np.array([[5, 6]]), np.array([[1, 2]])), "validation")
    >>> check_pairs((np.array([[5, 6]]), np.array([[0, 0]])), "validation")
    Traceback (most recent call last):
    ValueError: pair 0 for validation is all padding on one side; leave it out
    """
    for ids in pairs:
        axes(ids, f"the ids for {name}", "n, timesteps")
        if len(empty := np.flatnonzero(~ids.any(axis=1))):
            raise ValueError(f"pair {empty[0]} for {name} is all padding on one side; leave it out")


def train(
    task: Task, config: TranslatorConfig, recipe: Recipe, validation: tuple[Ids, Ids]
) -> tuple[Translator, dict[str, list[float]]]:
    """Make a translator and train it on the cross-entropy of the next word.

    Parameters
    ----------
    task : Task
    config : TranslatorConfig
    recipe : Recipe
        Epochs, batch size, learning rate, decay and clipping.
    validation : tuple of ndarray
        Source and target as `Task.encode` gives them, for the curve only.

    Returns
    -------
    tuple
        The model and its curves ``loss`` and ``val_loss``, per word, one value per epoch.

    Raises
    ------
    ValueError
        If the pairs do not fill one batch, there is none for validation, one is all padding, or the
        loss comes out as no number.
    Diverged
        If the training ends with weights that are no numbers.
    """
    size, number = recipe.batch_size, len(task.source)
    if number < size:
        raise ValueError(f"{number} pairs do not fill one batch of {size}")
    if len(validation) != 2:
        raise ValueError(f"{len(validation)} arrays for validation; expected source and target")
    for ids, known in zip(validation, (task.english, task.french), strict=True):
        whole_numbers(np.ravel(ids), len(known.words), "the ids for validation")
    if not len(validation[0]):
        raise ValueError("there are no pairs for validation; expected at least one")
    check_pairs((task.source, task.target), "training")
    check_pairs(validation, "validation")

    def batches(source: Ids, target: Ids) -> tf.data.Dataset:
        pairs = ((source, target[:, :-1]), target[:, 1:])
        return tf.data.Dataset.from_tensor_slices(pairs)

    model = Translator(config)
    updates = number // size * recipe.epochs
    model.compile(optimizer=recipe.optimizer(updates), jit_compile=False)
    history = model.fit(
        batches(task.source, task.target).shuffle(number).batch(size, drop_remainder=True),
        epochs=recipe.epochs,
        validation_data=batches(*validation).batch(min(size, len(validation[0])), True),
        shuffle=False,  # the data set does it
        callbacks=fit_bar(),
        verbose=0,
    )
    curves = {name: [float(v) for v in values] for name, values in history.history.items()}
    finite(curves["loss"], "the losses", what_to_do="Train again, with a smaller learning rate.")
    check_weights(model)  # each loss was taken before its update
    return model, curves


def decode(
    model: Translator, source: Ids, *, width: int = 1, steps: int = 14, at_once: int = 500
) -> Decoded:
    """Translate encoded sentences.

    Parameters
    ----------
    model : Translator
    source : ndarray of int32, shape (n, T)
    width : int
        Beams; 1 is greedy search.
    steps : int
        The longest translation, its end marker included.
    at_once : int
        Sentences that go through the model together.

    Returns
    -------
    Decoded
        `UNKNOWN` is never chosen: it is not a word.

    Raises
    ------
    ValueError
        If there is no sentence, an id is not in the vocabulary, or a number is below 1.
    """
    whole(steps, "steps")
    whole(at_once, "at_once")
    axes(source, "the ids", "n, timesteps")
    whole_numbers(np.ravel(source), model.config.source_size, "the ids")
    if not source.size:
        raise ValueError("there is no sentence to translate; give at least one")
    found = []
    for first in range(0, len(source), at_once):
        step, states = _stepper(model, source[first : first + at_once])
        options = {"start": START, "end": END, "steps": steps}
        if width == 1:
            found.append(greedy(step, states, **options))
        else:
            found.append(beam_search(step, states, width=width, **options))
    ids, log_p, weights = (
        [getattr(part, name) for part in found] for name in ("ids", "log_probability", "weights")
    )
    looked = None if weights[0] is None else np.concatenate(weights)
    return Decoded(np.concatenate(ids), np.concatenate(log_p), looked)


def _stepper(model: Translator, source: Ids) -> tuple[Step, Floats]:
    encoded = model.encoder(tf.constant(source))

    def step(words: Ids, states: Floats, rows: Ids) -> tuple[Floats, Floats, Floats | None]:
        there = encoded  # without attention the decoder does not look at it
        if model.decoder.attention is not None:
            there = tuple(tf.gather(part, rows) for part in encoded)
        log_p, new, weights = model.decoder.step(tf.constant(words), tf.constant(states), there)
        log_p = log_p.numpy()
        log_p[:, [PAD, START, UNKNOWN]] = -np.inf
        return log_p, new.numpy(), None if weights is None else weights.numpy()

    return step, encoded[1].numpy()


def translate(
    model: Translator, task: Task, sentences: Sequence[str], *, width: int = 1
) -> list[str]:
    """Translate English sentences, as people type them, into French ones; see `decode`.

    One without words stays empty.

    Parameters
    ----------
    model : Translator
    task : Task
        Its lexicons.
    sentences : sequence of str
    width : int
        Beams; 1 is greedy search.

    Returns
    -------
    list of str
    """
    several(sentences, "sentences")
    source = task.english.ids(as_plain_texts(sentences))
    found = [""] * len(source)
    asked = np.flatnonzero(source.any(axis=1))
    if len(asked):
        steps = task.target.shape[1] - 1
        decoded = decode(model, source[asked], width=width, steps=steps)
        for place, row in zip(asked, decoded.ids, strict=True):
            found[place] = task.french.text(row)
    return found


def seed(number: int) -> None:
    """Set every seed that a training depends on."""
    keras.utils.set_random_seed(number)


def lengths(sentences: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of words of English sentences, punctuation included."""
    several(sentences, "sentences")
    return np.array([len(english_words(text)) for text in sentences], np.int64)
