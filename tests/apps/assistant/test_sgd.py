import json

import pytest
from own_cache import remote_file

from gru_course.apps.assistant.sgd import SGD, Turn, load_sgd, small_dialogues
from gru_course.data.loading import load


@pytest.fixture(params=["quick", pytest.param("full", marks=pytest.mark.full)])
def data(request):
    return load(SGD, request.param)


def test_a_dialogue_is_in_one_part(data):
    parts = (data.train, data.validation, data.test)
    names = [{dialogue.name for dialogue in part} for part in parts]
    assert len(set.union(*names)) == sum(map(len, names)) == sum(map(len, parts))
    said = [{" ".join(t.user for t in d.turns) for d in part} for part in parts]
    assert not said[2] & (said[0] | said[1])
    assert all(part for part in parts)


def test_turns_and_changes(data):
    for dialogue in (*data.train, *data.test):
        first, *later = dialogue.turns
        assert first.system == ""
        assert all(turn.system for turn in later)
        state = {}
        for turn, changed in zip(dialogue.turns, dialogue.changes, strict=True):
            state = {slot: state[slot] for slot in turn.state if slot in state}
            state |= {slot: turn.state[slot] for slot in changed}
            assert state == turn.state
        assert all(dialogue.turns[-1].state.values())


def test_services_and_slots(data):
    for service in {d.service for d in data.test}:
        filled = {
            slot for d in data.test if d.service == service for t in d.turns for slot in t.state
        }
        assert filled <= set(data.slots(service))
    with pytest.raises(ValueError, match="There is no service 'Trains'"):
        data.slots("Trains")


@pytest.mark.full
def test_published_figures():
    data = load(SGD, "full")
    every = [*data.train, *data.validation, *data.test]
    services = [dialogue.service for dialogue in every]
    assert len(every) == 512
    assert [services.count(s) for s in ("Restaurants_1", "Events_2", "Media_1")] == [341, 109, 62]
    assert 2 * sum(len(d.turns) for d in every) == 8_066
    first = next(dialogue for dialogue in every if dialogue.name == "1_00000")
    assert first.turns[0].user.startswith("I am feeling hungry")
    assert first.turns[1].state == {"city": ("San Jose",)}


def test_a_tiny_file(server):
    def user(text, **slots):
        state = {"active_intent": "Book", "requested_slots": [], "slot_values": slots}
        return {"speaker": "USER", "utterance": text, "frames": [{"service": "T", "state": state}]}

    turns = [
        user("Hello"),
        {"speaker": "SYSTEM", "utterance": "Where?", "frames": []},
        user("Graz", city=["Graz", "graz"]),
    ]
    body = json.dumps([{"dialogue_id": "1", "services": ["T"], "turns": turns}]).encode()
    server.serve("tiny", body)
    data = load_sgd((remote_file("tiny", body, server.url),))
    (dialogue,) = (*data.train, *data.validation, *data.test)
    assert dialogue.turns == (
        Turn("", "Hello", "Book", {}),
        Turn("Where?", "Graz", "Book", {"city": ("Graz", "graz")}),
    )


def test_a_change_of_mind_names_two_values():
    turns = [turn for dialogue in small_dialogues().train for turn in dialogue.turns]
    changes = [turn for turn in turns if turn.user.startswith(("No, ", "Make that", "Rather"))]
    assert len(changes) > 0.4 * len(small_dialogues().train)
    for turn in changes:
        assert any(value.lower() in turn.user.lower() for (value,) in turn.state.values())


@pytest.mark.parametrize("n", [19, 5_001])
def test_too_few_or_too_many(n):
    with pytest.raises(ValueError, match="20 to 5,000"):
        small_dialogues(n)
