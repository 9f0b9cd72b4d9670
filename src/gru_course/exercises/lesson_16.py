"""How the answers to the exercises of "Writing characters" are judged."""

from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

# --- 16.4: bits per character ---------------------------------------------------------------------


def _probabilities(rng: Generator) -> list[Inputs]:
    return [(rng.uniform(0.01, 0.99, n),) for n in (8, 20, 33)]


BITS = compared(
    lambda p: -np.log2(p).mean(),
    [
        Mistake(
            "nats",
            lambda p: -np.log(p).mean(),
            "Those are nats: the natural logarithm. Bits need another base.",
        ),
        Mistake("sum", lambda p: -np.log2(p).sum(), "Those are the bits of the whole text."),
        Mistake(
            "perplexity",
            lambda p: np.exp(-np.log(p).mean()),
            "That is the perplexity. How many bits are that?",
        ),
        Mistake(
            "mean-probability",
            lambda p: -np.log2(p.mean()),
            "That is the surprise of the mean probability. Take the mean of the surprises.",
        ),
        Mistake(
            "sign",
            lambda p: np.log2(p).mean(),
            "The sign is wrong: a surprise is never below 0.",
        ),
    ],
)

# --- 16.5: temperature ----------------------------------------------------------------------------


def _logits(rng: Generator) -> list[Inputs]:
    """Draw small and large logits; the largest would overflow."""
    return [
        (rng.normal(size=5), float(rng.uniform(0.4, 0.8))),
        (2 * rng.normal(size=7), float(rng.uniform(1.2, 2.5))),
        (1500 + 3 * rng.normal(size=6), float(rng.uniform(0.5, 0.8))),
    ]


def _softmax(logits: Array) -> Array:
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum())


def _not_normalised(logits: Array, temperature: float) -> Array:
    return np.asarray(np.exp((logits - logits.max()) / temperature))


TEMPERATURE = compared(
    lambda logits, temperature: _softmax(logits / temperature),
    [
        Mistake(
            "multiplied",
            lambda logits, temperature: _softmax(logits * temperature),
            "A high temperature should flatten the distribution, and this sharpens it.",
        ),
        Mistake(
            "not-used",
            lambda logits, temperature: _softmax(logits),
            "The temperature is not used.",
        ),
        Mistake(
            "not-normalised",
            _not_normalised,
            "The ratios are right, but these numbers do not add up to 1.",
        ),
        Mistake(
            "probabilities-divided",
            lambda logits, temperature: _softmax(logits) / temperature,
            "You divided the probabilities by the temperature, so they no longer add up to 1. It "
            "belongs to the logits.",
        ),
    ],
)

# --- 16.6: top-p ----------------------------------------------------------------------------------


def _distributions(rng: Generator) -> list[Inputs]:
    return [(rng.dirichlet(np.full(n, 0.8)), p) for n, p in ((6, 0.8), (8, 0.9), (5, 0.6))]


def _kept(probabilities: Array, p: float, *, fewer: int = 0, sign: int = -1) -> Array:
    order = np.argsort(sign * probabilities)
    many = 1 + int(np.argmax(np.cumsum(probabilities[order]) >= p)) - fewer
    cut = np.zeros(len(probabilities))
    cut[order[: max(1, many)]] = probabilities[order[: max(1, many)]]
    return cut


def _top_p(probabilities: Array, p: float, **fault: int) -> Array:
    cut = _kept(probabilities, p, **fault)
    return np.asarray(cut / cut.sum())


_TOP_P = [
    Mistake(
        "not-normalised",
        _kept,
        "The right characters stay, but their probabilities do not add up to 1.",
    ),
    Mistake(
        "one-too-few",
        partial(_top_p, fewer=1),
        "One too few: what you keep does not reach p yet.",
    ),
    Mistake(
        "unlikeliest",
        partial(_top_p, sign=1),
        "You keep the unlikeliest characters.",
    ),
    Mistake(
        "sorted",
        lambda probabilities, p: np.sort(_top_p(probabilities, p))[::-1],
        "The characters have changed places: what you return is sorted.",
    ),
]
TOP_P = compared(_top_p, _TOP_P)

TASKS = [
    Task("16.4", "bits_per_character", True, _probabilities, BITS),
    Task("16.5", "at_temperature", True, _logits, TEMPERATURE),
    Task("16.6", "top_p", True, told_apart(_distributions, _top_p, _TOP_P), TOP_P),
]
