"""Models of the course, one module for each kind of task; classifiers of texts are at hand here."""

from gru_course.checkpoints import check_weights
from gru_course.models.classifiers import (
    ARCHITECTURES,
    LARGE_GRU,
    SMALL_GRU,
    ClassifierConfig,
    bidirectional,
    bidirectional_stacked,
    check_ids,
    classifier,
    drop_words_and_features,
    parallel,
    reading_parameters,
    recurrent,
    single,
    stacked,
    widest,
)

__all__ = [
    "ARCHITECTURES",
    "LARGE_GRU",
    "SMALL_GRU",
    "ClassifierConfig",
    "bidirectional",
    "bidirectional_stacked",
    "check_ids",
    "check_weights",
    "classifier",
    "drop_words_and_features",
    "parallel",
    "reading_parameters",
    "recurrent",
    "single",
    "stacked",
    "widest",
]
