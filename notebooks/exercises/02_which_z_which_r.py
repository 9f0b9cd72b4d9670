# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="2.1" kind="write" title="From Chung's convention to Keras"
# A text writes: "When the update gate is close to 0, the unit copies its previous
# activation." It trained a model with one bias per gate and the reset gate before the
# product. You have its weights $\mathbf{W}_z, \mathbf{U}_z, \mathbf{b}_z$ and so on as
# row-vector blocks, each of shape (features, units), (units, units) and (units,). Return
# `kernel`, `recurrent_kernel` and `bias` for `keras.layers.GRU(units, reset_after=False)`.


# %% solution
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    ### BEGIN SOLUTION
    kernel = np.concatenate([-W_z, W_r, W_h], axis=1)
    recurrent_kernel = np.concatenate([-U_z, U_r, U_h], axis=1)
    bias = np.concatenate([-b_z, b_r, b_h])
    return kernel, recurrent_kernel, bias
    ### END SOLUTION


# %% why [markdown]
# A gate near 0 copies, so a gate near 1 writes: Chung's convention. Since
# $\sigma(-a) = 1 - \sigma(a)$, changing the sign of $\mathbf{W}_z$, $\mathbf{U}_z$ and
# $\mathbf{b}_z$ turns one convention into the other. Keras wants the blocks side by side in
# the order z, r, h.

# %% hint [markdown]
# What does an update gate near 1 do in that text, and what in Keras?

# %% hint [markdown]
# $\sigma(-a) = 1 - \sigma(a)$. To which of the nine arrays does that apply?

# %% hint [markdown]
# Then put the blocks side by side with `np.concatenate`, along the axis of the units.


# %% wrong says="keeps where it should write"
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    kernel = np.concatenate([W_z, W_r, W_h], axis=1)
    recurrent_kernel = np.concatenate([U_z, U_r, U_h], axis=1)
    return kernel, recurrent_kernel, np.concatenate([b_z, b_r, b_h])


# %% wrong says="not all arrays of the update gate"
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    kernel = np.concatenate([-W_z, W_r, W_h], axis=1)
    recurrent_kernel = np.concatenate([-U_z, U_r, U_h], axis=1)
    return kernel, recurrent_kernel, np.concatenate([b_z, b_r, b_h])


# %% wrong says="1 − W is not the same as"
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    kernel = np.concatenate([1 - W_z, W_r, W_h], axis=1)
    recurrent_kernel = np.concatenate([1 - U_z, U_r, U_h], axis=1)
    return kernel, recurrent_kernel, np.concatenate([1 - b_z, b_r, b_h])


# %% wrong says="order of Keras"
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    kernel = np.concatenate([W_r, -W_z, W_h], axis=1)
    recurrent_kernel = np.concatenate([U_r, -U_z, U_h], axis=1)
    return kernel, recurrent_kernel, np.concatenate([b_r, -b_z, b_h])


# %% wrong says="has shape"
def to_keras(W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h):
    kernel = np.concatenate([-W_z, W_r, W_h])
    recurrent_kernel = np.concatenate([-U_z, U_r, U_h])
    return kernel, recurrent_kernel, np.concatenate([-b_z, b_r, b_h])


# %% exercise [markdown] number="2.2" kind="predict" title="When the place of the reset gate makes no difference"
# For which recurrent weights $\mathbf{U}_h$ and biases do both sides of the reset gate give
# the same outputs for *every* input and state? Why can the one-unit example of
# [GRU from scratch](01_gru_from_scratch.ipynb) not tell them apart?

# %% answer [markdown]
# If $\mathbf{U}_h$ is diagonal and $\mathbf{c}_h = \mathbf{0}$. Then
# $(\mathbf{r} \odot \mathbf{h}) \mathbf{U}_h = \mathbf{r} \odot (\mathbf{h} \mathbf{U}_h)$,
# because entry $j$ of both is $r_j h_j U_{jj}$. With any other entry $U_{ij} \neq 0$,
# $i \neq j$, the left side multiplies $h_i$ by $r_i$ and the right side by $r_j$. A
# $1 \times 1$ matrix is always diagonal, so one unit without $c_h$ cannot tell. Test
# conversions with several units.

# %% exercise [markdown] number="2.3" kind="compute" title="Two biases merged into one"
# Somebody merges the two biases of a PyTorch GRU into one: `bias_ih_l0 + bias_hh_l0`, and
# zero for the other. For which blocks is that right? Repair the rest with a forward pass that
# keeps one extra vector.

# %% answer [markdown]
# Right for the reset and the update gate, where both biases are added before the logistic
# function. In the candidate the recurrent bias is multiplied by $\mathbf{r}_t$. So keep four
# vectors: the sums for r and z, and $b_{in}$ and $b_{hn}$ apart.

# %% exercise [markdown] number="2.4" kind="write" title="A ninth convention"
# Describe a ninth convention with `dataclasses.replace`: row vectors, one bias, reset gate
# before the product, blocks in the order candidate, reset, update, and a gate that writes.
# Check it against the book.

# %% answer [markdown]
# Only the step has to be written; the conversion follows from the description.
#
# ```python
# import dataclasses
#
#
# def ninth_step(x, h, kernel, recurrent_kernel, bias):
#     u = h.shape[-1]
#     x_h, x_r, x_z = np.split(x @ kernel + bias, 3, axis=-1)
#     h_r, h_z = np.split(h @ recurrent_kernel[:, u:], 2, axis=-1)
#     r, z = logistic(x_r + h_r), logistic(x_z + h_z)
#     candidate = np.tanh(x_h + (r * h) @ recurrent_kernel[:, :u])
#     return (1 - z) * h + z * candidate
#
#
# ninth = dataclasses.replace(
#     gru.KERAS_RESET_BEFORE, gates="hrz", z_keeps=False, step=ninth_step
# )
# weights = drawn_for(ninth)
# states = ninth.run(x, ninth.from_book(weights))
# print(np.abs(states - run(x, weights).hidden).max())
# ```

# %% exercise [markdown] number="2.5" kind="write" title="A PyTorch layer for Keras"
# Turn the four arrays of `torch.nn.GRU` into the three of `keras.layers.GRU` with its default
# `reset_after=True`. PyTorch stacks the blocks reset, update, candidate on top of each other:
# `weight_ih` is (3 · units, features), `weight_hh` (3 · units, units), both biases
# (3 · units,). Keras wants `kernel` (features, 3 · units), `recurrent_kernel`
# (units, 3 · units) and `bias` (2, 3 · units).


# %% solution
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    ### BEGIN SOLUTION
    def update_first(stacked):
        reset, update, candidate = np.split(stacked, 3)
        return np.concatenate([update, reset, candidate])

    kernel, recurrent_kernel = update_first(weight_ih).T, update_first(weight_hh).T
    bias = np.stack([update_first(bias_ih), update_first(bias_hh)])
    return kernel, recurrent_kernel, bias
    ### END SOLUTION


# %% hint [markdown]
# Two things differ: in which order the blocks stand, and which way the matrices lie.

# %% hint [markdown]
# Split each array into three blocks along its first axis, and put the blocks into the order
# of Keras.

# %% hint [markdown]
# Transpose the matrices after that. The two biases stay apart: `np.stack`, not a sum.


# %% wrong says="blocks are still in PyTorch's order"
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    return weight_ih.T, weight_hh.T, np.stack([bias_ih, bias_hh])


# %% wrong says="biases are still in PyTorch's order"
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    def update_first(stacked):
        reset, update, candidate = np.split(stacked, 3)
        return np.concatenate([update, reset, candidate])

    bias = np.stack([bias_ih, bias_hh])
    return update_first(weight_ih).T, update_first(weight_hh).T, bias


# %% wrong says="merged the two biases"
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    def update_first(stacked):
        reset, update, candidate = np.split(stacked, 3)
        return np.concatenate([update, reset, candidate])

    merged = update_first(bias_ih + bias_hh)
    bias = np.stack([merged, np.zeros_like(merged)])
    return update_first(weight_ih).T, update_first(weight_hh).T, bias


# %% wrong says="`bias_hh` is not used"
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    def update_first(stacked):
        reset, update, candidate = np.split(stacked, 3)
        return np.concatenate([update, reset, candidate])

    bias = np.stack([update_first(bias_ih), np.zeros_like(bias_hh)])
    return update_first(weight_ih).T, update_first(weight_hh).T, bias


# %% wrong says="reshape does not transpose"
def pytorch_to_keras(weight_ih, weight_hh, bias_ih, bias_hh):
    def update_first(stacked):
        reset, update, candidate = np.split(stacked, 3)
        return np.concatenate([update, reset, candidate])

    kernel = update_first(weight_ih).reshape(weight_ih.shape[::-1])
    recurrent_kernel = update_first(weight_hh).reshape(weight_hh.shape[::-1])
    bias = np.stack([update_first(bias_ih), update_first(bias_hh)])
    return kernel, recurrent_kernel, bias


# %% exercise [markdown] number="2.6" kind="investigate" title="Does it keep or write?"
# Four libraries do not say which z they have. You may look at one unit of each: the value of
# its update gate, the old state, the candidate and the new state. Say for each library what an
# update gate near 1 does: a list of four words, `"keeps"` or `"writes"`.


# %% solution
gate, old, candidate, new = given("2.6", seed=1)
print(np.round([gate, old, candidate, new], 3))
### BEGIN SOLUTION
if_it_keeps = gate * old + (1 - gate) * candidate
conventions = np.where(np.isclose(new, if_it_keeps), "keeps", "writes").tolist()
### END SOLUTION

# %% hint [markdown]
# There are only two candidates for the last line of the cell.

# %% hint [markdown]
# Compute the new state with both lines, and see which one gives the number that you have.

# %% hint [markdown]
# Whether the new state lies nearer to the old state or to the candidate does not tell: none
# of these gates is near 1.

# %% wrong says="exactly the other way round"
gate, old, candidate, new = given("2.6", seed=1)
if_it_keeps = gate * old + (1 - gate) * candidate
conventions = [
    "writes" if np.isclose(a, b) else "keeps"
    for a, b in zip(new, if_it_keeps, strict=True)
]

# %% wrong says="how near the new state is"
gate, old, candidate, new = given("2.6", seed=1)
near = np.abs(new - old) < np.abs(new - candidate)
conventions = np.where(near, "keeps", "writes").tolist()

# %% wrong says="should have 4 parts"
gate, old, candidate, new = given("2.6", seed=1)
conventions = ["keeps", "writes"]
