# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="23.1" kind="compute" title="One of two"
# A model gives C and C sharp probability 0.5 each, and means: exactly one of the two. How often
# does drawing each key by itself give both or none?

# %% answer [markdown]
# Both: $0.5 \cdot 0.5 = 0.25$. None: $0.25$. So half of the draws are not what was meant, although
# each key has exactly the right probability.

# %% exercise [markdown] number="23.2" kind="predict" title="All twelve keys"
# Somebody trains on each piece in all twelve keys and finds a higher test loss. Suppose the pieces
# of the file have been moved so that nearly all end on C. Explain.

# %% answer [markdown]
# Training in all keys takes away something that is true of the test pieces: that C is home. The
# model has to find out the key of each piece before it can use what it knows, and until then its
# probabilities are spread over more keys. For pieces in any key it would be the right thing to do.

# %% exercise [markdown] number="23.3" kind="predict" title="Only chords without a clash"
# Give `compose` a rule: of several drawn chords take the first without a clash. What does that do
# to the number of notes in a chord, and is the result still what the model believes?

# %% answer [markdown]
# Chords with fewer notes have fewer chances to clash, so they are preferred, and the chords get
# thinner. The result is the model's distribution with the clashing chords cut out. A few of Bach's
# own chords could never appear.

# %% exercise [markdown] number="23.4" kind="compute" title="Nats per step"
# `piece` has a row for each beat, with 1 for each key that is down, (steps, keys). `p` has the same
# shape: `p[t]` is what a model says after it has heard the beats up to `t`, the probability of each
# key to be down **at the next beat**. Return the negative log-likelihood per step as the literature
# has it: added up over the keys, averaged over the steps for which there is a next beat, in nats.


# %% solution
def nats_per_step(p, piece):
    ### BEGIN SOLUTION
    said, came = p[:-1], piece[1:]
    surprise = -np.log(np.where(came == 1, said, 1 - said))
    return surprise.sum(axis=1).mean()
    ### END SOLUTION


# %% hint [markdown]
# Which row of `piece` is what the first row of `p` speaks of?

# %% hint [markdown]
# A key that goes down costs $-\ln p$, a key that stays up costs $-\ln(1 - p)$.

# %% hint [markdown]
# `p[:-1]` and `piece[1:]` belong together. Sum over the axis of the keys, then take the mean.


# %% wrong says="mean over the keys"
def nats_per_step(p, piece):
    said, came = p[:-1], piece[1:]
    return -np.log(np.where(came == 1, said, 1 - said)).mean()


# %% wrong says="heard last"
def nats_per_step(p, piece):
    return -np.log(np.where(piece == 1, p, 1 - p)).sum(axis=1).mean()


# %% wrong says="expects every key"
def nats_per_step(p, piece):
    return -(piece[1:] * np.log(p[:-1])).sum(axis=1).mean()


# %% wrong says="Those are bits"
def nats_per_step(p, piece):
    said, came = p[:-1], piece[1:]
    return -np.log2(np.where(came == 1, said, 1 - said)).sum(axis=1).mean()


# %% wrong says="sum over the piece"
def nats_per_step(p, piece):
    said, came = p[:-1], piece[1:]
    return -np.log(np.where(came == 1, said, 1 - said)).sum()


# %% exercise [markdown] number="23.5" kind="write" title="Count the clashes"
# `roll` has a row for each chord, with 1 for each key that is down; neighbouring columns are a
# semitone apart. Return the share of the chords with a clash: at least two neighbouring keys down at
# once.


# %% solution
def clashes(roll):
    ### BEGIN SOLUTION
    return (roll[:, 1:] * roll[:, :-1]).any(axis=1).mean()
    ### END SOLUTION


# %% why [markdown]
# Such a count is quickly written, and no chosen sample can charm it away.

# %% hint [markdown]
# Compare each key of a chord with the key above it.

# %% hint [markdown]
# `roll[:, 1:]` and `roll[:, :-1]` hold the upper and the lower keys of all neighbours.

# %% hint [markdown]
# A chord has a clash if there is any pair with both down. The share is a mean over chords.


# %% wrong says="one chord with a clash"
def clashes(roll):
    return (roll[:, 1:] * roll[:, :-1]).sum() / len(roll)


# %% wrong says="not a share"
def clashes(roll):
    return (roll[:, 1:] * roll[:, :-1]).any(axis=1).sum()


# %% wrong says="neighbours in yours"
def clashes(roll):
    return (roll * np.roll(roll, 1, axis=1)).any(axis=1).mean()


# %% wrong says="whole tones"
def clashes(roll):
    near = (roll[:, 1:] * roll[:, :-1]).any(axis=1)
    return (near | (roll[:, 2:] * roll[:, :-2]).any(axis=1)).mean()


# %% wrong says="neighbours in time"
def clashes(roll):
    return (roll[1:] * roll[:-1]).any(axis=1).mean()


# %% exercise [markdown] number="23.6" kind="investigate" title="Repair this temperature"
# `p` are the probabilities of the keys to be down in the next chord. The program was taken over from
# a model that writes letters: it applies a temperature, and the chords that are drawn from it have
# one note on average. Find out why, and repair it.


# %% solution
def at_temperature(p, tau):
    ### BEGIN SOLUTION
    up, down = p ** (1 / tau), (1 - p) ** (1 / tau)
    return up / (up + down)
    ### END SOLUTION


# %% start says="exactly one of them"
def at_temperature(p, tau):
    powers = p ** (1 / tau)
    return powers / powers.sum()


# %% why [markdown]
# Among letters one is chosen, so their probabilities add up to 1. Among keys each is down or up by
# itself: a temperature acts on the pair of these two. On logits both are a division.

# %% hint [markdown]
# Add up the probabilities that the program returns. How many keys will be down, on average?

# %% hint [markdown]
# What adds up to 1 is, for each key, "down" and "up".

# %% hint [markdown]
# Raise $p$ and $1 - p$ to the power $1/\tau$, and divide the first by the sum of both.


# %% wrong says="Up is changed and down is not"
def at_temperature(p, tau):
    return p ** (1 / tau)


# %% wrong says="does the opposite"
def at_temperature(p, tau):
    return p**tau / (p**tau + (1 - p) ** tau)


# %% wrong says="divide the probabilities"
def at_temperature(p, tau):
    return p / tau


# %% wrong says="temperature is not used"
def at_temperature(p, tau):
    return p
