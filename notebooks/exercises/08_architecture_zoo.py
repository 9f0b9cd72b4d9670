# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="8.1" kind="compute" title="Two halves, or one layer"
# An LSTM and a GRU with $u$ units each read word vectors of width $d$ side by side. Give
# the number of parameters of both together, and the width of the state. How many units may
# a single GRU have for the same number, with $d = 32$ and $u = 17$?

# %% answer [markdown]
# LSTM: $4u(d + u + 1)$. GRU: $3u(d + u + 2)$. Together $7u(d + u) + 10u$; with $d = 32$,
# $u = 17$: $7 \cdot 17 \cdot 49 + 170 = 6001$. The state is $2u = 34$ wide. A GRU with 31
# units has $3 \cdot 31 \cdot 65 = 6045$, slightly too many; with 30 it has
# $3 \cdot 30 \cdot 64 = 5760$. So the joined state is wider by four numbers, but while
# reading neither half knows the other.

# %% exercise [markdown] number="8.2" kind="compute" title="Many comparisons"
# Somebody tries twenty architectures that are all equally good, compares each with the
# first at the 5% level, and reports the best. How probable is at least one "significant"
# result, if the comparisons were independent? What does Holm's correction ask of the
# smallest p-value?

# %% answer [markdown]
# $1 - 0.95^{19} = 0.62$ for the nineteen comparisons. Holm asks the smallest p-value to be
# below $0.05 / 19 = 0.0026$.

# %% exercise [markdown] number="8.3" kind="investigate" title="An arrangement of your own"
# Add an arrangement of your own: a stack in which the upper layer reads the word vectors
# *and* the states of the lower one. Write it as a function like `models.stacked`, and find
# its number of units within the budget by hand or by building.

# %% answer [markdown]
# Join the two before the upper layer reads:
#
#     def stacked_with_words(words, config, read, lower, upper):
#         states = models.recurrent(lower, config, every_step=True)(words, mask=read)
#         both = keras.layers.Concatenate()([words, states])
#         return models.recurrent(upper, config)(both, mask=read)
#
# For two GRUs with $d = 32$ the parameters are
# $3u(32 + u + 2) + 3u(32 + u + u + 2) + u + 1 = 9u^2 + 205u + 1$, so 17 units fit into
# 6369: $9 \cdot 289 + 205 \cdot 17 + 1 = 6087$.


# %% exercise [markdown] number="8.4" kind="write" title="Holm's correction"
# Return the p-values after Holm's correction, in the order in which they came: the smallest is
# multiplied by the number of comparisons, the next by one less, and so on; none becomes smaller
# than one that was smaller before, and none exceeds 1.


# %% solution
def holm(p_values):
    ### BEGIN SOLUTION
    order = np.argsort(p_values)
    factors = np.arange(len(p_values), 0, -1)
    raised = np.maximum.accumulate(factors * p_values[order])
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(raised, 1)
    return corrected
    ### END SOLUTION


# %% hint [markdown]
# Sort, correct, and bring the results back into the old order.

# %% hint [markdown]
# `np.argsort` gives the order. `np.maximum.accumulate` sees to it that nothing falls again.

# %% hint [markdown]
# The way back: `corrected[order] = ...` puts each result where its p-value came from.


# %% wrong says="Bonferroni"
def holm(p_values):
    return np.minimum(p_values * len(p_values), 1)


# %% wrong says="still sorted"
def holm(p_values):
    ordered = np.sort(p_values)
    raised = np.arange(len(p_values), 0, -1) * ordered
    return np.minimum(np.maximum.accumulate(raised), 1)


# %% wrong says="smaller than that of a smaller"
def holm(p_values):
    order = np.argsort(p_values)
    corrected = np.empty(len(p_values))
    corrected[order] = np.arange(len(p_values), 0, -1) * p_values[order]
    return np.minimum(corrected, 1)


# %% wrong says="more than 1"
def holm(p_values):
    order = np.argsort(p_values)
    corrected = np.empty(len(p_values))
    raised = np.arange(len(p_values), 0, -1) * p_values[order]
    corrected[order] = np.maximum.accumulate(raised)
    return corrected


# %% exercise [markdown] number="8.5" kind="write" title="A mean over words, not over zeros"
# A pooling layer takes the mean of the states over time, where `read` says that there was a
# word. `states` is (batch, timesteps, units), `read` is (batch, timesteps), booleans, and each
# row has at least one word. Return (batch, units).


# %% solution
def mean_over_words(states, read):
    ### BEGIN SOLUTION
    weights = read[:, :, np.newaxis]
    return (states * weights).sum(axis=1) / weights.sum(axis=1)
    ### END SOLUTION


# %% why [markdown]
# With a plain `mean` a short review would be drawn towards what the network makes of zeros, and
# two texts with the same words would differ by their padding.

# %% hint [markdown]
# A mean is a sum divided by a number. Which sum, and which number?

# %% hint [markdown]
# `read[:, :, np.newaxis]` has a last axis of length 1, so it can be multiplied with `states`.

# %% hint [markdown]
# Divide by the number of words of each row, not by the number of steps.


# %% wrong says="padding counts, too"
def mean_over_words(states, read):
    return states.mean(axis=1)


# %% wrong says="divide by the number of steps"
def mean_over_words(states, read):
    return (states * read[:, :, None]).mean(axis=1)


# %% wrong says="has shape"
def mean_over_words(states, read):
    return (states * read[:, :, None]).sum(axis=2) / read.sum(axis=1, keepdims=True)


# %% wrong says="not the mean"
def mean_over_words(states, read):
    return (states * read[:, :, None]).sum(axis=1)


# %% wrong says="largest"
def mean_over_words(states, read):
    return np.where(read[:, :, None], states, -np.inf).max(axis=1)


# %% exercise [markdown] number="8.6" kind="predict" title="One argument too few"
# A colleague stacks two GRUs and forgets `return_sequences=True` in the lower one. What happens? In
# a second program she has it in both layers, with a dense layer of one output on top, and wants one
# answer for each review. Which shape do the answers have, and what do they mean?

# %% answer [markdown]
# The lower layer returns its last state alone, (batch, units). The upper one expects (batch,
# timesteps, features), so Keras stops and says that it expected three axes and found two. In the
# second program the answers have the shape (batch, timesteps, 1): one after every word, made from
# what has been read so far. Only the last of them is an answer to the review.
