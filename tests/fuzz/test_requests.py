"""JSON of dialogues and of requests: what was written, or an error that names file and place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.assistant.sgd import Dialogue, Turn, load_sgd
from gru_course.apps.assistant.snips import load_snips, tagged

from .conftest import altered, damaged, fuzzed

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.dictionaries(WORDS, st.lists(WORDS, max_size=2), max_size=2)
TURNS = st.one_of(
    st.fixed_dictionaries(
        {"speaker": st.just("SYSTEM"), "utterance": WORDS, "frames": st.just([])}
    ),
    st.fixed_dictionaries(
        {
            "speaker": st.just("USER"),
            "utterance": WORDS,
            "frames": st.tuples(
                st.fixed_dictionaries(
                    {
                        "state": st.fixed_dictionaries(
                            {"active_intent": WORDS, "slot_values": VALUES}
                        )
                    }
                )
            ).map(list),
        }
    ),
)
DIALOGUES = st.lists(
    st.fixed_dictionaries(
        {
            "dialogue_id": WORDS,
            "services": st.tuples(WORDS).map(list),
            "turns": st.lists(TURNS, max_size=4),
        }
    ),
    max_size=3,
)
PIECES = st.fixed_dictionaries({"text": WORDS}, optional={"entity": st.sampled_from(["a", "b_c"])})
REQUESTS = st.fixed_dictionaries(
    {"Play": st.lists(st.fixed_dictionaries({"data": st.lists(PIECES, max_size=4)}), max_size=3)}
)


def as_json(tree):
    return json.dumps(tree).encode()


def everything(data):
    return [*data.train, *data.validation, *data.test]


def is_whole(dialogue):
    assert isinstance(dialogue, Dialogue)
    texts = [dialogue.name, dialogue.service]
    for turn in dialogue.turns:
        texts += [turn.system, turn.user, turn.intent, *turn.state]
        texts += [value for values in turn.state.values() for value in values]
    return all(isinstance(text, str) for text in texts) and "".join(texts).encode()


@fuzzed
@given(st.one_of(altered(DIALOGUES).map(as_json), damaged(DIALOGUES.map(as_json))))
def test_dialogues_damaged(tried, stored, body):
    file = stored("d.json", body)
    data = tried(lambda: load_sgd((file,)), names="d.json: ")
    if data is not None:
        assert all(is_whole(dialogue) is not False for dialogue in everything(data))


def test_what_damage_is_for_is_seen(tried, stored):
    """The red light: the same checks on what an unchecked parser would return."""
    assert is_whole(Dialogue("1", "s", (Turn("", "x", None, {}),))) is False


@fuzzed
@given(DIALOGUES)
def test_dialogues_sound(tried, stored, rows):
    file = stored("d.json", as_json(rows))
    found = {id(d): d for d in everything(tried(lambda: load_sgd((file,))))}
    expected = []
    for row in rows:
        system, turns = "", []
        for turn in row["turns"]:
            if turn["speaker"] == "SYSTEM":
                system = turn["utterance"]
            else:
                state = turn["frames"][0]["state"]
                values = {slot: tuple(v) for slot, v in state["slot_values"].items()}
                turns.append(Turn(system, turn["utterance"], state["active_intent"], values))
        expected.append(Dialogue(row["dialogue_id"], row["services"][0], tuple(turns)))
    assert sorted(map(repr, found.values())) == sorted(
        repr(
            Dialogue(
                d.name,
                d.service,
                tuple(
                    Turn(t.system, t.user, t.intent, dict(sorted(t.state.items()))) for t in d.turns
                ),
            )
        )
        for d in expected
    )


@fuzzed
@given(st.one_of(altered(REQUESTS).map(as_json), damaged(REQUESTS.map(as_json))))
def test_requests_damaged(tried, stored, body):
    file = stored("r.json", body)
    data = tried(lambda: load_snips({}, {"Play": file}), names="r.json: ")
    for request in () if data is None else data.test:
        assert len(request.words) == len(request.tags)
        assert all(isinstance(text, str) for text in (*request.words, *request.tags))
        "".join(request.words).encode()


@fuzzed
@given(REQUESTS)
def test_requests_sound(tried, stored, tree):
    file = stored("r.json", as_json(tree))
    data = tried(lambda: load_snips({}, {"Play": file}))
    pieces = [[(p["text"], p.get("entity")) for p in row["data"]] for row in tree["Play"]]
    assert data.test == tuple(tagged(of, "Play") for of in pieces)
