# %% setup
from collections import Counter

import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="17.1" kind="predict" title="Without length normalisation"
# Turn the length normalisation of the beam off (`normalise=0`). Are the translations shorter? What
# happens to the brevity factor of BLEU, and to BLEU?

# %% answer [markdown]
# `translate` does not pass it on, so call `decoding.beam_search` as
# `gru_course.apps.translation.learn.decode` does, with `normalise=0.0`. Every word multiplies the
# probability by a number below one, so the search favours short sentences. The brevity factor
# falls, and BLEU with it if the precisions do not rise enough.

# %% exercise [markdown] number="17.2" kind="investigate" title="Split by lines"
# Split the pairs by lines instead of by English sentence. How much does the nearest sentence gain
# in BLEU? Would you expect the network to gain as much?

# %% answer [markdown]
# Shuffle all pairs, cut off a twentieth, and give the rest to `NearestSentence`. When we tried it,
# its BLEU rose by several points: it finds the very sentence it is asked for, with another French
# version that resembles the reference. A network gains as far as it knows its training pairs by
# heart. So a leak does not lift all models equally, and can change their order.

# %% exercise [markdown] number="17.3" kind="investigate" title="The source only through attention"
# Give the decoder the source only through attention: start it from zeros instead of from the
# encoder's last states. Does it still learn?

# %% answer [markdown]
# In `Encoder.call` return `keras.ops.zeros_like(self.bridge(last))` as the second value. On the
# dates of the quick profile it learns nearly as well as before. The first query is then the same
# for every sentence, and so is each query after the same French words. What is *found* still
# differs from source to source, because the encoder states that answer differ. Whether real
# sentences need the first vector, try on the full profile: in this decoder the GRU never reads what
# attention found, so its queries rest on its own words alone.

# %% exercise [markdown] number="17.4" kind="compute" title="BLEU by hand"
# `precisions` are the four n-gram precisions of a translation, `length` is its number of words and
# `reference_length` that of the reference. BLEU is the geometric mean of the precisions times the
# brevity factor: $e^{1 - r/c}$ if the translation, with $c$ words, is shorter than the reference,
# with $r$ words, and 1 otherwise. Return it, between 0 and 1.


# %% solution
def bleu(precisions, length, reference_length):
    ### BEGIN SOLUTION
    brevity = min(1, np.exp(1 - reference_length / length))
    return np.exp(np.mean(np.log(precisions))) * brevity
    ### END SOLUTION


# %% why [markdown]
# A translation that is too long needs no factor of its own: the words too many lower the
# precisions.

# %% hint [markdown]
# Two factors: one from the precisions, one from the lengths.

# %% hint [markdown]
# The geometric mean of four numbers is the fourth root of their product, or $e$ to the mean of
# their logarithms.

# %% hint [markdown]
# Only a translation that is too short is punished: the brevity factor is never above 1.


# %% wrong says="brevity factor is missing"
def bleu(precisions, length, reference_length):
    return np.prod(precisions) ** 0.25


# %% wrong says="plain mean of the precisions"
def bleu(precisions, length, reference_length):
    return np.mean(precisions) * min(1, np.exp(1 - reference_length / length))


# %% wrong says="factor above 1"
def bleu(precisions, length, reference_length):
    return np.prod(precisions) ** 0.25 * np.exp(1 - reference_length / length)


# %% wrong says="lengths have changed places"
def bleu(precisions, length, reference_length):
    return np.prod(precisions) ** 0.25 * min(
        1, np.exp(1 - length / reference_length)
    )


# %% wrong says="not the ratio"
def bleu(precisions, length, reference_length):
    return np.prod(precisions) ** 0.25 * min(1, length / reference_length)


# %% exercise [markdown] number="17.5" kind="write" title="One step of a beam"
# A beam search keeps as many beginnings as `scores` has entries; `scores[i]` is the sum of the log
# probabilities of beginning `i` so far, and `words[i, w]` the log probability of word `w` after it.
# Choose as many continuations as there were beginnings. Return an array of pairs, (beams, 2): the
# number of the beginning and the number of the word, the best pair first.


# %% solution
def beam_step(scores, words):
    ### BEGIN SOLUTION
    totals = scores[:, None] + words
    best = np.argsort(totals, axis=None)[::-1][: len(scores)]
    return np.stack(np.unravel_index(best, totals.shape), axis=1)
    ### END SOLUTION


# %% hint [markdown]
# How probable is a beginning together with its next word? You have logarithms.

# %% hint [markdown]
# All continuations of all beginnings compete with each other: `scores[:, None] + words`.

# %% hint [markdown]
# `np.argsort(totals, axis=None)` sorts through all rows, the smallest first; `np.unravel_index`
# turns places into rows and columns.


# %% wrong says="continue each beginning once"
def beam_step(scores, words):
    word = words.argmax(axis=1)
    order = np.argsort(-(scores + words.max(axis=1)))
    return np.stack([order, word[order]], axis=1)


# %% wrong says="compare the new words only"
def beam_step(scores, words):
    best = np.argsort(-words, axis=None)[: len(scores)]
    return np.stack(np.unravel_index(best, words.shape), axis=1)


# %% wrong says="multiply logarithms"
def beam_step(scores, words):
    totals = scores[:, None] * words
    best = np.argsort(-totals, axis=None)[: len(scores)]
    return np.stack(np.unravel_index(best, totals.shape), axis=1)


# %% wrong says="best one should come first"
def beam_step(scores, words):
    totals = scores[:, None] + words
    best = np.argsort(totals, axis=None)[-len(scores) :]
    return np.stack(np.unravel_index(best, totals.shape), axis=1)


# %% wrong says="two columns have changed places"
def beam_step(scores, words):
    totals = scores[:, None] + words
    best = np.argsort(-totals, axis=None)[: len(scores)]
    return np.stack(np.unravel_index(best, totals.shape)[::-1], axis=1)


# %% exercise [markdown] number="17.6" kind="write" title="A word that is written ten times"
# The first precision of BLEU is the share of the words of a translation that also stand in the
# reference. It is *clipped*: a word counts at most as often as the reference has it. Return it.
# Both are lists of words.


# %% solution
def precision(written, reference):
    ### BEGIN SOLUTION
    allowed = Counter(reference)
    counts = Counter(written)
    return sum(min(counts[w], allowed[w]) for w in counts) / len(written)
    ### END SOLUTION


# %% hint [markdown]
# How often does each word stand in the translation, and how often in the reference?

# %% hint [markdown]
# `Counter(words)` counts them; a word that is not there has the count 0.

# %% hint [markdown]
# Add up the smaller of the two counts over all words, and divide by the length of the translation.


# %% wrong says="as often as it is written"
def precision(written, reference):
    return sum(word in reference for word in written) / len(written)


# %% wrong says="that is a recall"
def precision(written, reference):
    return (Counter(written) & Counter(reference)).total() / len(reference)


# %% wrong says="each different word once"
def precision(written, reference):
    return len(set(written) & set(reference)) / len(set(written))


# %% wrong says="place by place"
def precision(written, reference):
    return sum(a == b for a, b in zip(written, reference, strict=False)) / len(
        written
    )
