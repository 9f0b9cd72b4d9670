import numpy as np
import pytest

from gru_course.apps.assistant.slots import WordLookup, decode, positions, span_f1
from gru_course.apps.assistant.snips import Request, small_requests, spans, tagged

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["O", "O"], set()),
        (["B-a", "I-a", "O"], {("a", 0, 2)}),
        (["B-a", "B-a"], {("a", 0, 1), ("a", 1, 2)}),
        (["B-a", "I-b", "I-b"], {("a", 0, 1), ("b", 1, 3)}),
        (["O", "I-a"], {("a", 1, 2)}),
        ([], set()),
    ],
)
def test_positions_are_those_of_conlleval(tags, expected):
    assert positions(tags) == expected


def test_positions_agree_with_the_slots_of_the_data():
    for request in small_requests(60).train:
        ends = sorted(positions(request.tags), key=lambda found: found[1])
        values = tuple((slot, " ".join(request.words[a:b])) for slot, a, b in ends)
        assert values == request.slots


def test_f1_by_hand():
    true = [["B-a", "I-a", "O", "B-b"], ["O", "B-b"]]
    found = [["B-a", "O", "O", "B-b"], ["B-a", "B-b"]]
    # 3 true, 4 found, 2 right: precision 1/2, recall 2/3.
    assert span_f1(true, found) == pytest.approx((1 / 2, 2 / 3, 4 / 7))
    assert span_f1(true, true).f1 == 1
    assert span_f1([["O"]], [["O"]]).f1 == 0


def test_a_high_word_accuracy_can_hide_an_f1_of_nothing():
    true = [["O"] * 9 + ["B-a"]]
    assert span_f1(true, [["O"] * 10]).f1 == 0


def test_shuffled_tags_are_red():
    requests = small_requests(300).test
    rng = np.random.default_rng(0)
    shuffled = [list(rng.permutation(request.tags)) for request in requests]
    assert span_f1([r.tags for r in requests], shuffled).f1 < 0.3


BAD_TAGS = [
    (["O", "I-city"], "tag 1 is 'I-city' after 'O'.*Begin every slot with B-: 'B-city'"),
    (["I-city", "I-city"], "tag 0 is 'I-city' after 'O'"),
    (["B-city", "I-time"], "tag 1 is 'I-time' after 'B-city'"),
    (["B-a", "I-a", "O", "I-a"], "tag 3 is 'I-a' after 'O'"),
]
OTHER_TAGS = [
    (["city", "O"], "tag 0 is 'city'; expected 'O', or 'B-' or 'I-'"),
    (["B-city", "L-city"], "tag 1 is 'L-city'.*BILOU"),
    (["U-city"], "tag 0 is 'U-city'"),
    (["B-city", "E-city"], "tag 1 is 'E-city'"),
    (["b-city"], "tag 0 is 'b-city'"),
    (["B_city"], "tag 0 is 'B_city'"),
    (["B-"], "tag 0 is 'B-'"),
    (["B", "I"], "tag 0 is 'B'"),
    (["O", ""], "tag 1 is ''"),
    (["o"], "tag 0 is 'o'"),
    (["O", None], "tag 1 is None"),
    ([0, 1], "tag 0 is 0"),
]


@pytest.mark.parametrize(("tags", "said"), BAD_TAGS + OTHER_TAGS)
def test_a_request_has_tags_that_are_bio(tags, said):
    with pytest.raises(ValueError, match=said):
        Request(("a",) * len(tags), tuple(tags), "Weather")


def test_nothing_and_one_word():
    assert Request((), (), "Weather").slots == ()
    assert spans([], []) == ()
    assert Request(("graz",), ("B-größte stadt",), "Weather").slots == (("größte stadt", "graz"),)
    assert tagged([], "Weather").words == tagged([("", "city")], "Weather").words == ()
    with pytest.raises(ValueError, match="2 words and 1 tags in 'a b'"):
        Request(("a", "b"), ("O",), "Weather")


@pytest.mark.parametrize(("tags", "said"), BAD_TAGS + OTHER_TAGS)
def test_true_tags_are_bio(tags, said):
    with pytest.raises(ValueError, match=f"true tags of request 1: {said}"):
        span_f1([["O"], tags], [["O"], ["O"] * len(tags)])


@pytest.mark.parametrize(("tags", "said"), OTHER_TAGS)
def test_predicted_tags_are_tags(tags, said):
    for call in (
        lambda: span_f1([["O"] * len(tags)], [tags]),
        lambda: positions(tags),
        lambda: spans(["a"] * len(tags), tags),
        lambda: decode(np.ones((1, len(tags))) / len(tags), tags),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_predicted_tags_need_not_be_well_formed():
    for tags, _ in BAD_TAGS:
        assert span_f1([["O"] * len(tags)], [tags]).f1 == 0


def test_nothing_to_compare():
    assert span_f1([], []) == span_f1([[]], [[]]) == (0, 0, 0)
    assert WordLookup([]).tags(["graz"]) == ["O"]


def test_one_text_is_no_list():
    with pytest.raises(TypeError, match="words is one str"):
        WordLookup([]).tags("graz")
    with pytest.raises(TypeError, match="tags is one str"):
        positions("O")


@pytest.mark.parametrize(
    ("probabilities", "tags", "said"),
    [
        ([[0.5, np.nan]], ["O", "B-a"], r"the probabilities: .*\(0, 1\): nan"),
        ([[0.5, np.inf]], ["O", "B-a"], "the probabilities: "),
        ([[3.0, -1.0]], ["O", "B-a"], "from -1 to 3; .*through a softmax first"),
        ([[0.5, 0.5]], ["I-b", "I-a"], "begin nothing"),
    ],
)
def test_what_cannot_be_decoded(probabilities, tags, said):
    with pytest.raises(ValueError, match=said):
        decode(np.array(probabilities), tags)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="one tag for each word"):
        span_f1([["O", "O"]], [["O"]])


def test_decoding_finds_the_best_of_all_well_formed_sequences():
    rng = np.random.default_rng(1)
    well_formed = [
        (i, j, k)
        for i in range(5)
        for j in range(5)
        for k in range(5)
        if TAGS[i][0] != "I"
        and all(
            TAGS[b][0] != "I" or (TAGS[a] != "O" and TAGS[a][2:] == TAGS[b][2:])
            for a, b in ((i, j), (j, k))
        )
    ]
    for _ in range(50):
        p = rng.dirichlet(np.ones(5), size=3)
        best = max(well_formed, key=lambda path: sum(np.log(p[t, i]) for t, i in enumerate(path)))
        assert decode(p, TAGS) == [TAGS[i] for i in best]


def test_decoding_checks_its_shape():
    assert decode(np.zeros((0, 5)), TAGS) == []
    with pytest.raises(ValueError, match="expected \\(words, 5\\)"):
        decode(np.zeros((2, 3)), TAGS)


def test_lookup_takes_the_most_frequent_tag():
    data = small_requests(600)
    lookup = WordLookup(data.train)
    assert lookup.tags(("oslo", "neverheard")) == ["B-city", "O"]
