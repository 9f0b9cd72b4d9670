# %% setup
import numpy as np

from gru_course.cells import logistic
from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="15.1" kind="compute" title="As many parameters"
# A layer reads $d = 40$ features. How many parameters has a minGRU with $u = 100$ units, and how
# many a Keras GRU with the same $d$ and $u$? How wide may the minGRU be within the budget of the
# GRU?

# %% answer [markdown]
# minGRU: $2u(d + 1) = 2 \cdot 100 \cdot 41 = 8200$. GRU: $3u(d + u + 2) = 3 \cdot 100 \cdot 142 =
# 42600$. The minGRU may have $42600 / 82 = 519$ units, more than five times as many. It has no
# $u \times u$ matrix, so its size grows with $u$ and not with $u^2$.

# %% exercise [markdown] number="15.2" kind="compute" title="Join three steps"
# Join the three steps $(a, b) = (0.5, 1)$, $(0.5, 1)$, $(0, 3)$ with {eq}`eq-scan-pair`, once as
# (first, second) with the third and once as the first with (second, third). Which of the three can
# be left out without changing the result, and what does that mean for the gate?

# %% answer [markdown]
# (first, second) is $(0.25, 1.5)$; with the third, $(0 \cdot 0.25,\; 0 \cdot 1.5 + 3) = (0, 3)$.
# (second, third) is $(0, 0 \cdot 1 + 3) = (0, 3)$; with the first, $(0, 3)$ again. The first two can
# be left out: $a = z = 0$ overwrites the state, so nothing before it matters. The scan handles this
# like any other value. Dividing by the cumulated product, which is zero here, would fail.

# %% exercise [markdown] number="15.3" kind="predict" title="A gate that may be negative"
# Let the gate of a single minGRU unit be allowed to lie between $-1$ and 1. Give $a$ and $b$ for the
# inputs 0 and 1 such that the sign of the state tells the parity. Why can the logistic function not
# give this $a$?

# %% answer [markdown]
# Start from $h_0 = 1$ for "even". For a 0 keep: $a = 1$, $b = 0$. For a 1 change the sign:
# $a = -1$, $b = 0$. After each bit $h_t = 1$ says even and $h_t = -1$ says odd. $\sigma$ is never
# negative. {cite:t}`grazzi2024` extend the range of the factors to $[-1, 1]$ in Mamba and DeltaNet,
# and both then solve parity.

# %% exercise [markdown] number="15.4" kind="write" title="Two steps are one"
# A step takes the state $h$ to $a h + b$. Return the pair $(a, b)$ of the one step that does what
# the step `a1, b1` and **after it** the step `a2, b2` do. All are arrays of one shape, and
# everything is computed element by element.


# %% solution
def joined(a1, b1, a2, b2):
    ### BEGIN SOLUTION
    return a2 * a1, a2 * b1 + b2
    ### END SOLUTION


# %% why [markdown]
# Which neighbours are joined first makes no difference, but which of two comes first does. A scan
# may put brackets anywhere; it may not change the order.

# %% hint [markdown]
# Write the state after the first step, and put it into the second.

# %% hint [markdown]
# After both steps the state is $a_2 (a_1 h + b_1) + b_2$.

# %% hint [markdown]
# Multiply out: what stands before $h$ is the new factor, the rest is what is added.


# %% wrong says="second step first"
def joined(a1, b1, a2, b2):
    return a1 * a2, a1 * b2 + b1


# %% wrong says="goes through the second step"
def joined(a1, b1, a2, b2):
    return a1 * a2, b1 + b2


# %% wrong says="multiplied, not added"
def joined(a1, b1, a2, b2):
    return a1 + a2, a2 * b1 + b2


# %% exercise [markdown] number="15.5" kind="write" title="Write minGRU"
# Return the states of a minGRU after each step, (timesteps, units), for one sequence `x`,
# (timesteps, features). The state before the first step is 0. A loop will do.


# %% solution
def min_gru(x, W_z, b_z, W_h, b_h):
    states = np.zeros((len(x), len(b_z)))
    ### BEGIN SOLUTION
    z, candidate = logistic(x @ W_z + b_z), x @ W_h + b_h
    h = np.zeros(len(b_z))
    for t in range(len(x)):
        h = z[t] * h + (1 - z[t]) * candidate[t]
        states[t] = h
    return states
    ### END SOLUTION


# %% why [markdown]
# Gates and candidates of all steps are computed before the loop: nothing in them waits for a state.
# What is left in the loop is a product and a sum.

# %% hint [markdown]
# Neither the gate nor the candidate sees the old state, so both can be computed for all steps at
# once.

# %% hint [markdown]
# The gate goes through `logistic`, the candidate through nothing.

# %% hint [markdown]
# `h = z[t] * h + (1 - z[t]) * candidate[t]`, beginning with zeros.


# %% wrong says="near 1 keeps the old state"
def min_gru(x, W_z, b_z, W_h, b_h):
    z, candidate = logistic(x @ W_z + b_z), x @ W_h + b_h
    h, states = np.zeros(len(b_z)), []
    for t in range(len(x)):
        h = (1 - z[t]) * h + z[t] * candidate[t]
        states.append(h)
    return states


# %% wrong says="no tanh"
def min_gru(x, W_z, b_z, W_h, b_h):
    z, candidate = logistic(x @ W_z + b_z), np.tanh(x @ W_h + b_h)
    h, states = np.zeros(len(b_z)), []
    for t in range(len(x)):
        h = z[t] * h + (1 - z[t]) * candidate[t]
        states.append(h)
    return states


# %% wrong says="first gate counts"
def min_gru(x, W_z, b_z, W_h, b_h):
    z, candidate = logistic(x @ W_z + b_z), x @ W_h + b_h
    h = candidate[0]
    states = [h]
    for t in range(1, len(x)):
        h = z[t] * h + (1 - z[t]) * candidate[t]
        states.append(h)
    return states


# %% exercise [markdown] number="15.6" kind="investigate" title="Repair a short cut"
# A colleague solves $h_t = a_t h_{t-1} + b_t$, with $h_0 = 0$, without a loop in Python. It is right
# for six steps. Try it for more, and for a gate that is 0. Say what goes wrong, and repair it.


# %% solution
def states(a, b):
    ### BEGIN SOLUTION
    h, found = np.zeros(a.shape[1]), []
    for a_t, b_t in zip(a, b, strict=True):
        h = a_t * h + b_t
        found.append(h)
    return np.array(found)
    ### END SOLUTION


# %% start says="NaN"
def states(a, b):
    products = np.cumprod(a, axis=0)
    return products * np.cumsum(b / products, axis=0)


# %% why [markdown]
# After some hundred steps the product of all gates is smaller than the smallest number that a float
# can hold, and it becomes 0; then $b / 0$ is no number. One gate that is 0 does the same at once. In
# formulas the short cut is right, on a machine it is not. The scan of this lesson saves the loop
# without dividing.

# %% hint [markdown]
# Look at `products` after 1,000 steps.

# %% hint [markdown]
# It divides by a number that has become 0. So nothing may be divided.

# %% hint [markdown]
# A plain loop over the steps is a repair; so is the scan of this lesson.


# %% wrong says="another product"
def states(a, b):
    products = np.maximum(np.cumprod(a, axis=0), 1e-300)
    return products * np.cumsum(b / products, axis=0)


# %% wrong says="replace what is no number"
def states(a, b):
    products = np.cumprod(a, axis=0)
    found = products * np.cumsum(b / products, axis=0)
    return np.nan_to_num(found, posinf=0, neginf=0)


# %% wrong says="the old state is missing"
def states(a, b):
    return b
