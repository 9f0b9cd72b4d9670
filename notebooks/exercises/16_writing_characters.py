# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="16.1" kind="compute" title="One character out of forty"
# A text has 40 characters. A model gives 39 of them a probability of one half, and one a
# probability of $1/1024$. How many bits per character is that? And if it had given the last
# one 0?

# %% answer [markdown]
# $(39 \cdot 1 + 10) / 40 = 1.225$ bits. With 0 it is infinite, whatever the rest. A model
# must never be certain that something cannot come. For counts smoothing sees to that, for
# networks the softmax.

# %% exercise [markdown] number="16.2" kind="predict" title="Without a memory of earlier pieces"
# Set the state to zero before each piece while training, instead of carrying it on. What do
# you expect of the validation bits, and of brackets or speeches longer than 32 characters?

# %% answer [markdown]
# The first characters of each piece have to be predicted from nothing, so the training loss
# should rise. The model never sees a state older than 32 characters, so it cannot learn to
# use one. Expect slightly worse validation bits, since most of what helps is near, and no
# understanding of long brackets.

# %% exercise [markdown] number="16.3" kind="investigate" title="Probabilities or logits"
# Why does the mixture take the mean of the probabilities and not of the logits?

# %% answer [markdown]
# Both are possible. The mean of probabilities is high where *either* model gives a high
# one, so it is safe where one of them fails badly: with equal shares its surprise is never
# more than one bit above that of the better model. The mean of logits amounts to a product
# of the probabilities, which is high only where both agree.

# %% exercise [markdown] number="16.4" kind="write" title="Bits per character"
# `probabilities` holds, for each character of a text, the probability that the model gave to
# the character that came. Return the bits per character.


# %% solution
def bits_per_character(probabilities):
    ### BEGIN SOLUTION
    return -np.log2(probabilities).mean()
    ### END SOLUTION


# %% hint [markdown]
# How surprised is a model by something to which it gave the probability $p$?

# %% hint [markdown]
# The surprise is $-\log p$. Which logarithm gives bits?

# %% hint [markdown]
# The surprises of the characters add up; per character means their mean.


# %% wrong says="nats"
def bits_per_character(probabilities):
    return -np.log(probabilities).mean()


# %% wrong says="whole text"
def bits_per_character(probabilities):
    return -np.log2(probabilities).sum()


# %% wrong says="perplexity"
def bits_per_character(probabilities):
    return np.exp(-np.log(probabilities).mean())


# %% wrong says="mean probability"
def bits_per_character(probabilities):
    return -np.log2(probabilities.mean())


# %% wrong says="sign"
def bits_per_character(probabilities):
    return np.log2(probabilities).mean()


# %% exercise [markdown] number="16.5" kind="write" title="Temperature"
# Return the probabilities that a model with these `logits`, (characters,), draws from at the
# given temperature. The logits may be large: nothing may overflow.


# %% solution
def at_temperature(logits, temperature):
    ### BEGIN SOLUTION
    scaled = logits / temperature
    shares = np.exp(scaled - scaled.max())
    return shares / shares.sum()
    ### END SOLUTION


# %% why [markdown]
# Subtracting the largest logit changes nothing in the result, because numerator and denominator
# get the same factor. But then `exp` is never called with a number above 0.

# %% hint [markdown]
# A low temperature makes the likeliest character likelier still. Does it make differences
# between logits larger or smaller?

# %% hint [markdown]
# Divide the logits by the temperature, then take the softmax.

# %% hint [markdown]
# Subtract the largest of the divided logits before `np.exp`.


# %% wrong says="A high temperature should flatten"
def at_temperature(logits, temperature):
    scaled = logits * temperature
    shares = np.exp(scaled - scaled.max())
    return shares / shares.sum()


# %% wrong says="holds NaN"
def at_temperature(logits, temperature):
    shares = np.exp(logits / temperature)
    return shares / shares.sum()


# %% wrong says="temperature is not used"
def at_temperature(logits, temperature):
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


# %% wrong says="do not add up to 1"
def at_temperature(logits, temperature):
    scaled = logits / temperature
    return np.exp(scaled - scaled.max())


# %% wrong says="divided the probabilities"
def at_temperature(logits, temperature):
    shares = np.exp(logits - logits.max())
    return shares / shares.sum() / temperature


# %% exercise [markdown] number="16.6" kind="write" title="Top-p"
# Cut the tail of a distribution: keep the likeliest characters, as few as possible, so that their
# `probabilities` together reach at least `p`, and set the others to 0. Return the probabilities to
# draw from. No two of the given ones are equal.


# %% solution
def top_p(probabilities, p):
    ### BEGIN SOLUTION
    order = np.argsort(probabilities)[::-1]
    reached = np.cumsum(probabilities[order])
    kept = order[: np.argmax(reached >= p) + 1]
    cut = np.zeros(len(probabilities))
    cut[kept] = probabilities[kept]
    return cut / cut.sum()
    ### END SOLUTION


# %% why [markdown]
# Where the model is sure, few characters stay; where it is not, many do. A fixed number of them
# (top-k) cannot do both.

# %% hint [markdown]
# Sort the characters by probability, the likeliest first, and add up until `p` is reached.

# %% hint [markdown]
# `np.cumsum` adds up. The character with which the sum reaches `p` still belongs to those that stay.

# %% hint [markdown]
# What stays must add up to 1 again. And each character must be in its old place.


# %% wrong says="do not add up to 1"
def top_p(probabilities, p):
    order = np.argsort(probabilities)[::-1]
    kept = order[: np.argmax(np.cumsum(probabilities[order]) >= p) + 1]
    cut = np.zeros(len(probabilities))
    cut[kept] = probabilities[kept]
    return cut


# %% wrong says="One too few"
def top_p(probabilities, p):
    order = np.argsort(probabilities)[::-1]
    kept = order[: max(1, np.argmax(np.cumsum(probabilities[order]) >= p))]
    cut = np.zeros(len(probabilities))
    cut[kept] = probabilities[kept]
    return cut / cut.sum()


# %% wrong says="unlikeliest"
def top_p(probabilities, p):
    order = np.argsort(probabilities)
    kept = order[: np.argmax(np.cumsum(probabilities[order]) >= p) + 1]
    cut = np.zeros(len(probabilities))
    cut[kept] = probabilities[kept]
    return cut / cut.sum()


# %% wrong says="changed places"
def top_p(probabilities, p):
    ordered = np.sort(probabilities)[::-1]
    kept = np.argmax(np.cumsum(ordered) >= p) + 1
    return (
        np.where(np.arange(len(ordered)) < kept, ordered, 0) / ordered[:kept].sum()
    )
