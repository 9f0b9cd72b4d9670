"""What readers type is continued, or they are told why not."""

import pytest

from gru_course.apps.characters.continuing import LONGEST, continued
from gru_course.apps.characters.data import small_play
from gru_course.apps.characters.model import character_model


@pytest.fixture(scope="module")
def play():
    return small_play(50)


@pytest.fixture(scope="module")
def model(play):
    return character_model(len(play.characters) + 1, units=4, embedding_dim=4)


def test_the_same_seed_goes_on_in_the_same_way(model, play):
    first, again, other = (continued(model, play, "the ", 60, seed=n) for n in (1, 1, 2))
    assert first == again != other
    assert first.startswith("the ")
    assert len(first) == 64


def test_what_is_typed_is_made_plain(model, play):
    assert continued(model, play, "the\r\n", 1).startswith("the\n")


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        ("", "the opening is empty"),
        (" \n", "the opening is empty"),
        ("Где вокзал", "characters of the opening do not occur in STAND-IN"),
        ("to be " * LONGEST, "12,000 characters; expected at most 2,000"),
    ],
)
def test_bad_openings(model, play, opening, said):
    with pytest.raises(ValueError, match=said):
        continued(model, play, opening)


def test_no_text(model, play):
    with pytest.raises(TypeError, match="of type list; expected a text"):
        continued(model, play, ["to be"])


def test_a_strange_sign_among_others_passes(model, play):
    assert "�" in continued(model, play, "the gate ∞ is", 1)
