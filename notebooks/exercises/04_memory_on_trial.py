# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="4.1" kind="predict" title="An error that sounds small"
# A colleague reports a mean squared error of 0.16 on the adding problem with 500 steps and
# calls it "small, so the network works". What do you answer, and which number do you ask
# for?

# %% answer [markdown]
# 0.16 is the error of a network that has learned nothing but the mean: the constant answer
# 1 has $1/6 \approx 0.167$. Ask for the error of the constant answer.

# %% exercise [markdown] number="4.2" kind="investigate" title="Did the training end?"
# "With a bias of 4 a GRU cannot copy after more than 10 steps of waiting." Print for every
# run of the copy task how many updates it used; `results("copy")` has them under
# `"updates"`. Training stops before the
# 2,000th update as soon as 99% of the validation answers are right. Does the sentence
# follow?

# %% answer [markdown]
# ```python
# for arm, found in results("copy").items():
#     print(arm, dict(zip(found["lengths"], found["updates"])))
# ```
#
# No. Of the nine runs with this GRU, eight used all 2,000 updates, also at the shorter
# waits, at which most of their answers were right. Many of them may still have been
# learning, so what was found is a limit of this *budget*: with three times as many updates
# the same GRU gets further, as the second table of the section shows. The plain GRU at 40
# steps used all 2,000 as well, and at
# the end it still guessed: there the training had not begun to work.

# %% exercise [markdown] number="4.3" kind="compute" title="A share of right answers that sounds large"
# A constant answer, "not complete yet", needs no memory. Which share of the counting
# answers does it get right, over all strings with $n$ from 1 to 50? Compute it with
# `counting`, compare it with the column "right within training" of the simple RNN, and say
# why we count whole strings instead.

# %% answer [markdown]
# ```python
# task = counting(range(1, 51))
# print((task.y[task.weights > 0] == 0).mean())
# ```
#
# There are $1 + 2 + \dots + 50 = 1275$ answers, and all but the last of each string are
# "not complete yet": $1225 / 1275 \approx 0.961$. The simple RNN has 0.963, so it has
# learned next to nothing. A network looks excellent by the share of right answers and still
# gets every string
# wrong at the one step that needs a count; a whole string is right only if that step is.

# %% exercise [markdown] number="4.4" kind="investigate" title="Another start for the simple RNN"
# In `studies/memory_on_trial.py` the simple RNN is given an orthogonal recurrent matrix,
# the default of Keras. Train it on a delayed recall of 10 with
# `recurrent_initializer="glorot_uniform"` instead. What does this say about the sentence "a
# simple RNN cannot remember ten steps"?

# %% answer [markdown]
# `run_trial("rnn", 57, train, validation, recipe, seed,
# recurrent_initializer="glorot_uniform")` on `recall(10_000, lag=10)`. Compare the number
# of updates until 0.9 over several seeds. Whatever you find, the sentence is about a cell
# *with certain initial weights*. An orthogonal matrix keeps the length of a vector; a
# matrix drawn by `glorot_uniform`, that is at random from an interval whose width depends
# on its size, does not.

# %% exercise [markdown] number="4.5" kind="write" title="The baseline without memory"
# Before you believe an error, compute what a constant answer reaches. `train` and `test` are
# arrays of right answers, one number for each sequence. Return the mean squared error, on the
# test sequences, of the best constant that can be known *before* the test.


# %% solution
def constant_error(train, test):
    ### BEGIN SOLUTION
    return np.mean((test - train.mean()) ** 2)
    ### END SOLUTION


# %% why [markdown]
# Among all constants the mean has the smallest mean squared error. For a mean *absolute* error
# it would be the median.

# %% hint [markdown]
# Which constant has the smallest mean squared error on a set of numbers?

# %% hint [markdown]
# It has to be chosen on the training sequences: nobody knows the test answers beforehand.

# %% hint [markdown]
# Subtract that one number from each test answer, square, take the mean.


# %% wrong says="chosen on the test answers"
def constant_error(train, test):
    return test.var()


# %% wrong says="on the training answers"
def constant_error(train, test):
    return train.var()


# %% wrong says="median"
def constant_error(train, test):
    return np.mean((test - np.median(train)) ** 2)


# %% wrong says="root"
def constant_error(train, test):
    return np.sqrt(np.mean((test - train.mean()) ** 2))


# %% wrong says="absolute"
def constant_error(train, test):
    return np.abs(test - train.mean()).mean()


# %% exercise [markdown] number="4.6" kind="write" title="Whole strings"
# `right` says of each answer whether it is right, (strings, timesteps), and `asked` whether
# there was a question at that step at all; both are arrays of booleans. Return the share of
# strings in which *every* answer that was asked for is right.


# %% solution
def whole_strings(right, asked):
    ### BEGIN SOLUTION
    return (right | ~asked).all(axis=1).mean()
    ### END SOLUTION


# %% why [markdown]
# A step without a question counts as right, so that it cannot spoil its string: `right | ~asked`.

# %% hint [markdown]
# Do two things one after the other: is a string right? Which share of the strings is?

# %% hint [markdown]
# `all(axis=...)` says whether everything along an axis is true. Along which?

# %% hint [markdown]
# What `right` holds where nothing was asked must not matter. Make it true there.


# %% wrong says="share of right answers"
def whole_strings(right, asked):
    return right[asked].mean()


# %% wrong says="nothing was asked"
def whole_strings(right, asked):
    return right.all(axis=1).mean()


# %% wrong says="along the wrong axis"
def whole_strings(right, asked):
    return (right | ~asked).all(axis=0).mean()


# %% wrong says="a number of strings"
def whole_strings(right, asked):
    return (right | ~asked).all(axis=1).sum()


# %% wrong says="mean of the shares"
def whole_strings(right, asked):
    return ((right & asked).sum(axis=1) / asked.sum(axis=1)).mean()


# %% exercise [markdown] number="4.7" kind="write" title="A layer that remembers"
# Set the bias of this layer before training so that, as long as nothing else reaches its update
# gates, half of each state is left after `steps` steps. Reset gate and candidate stay as they are.


# %% solution
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    layer = keras.layers.GRU(units)
    layer.build((None, None, features))
    kernel, recurrent_kernel, bias = layer.get_weights()
    ### BEGIN SOLUTION
    z = 0.5 ** (1 / steps)
    bias[0, :units] = np.log(z / (1 - z))
    ### END SOLUTION
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer.get_weights()[2]


# %% why [markdown]
# A bias of 4, as in the lesson, makes a half-life of about 38 steps: $0.982^{38} \approx 0.5$. With
# `bias_initializer=keras.initializers.Constant(4)` the layer would be another one: the initializer
# fills both rows and all three blocks.

# %% hint [markdown]
# Exercise 1.2 finds the bias. Where does it belong in an array of shape (2, 3 · units)?

# %% hint [markdown]
# The blocks of Keras stand in the order update, reset, candidate. The two rows are added.

# %% hint [markdown]
# Write $\ln(z / (1 - z))$ with $z = 2^{-1/\text{steps}}$ into the first `units` numbers of one row.


# %% wrong says="An initializer"
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    z = 0.5 ** (1 / steps)
    start = keras.initializers.Constant(np.log(z / (1 - z)))
    layer = keras.layers.GRU(units, bias_initializer=start)
    layer.build((None, None, features))
    return layer.get_weights()[2]


# %% wrong says="two rows are added"
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    layer = keras.layers.GRU(units)
    layer.build((None, None, features))
    kernel, recurrent_kernel, bias = layer.get_weights()
    z = 0.5 ** (1 / steps)
    bias[:, :units] = np.log(z / (1 - z))
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer.get_weights()[2]


# %% wrong says="reset gate. In Keras"
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    layer = keras.layers.GRU(units)
    layer.build((None, None, features))
    kernel, recurrent_kernel, bias = layer.get_weights()
    z = 0.5 ** (1 / steps)
    bias[0, units : 2 * units] = np.log(z / (1 - z))
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer.get_weights()[2]


# %% wrong says="overwrites"
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    layer = keras.layers.GRU(units)
    layer.build((None, None, features))
    kernel, recurrent_kernel, bias = layer.get_weights()
    z = 0.5 ** (1 / steps)
    bias[0, :units] = np.log((1 - z) / z)
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer.get_weights()[2]


# %% wrong says="Which bias makes it"
from gru_course.layers.backend import keras


def remembering_bias(features, units, steps):
    layer = keras.layers.GRU(units)
    layer.build((None, None, features))
    kernel, recurrent_kernel, bias = layer.get_weights()
    z = 0.5 ** (1 / steps)
    bias[0, :units] = z
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer.get_weights()[2]
