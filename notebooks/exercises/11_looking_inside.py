# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="11.1" kind="investigate" title="Occlude with another word"
# Occlude with another word: replace each word by the id 2 (unknown) instead of leaving it out. How
# well does that order of words agree with the one above, and with saliency? Which of the three
# would you show to a user?

# %% answer [markdown]
# Give `cover=2`:
#
#     unknown = inside.occlusion(reader.score, many, cover=2)
#     np.median(inside.agreement(unknown, changes, many))
#     np.median(inside.agreement(unknown, slopes, many))
#
# The two occlusions ask different questions: "without this word" and "with some rare word here".
# Neither is more right than the other; say which one you ask.

# %% exercise [markdown] number="11.2" kind="investigate" title="Is the tracker needed?"
# Test by intervention whether the unit that follows the sentiment is *needed*: set its weight in
# the last layer, `reader.output[unit]`, to zero and measure the accuracy on the validation reviews.
# Do the same for every other unit. Is the best tracker the most needed unit? (Exercise 11.6 checks
# the function that you need.)

# %% answer [markdown]
# The answer after a change of the last layer needs only the last states:
#
#     last = reader.last_states(held_ids)
#     accuracy = without_each(last, reader.output, reader.bias, held_labels)
#
# with `without_each` from exercise 11.6. If many units carry the same thing, the losses are small
# everywhere, also for the best tracker. That a unit follows a measure does not make it necessary.

# %% exercise [markdown] number="11.3" kind="investigate" title="A probe of your own"
# Write a probe of your own, for instance for questions ("Is the film good?") or for reported speech
# ("They said it was good."). What is its control?

# %% answer [markdown]
# Make pairs like those of `probes.negation`, for example `Probe("reported", quality, (f"It was
# {quality}.", f"They promised it was {quality}."), (label, 1 - label))` with the control "We agreed
# it was ...". If you are not sure about the label of the changed sentence, ask three people first.
# A probe with doubtful labels measures nothing.

# %% exercise [markdown] number="11.4" kind="predict" title="Two words that say the same"
# A model answers "positive" as soon as one word of praise stands in the text; further ones change
# nothing. A review has two of them. What does leaving out one word at a time give for each of them,
# and what for all other words? What would you conclude from this table alone, and which second
# measurement shows the truth?

# %% answer [markdown]
# Zero for every word: without the first the second is still there, and the other way round. From
# the table one would conclude that no word matters. Leave out both at once, as this lesson does
# when it removes several words together: then the answer falls.

# %% exercise [markdown] number="11.5" kind="compute" title="A memory that is known"
# A unit has an update gate held at `z` and no recurrent weights. The change of its state when all
# words but the last $k$ are taken away is a share $z^k$ of the change when all are taken away. What
# is the smallest $k$ for which at most the share `level` is left?


# %% solution
z, level = given("11.5", seed=1)  # another seed gives another gate
print(f"update gate {z}, at most {level} is to be left")
### BEGIN SOLUTION
kept = int(np.ceil(np.log(level) / np.log(z)))
### END SOLUTION

# %% hint [markdown]
# Solve $z^k = \text{level}$ for $k$ first.

# %% hint [markdown]
# $k = \ln(\text{level}) / \ln(z)$; both logarithms are negative.

# %% hint [markdown]
# The number of words is whole, and with fewer than that much is left. Round up.

# %% wrong says="one word more"
z, level = given("11.5", seed=1)
kept = int(np.log(level) / np.log(z))

# %% wrong says="one half is left"
z, level = given("11.5", seed=1)
kept = int(np.ceil(np.log(0.5) / np.log(z)))

# %% wrong says="Near 1 this gate keeps"
z, level = given("11.5", seed=1)
kept = int(np.ceil(np.log(level) / np.log(1 - z)))

# %% wrong says="same amount at each word"
z, level = given("11.5", seed=1)
kept = int(np.ceil((1 - level) / (1 - z)))

# %% exercise [markdown] number="11.6" kind="investigate" title="Which unit is needed?"
# `last` holds the last state for each review, (reviews, units), `output` and `bias` are the weights
# of the last layer, and `labels` are 0 or 1. The logit of a review is `last @ output + bias`. Return
# the accuracy that is left if the weight of one unit is set to 0, for each unit, (units,).


# %% solution
def without_each(last, output, bias, labels):
    ### BEGIN SOLUTION
    accuracy = []
    for unit in range(len(output)):
        without = output.copy()
        without[unit] = 0
        accuracy.append(np.mean((last @ without + bias > 0) == labels))
    return accuracy
    ### END SOLUTION


# %% hint [markdown]
# Each unit is asked by itself: all other weights stay as they are.

# %% hint [markdown]
# Work on a copy of `output`, so that the next unit starts from the trained weights.

# %% hint [markdown]
# Positive means a logit above 0.


# %% wrong says="leave only that unit"
def without_each(last, output, bias, labels):
    return [
        np.mean((last[:, u] * output[u] + bias > 0) == labels)
        for u in range(len(output))
    ]


# %% wrong says="bias is missing"
def without_each(last, output, bias, labels):
    keep = 1 - np.eye(len(output))
    return [np.mean((last @ (output * row) > 0) == labels) for row in keep]


# %% wrong says="logit with one half"
def without_each(last, output, bias, labels):
    keep = 1 - np.eye(len(output))
    return [np.mean((last @ (output * row) + bias > 0.5) == labels) for row in keep]


# %% wrong says="what is lost"
def without_each(last, output, bias, labels):
    keep = 1 - np.eye(len(output))
    whole = np.mean((last @ output + bias > 0) == labels)
    return [
        whole - np.mean((last @ (output * row) + bias > 0) == labels)
        for row in keep
    ]


# %% wrong says="changes its arguments"
def without_each(last, output, bias, labels):
    accuracy = []
    for unit in range(len(output)):
        output[unit] = 0
        accuracy.append(np.mean((last @ output + bias > 0) == labels))
    return accuracy


# %% exercise [markdown] number="11.7" kind="write" title="Leave a word out"
# A small reader starts from 0 and at each word multiplies its state by `keep`, then adds the worth
# of the word, `worth[id]`. Its last state is the score of the text. Return the occlusion of each
# word of `ids`: the score of the text minus the score of the text **without** that word.


# %% solution
def occlusion(ids, worth, keep):
    def score(words):
        state = 0.0
        for word in words:
            state = keep * state + worth[word]
        return state

    ### BEGIN SOLUTION
    return [score(ids) - score(np.delete(ids, place)) for place in range(len(ids))]
    ### END SOLUTION


# %% why [markdown]
# Without the word the text is shorter, so what came before it fades one step less. Even a word
# without any worth therefore has an occlusion.

# %% hint [markdown]
# For each place, make the text without that word, and read it again from the beginning.

# %% hint [markdown]
# `np.delete(ids, place)` is a shorter array; `ids` itself stays as it is.

# %% hint [markdown]
# The difference is *with* minus *without*.


# %% wrong says="without worth in its place"
def occlusion(ids, worth, keep):
    return worth[ids] * keep ** np.arange(len(ids))[::-1]


# %% wrong says="sign is turned round"
def occlusion(ids, worth, keep):
    def score(words):
        return worth[words] @ keep ** np.arange(len(words))[::-1]

    return [score(np.delete(ids, k)) - score(ids) for k in range(len(ids))]


# %% wrong says="scores without the words"
def occlusion(ids, worth, keep):
    def score(words):
        return worth[words] @ keep ** np.arange(len(words))[::-1]

    return [score(np.delete(ids, k)) for k in range(len(ids))]


# %% wrong says="wherever it stands"
def occlusion(ids, worth, keep):
    return worth[ids]
