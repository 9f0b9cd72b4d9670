# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="3.1" kind="investigate" title="The bias of the forget gate"
# Make the table of biases for the *forget gate of the LSTM*: set its bias to 0, 1, …, 5 and
# measure the factor per step between the distances 10 and 50. The gates of Keras' LSTM stand
# in the order input, forget, candidate, output. Where does the default of 1 stand?

# %% answer [markdown]
# ```python
# lstm = fresh("LSTM", 0)
# for forget_bias in range(6):
#     bias = lstm.cell.bias.copy()
#     bias[UNITS : 2 * UNITS] = forget_bias
#     curve = lengths(replace(lstm, cell=replace(lstm.cell, bias=bias)))
#     print(forget_bias, (curve[50] / curve[10]) ** (1 / 40))
# ```
#
# The factors are 0.62, 0.84, 0.97, 1.01, 1.02 and 1.03. With a bias of 0 the LSTM fades as
# fast as the default GRU; with Keras' default of 1 far more slowly; from 3 on its gradient
# does not fade at all between these distances. The paths through the other gates can make a
# factor larger than the forget gate alone.

# %% exercise [markdown] number="3.2" kind="investigate" title="A longer lag"
# Set `LAG = 20`, train again and print `learned_after` for each network. Compare it with the
# length of the gradient at distance 20 before training.

# %% answer [markdown]
# With five seeds and 1,000 updates we got:
#
# | network | gradient at distance 20 | learned after updates |
# |---|---|---|
# | simple RNN | 0.06 | 70 to 106 |
# | LSTM | 0.007 | 117 to 183, one seed never |
# | GRU | 0.00004 | never, in all five |
# | GRU, $b_z = 4$ | 0.7 | 137 to 145 |
#
# The default GRU has by far the shortest gradient and does not learn at all within these
# updates. Among the others the longest gradient is not the fastest to learn.

# %% exercise [markdown] number="3.3" kind="predict" title="A small gradient, and memory"
# A colleague sees that the gradient of her trained GRU is $10^{-7}$ at distance 50 and
# concludes that the network forgets after 50 steps. What do you tell her, and which
# measurement would settle it?

# %% answer [markdown]
# A small gradient says that *small* changes of the old state do not matter. The network may
# still tell large changes apart, such as another symbol. Measure the memory itself: change the
# input at that distance, or ask for it, and see whether the answer changes; the column
# "lag 60" does that. What the small gradient does say is that training will hardly change
# anything about that distance any more.

# %% exercise [markdown] number="3.4" kind="compute" title="The factor per step"
# The Jacobian of one step, `jacobian`, holds $\partial h_{t,j} / \partial h_{t-1,i}$. If it
# were the same at each step, by which factor would a gradient change per step in the long run?
# Return that one number, the spectral radius.


# %% solution
def factor_per_step(jacobian):
    ### BEGIN SOLUTION
    return np.abs(np.linalg.eigvals(jacobian)).max()
    ### END SOLUTION


# %% why [markdown]
# After $k$ steps the gradient has been multiplied by the $k$-th power of the matrix, and what
# grows or fades most slowly there is the eigenvalue that is largest in absolute value. It may
# be negative or complex: then the gradient also changes its direction from step to step.

# %% hint [markdown]
# Which property of a matrix says how fast its powers grow?

# %% hint [markdown]
# `np.linalg.eigvals` gives the eigenvalues. They may be complex numbers.

# %% hint [markdown]
# What counts is the distance of an eigenvalue from 0.


# %% wrong says="largest singular value"
def factor_per_step(jacobian):
    return np.linalg.norm(jacobian, 2)


# %% wrong says="without its absolute value"
def factor_per_step(jacobian):
    return np.linalg.eigvals(jacobian).real.max()


# %% wrong says="imaginary part"
def factor_per_step(jacobian):
    return np.abs(np.linalg.eigvals(jacobian).real).max()


# %% wrong says="length of all entries together"
def factor_per_step(jacobian):
    return np.linalg.norm(jacobian)


# %% wrong says="array of complex128"
def factor_per_step(jacobian):
    return np.linalg.eigvals(jacobian) + 0j


# %% exercise [markdown] number="3.5" kind="write" title="Clip a gradient"
# Clip as this lesson does: if all arrays together are longer than `limit`, multiply all of them
# by one factor, so that their common length is `limit`. Return a list of new arrays.


# %% solution
def clipped(arrays, limit):
    ### BEGIN SOLUTION
    length = np.sqrt(sum((array**2).sum() for array in arrays))
    factor = min(1.0, limit / length)
    return [factor * array for array in arrays]
    ### END SOLUTION


# %% hint [markdown]
# Think of all arrays as one long vector. How long is it?

# %% hint [markdown]
# Its length is the root of the sum of all squares, over all arrays.

# %% hint [markdown]
# A gradient that is short enough stays as it is: the factor is never above 1.


# %% wrong says="each array by itself"
def clipped(arrays, limit):
    return [a * min(1, limit / np.sqrt((a**2).sum())) for a in arrays]


# %% wrong says="each number by itself"
def clipped(arrays, limit):
    return [np.clip(a, -limit, limit) for a in arrays]


# %% wrong says="makes short gradients longer"
def clipped(arrays, limit):
    length = np.sqrt(sum((a**2).sum() for a in arrays))
    return [a * limit / length for a in arrays]


# %% wrong says="without the root"
def clipped(arrays, limit):
    squares = sum((a**2).sum() for a in arrays)
    return [a * min(1, limit / squares) for a in arrays]


# %% wrong says="changes its arguments"
def clipped(arrays, limit):
    length = np.sqrt(sum((a**2).sum() for a in arrays))
    for a in arrays:
        a *= min(1, limit / length)
    return arrays


# %% exercise [markdown] number="3.6" kind="write" title="Make the LSTM forget"
# The cell state of an LSTM should keep the share `keep` per step, as long as nothing else
# reaches its forget gate. Return a new bias in which only the forget gate has changed. The
# bias of Keras' LSTM is (4 · units,), in the order input, forget, candidate, output.


# %% solution
def with_forget_gate(bias, keep):
    ### BEGIN SOLUTION
    units = len(bias) // 4
    changed = bias.copy()
    changed[units : 2 * units] = np.log(keep / (1 - keep))
    return changed
    ### END SOLUTION


# %% why [markdown]
# A forget gate of 0.9 *keeps* nine tenths: the gate is named after what it does when it is 0.

# %% hint [markdown]
# `keep` is the value of the gate. Its bias is what the logistic function turns into that value.

# %% hint [markdown]
# The forget gate is the second of four blocks of equal length.

# %% hint [markdown]
# Change a copy, `bias.copy()`, and only its second quarter.


# %% wrong says="block of another gate"
def with_forget_gate(bias, keep):
    units = len(bias) // 4
    changed = bias.copy()
    changed[:units] = np.log(keep / (1 - keep))
    return changed


# %% wrong says="the gate itself into the bias"
def with_forget_gate(bias, keep):
    units = len(bias) // 4
    changed = bias.copy()
    changed[units : 2 * units] = keep
    return changed


# %% wrong says="forgets the share that it should keep"
def with_forget_gate(bias, keep):
    units = len(bias) // 4
    changed = bias.copy()
    changed[units : 2 * units] = np.log((1 - keep) / keep)
    return changed


# %% wrong says="other gates have changed, too"
def with_forget_gate(bias, keep):
    return np.full(len(bias), np.log(keep / (1 - keep)))


# %% wrong says="changes its arguments"
def with_forget_gate(bias, keep):
    units = len(bias) // 4
    bias[units : 2 * units] = np.log(keep / (1 - keep))
    return bias
