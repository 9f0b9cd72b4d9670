"""An assistant that may say it did not understand, and a record of a dialogue, turn by turn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gru_course.apps.assistant.model import RequestReader
from gru_course.apps.assistant.sgd import Dialogue, State, Turn
from gru_course.apps.assistant.snips import OUTSIDE, Request, spans, words_of
from gru_course.course.checked import finite
from gru_course.data.typed_text import as_plain_text, is_sign

NOT_UNDERSTOOD = "Sorry, I did not understand that."
SPEAKER = "|"
"""The word between what the system said and what the user says."""
OUT_OF_SCOPE = (
    "what is the capital of france", "how do i boil an egg", "my head hurts since yesterday",
    "translate good morning into german", "how much is seven times eight", "turn off the lights",
    "who won the election", "send my mother a message", "set an alarm for six", "i am so bored",
    "what is my bank balance", "why is the sky blue", "call the police", "open the garage door",
    "how far is the moon", "do you love me", "fix my computer", "are you a human being",
    "when was napoleon born", "how old are you", "order a new pair of shoes", "what is a neuron",
    "remind me to water the plants", "hello", "thank you very much", "that makes no sense",
    "how do i get to the station", "is the shop still open", "my password does not work",
    "write me a poem about rain", "buy two shares of that company", "where did i park the car",
    "what does this word mean", "lock the front door", "how many people live in japan",
    "read me my mail", "charge my phone", "tell me a secret", "who are your parents",
    "stop talking",
)  # fmt: skip
"""Forty requests, written for this course, that no intent of the data covers."""

Values = dict[str, str]


@dataclass(frozen=True)
class RequestAnswer:
    """What the assistant understood and says; the intent is None if it did not understand."""

    intent: str | None
    confidence: float
    slots: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True)
class Assistant:
    """Understand a request, or say that one did not.

    Parameters
    ----------
    reader : RequestReader
        Trained.
    threshold : float
        Confidence below which it does not answer, from :func:`threshold_for`.

    Raises
    ------
    ValueError
        If the threshold is no probability.
    """

    reader: RequestReader
    threshold: float

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is {self.threshold}; expected a probability, from 0 to 1")

    def ask(self, text: str) -> RequestAnswer:
        """Answer one request.

        Parameters
        ----------
        text : str
            As a person types it. An empty one, one without a known word and one that is longer
            than what the reader reads are not understood, and the answer says why.

        Returns
        -------
        RequestAnswer

        Raises
        ------
        TypeError
            If `text` is not a str.
        """
        words = words_of(as_plain_text(text))
        if all(map(is_sign, words)):
            return RequestAnswer(None, 0.0, (), f"{NOT_UNDERSTOOD} There is no word in it.")
        if not any(word in self.reader.ids[0] and not is_sign(word) for word in words):
            return RequestAnswer(None, 0.0, (), f"{NOT_UNDERSTOOD} I know none of its words.")
        longest = self.reader.config.longest
        if len(words) > longest:
            said = f"{NOT_UNDERSTOOD} It has {len(words):,} words, and I read up to {longest}."
            return RequestAnswer(None, 0.0, (), said)
        (reading,) = self.reader.read([words])
        if reading.confidence < self.threshold:
            return RequestAnswer(None, reading.confidence, (), NOT_UNDERSTOOD)
        slots = spans(words, reading.tags)
        filled = ", ".join(f"{slot.replace('_', ' ')}: {value}" for slot, value in slots)
        text = f"{reading.intent} with {filled or 'nothing more known'}."
        return RequestAnswer(reading.intent, reading.confidence, slots, text)


def threshold_for(confidences: Sequence[float], refused: float) -> float:
    """Find the confidence below which a share of understood requests lies.

    Parameters
    ----------
    confidences : sequence of float
        Of validation requests, since this is a choice.
    refused : float
        Share of them that one is ready to lose, between 0 and 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no confidence, one is no probability, or the share is not between 0 and 1.

    Examples
    --------
    >>> threshold_for([0.5, 0.9, 0.95, 0.99], refused=0.25)
    0.9
    """
    if not len(confidences) or not 0 <= refused < 1:
        raise ValueError(
            f"{len(confidences)} confidences, refused={refused}; expected some, 0 to 1"
        )
    ordered = np.sort(finite(confidences, "the confidences"))
    if ordered[0] < 0 or ordered[-1] > 1:
        raise ValueError(f"confidences from {ordered[0]:.3g} to {ordered[-1]:.3g}; expected 0 to 1")
    return float(ordered[int(len(confidences) * refused)])


def plain_value(value: str) -> str:
    """Write a value as it is compared: its words in small letters."""
    return " ".join(words_of(value))


def turn_request(turn: Turn, changed: Sequence[str] = ()) -> Request:
    """Make a request of a turn, the new values tagged where they are said.

    Parameters
    ----------
    turn : Turn
    changed : sequence of str
        Slots that the turn fills. A value is looked for in what the user says, then in what the
        system said, as when an offer is accepted. One that nobody says gets no tag.

    Returns
    -------
    Request
        The words of the system, `SPEAKER`, and those of the user.

    Raises
    ------
    ValueError
        If a slot in `changed` is not filled in the turn.

    Examples
    --------
    >>> turn = Turn("Where?", "In New York.", "Book", {"city": ("New York",)})
    >>> turn_request(turn, ("city",)).slots
    (('city', 'new york'),)
    """
    system, user = words_of(turn.system), words_of(turn.user)
    words = [*system, SPEAKER, *user]
    tags = [OUTSIDE] * len(words)
    for slot in changed:
        if slot not in turn.state:
            raise ValueError(f"slot {slot!r} is not filled; there are {', '.join(turn.state)}")
        starts = [*range(len(system) + 1, len(words)), *range(len(system))]
        values = sorted((words_of(v) for v in turn.state[slot]), key=len, reverse=True)
        places = [(s, len(v)) for s in starts for v in values if v and words[s : s + len(v)] == v]
        free = [(s, n) for s, n in places if set(tags[s : s + n]) == {OUTSIDE}]
        if free:
            start, length = free[0]
            tags[start : start + length] = [f"B-{slot}"] + [f"I-{slot}"] * (length - 1)
    return Request(tuple(words), tuple(tags), turn.intent)


def turn_requests(dialogues: Sequence[Dialogue]) -> list[Request]:
    """Make a request of every turn; one more way to write a value is no news.

    Parameters
    ----------
    dialogues : sequence of Dialogue

    Returns
    -------
    list of Request
        The turns of the first dialogue, then those of the next.

    Examples
    --------
    >>> turn = Turn("Where?", "In New York.", "Book", {"city": ("New York",)})
    >>> known = {"city": ("New York", "NYC"), "day": ("today",)}
    >>> again = Turn("When?", "NYC, today.", "Book", known)
    >>> [r.slots for r in turn_requests([Dialogue("1", "Trains", (turn, again))])]
    [(('city', 'new york'),), (('day', 'today'),)]
    """
    found = []
    for dialogue in dialogues:
        before: State = {}
        for turn, changed in zip(dialogue.turns, dialogue.changes, strict=True):
            new = [s for s in changed if not set(turn.state[s]) & set(before.get(s, ()))]
            found.append(turn_request(turn, new))
            before = turn.state
    return found


def track(found: Sequence[Mapping[str, str]], carry_over: bool = True) -> list[Values]:
    """Keep the record: what is new replaces what was known, and the rest is carried over.

    Parameters
    ----------
    found : sequence of mapping
        What each turn of one dialogue says.
    carry_over : bool
        False forgets every turn, as a network that starts each from a zero state.

    Returns
    -------
    list of dict
        What is known after each turn.

    Examples
    --------
    >>> track([{"city": "oslo"}, {"time": "noon"}, {"city": "graz"}])[-1]
    {'city': 'graz', 'time': 'noon'}
    """
    states: list[Values] = []
    for new in found:
        states.append({**(states[-1] if states and carry_over else {}), **new})
    return states


def read_turns(reader: RequestReader, dialogues: Sequence[Dialogue]) -> list[list[Values]]:
    """Find what each turn says with a trained reader.

    Parameters
    ----------
    reader : RequestReader
    dialogues : sequence of Dialogue

    Returns
    -------
    list of list of dict
        For each turn of each dialogue slot to value, as the user has said it.
    """
    requests = turn_requests(dialogues)
    readings = reader.read([request.words for request in requests])
    said = iter(
        dict(spans(request.words, reading.tags))
        for request, reading in zip(requests, readings, strict=True)
    )
    return [[next(said) for _ in dialogue.turns] for dialogue in dialogues]


def lookup_turns(train: Sequence[Dialogue]) -> Callable[[Dialogue], list[Values]]:
    """Make the baseline: every value known from training that the user says fills its slot.

    Parameters
    ----------
    train : sequence of Dialogue

    Returns
    -------
    callable
        Gives for a dialogue what each of its turns says, slot to value.

    Examples
    --------
    >>> turn = Turn("Where?", "In New York.", "Book", {"city": ("New York",)})
    >>> said = lookup_turns([Dialogue("1", "Trains", (turn,))])
    >>> said(Dialogue("1", "Trains", (Turn("", "New York, please!", "Book", {}),)))
    [{'city': 'new york'}]
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    for dialogue in train:
        for turn, changed in zip(dialogue.turns, dialogue.changes, strict=True):
            for slot in changed:
                for value in turn.state[slot]:
                    key = dialogue.service, plain_value(value)
                    counts.setdefault(key, Counter())[slot] += 1
    longest = max((len(value.split()) for _, value in counts), default=0)

    def said(dialogue: Dialogue) -> list[Values]:
        found: list[Values] = []
        for turn in dialogue.turns:
            words, new, place = words_of(turn.user), {}, 0
            while place < len(words):
                for length in range(longest, 0, -1):
                    value = " ".join(words[place : place + length])
                    if slots := counts.get((dialogue.service, value)):
                        new[slots.most_common(1)[0][0]] = value
                        place += length - 1
                        break
                place += 1
            found.append(new)
        return found

    return said


def is_right(state: Mapping[str, str], true: State) -> bool:
    """Tell whether every slot, and none besides, has one of its true values."""
    return state.keys() == true.keys() and all(
        plain_value(value) in {plain_value(v) for v in true[slot]} for slot, value in state.items()
    )


def joint_goal_accuracy(
    dialogues: Sequence[Dialogue], states: Sequence[Sequence[Mapping[str, str]]]
) -> float:
    """Return the share of turns after which the whole record is right (Rastogi et al. 2020).

    Values are compared exactly, in small letters; the official measure of SGD lets nearly equal
    ones pass.

    Parameters
    ----------
    dialogues : sequence of Dialogue
    states : sequence of sequence of mapping
        For each turn of each dialogue the whole record after it, slot to value.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is not one state for each turn, or there is no turn.

    Examples
    --------
    >>> turn = Turn("Where?", "In New York.", "Book", {"city": ("New York",)})
    >>> joint_goal_accuracy([Dialogue("1", "Trains", (turn,))], [[{"city": "new york"}]])
    1.0
    """
    if not sum(len(dialogue.turns) for dialogue in dialogues):
        raise ValueError(f"{len(dialogues)} dialogues without a turn; expected at least one")
    if [len(d.turns) for d in dialogues] != [len(s) for s in states]:
        raise ValueError("expected one state for each turn of each dialogue")
    return float(
        np.mean(
            [
                is_right(state, turn.state)
                for dialogue, record in zip(dialogues, states, strict=True)
                for turn, state in zip(dialogue.turns, record, strict=True)
            ]
        )
    )
