from gru_course.memory.cells_measured import time_ratios, xla_ratios

SAMPLES = {"gru": [3.0, 3.0, 3.0], "lstm": [4.0, 4.0, 4.0]}


def test_times_are_divided_at_each_point():
    point = {"units": 64, "timesteps": 100, "batch": 32, "train": SAMPLES}
    (name,), (ratio,) = zip(*time_ratios([point], "gru").items(), strict=True)
    assert name == "64 units,\n100 steps, batch 32"
    assert ratio.estimate == 0.75


def test_the_ratio_with_xla_stands_first():
    slower = SAMPLES | {"gru": [8.0, 8.0, 8.0]}
    timed = [{"xla": False, "train": slower}, {"xla": True, "train": SAMPLES}]
    found = xla_ratios(timed, ["gru"], other="lstm")
    assert [ratio.estimate for ratio in found["gru"]] == [0.75, 2.0]
