# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="7.1" kind="write" title="The first words instead of the last"
# `reviews` is a list of lists of token ids. Keep the *first* `length` ids of each, write 2 for
# ids from `words` on, which are too rare, and fill short reviews with 0 **in front**, as the
# lesson does. Return an array, (reviews, length).
#
# Then read the first 100 tokens in the lesson, train the small model again and judge by
# validation. Write down which window you expect to do better before you run it, and why.


# %% solution
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    ### BEGIN SOLUTION
    for row, review in enumerate(reviews):
        ids = np.array(review[:length])
        window[row, length - len(ids) :] = np.where(ids < words, ids, 2)
    return window
    ### END SOLUTION


# %% why [markdown]
# In the lesson the ids of a review are `data.train.ids(i)`. Compare the two windows with the
# spread over seeds. With a slightly different recipe and three seeds, [Overfitting and
# tuning](09_overfitting_and_tuning.ipynb) finds a validation accuracy of
# {glue:text}`09_overfitting_and_tuning.ipynb::window_first_100:.3f` with the first 100 tokens and
# {glue:text}`09_overfitting_and_tuning.ipynb::window_base:.3f` with the last 100.

# %% hint [markdown]
# Two independent choices: which end of a long review is kept, and on which side a short one is
# filled.

# %% hint [markdown]
# `review[:length]` keeps the beginning. Where in its row does a short review begin?

# %% hint [markdown]
# A review of $n$ ids fills the last $n$ places of its row: `window[row, length - n:]`.


# %% wrong says="kept the last words"
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in enumerate(reviews):
        ids = np.array(review[-length:])
        window[row, length - len(ids) :] = np.where(ids < words, ids, 2)
    return window


# %% wrong says="filled behind the words"
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in enumerate(reviews):
        ids = np.array(review[:length])
        window[row, : len(ids)] = np.where(ids < words, ids, 2)
    return window


# %% wrong says="Rare words are left out"
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in enumerate(reviews):
        ids = [i for i in review if i < words][:length]
        window[row, length - len(ids) :] = ids
    return window


# %% wrong says="off by one"
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in enumerate(reviews):
        ids = np.array(review[:length])
        window[row, length - len(ids) :] = np.where(ids <= words, ids, 2)
    return window


# %% wrong says="Rare words are still there"
def first_window(reviews, length, words):
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in enumerate(reviews):
        ids = review[:length]
        window[row, length - len(ids) :] = ids
    return window


# %% exercise [markdown] number="7.2" kind="predict" title="Shuffled labels"
# Shuffle the labels of the training reviews and train again. What must the test accuracy be,
# and what would it mean if it were not?

# %% answer [markdown]
# About one half, because there is nothing left to learn. Anything clearly above would mean
# that test labels leak into training. This is how the bounds of this course are tested: see
# [Bounds of acceptance](../book/bounds.md).

# %% exercise [markdown] number="7.3" kind="compute" title="How many seeds tell two models apart"
# How far apart must the means of two models be before five seeds each can tell them apart? Use
# the spread above.

# %% answer [markdown]
# The standard error of a mean of five is the standard deviation divided by $\sqrt{5}$. For the
# difference of two means the squares add up:
# $\sqrt{(0.0038^2 + 0.0020^2) / 5} \approx 0.002$. With so few seeds an interval reaches about
# 2.5 standard errors to each side, so a difference below about 0.005 cannot be told from none.

# %% exercise [markdown] number="7.4" kind="investigate" title="Find the leak"
# A split leaks if a test review also stands in the training part. Return how many of the test
# reviews do. A review is a list of token ids; it counts as the same only with the same words in
# the same order.


# %% solution
def leaked(train, test):
    ### BEGIN SOLUTION
    seen = {tuple(review) for review in train}
    return sum(tuple(review) in seen for review in test)
    ### END SOLUTION


# %% why [markdown]
# A set finds a review at once; comparing each with each would take as many comparisons as both
# numbers multiplied. Near copies, with another spelling or a changed word, are not found in
# this way.

# %% hint [markdown]
# For each test review ask one question: does it stand in the training part?

# %% hint [markdown]
# Lists cannot be members of a set, tuples can.

# %% hint [markdown]
# A test review that stands there twice is two leaked test reviews, however often it stands in
# the training part.


# %% wrong says="each different text once"
def leaked(train, test):
    return len({tuple(r) for r in train} & {tuple(r) for r in test})


# %% wrong says="ignores the order"
def leaked(train, test):
    seen = {frozenset(r) for r in train}
    return sum(frozenset(r) in seen for r in test)


# %% wrong says="ignores the order"
def leaked(train, test):
    seen = {tuple(sorted(r)) for r in train}
    return sum(tuple(sorted(r)) in seen for r in test)


# %% wrong says="counts pairs"
def leaked(train, test):
    return sum(a == b for a in train for b in test)


# %% wrong says="training reviews"
def leaked(train, test):
    seen = {tuple(r) for r in test}
    return sum(tuple(r) in seen for r in train)


# %% wrong says="share, not a number of reviews"
def leaked(train, test):
    seen = {tuple(r) for r in train}
    return sum(tuple(r) in seen for r in test) / len(test)


# %% exercise [markdown] number="7.5" kind="write" title="An accuracy for unequal classes"
# In film reviews both classes are equally frequent. Where they are not, a model that always
# gives the frequent class has a high accuracy. The *balanced accuracy* is the mean, over the
# classes, of the share of each class that is recognised. Write it. `labels` and `answers` are
# arrays of 0 and 1; both classes occur among the labels.


# %% solution
def balanced_accuracy(labels, answers):
    ### BEGIN SOLUTION
    return np.mean([(answers[labels == c] == c).mean() for c in (0, 1)])
    ### END SOLUTION


# %% why [markdown]
# A model that always gives the same answer gets one half, however unequal the classes are.

# %% hint [markdown]
# Look at the examples of one class only. Which share of them got the right answer?

# %% hint [markdown]
# `answers[labels == 1]` are the answers to the examples whose label is 1.

# %% hint [markdown]
# Do it for both classes and take the plain mean of the two shares, whatever their sizes.


# %% wrong says="plain accuracy"
def balanced_accuracy(labels, answers):
    return (labels == answers).mean()


# %% wrong says="only the class 1"
def balanced_accuracy(labels, answers):
    return answers[labels == 1].mean()


# %% wrong says="of the answers, not of the labels"
def balanced_accuracy(labels, answers):
    return np.mean([(labels[answers == c] == c).mean() for c in (0, 1)])


# %% wrong says="sum of the two shares"
def balanced_accuracy(labels, answers):
    return sum((answers[labels == c] == c).mean() for c in (0, 1))


# %% exercise [markdown] number="7.6" kind="investigate" title="Repair this report"
# A program trains several models and evaluates each after every epoch, on validation and on
# test reviews: `validation` and `test` are arrays, (models, epochs), of accuracies. It reports
# the number below. Repair it, so that the number is a fair estimate of how well the chosen
# model does on new reviews.


# %% solution
def reported(validation, test):
    ### BEGIN SOLUTION
    model, epoch = np.unravel_index(np.argmax(validation), validation.shape)
    return test[model, epoch]
    ### END SOLUTION


# %% start says="highest test accuracy"
def reported(validation, test):
    return test.max()


# %% why [markdown]
# Everything that is chosen, the model and the epoch, is chosen by the validation reviews. The
# test reviews are asked once, for the model that was chosen.

# %% hint [markdown]
# Two things are chosen here: a model, and the epoch at which it is stopped. By what?

# %% hint [markdown]
# `np.argmax` of an array with two axes counts through all rows; `np.unravel_index` turns that
# into a row and a column.

# %% hint [markdown]
# The number to report comes from `test`, its place from `validation`.


# %% wrong says="number by which you chose"
def reported(validation, test):
    return validation.max()


# %% wrong says="last epoch"
def reported(validation, test):
    return test[np.argmax(validation[:, -1]), -1]


# %% wrong says="epoch by the test reviews"
def reported(validation, test):
    return test[np.argmax(validation.max(axis=1))].max()


# %% wrong says="model by the test reviews"
def reported(validation, test):
    epochs = validation.argmax(axis=1)
    return max(test[model, epoch] for model, epoch in enumerate(epochs))


# %% wrong says="mean over all models"
def reported(validation, test):
    return test.mean()
