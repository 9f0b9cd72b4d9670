# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="10.1" kind="investigate" title="A threshold that keeps its promise"
# A friend chooses the threshold for "neutral" on the test set, so that exactly 95% of the answers
# there are right, and reports 95%. What is wrong, and how would you show it with the data above?

# %% answer [markdown]
# The threshold was moved until the number came out, so the number measures nothing. Choose the
# threshold on one half of the test set and measure on the other, many times: the measured shares
# scatter around 95%, the more so the smaller the halves are.

# %% exercise [markdown] number="10.2" kind="predict" title="Another objective"
# Change the objective of the live search so that it returns minus the validation *loss*. Which
# settings win, and why may they differ?

# %% answer [markdown]
# Return `-min(curves["val_loss"])`. The loss punishes a sure and wrong answer much more than an
# unsure one. So it may prefer settings that keep the model less certain, such as more dropout. If
# you need probabilities, search on the loss; if you need answers, on the accuracy.

# %% exercise [markdown] number="10.3" kind="compute" title="A temperature by hand"
# A model says "positive" with a probability `p`. What is left of it at the temperature `tau`?


# %% solution
p, tau = given("10.3", seed=1)  # another seed gives other numbers
print(f"probability {p}, temperature {tau}")
### BEGIN SOLUTION
cooled = 1 / (1 + np.exp(-np.log(p / (1 - p)) / tau))
### END SOLUTION

# %% why [markdown]
# The answer stays "positive", since the log-odds keep their sign. Only the confidence shrinks.

# %% hint [markdown]
# The temperature divides the log-odds, $\ln(p / (1 - p))$.

# %% hint [markdown]
# From log-odds $a$ back to a probability: $1 / (1 + e^{-a})$.

# %% hint [markdown]
# Above 1, a temperature moves every probability towards one half.

# %% wrong says="You multiply by the temperature"
p, tau = given("10.3", seed=1)
cooled = 1 / (1 + np.exp(-np.log(p / (1 - p)) * tau))

# %% wrong says="divide the probability itself"
p, tau = given("10.3", seed=1)
cooled = p / tau

# %% wrong says="new log-odds"
p, tau = given("10.3", seed=1)
cooled = np.log(p / (1 - p)) / tau

# %% wrong says="add up to 1"
p, tau = given("10.3", seed=1)
cooled = p ** (1 / tau)

# %% exercise [markdown] number="10.4" kind="write" title="Choose, then test"
# For each validation text `held` holds the confidence of the answer and `held_right` whether it is
# right; `test` and `right` hold the same for the test texts. Choose the lowest confidence in `held`
# such that at least the share `wanted` of the validation answers with that confidence or a higher
# one are right. Return two numbers: the share of the *test* texts that get an answer, and the share
# of these answers that are right.


# %% solution
def on_test(held, held_right, test, right, wanted):
    ### BEGIN SOLUTION
    keeps = [t for t in held if held_right[held >= t].mean() >= wanted]
    answered = test >= min(keeps)
    return [answered.mean(), right[answered].mean()]
    ### END SOLUTION


# %% why [markdown]
# The second number will seldom be exactly `wanted`. That is what makes it a measurement.

# %% hint [markdown]
# Two steps that share nothing but one number: the threshold from the validation texts, the shares
# from the test texts.

# %% hint [markdown]
# Try every confidence in `held` as a threshold `t`; `held_right[held >= t].mean()` is its share of
# right answers.

# %% hint [markdown]
# Take the lowest `t` that keeps the promise. On the test set, look only at `test >= t`.


# %% wrong says="chosen on the test set"
def on_test(held, held_right, test, right, wanted):
    keeps = [t for t in test if right[test >= t].mean() >= wanted]
    answered = test >= min(keeps)
    return [answered.mean(), right[answered].mean()]


# %% wrong says="report the validation set"
def on_test(held, held_right, test, right, wanted):
    keeps = [t for t in held if held_right[held >= t].mean() >= wanted]
    answered = held >= min(keeps)
    return [answered.mean(), held_right[answered].mean()]


# %% wrong says="without an answer as wrong"
def on_test(held, held_right, test, right, wanted):
    keeps = [t for t in held if held_right[held >= t].mean() >= wanted]
    answered = test >= min(keeps)
    return [answered.mean(), (answered & right).mean()]


# %% wrong says="wanted share as the threshold"
def on_test(held, held_right, test, right, wanted):
    answered = test >= wanted
    return [answered.mean(), right[answered].mean()]


# %% exercise [markdown] number="10.5" kind="write" title="The calibration error"
# `p` holds the probability of the class 1 for each text, `labels` the true classes. The *confidence*
# is the probability of the class that is answered. Sort the answers by confidence into five bins of
# equal width between 0.5 and 1. Return the expected calibration error: the mean distance between
# mean confidence and share of right answers, each bin weighted by how many answers it holds.


# %% solution
def calibration_error(p, labels):
    ### BEGIN SOLUTION
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == labels
    places = np.minimum((confidence - 0.5) // 0.1, 4)
    return sum(
        abs(confidence[places == b].mean() - right[places == b].mean())
        * (places == b).mean()
        for b in np.unique(places)
    )
    ### END SOLUTION


# %% hint [markdown]
# A model that says 0.1 answers 0. How sure of it is it?

# %% hint [markdown]
# `np.maximum(p, 1 - p)` is the confidence, `(p > 0.5) == labels` says which answers are right.

# %% hint [markdown]
# For each bin that is not empty: the absolute difference of two means, times the share of all
# answers that are in it. Then the sum.


# %% wrong says="sort by the probability of the class 1"
def calibration_error(p, labels):
    places = np.minimum(p // 0.2, 4)
    return sum(
        abs(p[places == b].mean() - labels[places == b].mean())
        * (places == b).mean()
        for b in np.unique(places)
    )


# %% wrong says="however few answers"
def calibration_error(p, labels):
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == labels
    places = np.minimum((confidence - 0.5) // 0.1, 4)
    return np.mean(
        [
            abs(confidence[places == b].mean() - right[places == b].mean())
            for b in np.unique(places)
        ]
    )


# %% wrong says="largest distance"
def calibration_error(p, labels):
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == labels
    places = np.minimum((confidence - 0.5) // 0.1, 4)
    return max(
        abs(confidence[places == b].mean() - right[places == b].mean())
        for b in np.unique(places)
    )


# %% wrong says="one bin for everything"
def calibration_error(p, labels):
    return abs(np.maximum(p, 1 - p).mean() - ((p > 0.5) == labels).mean())


# %% exercise [markdown] number="10.6" kind="investigate" title="Repair this training"
# This program runs without an error, and its author calls the result "early stopping, measured on
# the test set". Three things are wrong with it. Repair them so that the weights are those with the
# lowest validation loss before it stopped. Leave the step size, the patience and the number of
# epochs as they are.


# %% solution
from gru_course.layers.backend import keras


def trained(x, y, x_val, y_val, x_test, y_test):
    flat = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((x.shape[1],)), flat])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    ### BEGIN SOLUTION
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=2, restore_best_weights=True
    )
    judge = (x_val, y_val)
    ### END SOLUTION
    options = {"epochs": 12, "batch_size": len(x), "shuffle": False, "verbose": 0}
    model.fit(x, y, validation_data=judge, callbacks=[stop], **options)
    return flat.get_weights()[0][:, 0]


# %% start says="stops by its own loss"
from gru_course.layers.backend import keras


def trained(x, y, x_val, y_val, x_test, y_test):
    flat = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((x.shape[1],)), flat])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
    judge = (x_test, y_test)
    options = {"epochs": 12, "batch_size": len(x), "shuffle": False, "verbose": 0}
    model.fit(x, y, validation_data=judge, callbacks=[stop], **options)
    return flat.get_weights()[0][:, 0]


# %% why [markdown]
# The training loss cannot see overfitting. The test set must not decide anything. And Keras keeps
# the last weights, unless it is told to go back to the best.

# %% hint [markdown]
# What does the training watch, on which data, and which weights are left at its end?

# %% hint [markdown]
# Two of the faults are arguments of `EarlyStopping`, the third is the pair that `fit` is judged by.

# %% hint [markdown]
# `monitor="val_loss"`, and look up `restore_best_weights`.


# %% wrong says="The test set decides when to stop. It"
from gru_course.layers.backend import keras


def trained(x, y, x_val, y_val, x_test, y_test):
    flat = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((x.shape[1],)), flat])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=2, restore_best_weights=True
    )
    options = {"epochs": 12, "batch_size": len(x), "shuffle": False, "verbose": 0}
    model.fit(x, y, validation_data=(x_test, y_test), callbacks=[stop], **options)
    return flat.get_weights()[0][:, 0]


# %% wrong says="not of the best one"
from gru_course.layers.backend import keras


def trained(x, y, x_val, y_val, x_test, y_test):
    flat = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((x.shape[1],)), flat])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2)
    options = {"epochs": 12, "batch_size": len(x), "shuffle": False, "verbose": 0}
    model.fit(x, y, validation_data=(x_val, y_val), callbacks=[stop], **options)
    return flat.get_weights()[0][:, 0]
