"""How the answers to the exercises of "An assistant" are judged."""

from collections.abc import Sequence
from typing import Any

from numpy.random import Generator

from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

Span = Sequence[str | int]
"""Label, first word, and the first word that no longer belongs to it."""

# --- 18.4: from tags to slots ---------------------------------------------------------------------


def _tags(rng: Generator) -> list[Inputs]:
    """Draw tags with neighbouring slots of one kind, of two kinds, and one at the very end."""
    drawn: list[Inputs] = []
    for _ in range(3):
        first, second, third = rng.permutation(["artist", "album", "city", "date"])[:3].tolist()
        tags = ["O"] * int(rng.integers(1, 4))
        for label, more in ((first, 1), (first, 0), (second, 2)):
            tags += [f"B-{label}"] + [f"I-{label}"] * more
        tags += ["O"] * int(rng.integers(1, 3)) + [f"B-{third}"]
        tags += [f"I-{third}"] * int(rng.integers(0, 3))
        drawn.append((tags,))  # type: ignore[arg-type]
    return drawn


def _spans(tags: Sequence[str]) -> list[Span]:
    starts = [i for i, tag in enumerate(tags) if tag.startswith("B-")]
    found: list[Span] = []
    for start in starts:
        end = start + 1
        while end < len(tags) and tags[end].startswith("I-"):
            end += 1
        found.append([tags[start][2:], start, end])
    return found


def _without_b(tags: Sequence[str]) -> list[Span]:
    found: list[Span] = []
    for place, tag in enumerate(tags):
        label = tag[2:]
        if label and found and found[-1][0] == label and found[-1][2] == place:
            found[-1] = [label, found[-1][1], place + 1]
        elif label:
            found.append([label, place, place + 1])
    return found


SPANS = compared(
    _spans,
    [
        Mistake(
            "neighbours-joined",
            _without_b,
            "Two slots of one kind that stand side by side become one. What does B say that I does "
            "not?",
        ),
        Mistake(
            "end-included",
            lambda tags: [[label, start, int(end) - 1] for label, start, end in _spans(tags)],
            "Your ends are the last words of the slots. Asked for is the first word after each.",
        ),
        Mistake(
            "last-one-lost",
            lambda tags: [span for span in _spans(tags) if span[2] != len(tags)],
            "The slot at the very end of the request is lost: no O follows that would close it.",
        ),
        Mistake(
            "first-words-only",
            lambda tags: [[label, start, int(start) + 1] for label, start, _ in _spans(tags)],
            "Your slots have one word each. The words with I belong to them.",
        ),
        Mistake(
            "word-by-word",
            lambda tags: [[tag[2:], i, i + 1] for i, tag in enumerate(tags) if tag != "O"],
            "You make a slot of every word. Words with I continue the slot before them.",
        ),
    ],
    tolerance=1e-9,
)

# --- 18.5: the F1 of slots ------------------------------------------------------------------------


def _slots(rng: Generator) -> list[Inputs]:
    """Draw slots of which some are right, some have a wrong end or label, and some are missed."""
    drawn: list[Inputs] = []
    for right, wrong_end, wrong_label, missed in rng.permutation(
        [[4, 2, 1, 1], [3, 1, 2, 4], [5, 1, 1, 2]]
    ):
        places = iter(range(0, 100, 4))
        true: list[Any] = []
        found: list[Any] = []
        for count, label, more in (
            (right, "artist", 0),
            (wrong_end, "artist", 1),
            (wrong_label, "album", 0),
            (missed, None, 0),
        ):
            for start in [next(places) for _ in range(count)]:
                length = int(rng.integers(1, 3))
                true.append(["artist", start, start + length])
                if label:
                    found.append([label, start, start + length + more])
        found.append(["date", 98, 99])
        drawn.append((found, true))
    return drawn


def _hits(found: Sequence[Span], true: Sequence[Span]) -> int:
    return len({tuple(span) for span in found} & {tuple(span) for span in true})


def _f1(hits: float, found: int, true: int) -> float:
    return 2 * hits / (found + true)


def _slot_f1(found: Sequence[Span], true: Sequence[Span]) -> float:
    return _f1(_hits(found, true), len(found), len(true))


def _covers(span: Span) -> set[tuple[Any, int]]:
    return {(span[0], word) for word in range(int(span[1]), int(span[2]))}


def _by_word(found: Sequence[Span], true: Sequence[Span]) -> float:
    words = [set().union(*map(_covers, spans)) for spans in (found, true)]
    return _f1(len(words[0] & words[1]), len(words[0]), len(words[1]))


_F1_MISTAKES = [
    Mistake(
        "precision",
        lambda found, true: _hits(found, true) / len(found),
        "That is the precision: it does not notice what was missed.",
    ),
    Mistake(
        "recall",
        lambda found, true: _hits(found, true) / len(true),
        "That is the recall: it does not notice what was found wrongly.",
    ),
    Mistake(
        "plain-mean",
        lambda found, true: (_hits(found, true) / len(found) + _hits(found, true) / len(true)) / 2,
        "That is the plain mean of precision and recall. F1 is the harmonic one.",
    ),
    Mistake(
        "words",
        _by_word,
        "You count words. A slot counts only as a whole, with both ends and its label.",
    ),
    Mistake(
        "label-ignored",
        lambda found, true: _f1(
            _hits([s[1:] for s in found], [s[1:] for s in true]), len(found), len(true)
        ),
        "The label is not compared: an album that is taken for an artist is no hit.",
    ),
    Mistake(
        "starts-only",
        lambda found, true: _f1(
            _hits([s[:2] for s in found], [s[:2] for s in true]), len(found), len(true)
        ),
        "The end is not compared: half of a name is no hit.",
    ),
]
SLOT_F1 = compared(_slot_f1, _F1_MISTAKES)

TASKS = [
    Task("18.4", "spans", True, _tags, SPANS),
    Task("18.5", "slot_f1", True, told_apart(_slots, _slot_f1, _F1_MISTAKES), SLOT_F1),
]
