# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="0.1" kind="compute" title="Count the numbers"
# In `model.summary()` the `Dense` layer has 33 numbers to learn. Where do they come from?
# How many has the `Embedding`, and how many would it have with rows of 64 numbers?

# %% answer [markdown]
# `Dense` multiplies each of the 32 numbers of the memory with a weight of its own and adds
# one more number, the bias: 32 + 1. The `Embedding` has a row of 32 numbers for each of
# `WORDS` words, which makes `WORDS * 32`, and twice as many with rows of 64.
# {doc}`../book/rnn-lstm-gru` counts those of the GRU.

# %% exercise [markdown] number="0.2" label="ex-nb0-2" kind="investigate" title="Six epochs more"
# Train for six epochs more: set `epochs=6` in the cell with `model.fit` and run only this
# cell again. What do `accuracy` and `val_accuracy` do? Which epoch would you keep?

# %% answer [markdown]
# A second call of `fit` goes on from the weights of the first. Look for the epoch after
# which `accuracy` goes on rising and `val_accuracy` does not: from there on the network is
# learning its training reviews by heart. Keep the weights of the epoch with the best
# `val_accuracy`. Keras does it for you with
#
#     keep = keras.callbacks.EarlyStopping(
#         monitor="val_accuracy", patience=2, restore_best_weights=True
#     )
#     model.fit(..., callbacks=[keep])
#
# Choose by the validation reviews, never by the test reviews: {doc}`07_first_gru_on_imdb`
# says why.

# %% exercise [markdown] number="0.3" label="ex-nb0-3" kind="investigate" title="Another random start"
# Write down three short sentences of your own and their scores. Then give another number to
# `set_random_seed`, build and train the network again, and compare. By how much do the
# scores change? Does the accuracy on the test reviews change as much?

# %% answer [markdown]
# The accuracy is a mean over all test reviews, so it changes less than a single score does.
# A score near one half can even move to the other side. So report an accuracy as a mean
# over several random starts, with its spread, and do not judge a network by a handful of
# sentences.

# %% exercise [markdown] number="0.4" kind="investigate" title="Another layer"
# Replace `keras.layers.GRU(32)` by `keras.layers.LSTM(32)`, then by
# `keras.layers.SimpleRNN(32)`. Change nothing else. How many numbers does each layer learn,
# and what is its accuracy? Can you say from one run each which layer is best?

# %% answer [markdown]
# `model.summary()` shows that the LSTM has more numbers to learn than the GRU, and the
# simple RNN fewer. One run each can tell two layers apart only if they differ by more than
# two runs of the *same* layer do. So train each several times first, with other numbers in
# `set_random_seed`. {doc}`05_rnn_lstm_gru_measured` does that.

# %% exercise [markdown] number="0.5" label="ex-nb0-5" kind="predict" title="Blocks in the wrong order"
# Leave out `reordered` for `gru.weight_ih_l0`, so that the blocks stay in the order of
# Keras, and run the comparison with PyTorch again. Does PyTorch complain? What does the
# comparison say?

# %% answer [markdown]
# PyTorch does not complain, since the shape is right. But each gate now gets the input
# weights of the other, so the scores differ, and the comparison stops with "PyTorch gives
# other answers than Keras". Without the comparison nothing would have told you.

# %% exercise [markdown] number="0.6" kind="write" title="One row of the table"
# Turn one review, a list of numbers of words, into a row of `steps` numbers as this lesson does:
# a long review keeps its *last* words, a short one gets zeros *in front*. Return a list.


# %% solution
def row(review, steps):
    ### BEGIN SOLUTION
    kept = review[-steps:]
    return [0] * (steps - len(kept)) + kept
    ### END SOLUTION


# %% hint [markdown]
# First shorten, then fill up. Either may have nothing to do.

# %% hint [markdown]
# `review[-3:]` gives the last three entries of a list, and all of them if there are fewer.

# %% hint [markdown]
# `[0] * n` is a list of `n` zeros, and `+` joins two lists.


# %% wrong says="zeros stand behind"
def row(review, steps):
    kept = review[-steps:]
    return kept + [0] * (steps - len(kept))


# %% wrong says="first words of a long review"
def row(review, steps):
    kept = review[:steps]
    return [0] * (steps - len(kept)) + kept


# %% wrong says="long review is not shortened"
def row(review, steps):
    return [0] * (steps - len(review)) + review


# %% wrong says="short review is not filled"
def row(review, steps):
    return review[-steps:]


# %% exercise [markdown] number="0.7" kind="write" title="Each class by itself"
# `labels` and `answers` are arrays of 0 and 1. Return two shares: how many of the reviews with
# label 0 got the right answer, and how many of those with label 1, in this order.


# %% solution
def right_by_class(labels, answers):
    ### BEGIN SOLUTION
    return [(answers[labels == label] == label).mean() for label in (0, 1)]
    ### END SOLUTION


# %% why [markdown]
# A network that always answers 1 gets the shares 0 and 1, however many reviews there are of each
# kind. Its accuracy alone may look excellent.

# %% hint [markdown]
# Look at the reviews of one class only, and ask which share of them is right.

# %% hint [markdown]
# `answers[labels == 0]` are the answers to the reviews whose label is 0.

# %% hint [markdown]
# `(answers[labels == 0] == 0).mean()` is one of the two numbers.


# %% wrong says="accuracy over both classes"
def right_by_class(labels, answers):
    return (labels == answers).mean()


# %% wrong says="other order"
def right_by_class(labels, answers):
    return [(answers[labels == label] == label).mean() for label in (1, 0)]


# %% wrong says="shares of the answers"
def right_by_class(labels, answers):
    return [(labels[answers == label] == label).mean() for label in (0, 1)]


# %% wrong says="numbers of reviews"
def right_by_class(labels, answers):
    return [((answers == label) & (labels == label)).sum() for label in (0, 1)]


# %% wrong says="shares of all reviews"
def right_by_class(labels, answers):
    return [((answers == label) & (labels == label)).mean() for label in (0, 1)]
