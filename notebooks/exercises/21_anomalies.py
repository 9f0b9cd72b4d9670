# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="21.1" kind="compute" title="Found by chance"
# A detector gives an alarm at each of 1,000 values with probability 0.01, drawn at random. A window
# holds 100 values. How likely is at least one alarm in it?

# %% answer [markdown]
# $1 - 0.99^{100} \approx 0.63$. A detector that alarms at random, once in a hundred values, "finds"
# two windows out of three. Only the price of the false alarms outside keeps its score down.

# %% exercise [markdown] number="21.2" kind="predict" title="Train on everything"
# Train the autoencoder on all beats, normal or not. What do you expect of the area, and why does it
# matter in practice?

# %% answer [markdown]
# Expect it to fall: with two fifths of the beats abnormal, the eight numbers learn to describe those
# as well. In practice nobody has a training set that is guaranteed to be normal. A few anomalies in
# it should do little harm, since they are too few to be worth part of the eight numbers; many do.

# %% exercise [markdown] number="21.3" kind="investigate" title="Learn along the way"
# `train_on_series` sees the start of the series only. Name one way to let it learn along the way
# that breaks no rule of the benchmark, and a danger of it.

# %% answer [markdown]
# After each day, train on what has been seen so far and go on with the new weights. Nothing of the
# future is used. The danger: a fault that lasts becomes the new normal, and its end is the alarm.

# %% exercise [markdown] number="21.4" kind="write" title="The area without a threshold"
# Return the area under the ROC curve without any curve: the share of all pairs of an anomaly and a
# normal value in which the anomaly has the higher score; equal scores count one half. `anomalous`
# says which values are anomalies.


# %% solution
def area(scores, anomalous):
    ### BEGIN SOLUTION
    difference = scores[anomalous][:, None] - scores[~anomalous]
    return np.mean((difference > 0) + 0.5 * (difference == 0))
    ### END SOLUTION


# %% why [markdown]
# Multiply all scores by ten or take their logarithms: the area stays the same, since only the order
# counts. So it says nothing about where to draw the line.

# %% hint [markdown]
# Every anomaly meets every normal value once. How many of these meetings does it win?

# %% hint [markdown]
# `scores[anomalous][:, None] - scores[~anomalous]` holds the difference of each pair.

# %% hint [markdown]
# A difference above 0 counts 1, one of exactly 0 counts one half.


# %% wrong says="count nothing"
def area(scores, anomalous):
    return np.mean(scores[anomalous][:, None] > scores[~anomalous])


# %% wrong says="every value the same score"
def area(scores, anomalous):
    return np.mean(scores[anomalous][:, None] >= scores[~anomalous])


# %% wrong says="other way round"
def area(scores, anomalous):
    difference = scores[anomalous][:, None] - scores[~anomalous]
    return np.mean((difference < 0) + 0.5 * (difference == 0))


# %% wrong says="needs a threshold"
def area(scores, anomalous):
    return np.mean((scores > np.median(scores)) == anomalous)


# %% exercise [markdown] number="21.5" kind="compute" title="What point adjustment does"
# Many papers *adjust* alarms before they count: if at least one alarm falls into a window of
# anomalies, every value of the window counts as an alarm. `alarms` and `true` are arrays of truth
# values; a window is an unbroken run of True in `true`. Return two numbers: the F1 of the alarms as
# they are, and the F1 of the adjusted ones. The alarms that you get are drawn at random.


# %% solution
def both_f1(alarms, true):
    def f1(alarms):
        return 2 * (alarms & true).sum() / (alarms.sum() + true.sum())

    ### BEGIN SOLUTION
    adjusted = alarms.copy()
    edges = np.flatnonzero(np.diff(np.r_[False, true, False]))
    for start, end in edges.reshape(-1, 2):
        adjusted[start:end] = alarms[start:end].any()
    return [f1(alarms), f1(adjusted)]
    ### END SOLUTION


# %% why [markdown]
# Print both numbers for alarms that were drawn at random: the second one looks like the work of a
# detector. The longer the windows are, the likelier it is that chance hits them (exercise 21.1), and
# the more a single hit is worth.

# %% hint [markdown]
# First find where each window begins and ends.

# %% hint [markdown]
# `np.diff(np.r_[False, true, False])` is True wherever a window begins or has just ended, so
# `np.flatnonzero` of it gives beginnings and ends in turn.

# %% hint [markdown]
# On a copy of the alarms, set each window to `alarms[start:end].any()`.


# %% wrong says="from its first alarm on"
def both_f1(alarms, true):
    def f1(alarms):
        return 2 * (alarms & true).sum() / (alarms.sum() + true.sum())

    adjusted, on = alarms.copy(), False
    for place in range(len(true)):
        on = true[place] and (on or alarms[place])
        adjusted[place] = alarms[place] or on
    return [f1(alarms), f1(adjusted)]


# %% wrong says="without any alarm"
def both_f1(alarms, true):
    def f1(alarms):
        return 2 * (alarms & true).sum() / (alarms.sum() + true.sum())

    return [f1(alarms), f1(alarms | true)]


# %% wrong says="false alarms are gone"
def both_f1(alarms, true):
    def f1(alarms):
        return 2 * (alarms & true).sum() / (alarms.sum() + true.sum())

    adjusted = np.zeros_like(alarms)
    edges = np.flatnonzero(np.diff(np.r_[False, true, False]))
    for start, end in edges.reshape(-1, 2):
        adjusted[start:end] = alarms[start:end].any()
    return [f1(alarms), f1(adjusted)]


# %% exercise [markdown] number="21.6" kind="investigate" title="Repair this threshold"
# `normal` are the scores of values that are known to be normal, `test` the scores of the test part
# and `true` its labels. The program below draws the line where it looks best, and its author reports
# the F1 of its alarms. Repair it: raise an alarm for each test value whose score is above the one
# that only a share of `share` of the normal scores exceeds (`np.quantile`). Return an array of truth
# values.


# %% solution
def raised(normal, test, true, share):
    ### BEGIN SOLUTION
    return test > np.quantile(normal, 1 - share)
    ### END SOLUTION


# %% start says="labels that are to judge it"
def raised(normal, test, true, share):
    def f1(threshold):
        alarms = test > threshold
        return 2 * (alarms & true).sum() / (alarms.sum() + true.sum())

    return test > max(test, key=f1)


# %% why [markdown]
# The repaired program does not look at `true`. So whatever F1 it gets is a measurement. What a false
# alarm may cost is chosen beforehand, by `share`.

# %% hint [markdown]
# What does the threshold depend on, and what will be known when the detector is in use?

# %% hint [markdown]
# Neither the labels nor the other test scores are known then. The normal scores are.

# %% hint [markdown]
# `np.quantile(normal, q)` is the score that a share of `q` lies *below*.


# %% wrong says="same share of alarms"
def raised(normal, test, true, share):
    return test > np.quantile(test, 1 - share)


# %% wrong says="wrong end"
def raised(normal, test, true, share):
    return test > np.quantile(normal, share)


# %% wrong says="A share of them may"
def raised(normal, test, true, share):
    return test > normal.max()


# %% wrong says="score above the threshold"
def raised(normal, test, true, share):
    return test <= np.quantile(normal, 1 - share)
