# %% setup
import numpy as np

from gru_course.cells import logistic
from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="1.1" kind="write" title="One step of a GRU"
# Write one step of a GRU for a batch: rows are sequences, weights stand on the right, and
# the blocks stand in the order update, reset, candidate. The reset gate acts **after** the
# product with the recurrent weights, as in `keras.layers.GRU`.
#
# | argument | shape |
# |---|---|
# | `x` | (batch, features) |
# | `h`, the old state | (batch, units) |
# | `kernel` | (features, 3 · units) |
# | `recurrent_kernel` | (units, 3 · units) |
# | `bias` | (2, 3 · units): input biases above recurrent ones |
#
# Return the new state, (batch, units). `logistic` is already imported.


# %% solution
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    ### BEGIN SOLUTION
    h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z = logistic(x_z + h_z)
    r = logistic(x_r + h_r)
    candidate = np.tanh(x_h + r * h_h)
    return z * h + (1 - z) * candidate
    ### END SOLUTION


# %% hint [markdown]
# The line above the blank does for the input what is needed for the state, too.

# %% hint [markdown]
# Both gates are a logistic function of their two blocks, added. In the candidate the reset
# gate multiplies the block that comes from the state, bias included.

# %% hint [markdown]
# An update gate of 1 must return the old state unchanged. Try it with a bias of 50 in the
# first block.


# %% wrong says="an update gate near 1 keeps the old state"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z, r = logistic(x_z + h_z), logistic(x_r + h_r)
    return (1 - z) * h + z * np.tanh(x_h + r * h_h)


# %% wrong says="blocks stand in the order update, reset, candidate"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_r, x_z, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_r, h_z, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z, r = logistic(x_z + h_z), logistic(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h)


# %% wrong says="second row of `bias` is not used"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, h_h = np.split(h @ recurrent_kernel, 3, axis=1)
    z, r = logistic(x_z + h_z), logistic(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h)


# %% wrong says="before the product"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, _ = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z, r = logistic(x_z + h_z), logistic(x_r + h_r)
    u = h.shape[1]
    from_h = (r * h) @ recurrent_kernel[:, 2 * u :] + bias[1, 2 * u :]
    return z * h + (1 - z) * np.tanh(x_h + from_h)


# %% wrong says="reset gate is computed, but changes nothing"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z = logistic(x_z + h_z)
    return z * h + (1 - z) * np.tanh(x_h + h_h)


# %% wrong says="has shape"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    return h.mean(axis=0)


# %% wrong says="the numbers are not"
def gru_step(x, h, kernel, recurrent_kernel, bias):
    return h


# %% exercise [markdown] number="1.2" kind="compute" title="The bias for a half-life"
# Which bias of the update gate makes the memory of a unit last for the given half-life, in
# steps? Nothing else reaches the gate, and the candidate is 0.


# %% solution
half_life = given("1.2", seed=1)  # another seed gives another half-life
print(f"Half of the state should be left after {half_life} steps.")
### BEGIN SOLUTION
z = 0.5 ** (1 / half_life)
update_bias = np.log(z / (1 - z))
### END SOLUTION

# %% why [markdown]
# After $k$ steps a share $z^k$ is left, so $z = 2^{-1/k}$. The logistic function turns a bias
# into a gate; its inverse, $\ln(z / (1 - z))$, turns the gate into the bias.

# %% hint [markdown]
# First find the gate $z$ that is needed, then the bias that makes it.

# %% hint [markdown]
# After $k$ steps the state has been multiplied by $z$ as often: $z^k = 1/2$.

# %% hint [markdown]
# The gate is $z = 1 / (1 + e^{-b})$. Solve this for $b$.

# %% wrong says="That is the gate"
half_life = given("1.2", seed=1)
update_bias = 0.5 ** (1 / half_life)

# %% wrong says="other way round"
half_life = given("1.2", seed=1)
z = 0.5 ** (1 / half_life)
update_bias = np.log((1 - z) / z)

# %% wrong says="divides the loss evenly"
half_life = given("1.2", seed=1)
z = 1 - 0.5 / half_life
update_bias = np.log(z / (1 - z))

# %% wrong says="Half of it would be gone after one step"
half_life = given("1.2", seed=1)
update_bias = 0.0

# %% wrong says="should be a value"
half_life = given("1.2", seed=1)


def update_bias():
    return 0.0


# %% exercise [markdown] number="1.3" kind="predict" title="A candidate that sees its own state"
# Let the candidate of the latch see its own state: set `recurrent_kernel[0, 2]` to 2. Before
# you compute anything: the write flag is 1, the value 0, the old state 0.8, and the update
# gate is near 0. What is left of the old state with a reset bias of $-10$, and what with
# $+10$? Then compute one step with each.

# %% answer [markdown]
# It depends on the reset gate.
#
# ```python
# for b_r in (-10.0, 10.0):
#     weights = GRUWeights(
#         latch.kernel,
#         np.array([[0.0, 0.0, 2.0]]),
#         np.array([[10.0, b_r, 0.0], [0.0, 0.0, 0.0]]),
#     )
#     step = gru_step(np.array([[0.0, 1.0]]), np.array([[0.8]]), weights)
#     print(b_r, step.hidden_state)
# ```
#
# With $-10$ the candidate is about $\tanh(0) = 0$ and the new state is 0.0001: the old value
# is gone. With $+10$ the candidate is $\tanh(2 \cdot 0.8)$ and the new state is 0.922. So where
# the update gate is near 0, the reset gate decides whether anything of the old state survives.

# %% exercise [markdown] number="1.4" kind="write" title="A latch that adds"
# Change the weights of the latch so that it *adds* half of the old state to what it writes.
# When the flag is 1, the new state should be $\tanh(2 \cdot \text{value} + 0.5 \, h)$; when it
# is 0, the state should be held. The features are value and write flag, in this order.


# %% solution
def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    ### BEGIN SOLUTION
    recurrent_kernel = np.array([[0.0, 0.0, 0.5]])
    bias = np.array([[10.0, 10.0, 0.0], [0.0, 0.0, 0.0]])
    ### END SOLUTION
    return kernel, recurrent_kernel, bias


# %% why [markdown]
# The candidate must see the old state, so the reset gate has to be open: its bias becomes
# $+10$ instead of $-10$. The update gate stays as it is: it decides *when* to write, not *what*.

# %% hint [markdown]
# The latch of the lesson holds well and writes well. Only what it writes has to change.

# %% hint [markdown]
# Two numbers differ from those of the latch: one in `recurrent_kernel`, one in `bias`.

# %% hint [markdown]
# The candidate gets its share of the old state through the reset gate. Is that gate open?


# %% wrong says="reset gate is shut"
def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    recurrent_kernel = np.array([[0.0, 0.0, 0.5]])
    bias = np.array([[10.0, -10.0, 0.0], [0.0, 0.0, 0.0]])
    return kernel, recurrent_kernel, bias


# %% wrong says="half open"
def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    recurrent_kernel = np.array([[0.0, 0.0, 0.5]])
    bias = np.array([[10.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    return kernel, recurrent_kernel, bias


# %% wrong says="does not hold"
def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    recurrent_kernel = np.array([[0.0, 0.0, 0.5]])
    bias = np.array([[0.0, 10.0, 0.0], [0.0, 0.0, 0.0]])
    return kernel, recurrent_kernel, bias


# %% wrong says="three arrays of shape"
def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    return kernel, np.array([0.0, 0.0, 0.5]), np.zeros(3)


# %% exercise [markdown] number="1.5" kind="investigate" title="Find the fault"
# Somebody has written a GRU step with one of these faults: `"update gate swapped"` (near 1 it
# writes), `"blocks swapped"` (update and reset have each other's weights), `"second bias
# missing"` or `"reset before"` (the gate acts before the product). You have its weights, one
# input, the old state and the new state that the program gives. Which fault is it?


# %% solution
x, h, kernel, recurrent_kernel, bias, new_state = given("1.5", seed=1)
### BEGIN SOLUTION
u = h.shape[1]


def step(order=(0, 1, 2), second_bias=1, before=False):
    x_z, x_r, x_h = (np.split(x @ kernel + bias[0], 3, axis=1)[i] for i in order)
    from_h = h @ recurrent_kernel + second_bias * bias[1]
    h_z, h_r, h_h = (np.split(from_h, 3, axis=1)[i] for i in order)
    z, r = logistic(x_z + h_z), logistic(x_r + h_r)
    if before:
        h_h = (r * h) @ recurrent_kernel[:, 2 * u :] + bias[1, 2 * u :]
    else:
        h_h = r * h_h
    candidate = np.tanh(x_h + h_h)
    return z * h + (1 - z) * candidate, (1 - z) * h + z * candidate


made = {
    "update gate swapped": step()[1],
    "blocks swapped": step(order=(1, 0, 2))[0],
    "second bias missing": step(second_bias=0)[0],
    "reset before": step(before=True)[0],
}
fault = min(made, key=lambda name: np.abs(made[name] - new_state).max())
### END SOLUTION

# %% hint [markdown]
# Your own step of exercise 1.1 gives what the program should have given.

# %% hint [markdown]
# Build each of the four faults into your step on purpose. Which of them gives the same new
# state as the program?

# %% hint [markdown]
# `np.abs(yours - new_state).max()` is 0 up to rounding for one fault only.

# %% wrong says="one of these words"
x, h, kernel, recurrent_kernel, bias, new_state = given("1.5", seed=1)
fault = "the bias"

# %% wrong says="another new state"
x, h, kernel, recurrent_kernel, bias, new_state = given("1.5", seed=1)
fault = "blocks swapped"

# %% wrong says="word, in quotes"
x, h, kernel, recurrent_kernel, bias, new_state = given("1.5", seed=1)
fault = 3
