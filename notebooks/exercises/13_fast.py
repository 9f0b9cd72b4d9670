# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="13.1" kind="compute" title="The smaller model"
# How many operations does one update of the *smaller* model of [First GRU on
# IMDB](07_first_gru_on_imdb.ipynb) take, with $b = 32$, $d = 32$, $u = 32$? How many times
# fewer is that than for the larger one? Would you expect the time to shrink by as much?

# %% answer [markdown]
# $3 \cdot 2 \cdot 32 \cdot 100 \cdot 64 \cdot 96 \approx 0.12$ billion, a twelfth. The time
# should shrink by less: the number of steps is the same, and each has an overhead that does
# not depend on its size.

# %% exercise [markdown] number="13.2" kind="predict" title="A larger batch"
# Double the batch and halve the number of updates. Which parts of the time of an epoch are
# halved, and which stay? What else changes?

# %% answer [markdown]
# Halved: everything that costs the same for each update, such as the overhead of the steps
# and Adam on the word vectors. The matrix products stay. The training is another one: half
# as many steps of the optimiser, each with a less noisy gradient, so the step size has to
# be chosen again, by validation.

# %% exercise [markdown] number="13.3" kind="investigate" title="Two models, one after the other"
# A report says: "model A took 61 s, then we ran model B, which took 39 s." Name three
# things that may have made the difference besides the models.

# %% answer [markdown]
# The order: caches, compilation and clock frequency were different for the second run.
# Another program on the machine. A pause of `fit` that has nothing to do with the model.
# Interleaved runs with every sample shown would tell.

# %% exercise [markdown] number="13.4" kind="write" title="Count the operations"
# How many operations do the matrix products of a GRU take in one update, with `batch`
# sequences of `steps` steps, `d` features and `u` units? A multiplication and an addition count
# as two operations, and the backward pass takes twice as many as the forward pass.


# %% solution
def operations(batch, steps, d, u):
    ### BEGIN SOLUTION
    forward = 2 * batch * steps * (d + u) * 3 * u
    return 3 * forward
    ### END SOLUTION


# %% hint [markdown]
# A product of an $n \times m$ with an $m \times k$ matrix takes $n \cdot m \cdot k$
# multiplications, and as many additions.

# %% hint [markdown]
# In one step the input is multiplied by $d \times 3u$ weights and the state by $u \times 3u$.

# %% hint [markdown]
# Forward and backward together are three times the forward pass.


# %% wrong says="a third of it"
def operations(batch, steps, d, u):
    return 2 * batch * steps * (d + u) * 3 * u


# %% wrong says="Additions"
def operations(batch, steps, d, u):
    return 3 * batch * steps * (d + u) * 3 * u


# %% wrong says="a third of it"
def operations(batch, steps, d, u):
    return 3 * 2 * batch * steps * (d + u) * u


# %% wrong says="recurrent weights"
def operations(batch, steps, d, u):
    return 3 * 2 * batch * steps * d * 3 * u


# %% wrong says="numbers of features and units"
def operations(batch, steps, d, u):
    return 3 * 2 * batch * steps * d * u * 3 * u


# %% exercise [markdown] number="13.5" kind="write" title="How many times faster"
# `old` and `new` are the times of two programs, measured in turn: the runs number 0 one after
# the other, then the runs number 1, and so on. Now and then something else disturbed a run.
# Return how many times faster the new program is, as the ratio of the two medians.


# %% solution
def speed_up(old, new):
    ### BEGIN SOLUTION
    return np.median(old) / np.median(new)
    ### END SOLUTION


# %% why [markdown]
# A single disturbed run moves a mean as far as it likes, and a median hardly. The smallest time
# is not disturbed either, but it tells of the best case, not of the usual one.

# %% hint [markdown]
# "Three times faster" means that the old program takes three times as long.

# %% hint [markdown]
# Reduce each program to one time first, then divide.

# %% hint [markdown]
# `np.median`, and the time of the new program stands below.


# %% wrong says="upside down"
def speed_up(old, new):
    return np.median(new) / np.median(old)


# %% wrong says="ratio of the means"
def speed_up(old, new):
    return np.mean(old) / np.mean(new)


# %% wrong says="best run"
def speed_up(old, new):
    return np.min(old) / np.min(new)


# %% wrong says="mean of the ratios"
def speed_up(old, new):
    return np.mean(old / new)


# %% wrong says="saved"
def speed_up(old, new):
    return 1 - np.median(new) / np.median(old)
