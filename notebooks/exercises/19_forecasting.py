# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="19.1" kind="compute" title="The loss of two ends"
# A forecast is 10 with a 90% interval from 8 to 12; 13 comes. Compute the loss of the upper end
# (quantile 0.95) and of the lower end (0.05) with the pinball loss.

# %% answer [markdown]
# Upper end: error $13 - 12 = 1$, loss $0.95 \cdot 1 = 0.95$. Lower end: error $13 - 8 = 5$, loss
# $0.05 \cdot 5 = 0.25$.

# %% exercise [markdown] number="19.2" kind="predict" title="Scaled with the future"
# Somebody scales the series with mean and deviation of *all* values, the test part included. Prices
# have risen by a third in the test part. In which direction does that distort the result?

# %% answer [markdown]
# The mean moves towards the test part, so the scaled test values look less unusual than they were
# on the day. The network seems to cope better with the rise than it would have. It is a leak of the
# future, and the shorter the series, the larger it is.

# %% exercise [markdown] number="19.3" kind="predict" title="The same error at every step"
# Why is the error of the seasonal naive forecast nearly the same for all horizons within one
# season?

# %% answer [markdown]
# Each value is forecast by the one exactly one season before it, whatever the origin. The
# information is equally old for all horizons up to one season. Beyond that, it is older by a whole
# season at once.

# %% exercise [markdown] number="19.4" kind="compute" title="The pinball loss"
# Return the mean pinball loss of `forecast` as the given quantile of `truth`. Where the truth is
# above the forecast, each unit costs `quantile`; where it is below, each unit costs `1 - quantile`.
# With it, check your answer to exercise 19.1.


# %% solution
def pinball(truth, forecast, quantile):
    ### BEGIN SOLUTION
    error = truth - forecast
    return np.where(error > 0, quantile * error, (quantile - 1) * error).mean()
    ### END SOLUTION


# %% why [markdown]
# For the quantile 0.5 both sides cost one half, and the loss is half of the mean absolute error.

# %% hint [markdown]
# Which of the two prices applies depends on the sign of the error.

# %% hint [markdown]
# `np.where(truth > forecast, ..., ...)` chooses a price for each value. Both give a positive loss.

# %% hint [markdown]
# Below the forecast the error is negative, so it is multiplied by $\text{quantile} - 1$, which is
# negative, too.


# %% wrong says="changed places"
def pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.where(error > 0, (1 - quantile) * error, -quantile * error).mean()


# %% wrong says="treats both sides alike"
def pinball(truth, forecast, quantile):
    return np.abs(truth - forecast).mean()


# %% wrong says="never below 0"
def pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.where(error > 0, quantile * error, (1 - quantile) * error).mean()


# %% wrong says="That is the sum"
def pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.maximum(quantile * error, (quantile - 1) * error).sum()


# %% wrong says="square the errors"
def pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.where(
        error > 0, quantile * error**2, (1 - quantile) * error**2
    ).mean()


# %% exercise [markdown] number="19.5" kind="write" title="Is the promise kept?"
# `truth`, `low` and `high` have the shape (origins, horizon): for each day on which a forecast was
# made, the values that came and the ends of their intervals. Return the share of values inside the
# interval for each step ahead, (horizon,). An end belongs to the interval.


# %% solution
def coverage(truth, low, high):
    ### BEGIN SOLUTION
    return ((low <= truth) & (truth <= high)).mean(axis=0)
    ### END SOLUTION


# %% why [markdown]
# A mean over all steps may be nine in ten while the first steps hold nearly all values and the last
# ones far too few.

# %% hint [markdown]
# For each value there is one question: is it at least `low` and at most `high`?

# %% hint [markdown]
# Which of the two axes is to remain? The other one is averaged away.

# %% hint [markdown]
# `&` joins two arrays of truth values, each in brackets, and `.mean(axis=...)` gives shares.


# %% wrong says="one share for each origin"
def coverage(truth, low, high):
    return ((low <= truth) & (truth <= high)).mean(axis=1)


# %% wrong says="hides that the steps differ"
def coverage(truth, low, high):
    return ((low <= truth) & (truth <= high)).mean()


# %% wrong says="upper end only"
def coverage(truth, low, high):
    return (truth <= high).mean(axis=0)


# %% wrong says="outside the interval"
def coverage(truth, low, high):
    return ((truth < low) | (high < truth)).mean(axis=0)


# %% wrong says="exactly on an end"
def coverage(truth, low, high):
    return ((low < truth) & (truth < high)).mean(axis=0)


# %% exercise [markdown] number="19.6" kind="write" title="Walk forward"
# A series has `n` values. Test on its last `folds * size` values, in `folds` parts of `size` values
# each, and before each part train on everything that comes before it. Return an array, (folds, 3),
# with a row for each fold, the earliest first: where the training part ends, where the test part
# begins, and where it ends. An end is the first place that no longer belongs to the part.


# %% solution
def walk_forward(n, folds, size):
    ### BEGIN SOLUTION
    starts = n - size * np.arange(folds, 0, -1)
    return np.stack([starts, starts, starts + size], axis=1)
    ### END SOLUTION


# %% why [markdown]
# Every value of the last part of the series is forecast exactly once, by a model that has seen
# nothing of it. A network reads a window that reaches back across the border; that is no leak.

# %% hint [markdown]
# Draw the series as a line. Where does the first test part begin, if the last one ends at `n`?

# %% hint [markdown]
# The test parts begin at `n - folds * size` and follow each other in steps of `size`.

# %% hint [markdown]
# Each training part begins at 0 and ends where its test part begins.


# %% wrong says="more has been seen"
def walk_forward(n, folds, size):
    first = n - folds * size
    return [[first, first + k * size, first + (k + 1) * size] for k in range(folds)]


# %% wrong says="holds what is to be forecast"
def walk_forward(n, folds, size):
    first = n - folds * size
    return [[n, first + k * size, first + (k + 1) * size] for k in range(folds)]


# %% wrong says="must end before the test begins"
def walk_forward(n, folds, size):
    ends = n - size * np.arange(folds - 1, -1, -1)
    return np.stack([ends, ends - size, ends], axis=1)


# %% wrong says="last ones of the series"
def walk_forward(n, folds, size):
    return [[k * size, k * size, (k + 1) * size] for k in range(1, folds + 1)]


# %% wrong says="earliest comes first"
def walk_forward(n, folds, size):
    starts = n - size * np.arange(1, folds + 1)
    return np.stack([starts, starts, starts + size], axis=1)


# %% exercise [markdown] number="19.7" kind="investigate" title="Find the leak"
# The first `train` values of a series are the training part. This program brings the series to mean
# 0 and deviation 1 before a network is trained. Exercise 19.2 says why its result cannot be
# trusted. Repair it: return the whole series, scaled as it could have been on the day when the
# training part ended.


# %% solution
def scaled(series, train):
    ### BEGIN SOLUTION
    known = series[:train]
    return (series - known.mean()) / known.std()
    ### END SOLUTION


# %% start says="the future leaks"
def scaled(series, train):
    return (series - series.mean()) / series.std()


# %% why [markdown]
# The scaled test values need not have the mean 0 and the deviation 1. That they do not is what the
# network has to cope with.

# %% hint [markdown]
# Which values were known when the training part ended?

# %% hint [markdown]
# Mean *and* deviation have to come from those.

# %% hint [markdown]
# The test part is scaled with the two numbers of the training part, not with its own.


# %% wrong says="deviation still comes"
def scaled(series, train):
    return (series - series[:train].mean()) / series.std()


# %% wrong says="mean still comes"
def scaled(series, train):
    return (series - series.mean()) / series[:train].std()


# %% wrong says="its own mean and deviation"
def scaled(series, train):
    parts = series[:train], series[train:]
    return np.concatenate([(part - part.mean()) / part.std() for part in parts])


# %% wrong says="The test part is missing"
def scaled(series, train):
    return (series[:train] - series[:train].mean()) / series[:train].std()
