# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="25.1" kind="predict" title="Two people, one stream"
# A service keeps one `Stream` and feeds it the frames of every request. It was tested with one
# client and worked. What happens when two people speak at the same time, and what would you change?

# %% answer [markdown]
# The frames of both mix in one state, as if one person had said both words at once. Nothing
# complains, and both answers are wrong. Each client needs a state of its own: a new one for each
# request, or one in a table by the name of the session. The weights may be shared.

# %% exercise [markdown] number="25.2" kind="investigate" title="Other examples for eight bits"
# Give `litert_file` other examples: noise from `np.random.default_rng(0).normal(size=(20, bands))`,
# then training words multiplied by 0.1. Compare the scores each time. Which values become wrong?

# %% answer [markdown]
# Build the lists as `examples` in the lesson, convert, and call `compare` with a name of their own.
# The ranges of all values inside are taken from the examples. Where these are too small, larger
# values of real words are cut off; where they are too large, the 256 steps lie too far apart. So
# look at the difference of the scores and at the accuracy after each change of the examples.

# %% exercise [markdown] number="25.3" kind="compute" title="Bytes of flash"
# A GRU in the default form of Keras reads `d` features, has `u` units, and a dense layer with `c`
# classes stands behind it. Its three matrices are stored with 8 bits a weight, and each *row* of
# the stored form (one for each unit of each gate, and one for each class) has a scale of 32 bits.
# The biases have 32 bits. How many bytes is that?


# %% solution
def flash(d, u, c):
    ### BEGIN SOLUTION
    matrices = 3 * u * (d + u) + u * c
    scales = 3 * u + 3 * u + c
    biases = 2 * 3 * u + c
    return matrices + 4 * (scales + biases)
    ### END SOLUTION


# %% why [markdown]
# The matrices of inputs and of the state have scales of their own, $3u$ each. For
# `flash(26, 32, 10)` it is what the lesson shows.

# %% hint [markdown]
# Count three things: the weights of the matrices, the scales, the biases.

# %% hint [markdown]
# Inputs and state are multiplied by a matrix each, with $3u$ rows; the dense layer has $c$ rows.

# %% hint [markdown]
# The default form has two biases for each unit of each gate. A number of 32 bits takes 4 bytes.


# %% wrong says="has two biases"
def flash(d, u, c):
    return 3 * u * (d + u) + u * c + 4 * (6 * u + c + 3 * u + c)


# %% wrong says="one byte each"
def flash(d, u, c):
    return 3 * u * (d + u) + u * c + (6 * u + c) + (6 * u + c)


# %% wrong says="scales are missing"
def flash(d, u, c):
    return 3 * u * (d + u) + u * c + 4 * (6 * u + c)


# %% wrong says="Four bytes for a weight"
def flash(d, u, c):
    return 4 * (3 * u * (d + u) + u * c + 6 * u + c)


# %% exercise [markdown] number="25.4" kind="write" title="Round a matrix to eight bits"
# Store each row of `matrix` as whole numbers from -127 to 127, so that its largest absolute value
# becomes 127 or -127, and return the matrix as it is read again: the whole numbers times the scale
# of the row. No row is all zeros.


# %% solution
def rounded(matrix):
    ### BEGIN SOLUTION
    scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
    whole = np.rint(matrix / scale)
    return whole * scale
    ### END SOLUTION


# %% why [markdown]
# One scale for the whole matrix would waste most of the 255 steps on rows with small weights.

# %% hint [markdown]
# What is the scale of a row, if 127 times the scale is its largest absolute value?

# %% hint [markdown]
# Divide by the scale, round, multiply by the scale.

# %% hint [markdown]
# `keepdims=True` keeps the scales as a column, so that each row is divided by its own.


# %% wrong says="one scale for all rows"
def rounded(matrix):
    scale = np.abs(matrix).max() / 127
    return np.rint(matrix / scale) * scale


# %% wrong says="a scale for each column"
def rounded(matrix):
    scale = np.abs(matrix).max(axis=0, keepdims=True) / 127
    return np.rint(matrix / scale) * scale


# %% wrong says="cuts off what is behind the point"
def rounded(matrix):
    scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
    return np.trunc(matrix / scale) * scale


# %% wrong says="largest value, not the largest absolute value"
def rounded(matrix):
    scale = matrix.max(axis=1, keepdims=True) / 127
    return np.rint(matrix / scale) * scale


# %% exercise [markdown] number="25.5" kind="write" title="The arrays of ONNX"
# Return `W`, `R` and `B` of the operator `GRU` of ONNX, with `linear_before_reset=1`, from the
# three arrays of a GRU of Keras: `kernel` (d, 3u), `recurrent` (u, 3u) and `bias` (2, 3u). They have
# the shapes (1, 3u, d), (1, 3u, u) and (1, 6u).


# %% solution
def onnx_arrays(kernel, recurrent, bias):
    ### BEGIN SOLUTION
    return [kernel.T[np.newaxis], recurrent.T[np.newaxis], bias.reshape(1, -1)]
    ### END SOLUTION


# %% why [markdown]
# Both have the order z, r, h, so no block moves. After a transfer compare some outputs all the same.

# %% hint [markdown]
# ONNX has rows where Keras has columns.

# %% hint [markdown]
# The first axis is the direction; there is one.

# %% hint [markdown]
# In `B` the first row of the biases stands in front of the second.


# %% wrong says="reshaped, not transposed"
def onnx_arrays(kernel, recurrent, bias):
    d, u = len(kernel), len(recurrent)
    return [
        kernel.reshape(1, 3 * u, d),
        recurrent.reshape(1, 3 * u, u),
        bias.reshape(1, -1),
    ]


# %% wrong says="The two biases are mixed"
def onnx_arrays(kernel, recurrent, bias):
    return [kernel.T[np.newaxis], recurrent.T[np.newaxis], bias.T.reshape(1, -1)]


# %% wrong says="in the order r, z, h"
def onnx_arrays(kernel, recurrent, bias):
    u = len(recurrent)
    order = np.r_[u : 2 * u, :u, 2 * u : 3 * u]
    return [
        kernel.T[np.newaxis, order],
        recurrent.T[np.newaxis, order],
        bias[:, order].reshape(1, -1),
    ]


# %% wrong says="axis of the direction"
def onnx_arrays(kernel, recurrent, bias):
    return [kernel.T, recurrent.T, bias.reshape(-1)]
