"""The score of the benchmark against numbers worked out by hand, and against a plain loop."""

import math

import numpy as np
import pytest

from gru_course.apps.anomalies.nab import (
    PROFILES,
    Stream,
    Weights,
    best_threshold,
    nab_score,
    probation,
    reward,
    score_by_window,
    window_places,
    worth,
)

MOST = 2 / (1 + math.exp(-5)) - 1  # what the first moment of a window is worth before scaling


def stream(n, alarms, windows):
    scores = np.zeros(n)
    scores[list(alarms)] = 1
    return Stream(scores, windows)


def score(*streams, profile="standard"):
    return nab_score(streams, 0.5, profile).score


def test_reward_by_hand():
    np.testing.assert_allclose(
        reward([-1.0, -0.5, 0.0, 1.0, 3.5]), [0.986614, 0.848284, 0.0, -0.986614, -1.0], atol=1e-6
    )
    assert (np.diff(reward(np.linspace(-1, 5, 50))) <= 0).all()


def test_perfect_silent_and_late():
    windows = [(50, 59)]
    assert score(stream(100, [50], windows)) == pytest.approx(100)
    assert score(stream(100, [], windows)) == 0
    # the last place of ten is at -1/10: (2 / (1 + e^-0.5) - 1) / MOST = 0.2482
    late = (2 / (1 + math.exp(-0.5)) - 1) / MOST
    assert late == pytest.approx(0.24824, abs=1e-5)
    assert score(stream(100, [59], windows)) == pytest.approx(100 * (late + 1) / 2)


def test_only_the_earliest_alarm_of_a_window_counts():
    windows = [(50, 59)]
    assert score(stream(100, range(53, 60), windows)) == score(stream(100, [53], windows))


def test_false_alarms_by_hand():
    windows = [(50, 59)]
    # before the first window: the whole cost of 0.11, of a range of 2
    assert score(stream(100, [50, 30], windows)) == pytest.approx(100 - 100 * 0.11 / 2)
    # 9 places after the end of a window 10 wide: 9 / (10 - 1) = 1 width
    assert score(stream(100, [50, 68], windows)) == pytest.approx(100 - 100 * 0.11 * MOST / 2)
    # next to the end it costs less
    near = 0.11 * (1 - 2 / (1 + math.exp(5 / 9)))
    assert score(stream(100, [50, 60], windows)) == pytest.approx(100 - 100 * near / 2)


@pytest.mark.parametrize(
    ("profile", "alarms", "raw", "null", "perfect"),
    [
        ("standard", [30], -0.11 - 1, -1, 1),
        ("reward_low_FP_rate", [30], -0.22 - 1, -1, 1),
        ("reward_low_FN_rate", [30], -0.11 - 2, -2, 1),
        ("reward_low_FN_rate", [50], 1, -2, 1),
    ],
)
def test_profiles(profile, alarms, raw, null, perfect):
    found = score(stream(100, alarms, [(50, 59)]), profile=profile)
    assert found == pytest.approx(100 * (raw - null) / (perfect - null))


def test_the_start_does_not_count():
    assert probation(100) == 15
    assert probation(100_000) == 750
    windows = [(5, 9), (50, 59)]
    assert score(stream(100, [3, 5, 14, 50], windows)) == pytest.approx(100)
    # a window that reaches out of the start counts from there on
    half = nab_score([stream(100, [15], [(10, 19)])], 0.5)
    place = (2 / (1 + math.exp(-5 * 0.5)) - 1) / MOST
    assert half.score == pytest.approx(100 * (place + 1) / 2)
    assert (half.found, half.anomalies, half.false_alarms) == (1, 1, 0)


def test_streams_add_up():
    one, other = stream(100, [50], [(50, 59)]), stream(100, [40, 70], [(80, 89)])
    both = nab_score([one, other], 0.5)
    assert both.score == pytest.approx(100 * (1 - 1 - 2 * 0.11 + 2) / 4)
    assert (both.found, both.anomalies, both.false_alarms) == (1, 2, 2)


def plain(streams, threshold, weights):
    """Follow the description alarm by alarm."""
    total, anomalies = 0.0, 0
    for s in streams:
        n, start = len(s.scores), probation(len(s.scores))
        value = worth(n, s.windows, weights)
        found = {w: -weights.miss for w in s.windows if w[1] >= start}
        anomalies += len(found)
        for i in range(start, n):
            if s.scores[i] >= threshold:
                hit = [w for w in s.windows if w[0] <= i <= w[1]]
                if hit:
                    found[hit[0]] = max(found[hit[0]], value[i])
                else:
                    total += value[i]
        total += sum(found.values())
    null, perfect = -anomalies * weights.miss, anomalies * weights.hit
    return 100 * (total - null) / (perfect - null)


@pytest.mark.parametrize("profile", PROFILES)
def test_against_a_plain_loop_at_every_threshold(profile):
    rng = np.random.default_rng(3)
    streams = [
        Stream(rng.integers(0, 12, 200) / 10, [(20, 45), (100, 101), (150, 150)]),
        Stream(rng.integers(0, 12, 90) / 10, []),
    ]
    levels = [*np.arange(13) / 10, 99.0]
    expected = [plain(streams, level, PROFILES[profile]) for level in levels]
    np.testing.assert_allclose(
        [nab_score(streams, level, profile).score for level in levels], expected
    )
    best = best_threshold(streams, profile)
    assert best.score == pytest.approx(max(expected))
    assert nab_score(streams, best.threshold, profile) == best


def test_a_useless_detector_keeps_silent_at_best():
    shouting = Stream(np.ones(1_000), [(500, 519)])
    assert best_threshold([shouting]).score == 0
    assert best_threshold([shouting]).threshold == np.inf
    assert nab_score([shouting], 0.5).score < -1_000


def test_window_places():
    times = np.array(["2024-01-01", "2024-01-03", "2024-01-04", "2024-01-09"], "M8[D]")
    days = [np.datetime64(f"2024-01-{day:02}") for day in (2, 4, 5, 8, 9)]
    assert window_places(times, [(days[0], days[1])]) == ((1, 2),)
    assert window_places(times, [(days[2], days[3]), (days[3], days[4])]) == ((3, 3),)


DAYS = np.arange("2024-01-01", "2024-01-05", dtype="M8[D]")


def test_no_windows_and_no_times():
    assert window_places(DAYS, []) == ()
    assert window_places(DAYS[:0], []) == ()


def test_thresholds_that_are_never_and_always_reached():
    one = [stream(100, [50], [(50, 59)])]
    assert nab_score(one, np.inf).score == 0
    assert nab_score(one, -np.inf).false_alarms == 75


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Stream([0, np.inf], []), "1 of 2 .* the first at 1: inf"),
        (lambda: Stream([0, None], []), "of type object, the first at 1: None"),
        (lambda: nab_score([Stream([0, 1, 2], [(1, 2)])], np.nan), "the threshold is NaN"),
        (lambda: reward([0, np.nan]), "the positions: 1 of 2 .* at 1"),
        (lambda: worth(5, [(3, 5)], PROFILES["standard"]), "outside of the 5"),
        (lambda: worth(5, [(-2, 1)], PROFILES["standard"]), "outside of the 5"),
        (lambda: worth(5, [(1, 2)], Weights(1.0, np.nan, 1.0)), "the weights: 1 of 3"),
        (lambda: window_places(DAYS[::-1], []), "do not ascend"),
        (lambda: window_places(np.append(DAYS, np.datetime64("NaT")), []), "one is missing"),
        (lambda: window_places(DAYS, [(DAYS[2], DAYS[1])]), "a window from .* before its end"),
        (lambda: window_places(DAYS, [(DAYS[2], np.datetime64("NaT"))]), "a window from .* to NaT"),
        (lambda: Stream([0, np.nan], []), "1 of 2 .* first at 1: nan; .* Leave out the times"),
        (lambda: Stream([[0, 1]], []), r"shape \(1, 2\)"),
        (lambda: Stream([0, 1, 2], [(0, 1), (1, 2)]), "overlap"),
        (lambda: Stream([0, 1, 2], [(1, 3)]), "outside"),
        (lambda: nab_score([Stream([0, 1, 2], [])], 0.5), "no score"),
        (lambda: nab_score([Stream([0, 1, 2], [(1, 2)])], 0.5, "strict"), "no profile 'strict'"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("threshold", [0.3, 0.9, 0.99, 2.0, -1.0])
def test_the_windows_add_up_to_the_score(threshold):
    scores = np.random.default_rng(0).random(600)
    one = Stream(scores, [(100, 129), (200, 204), (205, 219), (560, 599)])
    found = score_by_window(one, threshold)
    assert len(found) == 4
    assert found.mean() == pytest.approx(nab_score([one], threshold).score)


def test_a_window_by_itself():
    one = stream(300, [60, 95, 150], [(50, 69), (100, 109), (200, 209)])
    first, second, third = score_by_window(one, 0.5)
    assert first == pytest.approx(nab_score([stream(300, [60, 95], [(50, 69)])], 0.5).score)
    assert second < 0  # missed, and a false alarm behind it
    assert third == 0


def test_a_window_in_which_nothing_counts_is_refused():
    with pytest.raises(ValueError, match="ends within the first 45 values"):
        score_by_window(stream(300, [60], [(10, 19), (50, 69)]), 0.5)
    with pytest.raises(ValueError, match="no score"):
        score_by_window(stream(300, [60], []), 0.5)
