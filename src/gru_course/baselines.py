"""Honest opponents: simple models that every GRU result is printed beside."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline


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
        If ``longest`` is below 1.

    Examples
    --------
    >>> texts = ["good film", "bad film"] * 5
    >>> bag_of_ngrams(1, strength=10).fit(texts, [1, 0] * 5).score(texts, [1, 0] * 5)
    1.0
    """
    if longest < 1:
        raise ValueError(f"longest is {longest}; expected 1 for words, 2 for pairs, ...")
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, longest), min_df=2, sublinear_tf=True),
        LogisticRegression(C=strength, solver="liblinear"),
    )
