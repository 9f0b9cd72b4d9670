# %% setup
import numpy as np

from gru_course.cells import logistic
from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="6.1" kind="predict" title="A gate that is stuck"
# In the graph of one step, set $b_z$ so high that $z = 1$ exactly. What are the values of the
# four paths? What follows for the gradient of $U_z$?

# %% answer [markdown]
# The direct path is 1. The other three are 0: the update gate's path has the factor $z(1-z)$,
# the others have $1 - z$. So a gradient passes the step unchanged. The gradient of $U_z$ is 0
# in that step, because $z(1-z) = 0$: a gate that is stuck at 1 cannot learn to change. So an
# initial bias should be high, but not extreme.

# %% exercise [markdown] number="6.2" kind="compute" title="The four paths with the reset gate before"
# Write the four paths for `reset_after=False`, where
# $\tilde{h} = \tanh(x W_h + b_h + (r\,h_{t-1})\,U_h)$. Which edges change for one unit?

# %% answer [markdown]
# For one unit, $(r\,h_{t-1}) U_h$ and $r\,(h_{t-1} U_h)$ are the same number, so only the
# missing $c_h$ makes a difference: the edge from $r$ into the candidate is
# $(1 - \tilde{h}^2)\,h_{t-1} U_h$. With several units the order matters: the gradient first
# goes back through $\mathbf{U}_h^\top$ and only then is multiplied by $\mathbf{r}$ and by
# $\mathbf{h}_{t-1}$, as in the branch `else` of `gru_step_backward`.

# %% exercise [markdown] number="6.3" kind="predict" title="What a window of ten can learn"
# A stream has a loss at *every* step, and the model is trained with a window of 10. The answer
# at each step depends on the input seven steps before. Can it be learned? And if the answer
# depends on the input twelve steps before?

# %% answer [markdown]
# Seven: yes. In every window the last three steps have their cause inside the same window, so
# part of the losses send a gradient to the right place; the weights are shared, so that is
# enough. Twelve: no loss ever has its cause in the same window, so only something learned from
# shorter cases could help. Windows that overlap, or that start at random places, help in the
# first case and not in the second.

# %% exercise [markdown] number="6.4" kind="write" title="Through one step, back"
# For one unit, $\partial h_t / \partial h_{t-1}$ is the sum over the four paths of the graph.
# Return it. All arguments are numbers: the input `x`, the old state `h`, and of each block the
# input weight, the recurrent weight, the input bias and the recurrent bias, such as
# `z_weights = (W_z, U_z, b_z, c_z)`. The reset gate acts after the product.


# %% solution
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    W_r, U_r, b_r, c_r = r_weights
    W_h, U_h, b_h, c_h = h_weights
    z = logistic(x * W_z + b_z + h * U_z + c_z)
    r = logistic(x * W_r + b_r + h * U_r + c_r)
    candidate = np.tanh(x * W_h + b_h + r * (h * U_h + c_h))
    ### BEGIN SOLUTION
    slope = 1 - candidate**2
    direct = z
    through_update = z * (1 - z) * U_z * (h - candidate)
    through_candidate = slope * r * U_h * (1 - z)
    through_reset = r * (1 - r) * U_r * slope * (h * U_h + c_h) * (1 - z)
    return direct + through_update + through_candidate + through_reset
    ### END SOLUTION


# %% hint [markdown]
# The old state is used in four places. Each path is a product of the derivatives of its edges.

# %% hint [markdown]
# A logistic function with the value $z$ has the slope $z(1-z)$, a tanh with the value
# $\tilde{h}$ the slope $1 - \tilde{h}^2$.

# %% hint [markdown]
# Check yourself: change `h` by a millionth and divide the change of the new state by it.


# %% wrong says="only the direct path"
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    return logistic(x * W_z + b_z + h * U_z + c_z)


# %% wrong says="path through the reset gate is missing"
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    W_r, U_r, b_r, c_r = r_weights
    W_h, U_h, b_h, c_h = h_weights
    z = logistic(x * W_z + b_z + h * U_z + c_z)
    r = logistic(x * W_r + b_r + h * U_r + c_r)
    n = np.tanh(x * W_h + b_h + r * (h * U_h + c_h))
    return z + z * (1 - z) * U_z * (h - n) + (1 - n**2) * r * U_h * (1 - z)


# %% wrong says="path through the update gate is missing"
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    W_r, U_r, b_r, c_r = r_weights
    W_h, U_h, b_h, c_h = h_weights
    z = logistic(x * W_z + b_z + h * U_z + c_z)
    r = logistic(x * W_r + b_r + h * U_r + c_r)
    n = np.tanh(x * W_h + b_h + r * (h * U_h + c_h))
    slope = (1 - n**2) * (1 - z)
    return z + slope * (r * U_h + r * (1 - r) * U_r * (h * U_h + c_h))


# %% wrong says="recurrent bias of the candidate"
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    W_r, U_r, b_r, c_r = r_weights
    W_h, U_h, b_h, c_h = h_weights
    z = logistic(x * W_z + b_z + h * U_z + c_z)
    r = logistic(x * W_r + b_r + h * U_r + c_r)
    n = np.tanh(x * W_h + b_h + r * (h * U_h + c_h))
    slope = (1 - n**2) * (1 - z)
    through = slope * (r * U_h + r * (1 - r) * U_r * h * U_h)
    return z + z * (1 - z) * U_z * (h - n) + through


# %% wrong says="wrong sign"
def derivative(x, h, z_weights, r_weights, h_weights):
    W_z, U_z, b_z, c_z = z_weights
    W_r, U_r, b_r, c_r = r_weights
    W_h, U_h, b_h, c_h = h_weights
    z = logistic(x * W_z + b_z + h * U_z + c_z)
    r = logistic(x * W_r + b_r + h * U_r + c_r)
    n = np.tanh(x * W_h + b_h + r * (h * U_h + c_h))
    slope = (1 - n**2) * (1 - z)
    through = slope * (r * U_h + r * (1 - r) * U_r * (h * U_h + c_h))
    return z + z * (1 - z) * U_z * (n - h) + through


# %% exercise [markdown] number="6.5" kind="write" title="A weight is used at every step"
# A simple RNN computes $\mathbf{h}_t = \tanh(\mathbf{a}_t + \mathbf{h}_{t-1} \mathbf{U})$ for
# one sequence, where row $t$ of `a`, (timesteps, units), is what the input adds. Given
# `d_last`, (units,), the gradient of the loss with respect to the *last* state, return the
# gradient with respect to `U`, (units, units). The first state is `h_0`, (units,).


# %% solution
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    ### BEGIN SOLUTION
    d_U, d_h = np.zeros_like(U), d_last
    for t in reversed(range(len(a))):
        d_sum = d_h * (1 - states[t + 1] ** 2)  # through the tanh
        d_U = d_U + np.outer(states[t], d_sum)
        d_h = d_sum @ U.T
    return d_U
    ### END SOLUTION


# %% hint [markdown]
# Go back step by step, and carry one gradient along: that of the current state.

# %% hint [markdown]
# In each step: first through the tanh, then one share for `U`, then through `U` to the state
# before.

# %% hint [markdown]
# The share of a step is the outer product of the state that was multiplied by `U`, the *older*
# one, and the gradient behind the tanh.


# %% wrong says="only the last step"
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    return np.outer(states[-2], d_last * (1 - states[-1] ** 2))


# %% wrong says="off by one"
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    d_U, d_h = np.zeros_like(U), d_last
    for t in reversed(range(len(a))):
        d_sum = d_h * (1 - states[t + 1] ** 2)
        d_U = d_U + np.outer(states[t + 1], d_sum)
        d_h = d_sum @ U.T
    return d_U


# %% wrong says="not transposed"
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    d_U, d_h = np.zeros_like(U), d_last
    for t in reversed(range(len(a))):
        d_sum = d_h * (1 - states[t + 1] ** 2)
        d_U = d_U + np.outer(states[t], d_sum)
        d_h = d_sum @ U
    return d_U


# %% wrong says="slope of the tanh"
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    d_U, d_h = np.zeros_like(U), d_last
    for t in reversed(range(len(a))):
        d_U = d_U + np.outer(states[t], d_h)
        d_h = d_h @ U.T
    return d_U


# %% wrong says="transposed"
def gradient_of_U(a, h_0, U, d_last):
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    d_U, d_h = np.zeros_like(U), d_last
    for t in reversed(range(len(a))):
        d_sum = d_h * (1 - states[t + 1] ** 2)
        d_U = d_U + np.outer(d_sum, states[t])
        d_h = d_sum @ U.T
    return d_U


# %% exercise [markdown] number="6.6" kind="investigate" title="Repair this training"
# This program should teach one unit, $h_t = \tanh(w x_t + u h_{t-1})$, to end at `target`
# after reading the numbers `x`, by gradient descent on $\frac{1}{2}(h_T - \text{target})^2$.
# It runs without an error, and two of its lines are wrong. Find them and repair them. It
# returns $w$ and $u$ after training; each update should start from a state of 0.


# %% solution
def trained(x, target, w, u, updates, rate):
    for _ in range(updates):
        ### BEGIN SOLUTION
        h, d_w, d_u = [0.0], 0.0, 0.0
        for number in x:
            h.append(np.tanh(w * number + u * h[-1]))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            d_u += d_sum * h[t]
            d_h = d_sum * u
        w, u = w - rate * d_w, u - rate * d_u
        ### END SOLUTION
    return [w, u]


# %% start says="Both faults are still there"
def trained(x, target, w, u, updates, rate):
    d_w, d_u = 0.0, 0.0
    for _ in range(updates):
        h = [0.0]
        for number in x:
            h.append(np.tanh(w * number + u * h[-1]))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            d_u += d_sum * h[t + 1]
            d_h = d_sum * u
        w, u = w - rate * d_w, u - rate * d_u
    return [w, u]


# %% why [markdown]
# The sums of the gradient were never set back to 0, so each update also repeated all earlier
# ones: in PyTorch that is a forgotten `optimizer.zero_grad()`. And the gradient of $u$ took the
# state *after* the step, where $u$ multiplies the state before. Neither raises an error, and
# the loss may even fall; a comparison with finite differences shows both.

# %% hint [markdown]
# Compare the gradient of the first update with finite differences. Then that of the second.

# %% hint [markdown]
# One fault is in a derivative, and shows in the first update. The other shows only from the
# second update on.

# %% hint [markdown]
# By what is $u$ multiplied in a step? And what do the sums hold when a new update begins?


# %% wrong says="one from the second update on is still there"
def trained(x, target, w, u, updates, rate):
    d_w, d_u = 0.0, 0.0
    for _ in range(updates):
        h = [0.0]
        for number in x:
            h.append(np.tanh(w * number + u * h[-1]))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            d_u += d_sum * h[t]
            d_h = d_sum * u
        w, u = w - rate * d_w, u - rate * d_u
    return [w, u]


# %% wrong says="gradient of u is still wrong"
def trained(x, target, w, u, updates, rate):
    for _ in range(updates):
        h, d_w, d_u = [0.0], 0.0, 0.0
        for number in x:
            h.append(np.tanh(w * number + u * h[-1]))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            d_u += d_sum * h[t + 1]
            d_h = d_sum * u
        w, u = w - rate * d_w, u - rate * d_u
    return [w, u]


# %% wrong says="already changed when"
def trained(x, target, w, u, updates, rate):
    for _ in range(updates):
        h, d_w, d_u = [0.0], 0.0, 0.0
        for number in x:
            h.append(np.tanh(w * number + u * h[-1]))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            u -= rate * d_sum * h[t]
            d_h = d_sum * u
        w = w - rate * d_w
    return [w, u]
