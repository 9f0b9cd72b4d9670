# %% setup
import math

import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="24.1" kind="predict" title="Mirrored paths"
# Somebody adds mirrored versions of each path, left and right exchanged, and keeps the labels.
# Which kinds does that ruin, and which could it help?

# %% answer [markdown]
# It ruins the two arcs: the mirror image of a clockwise arc is an anti-clockwise one. It is harmless
# for kinds that are their own mirror images, such as a vertical line or a swing, and could help
# there. The labels of the arcs could be exchanged along with the sides.

# %% exercise [markdown] number="24.2" kind="compute" title="What 66 movements can tell"
# The test part of one fold has 66 movements. A method gets 62 of them right. Give a rough 95%
# interval for its accuracy, and say what it means for a comparison on one fold.

# %% answer [markdown]
# The share is $62/66 \approx 0.94$, its standard error $\sqrt{0.94 \cdot 0.06 / 66} \approx 0.03$,
# so the interval reaches from about $0.88$ to $1$. Two methods that differ by three points cannot be
# told apart on one fold.

# %% exercise [markdown] number="24.3" kind="investigate" title="Two frames at once"
# Make `picture_reader` see two frames at once: stack each frame with the one before it as a second
# channel. Can the averaged control now tell the directions apart?

# %% answer [markdown]
# It can, if the convolutional network learns to see the direction of the step from one frame to the
# next: that order is then inside each input, and an average over inputs keeps it. Only the order
# over longer times is averaged away. Optical flow in networks for films uses the same idea.

# %% exercise [markdown] number="24.4" kind="write" title="The same path, wherever it is drawn"
# `path` holds the coordinates of a hand, (timesteps, 2). Return it so that neither place nor size
# matters: each coordinate less its mean over time, and both divided by the larger of the two
# standard deviations.


# %% solution
def placed(path):
    ### BEGIN SOLUTION
    centred = path - path.mean(axis=0)
    return centred / centred.std(axis=0).max()
    ### END SOLUTION


# %% why [markdown]
# Draw the same movement larger or elsewhere: the result does not change. Draw it slower, and it
# does; the pace is left to the network.

# %% hint [markdown]
# First the place, then the size. Which of them needs two numbers, and which one?

# %% hint [markdown]
# `path.mean(axis=0)` has a mean for each coordinate.

# %% hint [markdown]
# One number for the size: the larger of the two deviations over time.


# %% wrong says="each by itself"
def placed(path):
    return (path - path.mean(axis=0)) / path.std(axis=0)


# %% wrong says="size still does"
def placed(path):
    return path - path.mean(axis=0)


# %% wrong says="one mean for both"
def placed(path):
    return (path - path.mean()) / path.std(axis=0).max()


# %% wrong says="smaller deviation"
def placed(path):
    return (path - path.mean(axis=0)) / path.std(axis=0).min()


# %% wrong says="first point"
def placed(path):
    return (path - path[0]) / path.std(axis=0).max()


# %% exercise [markdown] number="24.5" kind="compute" title="McNemar's test by hand"
# Two models answered the same test movements; `a` and `b` say for each whether the model was right.
# Only movements on which exactly one of them is right decide between them. If the models were
# equally good, each of these would go to either one like the toss of a coin. Return the exact
# p-value: the probability that the model that is ahead would win at least as many of them, twice
# for the two sides, but at most 1.


# %% solution
def p_value(a, b):
    ### BEGIN SOLUTION
    only_a, only_b = (a & ~b).sum(), (b & ~a).sum()
    n, wins = int(only_a + only_b), int(max(only_a, only_b))
    tail = sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n
    return min(1, 2 * tail)
    ### END SOLUTION


# %% why [markdown]
# Two models with nearly equal accuracies may still differ clearly, if one is right almost wherever
# the other is wrong; and two accuracies on different test movements cannot be compared in this way
# at all.

# %% hint [markdown]
# Count two numbers: how often only `a` is right, and how often only `b` is.

# %% hint [markdown]
# Of $n$ tosses of a coin, $k$ are heads in $\binom{n}{k}$ of $2^n$ cases: `math.comb(n, k)`.

# %% hint [markdown]
# Add the cases from the number of wins up to $n$, divide by $2^n$, and double.


# %% wrong says="That is one side"
def p_value(a, b):
    n, wins = int((a != b).sum()), int(max((a & ~b).sum(), (b & ~a).sum()))
    return sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n


# %% wrong says="count all examples"
def p_value(a, b):
    n, wins = len(a), int(max(a.sum(), b.sum()))
    return min(1, 2 * sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n)


# %% wrong says="approximation"
def p_value(a, b):
    difference, n = (a & ~b).sum() - (b & ~a).sum(), (a != b).sum()
    return math.erfc(abs(difference) / math.sqrt(2 * n))


# %% wrong says="exactly this outcome"
def p_value(a, b):
    n, wins = int((a != b).sum()), int((a & ~b).sum())
    return 2 * math.comb(n, wins) / 2**n


# %% exercise [markdown] number="24.6" kind="investigate" title="The same movement twice"
# Some paths of a file are exact repeats of an earlier one. If they stay, the same path may be in the
# training and in the test part. `paths` has the shape (paths, timesteps, 2). Return the numbers of
# the paths that stay, in their order: of equal paths only the first.


# %% solution
def kept(paths):
    ### BEGIN SOLUTION
    seen, places = set(), []
    for place, path in enumerate(paths):
        if (key := path.tobytes()) not in seen:
            seen.add(key)
            places.append(place)
    return places
    ### END SOLUTION


# %% why [markdown]
# In the file of this lesson 30 of 360 movements repeat another one. The loader drops them before
# anybody can split.

# %% hint [markdown]
# Go through the paths and remember what you have seen.

# %% hint [markdown]
# An array cannot be a member of a set; `path.tobytes()` can.

# %% hint [markdown]
# Keep the number of a path if it has not been seen before.


# %% wrong says="first one included"
def kept(paths):
    keys = [path.tobytes() for path in paths]
    return [place for place, key in enumerate(keys) if keys.count(key) == 1]


# %% wrong says="keep the last"
def kept(paths):
    places = {path.tobytes(): place for place, path in enumerate(paths)}
    return sorted(places.values())


# %% wrong says="side by side"
def kept(paths):
    return [
        k for k in range(len(paths)) if k == 0 or (paths[k] != paths[k - 1]).any()
    ]


# %% wrong says="Those are the repeats"
def kept(paths):
    keys = [path.tobytes() for path in paths]
    return [place for place, key in enumerate(keys) if key in keys[:place]]
