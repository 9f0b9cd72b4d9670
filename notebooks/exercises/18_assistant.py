# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="18.1" kind="investigate" title="Without the pieces of words"
# Take the pieces away: let the model read only the word itself. How much slot F1 is lost? For which
# slots most?

# %% answer [markdown]
# Empty the dictionaries of the pieces before `learn.train`; every piece is then unknown:
#
#     reader.ids[1:] = [{}, {}, {}]
#
# Expect most of the loss at names of artists, albums and restaurants, which are new in nearly every
# request, and hardly any at ratings and times, which use few different words.

# %% exercise [markdown] number="18.2" kind="predict" title="Refuse more"
# Refuse a tenth of the validation requests instead of three in a hundred. What happens to the share
# of requests out of scope that slip through? Which would you choose for playing music, and which
# for moving money?

# %% answer [markdown]
# Call `talk.threshold_for(confidences, refused=0.1)` and compute the same two shares again. The
# threshold rises, so more is refused on both sides, and less out of scope slips through. A wrong
# song costs little, so refuse seldom; for money refuse often, and ask back.

# %% exercise [markdown] number="18.3" kind="investigate" title="Two more slots to remember"
# Let the record fill *serves_alcohol* and *has_live_music*: what would you predict at each turn,
# from what, and which label says "unchanged"?

# %% answer [markdown]
# One softmax per slot on the two last states, with the labels unchanged, true, false and dontcare.
# "Unchanged" is by far the most frequent, so measure each label separately, and compare with a
# model that always says "unchanged".

# %% exercise [markdown] number="18.4" kind="write" title="From tags to slots"
# `tags` has one tag for each word of a request: `"B-artist"` for the first word of an artist,
# `"I-artist"` for each further word of the same artist, `"O"` for a word outside. The tags are well
# formed. Return the slots in their order as `[label, start, end]`, where `end` is the first word
# that no longer belongs to the slot.


# %% solution
def spans(tags):
    ### BEGIN SOLUTION
    found = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append([tag[2:], place, place + 1])
        elif tag.startswith("I-"):
            found[-1][2] = place + 1
    return found
    ### END SOLUTION


# %% why [markdown]
# A slot is written down when it begins and grows while it goes on. So nothing has to be closed, and
# the end of the request is no special case.

# %% hint [markdown]
# Go through the words once. What happens at a B, at an I, at an O?

# %% hint [markdown]
# At a B a new slot begins, even directly after another one of the same kind.

# %% hint [markdown]
# Add the slot to the list at its B, with `place + 1` as its end. At each I move the end of the last
# slot.


# %% wrong says="side by side become one"
def spans(tags):
    found = []
    for place, tag in enumerate(tags):
        label = tag[2:]
        if label and found and found[-1][0] == label and found[-1][2] == place:
            found[-1][2] = place + 1
        elif label:
            found.append([label, place, place + 1])
    return found


# %% wrong says="first word after each"
def spans(tags):
    found = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append([tag[2:], place, place])
        elif tag.startswith("I-"):
            found[-1][2] = place
    return found


# %% wrong says="no O follows"
def spans(tags):
    found, start = [], None
    for place, tag in enumerate(tags):
        if start is not None and not tag.startswith("I-"):
            found.append([tags[start][2:], start, place])
            start = None
        if tag.startswith("B-"):
            start = place
    return found


# %% wrong says="one word each"
def spans(tags):
    return [[t[2:], i, i + 1] for i, t in enumerate(tags) if t.startswith("B-")]


# %% wrong says="slot of every word"
def spans(tags):
    return [[tag[2:], i, i + 1] for i, tag in enumerate(tags) if tag != "O"]


# %% exercise [markdown] number="18.5" kind="compute" title="Only whole slots count"
# `found` and `true` are lists of slots, `[label, start, end]`. A slot is found if the same label
# with the same start and the same end stands in both lists. Return the F1 of the slots: the
# harmonic mean of precision (the share of the found slots that are true) and recall (the share of
# the true slots that are found).


# %% solution
def slot_f1(found, true):
    ### BEGIN SOLUTION
    hits = sum(slot in true for slot in found)
    precision, recall = hits / len(found), hits / len(true)
    return 2 * precision * recall / (precision + recall)
    ### END SOLUTION


# %% why [markdown]
# It is also $2 \cdot \text{hits} / (\text{found} + \text{true})$. Twenty words outside of any slot
# change nothing; they would raise the share of right words.

# %% hint [markdown]
# Count the hits first: slots that stand in both lists with everything equal.

# %% hint [markdown]
# Precision divides the hits by the number of found slots, recall by the number of true ones.

# %% hint [markdown]
# The harmonic mean of $p$ and $r$ is $2pr / (p + r)$.


# %% wrong says="what was missed"
def slot_f1(found, true):
    return sum(slot in true for slot in found) / len(found)


# %% wrong says="found wrongly"
def slot_f1(found, true):
    return sum(slot in found for slot in true) / len(true)


# %% wrong says="plain mean of precision and recall"
def slot_f1(found, true):
    hits = sum(slot in true for slot in found)
    return (hits / len(found) + hits / len(true)) / 2


# %% wrong says="You count words"
def slot_f1(found, true):
    words = [
        {(s[0], w) for s in slots for w in range(s[1], s[2])}
        for slots in (found, true)
    ]
    return 2 * len(words[0] & words[1]) / (len(words[0]) + len(words[1]))


# %% wrong says="taken for an artist"
def slot_f1(found, true):
    hits = sum(slot[1:] in [other[1:] for other in true] for slot in found)
    return 2 * hits / (len(found) + len(true))


# %% wrong says="half of a name"
def slot_f1(found, true):
    hits = sum(slot[:2] in [other[:2] for other in true] for slot in found)
    return 2 * hits / (len(found) + len(true))
