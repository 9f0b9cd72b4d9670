import pytest

from gru_course.apps.assistant.dialogue import (
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    Assistant,
    joint_goal_accuracy,
    lookup_turns,
    threshold_for,
    track,
    turn_request,
    turn_requests,
)
from gru_course.apps.assistant.model import Reading, RequestConfig
from gru_course.apps.assistant.sgd import Dialogue, Turn, small_dialogues


class Says:
    """A reader that always understands the same."""

    config = RequestConfig(longest=5)
    ids = ({"in": 2, "i'm": 3, "?": 4},)

    def __init__(self, confidence):
        self.confidence = confidence
        self.asked = []

    def read(self, texts):
        self.asked += texts
        return [Reading("Weather", self.confidence, ["O", "B-city"][: len(w)]) for w in texts]


def test_an_assistant_answers_only_if_it_is_sure():
    answer = Assistant(Says(0.9), 0.8).ask("In Oslo")
    assert (answer.intent, answer.slots) == ("Weather", (("city", "oslo"),))
    assert "city: oslo" in answer.text
    unsure = Assistant(Says(0.7), 0.8).ask("In Oslo")
    assert (unsure.intent, unsure.text) == (None, NOT_UNDERSTOOD)
    assert Assistant(Says(0.9), 0.8).ask(" ").intent is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("I’m <b>in</b>", ["i'm", "in"]),
        ("in\u00a0Ｏｓｌｏ", ["in", "oslo"]),
        ("in😀", ["in", "😀"]),
        ("\ufeffin Oslo…", ["in", "oslo", ".", ".", "."]),
    ],
)
def test_what_people_type_is_asked_in_plain_words(typed, words):
    reader = Says(0.9)
    reader.read = lambda texts: (
        reader.asked.extend(texts) or [Reading("Weather", 0.9, ["O"] * len(text)) for text in texts]
    )
    assert Assistant(reader, 0.8).ask(typed).intent == "Weather"
    assert reader.asked == [words]


SIGNS = ["", " \n", "?!", "😀?"]


@pytest.mark.parametrize("typed", [*SIGNS, "Фильм?", "映画", "glonk", "\ud800"])
def test_without_a_known_word_nothing_is_understood(typed):
    answer = Assistant(Says(0.99), 0.8).ask(typed)
    assert (answer.intent, answer.confidence) == (None, 0.0)
    why = {True: "There is no word in it.", False: "I know none of its words."}[typed in SIGNS]
    assert answer.text == f"{NOT_UNDERSTOOD} {why}"


def test_a_request_longer_than_what_is_read_is_refused():
    answer = Assistant(Says(0.99), 0.8).ask("in " * 100_000)
    assert answer.intent is None
    assert answer.text == f"{NOT_UNDERSTOOD} It has 100,000 words, and I read up to 5."


@pytest.mark.parametrize("wrong", [None, 3, b"in", ["in"]])
def test_what_is_no_text(wrong):
    with pytest.raises(TypeError, match="A text is a str"):
        Assistant(Says(0.9), 0.8).ask(wrong)


def test_the_threshold_refuses_the_share_asked_for():
    confidences = [n / 100 for n in range(100)]
    threshold = threshold_for(confidences, 0.03)
    assert sum(c < threshold for c in confidences) == 3
    assert threshold_for([0.7], 0.9) == 0.7


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: threshold_for([], 0.1), "expected some"),
        (lambda: threshold_for([0.5], 1), "expected some, 0 to 1"),
        (lambda: threshold_for([0.5], float("nan")), "expected some, 0 to 1"),
        (lambda: threshold_for([0.5, float("nan")], 0.1), "the confidences: .*at 1: nan"),
        (lambda: threshold_for([0.5, 97], 0.1), "confidences from 0.5 to 97; expected 0 to 1"),
        (lambda: Assistant(Says(0.9), float("nan")), "threshold is nan"),  # it answered everything
        (lambda: Assistant(Says(0.9), 80), "threshold is 80; expected a probability"),
        (lambda: joint_goal_accuracy([], []), "0 dialogues without a turn"),
        (lambda: joint_goal_accuracy([Dialogue("1", "a", ())], [[]]), "1 dialogues without"),
    ],
)
def test_what_cannot_be_measured(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_no_dialogues_and_no_turns():
    assert track([]) == turn_requests([]) == turn_requests([Dialogue("1", "a", ())]) == []
    assert lookup_turns([])(Dialogue("1", "a", (Turn("", "In Graz.", "Find", {}),))) == [{}]
    assert turn_request(Turn("", "", "Find", {})).words == ("|",)


def test_out_of_scope_requests_are_all_different():
    assert len(OUT_OF_SCOPE) == len(set(OUT_OF_SCOPE)) == 40


def test_accepted_offers_are_tagged_where_they_were_made():
    turn = Turn("I found Luna in Graz.", "Sounds good.", "Find", {"name": ("Luna",)})
    assert turn_request(turn, ("name",)).slots == (("name", "luna"),)
    assert turn_request(turn).slots == ()


def test_perfect_tags_and_carry_over_give_a_perfect_record_and_less_is_red():
    dialogues = small_dialogues(60).train
    found = [[dict(r.slots) for r in turn_requests([d])] for d in dialogues]
    assert joint_goal_accuracy(dialogues, [track(turns) for turns in found]) == 1
    forgotten = [track(turns, carry_over=False) for turns in found]
    assert joint_goal_accuracy(dialogues, forgotten) < 0.5
    shifted = [track(turns) for turns in found[1:] + found[:1]]
    same = [(d, s) for d, s in zip(dialogues, shifted, strict=True) if len(d.turns) == len(s)]
    assert joint_goal_accuracy(*zip(*same, strict=True)) < 0.3


def test_one_wrong_slot_makes_a_record_wrong():
    (dialogue, *_) = small_dialogues(60).train
    right = [{slot: values[0] for slot, values in turn.state.items()} for turn in dialogue.turns]
    assert joint_goal_accuracy([dialogue], [right]) == 1
    right[-1]["city"] = "nowhere"
    assert joint_goal_accuracy([dialogue], [right]) == 1 - 1 / len(right)
    with pytest.raises(ValueError, match="one state for each turn"):
        joint_goal_accuracy([dialogue], [right[:-1]])


def test_lookup_fills_what_the_user_says():
    data = small_dialogues(60)
    said = lookup_turns(data.train)
    records = [track(said(dialogue)) for dialogue in data.test]
    assert 0.5 < joint_goal_accuracy(data.test, records) < 1
