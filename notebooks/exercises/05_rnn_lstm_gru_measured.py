# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="5.1" kind="write" title="Count the parameters"
# Write a function that counts the parameters of a layer of Keras with $d$ features and $u$
# units: `cell` is `"rnn"`, `"lstm"` or `"gru"`, and the GRU has its default `reset_after=True`.
# Then answer for $d = 10$ and $u = 20$: how many has an LSTM, how many has a GRU, and how many
# of those of the GRU are superfluous?


# %% solution
def parameters(cell, d, u):
    ### BEGIN SOLUTION
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    biases = 2 if cell == "gru" else 1
    return blocks * u * (d + u + biases)
    ### END SOLUTION


# %% why [markdown]
# LSTM: $4 \cdot 20 \cdot (10 + 20 + 1) = 2480$. GRU: $3 \cdot 20 \cdot (10 + 20 + 2) = 1920$. In
# the two gates only the sum of the two biases counts, so one row of $2 \cdot 20 = 40$ numbers
# could be left out. `cost("gru", 10, 20)` confirms the count.

# %% hint [markdown]
# Each block has input weights, recurrent weights and biases. How many blocks has each cell?

# %% hint [markdown]
# One block of a simple RNN: $d \cdot u$ input weights, $u \cdot u$ recurrent weights, $u$ biases.

# %% hint [markdown]
# One of the three cells has two rows of biases by default.


# %% wrong says="second row of biases"
def parameters(cell, d, u):
    return {"rnn": 1, "lstm": 4, "gru": 3}[cell] * u * (d + u + 1)


# %% wrong says="Biases are missing"
def parameters(cell, d, u):
    return {"rnn": 1, "lstm": 4, "gru": 3}[cell] * u * (d + u)


# %% wrong says="All three cells have"
def parameters(cell, d, u):
    return {"rnn": 1, "lstm": 4, "gru": 3}[cell] * u * (d + u + 2)


# %% wrong says="gates only"
def parameters(cell, d, u):
    blocks = {"rnn": 1, "lstm": 3, "gru": 2}[cell]
    return blocks * u * (d + u + (2 if cell == "gru" else 1))


# %% exercise [markdown] number="5.2" kind="predict" title="A comparison that misleads"
# A colleague trains model A five times, then model B five times, and reports that B is 8%
# faster. Name two ways in which this can be misleading although every number is right, and
# a measurement that would convince you.

# %% answer [markdown]
# The machine may have become faster or slower in between: heat, another program, a battery
# that was plugged in. And B may have found compiled code or data in a cache that A had to
# fill. Convincing: both in turn in random order, after a warm-up, with a twin of A that
# comes out at a ratio of 1, and an interval that leaves 1 out.

# %% exercise [markdown] number="5.3" kind="compute" title="How small can the p-value be?"
# The exact test of this notebook compares pairs of runs, one pair for each seed, by changing
# the signs of their differences. What is the smallest p-value that it can give with `pairs`
# pairs? Can five seeds ever give $p < 0.05$, and how many does it take?


# %% solution
def smallest_p(pairs):
    ### BEGIN SOLUTION
    return 2 / 2**pairs
    ### END SOLUTION


# %% why [markdown]
# With $n$ pairs there are $2^n$ choices of signs, and even if all differences point the same
# way, two of them (all plus, all minus) are as extreme. So $p \ge 2 / 2^n$. For five seeds that
# is 0.0625, never below 0.05. Six seeds can reach 0.03125.

# %% hint [markdown]
# How many ways are there to give each difference a sign?

# %% hint [markdown]
# Suppose that all differences point the same way. How many of these ways are as extreme?

# %% hint [markdown]
# The test has two sides: "all plus" is as extreme as "all minus".


# %% wrong says="one side"
def smallest_p(pairs):
    return 1 / 2**pairs


# %% wrong says="orders"
def smallest_p(pairs):
    import math

    return 1 / math.factorial(pairs)


# %% wrong says="0 is not possible"
def smallest_p(pairs):
    return 0.0


# %% exercise [markdown] number="5.4" kind="investigate" title="Your own machine"
# Time a GRU against an LSTM without XLA on your own machine: `layer_steps(..., xla=False)`.
# At how many units does the GRU become the faster one?

# %% answer [markdown]
# Loop over the units and print the ratio with its interval:
#
#     for units in (32, 64, 128, 256):
#         calls = {
#             cell: layer_steps(recurrent_layer(cell, units), (32, 100, 64), xla=False)[0]
#             for cell in ("gru", "lstm")
#         }
#         times = interleaved(calls, rounds=9, repeats=3)
#         print(units, ratio_of_medians(times["gru"], times["lstm"]))
#
# The answer depends on your machine. For the machine of the stored grid, the series without
# XLA in the figure over units, length and batch shows it.


# %% exercise [markdown] number="5.5" kind="write" title="The exact test"
# `differences` holds one difference for each pair of runs. Return the p-value of the exact
# paired test: the share of all $2^n$ choices of signs whose mean is at least as far from 0 as
# the mean of the differences that were found, which is one of them.


# %% solution
def exact_p(differences):
    ### BEGIN SOLUTION
    n = len(differences)
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    means = np.abs((signs * np.abs(differences)).mean(axis=1))
    return (means >= np.abs(np.mean(differences)) - 1e-12).mean()
    ### END SOLUTION


# %% hint [markdown]
# If the two models were equal, each difference could as well have the other sign.

# %% hint [markdown]
# `itertools.product([-1, 1], repeat=n)` lists all choices. Take the mean of the differences
# with each choice.

# %% hint [markdown]
# Both sides count, so compare absolute values; and equally far counts as extreme. Allow for
# rounding where two means are equal.


# %% wrong says="one side only"
def exact_p(differences):
    n = len(differences)
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    means = (signs * np.abs(differences)).mean(axis=1)
    return (means >= np.abs(np.mean(differences)) - 1e-12).mean()


# %% wrong says="equally far"
def exact_p(differences):
    n = len(differences)
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    means = np.abs((signs * np.abs(differences)).mean(axis=1))
    return (means > np.abs(np.mean(differences)) + 1e-12).mean()


# %% wrong says="only the signs"
def exact_p(differences):
    from scipy.stats import binomtest

    return binomtest(int((differences > 0).sum()), len(differences)).pvalue


# %% wrong says="t-test"
def exact_p(differences):
    from scipy.stats import ttest_1samp

    return ttest_1samp(differences, 0).pvalue
