# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="9.1" kind="compute" title="Better, or lucky?"
# Three seeds give 0.858, 0.861 and 0.859 for a change, and 0.855, 0.858, 0.857 for the base. The
# deviation between seeds, pooled over all settings, is 0.003 with 30 degrees of freedom. Is the
# change better, if it was the only one tried? If it was the best of ten?

# %% answer [markdown]
# The difference of the means is 0.0027. By chance alone, two means of three differ with a standard
# error of $0.003 \sqrt{2/3} = 0.0024$. For a single comparison the bound at 95% is
# $2.04 \cdot 0.0024 = 0.005$; for ten at once it is about $3.0 \cdot 0.0024 = 0.007$. In neither
# case can one tell. With about eleven seeds each a difference of this size would reach the bound of
# a single comparison.

# %% exercise [markdown] number="9.2" kind="compute" title="Padding that is read"
# A review of `words` words stands in a window of `window` tokens; the rest are zeros. A unit has
# learned to keep a share of `share` of its state at each step that reads a zero, and its candidate
# is zero there. What share of what it held after the last word is left at the end of the window?
# Give three numbers: with the zeros behind the text, with the zeros in front, and with a mask.


# %% solution
words, window, share = given("9.2", seed=1)  # another seed gives other numbers
print(
    f"{words} words in a window of {window}; a zero leaves {share:.0%} of the state."
)
### BEGIN SOLUTION
left = [share ** (window - words), 1.0, 1.0]
### END SOLUTION

# %% why [markdown]
# Behind the text every zero is a step, and each multiplies by the share. In front of it no step
# follows the last word. With a mask nothing is lost on either side, because the layer passes its
# state on unchanged wherever the mask says padding.

# %% hint [markdown]
# How many steps does the layer make after the last word, in each of the three cases?

# %% hint [markdown]
# Every step that is read multiplies what is left by the same share.

# %% hint [markdown]
# Behind the text there are as many steps as zeros. A masked step is no step.

# %% wrong says="changed places"
words, window, share = given("9.2", seed=1)
left = [1.0, share ** (window - words), 1.0]

# %% wrong says="over the whole window"
words, window, share = given("9.2", seed=1)
left = [share**window, 1.0, 1.0]

# %% wrong says="count the words"
words, window, share = given("9.2", seed=1)
left = [share**words, 1.0, 1.0]

# %% wrong says="does not read the zeros at all"
words, window, share = given("9.2", seed=1)
left = [share ** (window - words), 1.0, share ** (window - words)]

# %% exercise [markdown] number="9.3" kind="predict" title="Better on what it has not seen"
# A model has strong dropout. Keras prints after the first epoch `accuracy: 0.71` for training and
# `val_accuracy: 0.84` for validation. A colleague concludes that the validation reviews are easier.
# Give two reasons why the numbers may look like this although they are not, and say how you would
# compare fairly.

# %% answer [markdown]
# The training number is measured with dropout on, the validation number without it. And the
# training number is a mean over the epoch, most of it from weights that had learned little; the
# validation number is measured at its end. Fair: after the epoch, `model.evaluate` on both parts,
# which switches dropout off and uses the same weights.

# %% exercise [markdown] number="9.4" kind="write" title="Early stopping"
# `losses` are the validation losses that a training would have after its epochs, which are numbered
# from 0. It stops as soon as `patience` epochs in a row were no better than the best so far, or
# after the last one. Return two numbers: the epoch whose weights are kept, and the epoch after
# which the training ends.


# %% solution
def stopped(losses, patience):
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return [best, epoch]
    ### END SOLUTION


# %% why [markdown]
# With a longer patience the training would have found the lower losses that come later. It cannot
# know of them; that is the price of stopping.

# %% hint [markdown]
# Go through the epochs one after the other, as the training does, and remember the best.

# %% hint [markdown]
# `epoch - best` is how many epochs in a row were no better than the best.

# %% hint [markdown]
# Leave the loop when that number reaches the patience, and use nothing of what would come later.


# %% wrong says="nobody has trained"
def stopped(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return [np.argmin(losses), epoch]


# %% wrong says="weights of the last epoch"
def stopped(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return [epoch, epoch]


# %% wrong says="with the one before"
def stopped(losses, patience):
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            break
    return [np.argmin(losses[: epoch + 1]), epoch]


# %% wrong says="one epoch too many"
def stopped(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best > patience:
            break
    return [best, epoch]


# %% wrong says="changed places"
def stopped(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return [epoch, best]


# %% exercise [markdown] number="9.5" kind="investigate" title="Give the layer back its mask"
# This program makes the layers of a small reader from given weights. `ids` are texts, padded with 0
# behind, and the vectors are doubled on the way. The author has set `mask_zero=True`, and yet the
# answers change with the amount of padding. Find out why, and repair it: return the last state of
# each text, without the padding.


# %% solution
from gru_course.layers.backend import keras


def last_state(ids, table, kernel, recurrent_kernel, bias):
    words = keras.layers.Embedding(*table.shape, mask_zero=True)
    gru = keras.layers.GRU(recurrent_kernel.shape[0])
    words.build(None)
    gru.build((None, None, table.shape[1]))
    words.set_weights([table])
    gru.set_weights([kernel, recurrent_kernel, bias])
    ### BEGIN SOLUTION
    vectors = 2 * words(ids)
    return gru(vectors, mask=ids != 0)
    ### END SOLUTION


# %% start says="reads the padding"
from gru_course.layers.backend import keras


def last_state(ids, table, kernel, recurrent_kernel, bias):
    words = keras.layers.Embedding(*table.shape, mask_zero=True)
    gru = keras.layers.GRU(recurrent_kernel.shape[0])
    words.build(None)
    gru.build((None, None, table.shape[1]))
    words.set_weights([table])
    gru.set_weights([kernel, recurrent_kernel, bias])
    vectors = 2 * words(ids)
    return gru(vectors)


# %% why [markdown]
# `Embedding` hangs the mask on the tensor that it returns. The doubled tensor is a new one and has
# none, and Keras says nothing. Give the mask to the next layer by hand, or double inside a layer
# that passes masks on (`supports_masking`).

# %% hint [markdown]
# The padding is read. So somewhere between the two layers the mask is lost.

# %% hint [markdown]
# The mask hangs on the tensor that `words` returns. Does `2 * tensor` give the same tensor?

# %% hint [markdown]
# A recurrent layer takes `mask=`, an array that is True where there is a word.


# %% wrong says="turned round"
from gru_course.layers.backend import keras


def last_state(ids, table, kernel, recurrent_kernel, bias):
    gru = keras.layers.GRU(recurrent_kernel.shape[0])
    gru.build((None, None, table.shape[1]))
    gru.set_weights([kernel, recurrent_kernel, bias])
    return gru(2 * table[ids], mask=ids == 0)


# %% wrong says="still read"
from gru_course.layers.backend import keras


def last_state(ids, table, kernel, recurrent_kernel, bias):
    gru = keras.layers.GRU(recurrent_kernel.shape[0])
    gru.build((None, None, table.shape[1]))
    gru.set_weights([kernel, recurrent_kernel, bias])
    return gru(2 * table[ids] * (ids != 0)[..., None])


# %% wrong says="no longer doubled"
from gru_course.layers.backend import keras


def last_state(ids, table, kernel, recurrent_kernel, bias):
    gru = keras.layers.GRU(recurrent_kernel.shape[0])
    gru.build((None, None, table.shape[1]))
    gru.set_weights([kernel, recurrent_kernel, bias])
    return gru(table[ids], mask=ids != 0)
