import pytest

from gru_course.data.splitting import place_of, split_by_key


def test_places_are_spread_evenly():
    places = [place_of(str(number)) for number in range(5_000)]
    assert 0 <= min(places) < max(places) < 1
    assert abs(sum(places) / 5_000 - 0.5) < 0.02


def test_equal_keys_stay_together_and_nothing_is_lost():
    items = [(number % 700, number) for number in range(5_000)]
    parts = split_by_key(items, lambda item: str(item[0]), validation=0.1, test=0.2)
    assert sorted(item for part in parts for item in part) == sorted(items)
    keys = [{key for key, _ in part} for part in parts]
    assert len(set.union(*keys)) == sum(map(len, keys)) == 700
    assert 0.15 < len(keys[2]) / 700 < 0.25
    assert 0.06 < len(keys[1]) / 700 < 0.14


def test_more_items_move_no_other():
    few, many = (split_by_key(map(str, range(n)), str, 0.1, 0.1) for n in (100, 1_000))
    assert all(set(a) <= set(b) for a, b in zip(few, many, strict=True))


@pytest.mark.parametrize(
    ("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (float("nan"), 0.1), (0.1, float("nan"))]
)
def test_shares_that_leave_nothing(validation, test):
    with pytest.raises(ValueError, match="leave nothing for training"):
        split_by_key("abc", str, validation, test)


def test_half_a_character_has_a_place():
    assert 0 <= place_of("\ud800") < 1
