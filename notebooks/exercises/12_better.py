# %% setup
import numpy as np

from gru_course.exercises import check, given, hint

# %% exercise [markdown] number="12.1" kind="compute" title="A run that occurs once"
# A run of words occurs in one training review only, a positive one. Give its log-count
# ratio with the review's own label and after cross-fitting. What does the model see at this
# place in a new review that contains the run?

# %% answer [markdown]
# With its own label: $\log\frac{1 + 1}{0 + 1} = \log 2 \approx 0.69$. Cross-fitted: the run
# occurs in no other fold, so $\log\frac{0 + 1}{0 + 1} = 0$. In a new review the ratio is
# that of all training reviews, $\log 2$. So a model that was trained with cross-fitting
# meets such runs with another value than in training, but with the right sign on average.

# %% exercise [markdown] number="12.2" kind="compute" title="As many folds as reviews"
# A colleague takes as many folds as reviews (*leave-one-out*): the evidence for a review is
# counted in all other reviews. That uses the most data and looks clean. Take a run that
# occurs in $p$ positive and $q$ negative reviews. Which ratio does it get in a positive
# review, and which in a negative one? Compute both for $p = q = 1$ and for $p = q = 10$.
# What can a network learn from them?

# %% answer [markdown]
# In a positive review its own count is missing from $p$, so the ratio is
# $\log\frac{p}{q + 1}$; in a negative one it is missing from $q$, so it is
# $\log\frac{p + 1}{q}$. For $p = q = 1$ that is $\log\frac{1}{2} \approx -0.69$ against
# $\log 2 \approx 0.69$; for $p = q = 10$ it is $-0.10$ against $0.10$. The same run has two
# values, the lower one in positive reviews and the higher one in negative ones. So a
# network that knows the run can learn to read the label from its value, the wrong way
# round. Leave-one-out is a **leak**, and the guess by the sign of the sum does not find it.
# With five folds all reviews of a fold are counted with the same other reviews, so within a
# fold a run has one value whatever the label.

# %% exercise [markdown] number="12.3" kind="predict" title="Copies that stay in"
# A colleague removes no copies: unlabelled reviews that also stand in the test part stay
# in, with guessed labels. The test accuracy hardly changes. Does that show that it does no
# harm?

# %% answer [markdown]
# No. The labels are guessed, so little leaks here. But the counts now contain runs of words
# that occur in test reviews, and the model has read them. How much that helps depends on
# how many there are, and you cannot know it beforehand. Leaving them out costs nothing.

# %% exercise [markdown] number="12.4" kind="write" title="Evidence from the other folds"
# `has_run` says for each training review whether it contains a run of words, `labels` holds its
# label, 0 or 1, and `folds` the number of its fold. Return for each review the log-count ratio
# $\log\frac{p + 1}{q + 1}$, where $p$ positive and $q$ negative reviews **of the other folds**
# contain the run.


# %% solution
def cross_fitted(has_run, labels, folds):
    ratios = np.empty(len(labels))
    ### BEGIN SOLUTION
    for fold in np.unique(folds):
        others = has_run & (folds != fold)
        p, q = (others & (labels == 1)).sum(), (others & (labels == 0)).sum()
        ratios[folds == fold] = np.log((p + 1) / (q + 1))
    return ratios
    ### END SOLUTION


# %% hint [markdown]
# All reviews of a fold get the same number. Which reviews is it counted in?

# %% hint [markdown]
# `folds != fold` says which reviews are in the other folds, `has_run & (folds != fold)` which of
# these contain the run.

# %% hint [markdown]
# Count the positive and the negative ones among them, add 1 to each, and take the logarithm of
# the ratio.


# %% wrong says="its own label"
def cross_fitted(has_run, labels, folds):
    p, q = (has_run & (labels == 1)).sum(), (has_run & (labels == 0)).sum()
    return np.full(len(labels), np.log((p + 1) / (q + 1)))


# %% wrong says="exercise 12.2"
def cross_fitted(has_run, labels, folds):
    p, q = (has_run & (labels == 1)).sum(), (has_run & (labels == 0)).sum()
    own = has_run * 1
    return np.log((p - own * (labels == 1) + 1) / (q - own * (labels == 0) + 1))


# %% wrong says="own fold"
def cross_fitted(has_run, labels, folds):
    ratios = np.empty(len(labels))
    for fold in np.unique(folds):
        same = has_run & (folds == fold)
        p, q = (same & (labels == 1)).sum(), (same & (labels == 0)).sum()
        ratios[folds == fold] = np.log((p + 1) / (q + 1))
    return ratios


# %% wrong says="other way round"
def cross_fitted(has_run, labels, folds):
    ratios = np.empty(len(labels))
    for fold in np.unique(folds):
        others = has_run & (folds != fold)
        p, q = (others & (labels == 1)).sum(), (others & (labels == 0)).sum()
        ratios[folds == fold] = np.log((q + 1) / (p + 1))
    return ratios


# %% exercise [markdown] number="12.5" kind="write" title="Leave out the copies"
# Return the reviews of `unlabelled`, in their order, that are no copy of a review of `test`.
# Both are lists of texts. Two texts are copies if they have the same words in the same order,
# whatever their capital letters and their blanks.


# %% solution
def without_copies(unlabelled, test):
    ### BEGIN SOLUTION
    def words(text):
        return tuple(text.lower().split())

    seen = {words(text) for text in test}
    return [text for text in unlabelled if words(text) not in seen]
    ### END SOLUTION


# %% hint [markdown]
# Bring both texts into one form before you compare them.

# %% hint [markdown]
# `text.lower().split()` has neither capital letters nor blanks. Make a tuple of it, and a set of
# those of the test part.

# %% hint [markdown]
# Return the texts as they were, not in the form in which you compared them.


# %% wrong says="letter by letter"
def without_copies(unlabelled, test):
    return [text for text in unlabelled if text not in set(test)]


# %% wrong says="changed form"
def without_copies(unlabelled, test):
    seen = {" ".join(text.lower().split()) for text in test}
    forms = [" ".join(text.lower().split()) for text in unlabelled]
    return [form for form in forms if form not in seen]


# %% wrong says="ignores the order"
def without_copies(unlabelled, test):
    seen = {frozenset(text.lower().split()) for text in test}
    return [
        text for text in unlabelled if frozenset(text.lower().split()) not in seen
    ]


# %% wrong says="copies instead of the others"
def without_copies(unlabelled, test):
    seen = {tuple(text.lower().split()) for text in test}
    return [text for text in unlabelled if tuple(text.lower().split()) in seen]


# %% wrong says="should be a list of 5 texts here"
def without_copies(unlabelled, test):
    return len(unlabelled)


# %% exercise [markdown] number="12.6" kind="investigate" title="What the counts have read"
# `has_run` says which reviews contain which runs of words, (reviews, runs), `labels` holds their
# labels, 0 or 1, and `train` says which reviews are for training; the others are for validation. The
# validation accuracy of a model that gets the ratios below is higher than it will be on new reviews.
# Find out why, and repair the program. It returns the log-count ratio of each run, (runs,), which
# the validation reviews will be given.


# %% solution
def ratios(has_run, labels, train):
    ### BEGIN SOLUTION
    p, q = (has_run[train & (labels == label)].sum(axis=0) for label in (1, 0))
    return np.log((p + 1) / (q + 1))
    ### END SOLUTION


# %% start says="validation reviews are counted"
def ratios(has_run, labels, train):
    p, q = (has_run[labels == label].sum(axis=0) for label in (1, 0))
    return np.log((p + 1) / (q + 1))


# %% why [markdown]
# A feature that was made with labels is part of the training. Whatever it has read cannot judge the
# model any more.

# %% hint [markdown]
# Whose labels are in the ratios?

# %% hint [markdown]
# A validation review must meet ratios that know nothing of its own label.

# %% hint [markdown]
# Count in the training reviews only: `train & (labels == 1)`.


# %% wrong says="training reviews are left out"
def ratios(has_run, labels, train):
    p, q = (has_run[~train & (labels == label)].sum(axis=0) for label in (1, 0))
    return np.log((p + 1) / (q + 1))


# %% wrong says="other way round"
def ratios(has_run, labels, train):
    p, q = (has_run[train & (labels == label)].sum(axis=0) for label in (1, 0))
    return np.log((q + 1) / (p + 1))


# %% wrong says="has shape"
def ratios(has_run, labels, train):
    p, q = (has_run[train & (labels == label)].sum(axis=1) for label in (1, 0))
    return np.log((p.sum() + 1) / (q.sum() + 1))


# %% wrong says="no logarithm"
def ratios(has_run, labels, train):
    p, q = (has_run[train & (labels == label)].sum(axis=0) for label in (1, 0))
    return (p + 1) / (q + 1)
