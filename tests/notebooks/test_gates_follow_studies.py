"""Gates on what studies measured lie between the strongest opponent and the measured mean.

A gate that lets the opponent pass proves nothing, and one that is tighter than chance is red by
chance: so the floor is above the opponent and at most four standard errors below the mean.
"""

import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
ERRORS = 4.0
ROUNDING = 0.0006  # gates have three or four digits


@dataclass(frozen=True)
class Gate:
    """One gate: its lesson and metric, the results it is about, and what it must keep out.

    What is gated is the mean of the results, or, if `single`, one more like them.
    """

    lesson: str
    metric: str
    results: tuple[float, ...]
    opponent: float
    single: bool = False


def results(study):
    return json.loads((ROOT / "studies" / f"{study}.json").read_text())["results"]


def texture(temperature, what):
    return tuple(run["composed"][temperature][what] for run in results("chorales")["seeds"])


def gates():
    bach = results("chorales")["texture_of_bach"]
    for temperature, what in (("1.0", "clashes"), ("0.4", "notes"), ("0.4", "repeats")):
        name = f"{what}_at_{temperature.replace('.', '_')}"
        yield Gate("23_chorales", name, texture(temperature, what), bach[what])
    actions = results("actions")
    gru = tuple(run["disturbed"]["test_accuracy"] for run in actions["seeds"])
    warping = actions["warping_of_motion"]["test_accuracy"]
    yield Gate("24_actions", "gru_accuracy", gru, warping)
    compared = results("paths_compared")
    for name in ("warping_versions", "rocket", "rocket_versions"):
        right = np.array(compared["said"][name]) == np.array(compared["labels"])
        shares = tuple(float(share) for share in right.mean(axis=1))
        yield Gate("24_actions", f"{name}_accuracy", shares, warping)
    films = results("films_of_people")
    shares = {name: film_shares(films, name) for name in films["readers"]}
    for name in ("gru", "without_order", "three_frames"):
        best = float(np.mean(shares["ridge_sorted"]))
        yield Gate("24_actions", f"films_{name}", shares[name], best)
    mean_frame = float(np.mean(shares["ridge_mean"]))
    yield Gate("24_actions", "live_film", shares["gru"], mean_frame, single=True)
    strangers = results("strangers")
    for metric, network in (("strangers_plain", "gru"), ("strangers_cnn", "cnn")):
        means = tuple(
            float(np.mean([who["test"] for who in seed.values()]))
            for seed in strangers[network]["plain"]
        )
        averaged = float(np.mean(list(strangers["averaged"].values())))
        yield Gate("22_spoken_digits", metric, means, averaged)


def film_shares(films, name):
    right = np.array([run["said"] for run in films["readers"][name]]) == np.array(films["labels"])
    return tuple(float(share) for share in right.mean(axis=1))


def faults(gate, bounds):
    """Say what is wrong with the bounds of a gate."""
    mean, count = float(np.mean(gate.results)), 1 if gate.single else len(gate.results)
    reach = ERRORS * float(np.std(gate.results, ddof=1)) / np.sqrt(count) + ROUNDING
    low, high = bounds.get("floor", -np.inf), bounds.get("ceiling", np.inf)
    found = []
    if low <= gate.opponent <= high:
        found.append(f"{gate.metric}: the opponent, {gate.opponent}, would pass")
    nearer = low if gate.opponent < mean else high
    if abs(nearer - mean) > reach:
        found.append(f"{gate.metric}: {nearer} is more than {reach:.4f} from the mean, {mean:.4f}")
    if not low <= mean <= high:
        found.append(f"{gate.metric}: the mean, {mean:.4f}, does not pass")
    return found


@pytest.mark.parametrize("gate", list(gates()), ids=lambda gate: f"{gate.lesson}-{gate.metric}")
def test_each_gate_is_between_the_opponent_and_the_mean(gate):
    stated = tomllib.loads((ROOT / "notebooks" / "bounds.toml").read_text())
    assert not faults(gate, stated[gate.lesson][gate.metric]["full"])


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"floor": 0.4}, "the opponent, 0.5, would pass"),
        ({}, "the opponent, 0.5, would pass"),
        ({"floor": 0.6}, "is more than"),
        ({"floor": 0.95}, "does not pass"),
    ],
)
def test_a_loose_gate_is_red(bounds, said):
    gate = Gate("lesson", "accuracy", (0.89, 0.9, 0.91), 0.5)
    assert not faults(gate, {"floor": 0.878})
    assert faults(gate, {"floor": 0.865})
    assert not faults(replace(gate, single=True), {"floor": 0.865})
    assert any(said in fault for fault in faults(gate, bounds))
