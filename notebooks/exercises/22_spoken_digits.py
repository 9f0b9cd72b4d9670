# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="22.1" kind="investigate" title="A threshold from the test"
# Choose the threshold on the test recordings instead of the validation ones. Does the accuracy
# change? Why is it wrong even if it does not?

# %% answer [markdown]
# Call `learn.choose_threshold(p, lengths[test], labels[test])` in the loop. Whether or not the
# accuracy changes, it is no longer an estimate for new words: the threshold was made to fit these.

# %% exercise [markdown] number="22.2" kind="investigate" title="The two parts of the remedy"
# Leave out another speaker, and take the two parts of the remedy apart: only the scaling, only the
# other voices. Which helps more?

# %% answer [markdown]
# Use `trained(own_x, left_out, 0)` for the scaling alone, and `trained(plain_x, left_out, 0,
# augment=voices.other_voices)` for the other voices alone. Do it for several speakers before you
# answer.

# %% exercise [markdown] number="22.3" kind="predict" title="Ten versions of each recording"
# To enlarge the data, somebody stores ten versions of each recording: louder, softer, with some
# noise. Then the versions are shuffled and split at random into training and test. What happens to
# the accuracy, and what does it say? In which order should the two steps have been taken?

# %% answer [markdown]
# It rises, because nearly every recording of the test part has a version of itself in training. It
# says how well recordings are recognised that are known but for a little noise. First split, by
# recording or by speaker; then make versions of the training part only.

# %% exercise [markdown] number="22.4" kind="compute" title="How many frames?"
# A recording of `samples` samples is cut into frames of `length` samples. The first one begins at
# the first sample, and a new one begins `hop` samples after the one before. Only whole frames
# count. How many are there?


# %% solution
def frames(samples, length, hop):
    ### BEGIN SOLUTION
    return 1 + (samples - length) // hop
    ### END SOLUTION


# %% why [markdown]
# At 8,000 samples a second, frames of 25 ms that begin every 10 ms have 200 samples and a hop of 80:
# half a second of speech gives 48 of them.

# %% hint [markdown]
# Where may the last frame begin, at the latest?

# %% hint [markdown]
# It must begin at `samples - length` or before. How many steps of `hop` lead there?

# %% hint [markdown]
# The number of beginnings is one more than the number of steps between them.


# %% wrong says="One is missing"
def frames(samples, length, hop):
    return (samples - length) // hop


# %% wrong says="do not overlap"
def frames(samples, length, hop):
    return samples // length


# %% wrong says="whole one still fits"
def frames(samples, length, hop):
    return samples // hop


# %% wrong says="last frame is not full"
def frames(samples, length, hop):
    return 1 + int(np.ceil((samples - length) / hop))


# %% exercise [markdown] number="22.5" kind="write" title="A stranger in the test part"
# `speakers` names the speaker of each recording. Return three arrays with the numbers of the
# recordings, in their order: a training part, a validation part with all recordings of `judge`, and
# a test part with all recordings of `stranger`. No voice may be in two parts.


# %% solution
def parts(speakers, stranger, judge):
    ### BEGIN SOLUTION
    who = np.array(speakers)
    train = (who != stranger) & (who != judge)
    return [np.flatnonzero(part) for part in (train, who == judge, who == stranger)]
    ### END SOLUTION


# %% why [markdown]
# Do it once for every speaker as the stranger. One stranger alone may happen to be easy.

# %% hint [markdown]
# Each recording belongs to one of three groups, by its speaker.

# %% hint [markdown]
# With an array of names, `who == stranger` says which recordings are the stranger's.

# %% hint [markdown]
# `np.flatnonzero` turns truth values into numbers. Training is what is left: neither the one nor
# the other.


# %% wrong says="also learned from"
def parts(speakers, stranger, judge):
    who = np.array(speakers)
    return [
        np.flatnonzero(p) for p in (who != stranger, who == judge, who == stranger)
    ]


# %% wrong says="so is no stranger"
def parts(speakers, stranger, judge):
    who = np.array(speakers)
    return [
        np.flatnonzero(p) for p in (who != judge, who == judge, who == stranger)
    ]


# %% wrong says="Validation and test"
def parts(speakers, stranger, judge):
    who = np.array(speakers)
    train = (who != stranger) & (who != judge)
    return [np.flatnonzero(part) for part in (train, who == stranger, who == judge)]


# %% wrong says="Those are names"
def parts(speakers, stranger, judge):
    return [
        [s for s in speakers if s not in (stranger, judge)],
        [s for s in speakers if s == judge],
        [s for s in speakers if s == stranger],
    ]


# %% exercise [markdown] number="22.6" kind="write" title="Decide while somebody speaks"
# `probabilities` are those of the words after each frame, (frames, words); the word ends after
# `length` frames, the rest is padding. Answer at the first frame at which the most probable word has
# at least the probability `threshold`; if there is none, at the last frame of the word. Return two
# numbers: the frame, counted from 0, and the word that is most probable there.


# %% solution
def decide_early(probabilities, length, threshold):
    ### BEGIN SOLUTION
    for frame in range(length):
        if probabilities[frame].max() >= threshold:
            break
    return [frame, probabilities[frame].argmax()]
    ### END SOLUTION


# %% why [markdown]
# The threshold trades time for certainty. It is chosen on validation recordings, as in the lesson.

# %% hint [markdown]
# Go through the frames as a listener does, and stop as soon as you are sure.

# %% hint [markdown]
# A listener hears `length` frames. What stands after them was never said.

# %% hint [markdown]
# A loop that is left at the first sure frame ends at the last frame of the word by itself.


# %% wrong says="into the padding"
def decide_early(probabilities, length, threshold):
    for frame in range(len(probabilities)):
        if probabilities[frame].max() >= threshold:
            break
    return [frame, probabilities[frame].argmax()]


# %% wrong says="not been heard yet"
def decide_early(probabilities, length, threshold):
    for frame in range(length):
        if probabilities[frame].max() >= threshold:
            break
    return [frame, probabilities[length - 1].argmax()]


# %% wrong says="surest frame of all"
def decide_early(probabilities, length, threshold):
    frame = probabilities[:length].max(axis=1).argmax()
    return [frame, probabilities[frame].argmax()]


# %% wrong says="first the frame"
def decide_early(probabilities, length, threshold):
    for frame in range(length):
        if probabilities[frame].max() >= threshold:
            break
    return [probabilities[frame].argmax(), frame]
