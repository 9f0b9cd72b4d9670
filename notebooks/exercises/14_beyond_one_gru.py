# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="14.1" kind="predict" title="An alarm that comes too late"
# A colleague trains a bidirectional GRU to raise an alarm within a second of a fault, tests it on
# recordings, and is pleased with the result. What goes wrong in operation, and how would you have
# noticed before?

# %% answer [markdown]
# On a recording the backward half has read the fault, and what came after it, before the answer is
# given for the second in question. In operation that future does not exist. Test as the model will
# be used: feed each recording only up to the moment of the answer, or change an input after that
# moment and see whether the answer moves, as at the top of this notebook.

# %% exercise [markdown] number="14.2" kind="compute" title="Two halves for the price of one"
# A Keras GRU reads `d` features with `u` units. How wide may each half of a bidirectional GRU be, if
# both together must not have more parameters? Answer for $d = 16$ and $u = 40$: how wide is then the
# state that the next layer sees?


# %% solution
def half_width(d, u):
    ### BEGIN SOLUTION
    def size(units):
        return 3 * units * (d + units + 2)

    width = u
    while 2 * size(width) > size(u):
        width -= 1
    return width
    ### END SOLUTION


# %% why [markdown]
# One GRU has $3u(d + u + 2) = 3 \cdot 40 \cdot 58 = 6960$ parameters. Two of width $v$ have
# $6v(v + 18)$, so $v(v + 18) \le 1160$: $26 \cdot 44 = 1144$ fits, $27 \cdot 45 = 1215$ does not.
# Each half has 26 units, so each half remembers with fewer numbers than the one GRU; the joined
# state has 52.

# %% hint [markdown]
# How many parameters has a GRU of width $v$? Two halves have twice as many.

# %% hint [markdown]
# A GRU of Keras has $3v(d + v + 2)$ parameters.

# %% hint [markdown]
# No formula is needed: try widths from `u` downwards until both halves together fit.


# %% wrong says="less than half of the parameters"
def half_width(d, u):
    return u // 2


# %% wrong says="two rows of biases"
def half_width(d, u):
    sizes = [3 * v * (d + v + 1) for v in range(u + 1)]
    return max(v for v in range(u + 1) if 2 * sizes[v] <= sizes[u])


# %% wrong says="joined state"
def half_width(d, u):
    sizes = [3 * v * (d + v + 2) for v in range(u + 1)]
    return 2 * max(v for v in range(u + 1) if 2 * sizes[v] <= sizes[u])


# %% wrong says="One unit too many"
def half_width(d, u):
    sizes = [3 * v * (d + v + 2) for v in range(u + 1)]
    return max(v for v in range(u + 1) if 2 * sizes[v] <= sizes[u]) + 1


# %% exercise [markdown] number="14.3" kind="write" title="Attention that sees no padding"
# `states` are the states of a GRU, (timesteps, units), and `query` is a vector, (units,). The score
# of a step is the product of its state with the query. Return the context, (units,): the mean of
# the states, weighted by the softmax of the scores. Steps at which `read` is False are padding and
# get no weight. The scores may be large: nothing may overflow.


# %% solution
def context(query, states, read):
    ### BEGIN SOLUTION
    scores = np.where(read, states @ query, -np.inf)
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ states
    ### END SOLUTION


# %% hint [markdown]
# The softmax must not see the padding at all. Which score has the exponential 0?

# %% hint [markdown]
# `np.where(read, scores, -np.inf)`, then the softmax.

# %% hint [markdown]
# Subtract the largest score before `np.exp`. The weights, divided by their sum, times the states
# give the context.


# %% wrong says="The padding has weight"
def context(query, states, read):
    scores = states @ query
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ states


# %% wrong says="makes 1 of it"
def context(query, states, read):
    scores = (states @ query) * read
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ states


# %% wrong says="no longer adds up to 1"
def context(query, states, read):
    scores = states @ query
    weights = np.exp(scores - scores.max())
    return (weights / weights.sum() * read) @ states


# %% wrong says="query is not used"
def context(query, states, read):
    return states[read].mean(axis=0)


# %% wrong says="Attention mixes"
def context(query, states, read):
    return states[read][np.argmax(states[read] @ query)]


# %% exercise [markdown] number="14.4" kind="investigate" title="Which way does it read?"
# You have a layer whose program is lost. One input, that of step `place`, was changed. `before` and
# `after` are its outputs without and with that change, (timesteps, units). Say which way it reads:
# return `"forward"`, `"backward"` or `"both"`.


# %% solution
def direction(before, after, place):
    ### BEGIN SOLUTION
    moved = (before != after).any(axis=1)
    if not moved[:place].any():
        return "forward"
    return "both" if moved[place + 1 :].any() else "backward"
    ### END SOLUTION


# %% why [markdown]
# The same test, on a trained model, shows whether it may be used on a stream: no output may move
# before the input that was changed.

# %% hint [markdown]
# What has been read before the change cannot know of it.

# %% hint [markdown]
# At which steps do the outputs differ? Look at those before `place`, and at those after it.

# %% hint [markdown]
# Outputs that move earlier than the change give a backward half away, outputs that move later a
# forward half.


# %% wrong says="changed places"
def direction(before, after, place):
    moved = (before != after).any(axis=1)
    if moved[:place].any() and moved[place + 1 :].any():
        return "both"
    return "forward" if moved[:place].any() else "backward"


# %% wrong says="*and* after it"
def direction(before, after, place):
    return "backward" if (before != after)[:place].any() else "forward"


# %% wrong says="always say both"
def direction(before, after, place):
    return "both"


# %% exercise [markdown] number="14.5" kind="write" title="A bidirectional layer by hand"
# Build what `keras.layers.Bidirectional` does from two layers of Keras. `x` is (batch, timesteps,
# features); `forward` and `backward` are the weights of the two halves. Return the joined states of
# every step, (batch, timesteps, 2 · units), first the units that read forward. At each step both
# halves have read the input of that step.


# %% solution
from gru_course.layers.backend import keras


def both_ways(x, forward, backward):
    units = forward[1].shape[0]
    ahead = keras.layers.GRU(units, return_sequences=True)
    behind = keras.layers.GRU(units, return_sequences=True, go_backwards=True)
    for layer, weights in ((ahead, forward), (behind, backward)):
        layer.build(x.shape)
        layer.set_weights(weights)
    ### BEGIN SOLUTION
    turned = keras.ops.flip(behind(x), axis=1)
    return keras.ops.concatenate([ahead(x), turned], axis=2)
    ### END SOLUTION


# %% why [markdown]
# `go_backwards=True` returns the states in the order in which they were computed, so the first one
# belongs to the last step. `Bidirectional` turns them round before it joins them.

# %% hint [markdown]
# In which order does a layer with `go_backwards=True` return its states? Try it with three steps.

# %% hint [markdown]
# Its first state belongs to the last step. Turn the axis of time round: `keras.ops.flip`.

# %% hint [markdown]
# Join along the axis of the units, which is the last one.


# %% wrong says="order in which it read"
from gru_course.layers.backend import keras


def both_ways(x, forward, backward):
    units = forward[1].shape[0]
    ahead = keras.layers.GRU(units, return_sequences=True)
    behind = keras.layers.GRU(units, return_sequences=True, go_backwards=True)
    for layer, weights in ((ahead, forward), (behind, backward)):
        layer.build(x.shape)
        layer.set_weights(weights)
    return keras.ops.concatenate([ahead(x), behind(x)], axis=2)


# %% wrong says="Both halves read forward"
from gru_course.layers.backend import keras


def both_ways(x, forward, backward):
    states = []
    for weights in (forward, backward):
        layer = keras.layers.GRU(weights[1].shape[0], return_sequences=True)
        layer.build(x.shape)
        layer.set_weights(weights)
        states.append(layer(x))
    return keras.ops.concatenate(states, axis=2)


# %% wrong says="has shape (2, 4); expected"
from gru_course.layers.backend import keras


def both_ways(x, forward, backward):
    states = []
    for weights, back in ((forward, False), (backward, True)):
        layer = keras.layers.GRU(weights[1].shape[0], go_backwards=back)
        layer.build(x.shape)
        layer.set_weights(weights)
        states.append(layer(x))
    return keras.ops.concatenate(states, axis=1)


# %% wrong says="weights of the forward one"
from gru_course.layers.backend import keras


def both_ways(x, forward, backward):
    layer = keras.layers.GRU(forward[1].shape[0], return_sequences=True)
    layer.build(x.shape)
    layer.set_weights(forward)
    return keras.ops.concatenate(
        [layer(x), keras.ops.flip(layer(keras.ops.flip(x, axis=1)), axis=1)], axis=2
    )
