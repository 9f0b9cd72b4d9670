"""Honest opponents: simple models that every GRU result is printed beside."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from gru_course.course.checked import finite, positive, whole

# Words of any length, and each mark on its own: "i", "a" and "!" tell something, too.
_WORDS_AND_MARKS = r"\w+|[^\w\s]"


def bag_of_ngrams(longest: int, strength: float) -> Pipeline:
    """Build a logistic regression on the words, or short runs of words, of a text.

    Which n-grams occur counts, and how often (tf-idf weights, logarithmic counts); where they
    stand does not. n-grams that occur in one training text only are left out.

    Parameters
    ----------
    longest : int
        1 for single words (a bag of words), 2 for words and pairs (bigrams).
    strength : float
        Inverse of the regularisation, ``C`` of scikit-learn; choose it by validation.

    Returns
    -------
    sklearn.pipeline.Pipeline
        ``fit(texts, labels)``, ``score(texts, labels)``.

    Raises
    ------
    ValueError
        If ``longest`` is below 1 or ``strength`` not above 0.

    Examples
    --------
    >>> texts = ["good film", "bad film"] * 5
    >>> bag_of_ngrams(1, strength=10).fit(texts, [1, 0] * 5).score(texts, [1, 0] * 5)
    1.0
    """
    whole(longest, "longest")
    positive(strength, "strength")
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, longest), min_df=2, sublinear_tf=True),
        LogisticRegression(C=strength, solver="liblinear"),
    )


def nb_svm(longest: int, strength: float, interpolation: float = 0.25) -> Pipeline:
    """Build the NB-SVM of Wang and Manning (2012) on words, or short runs of words, of a text.

    A linear support vector machine whose inputs are scaled: each n-gram that occurs in a text
    counts with how much more often it occurs in texts of label 1 than in those of label 0, as naive
    Bayes would have it. n-grams that occur in one training text only are left out.

    Parameters
    ----------
    longest : int
        1 for single words, 2 for words and pairs, 3 for up to three in a row.
    strength : float
        Inverse of the regularisation, ``C`` of scikit-learn; choose it by validation.
    interpolation : float
        Between 0 and 1: how far the weights of the support vector machine are trusted. At 0 each
        has the same weight, which leaves naive Bayes.

    Returns
    -------
    sklearn.pipeline.Pipeline
        ``fit(texts, labels)``, ``score(texts, labels)``.

    Raises
    ------
    ValueError
        If ``longest`` is below 1, ``strength`` not above 0 or ``interpolation`` not between 0 and
        1.

    Examples
    --------
    >>> texts = ["good film", "bad film"] * 5
    >>> nb_svm(2, strength=1).fit(texts, [1, 0] * 5).score(texts, [1, 0] * 5)
    1.0
    """
    whole(longest, "longest")
    positive(strength, "strength")
    _check_interpolation(interpolation)
    return make_pipeline(
        CountVectorizer(
            ngram_range=(1, longest),
            min_df=2,
            binary=True,
            token_pattern=_WORDS_AND_MARKS,
            dtype=np.float64,
        ),
        LogCountRatio(),
        InterpolatedSVC(C=strength, interpolation=interpolation),
    )


class LogCountRatio(TransformerMixin, BaseEstimator):  # type: ignore[misc] # untyped
    r"""Scale each feature by its log-count ratio between the two labels.

    With ``p`` and ``q`` the counts of every feature in texts of label 1 and 0, plus one:

    .. math::

       r = \log \frac{p / \lVert p \rVert_1}{q / \lVert q \rVert_1}

    Examples
    --------
    >>> features, labels = np.array([[1.0, 1.0], [0.0, 1.0]]), [1, 0]
    >>> LogCountRatio().fit(features, labels).ratio_.round(2).tolist()
    [0.41, -0.29]
    """

    def fit(self, features: Any, labels: ArrayLike) -> "LogCountRatio":
        """Count the features of each class.

        Parameters
        ----------
        features : ndarray or sparse array, shape (texts, features)
        labels : array_like, shape (texts,)
            0 or 1.

        Returns
        -------
        LogCountRatio
            Itself.

        Raises
        ------
        ValueError
            If there is not one label for each text, or a feature is negative or not finite.
        """
        labels = np.asarray(labels)
        if labels.shape != features.shape[:1] or not np.isin(labels, (0, 1)).all():
            raise ValueError(
                f"labels {np.unique(labels)} of shape {labels.shape} for features of shape "
                f"{features.shape}; expected 0 or 1 for each text"
            )
        _check_features(features)
        is_positive = labels == 1
        p, q = (
            1 + np.asarray(features[of].sum(axis=0)).ravel() for of in (is_positive, ~is_positive)
        )
        self.ratio_ = np.log(p / p.sum()) - np.log(q / q.sum())
        return self

    def transform(self, features: Any) -> Any:
        """Multiply each column by its ratio.

        Parameters
        ----------
        features : ndarray or sparse array, shape (texts, features)

        Returns
        -------
        ndarray or sparse array, shape (texts, features)

        Raises
        ------
        ValueError
            If there are more or fewer features than were counted, or one is negative or not finite.
        """
        check_is_fitted(self)
        if features.shape[1:] != self.ratio_.shape:
            raise ValueError(f"{features.shape[1:]} features; expected {self.ratio_.shape}")
        _check_features(features)
        scaled = features.multiply if hasattr(features, "multiply") else features.__mul__
        product = scaled(self.ratio_)
        return product.tocsr() if hasattr(product, "tocsr") else product


class InterpolatedSVC(LinearSVC):  # type: ignore[misc] # untyped
    """A linear support vector machine whose weights are drawn towards their mean size.

    With weights ``w`` after training: ``interpolation * w + (1 - interpolation) * mean(|w|)``.
    The right sign of every feature is then taken for granted unless the machine is very sure.

    Parameters
    ----------
    C : float
        Inverse of the regularisation.
    interpolation : float
        Between 0 and 1; at 1 nothing is changed.
    """

    coef_: Any

    def __init__(self, C: float = 1.0, interpolation: float = 0.25) -> None:
        super().__init__(C=C, tol=1e-3, random_state=0)  # the default asks for more than decides
        self.interpolation = interpolation

    def fit(self, features: Any, labels: ArrayLike) -> "InterpolatedSVC":
        """Train, then interpolate.

        Parameters
        ----------
        features : ndarray or sparse array, shape (texts, features)
        labels : array_like, shape (texts,)

        Returns
        -------
        InterpolatedSVC
            Itself.
        """
        _check_interpolation(self.interpolation)
        super().fit(features, labels)
        self.coef_: NDArray[np.float64]
        mean_size = np.abs(self.coef_).mean()
        self.coef_ = self.interpolation * self.coef_ + (1 - self.interpolation) * mean_size
        return self


def _check_interpolation(interpolation: float) -> None:
    if not 0 <= interpolation <= 1:
        raise ValueError(f"interpolation is {interpolation}; expected a number from 0 to 1")


def _check_features(features: Any) -> None:
    counts = finite(features.data if hasattr(features, "tocsr") else features, "the features")
    if features.ndim != 2 or (counts < 0).any():
        raise ValueError(f"features of shape {features.shape}; expected counts (texts, features)")
