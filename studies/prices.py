"""Two share indices: whether a GRU foresees their direction, and how large their changes will be.

Everything is chosen on the days before 2015; the test part is 2015 to 2018. About three minutes on
one core: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.forecasting.forecast_tests import clark_west, diebold_mariano
from gru_course.apps.forecasting.market import NASDAQ, SP500, Prices
from gru_course.apps.forecasting.pricing import tomorrow
from gru_course.apps.forecasting.volatility import (
    ewma,
    fit_garch,
    forecast_variances,
    garch_variances,
    qlike,
    train_variances,
    variance_windows,
)
from gru_course.data.loading import load
from gru_course.stats.comparisons import holm

SEEDS = range(5)
SEARCH_SEED = 100
INDICES = {"S&P 500": SP500, "Nasdaq": NASDAQ}
FIRST = "2015-01-01"
HISTORY = 60
YEAR = 250
ANCHORS = ("constant", "average that forgets", "GARCH")
TESTED = ("constant", "last year", "average that forgets", "GARCH", "GJR-GARCH")


@cache
def prices(name: str) -> Prices:
    """Load an index, once in each process."""
    return load(INDICES[name], "full")


def surprises(name: str) -> tuple[Any, int, int]:
    """Return the changes less their mean, and where validation and test begin."""
    index = prices(name)
    first = index.place(FIRST) - 1  # the change that leads to the first price of the test part
    changes = index.returns
    return changes - changes[:first].mean(), first * 9 // 10, first


def opponents(name: str, until: int) -> dict[str, Any]:
    """Forecast the variance of every day by what was fitted to the changes before `until`."""
    r, *_ = surprises(name)
    known = r[:until]
    variance = float(known.var())
    last_year = np.array(
        [r[max(0, day - YEAR) : day].var() if day > 20 else variance for day in range(len(r))]
    )
    return {
        "constant": np.full(len(r), variance),
        "last year": last_year,
        "average that forgets": ewma(r, variance),
        "GARCH": garch_variances(r, fit_garch(known), variance),
        "GJR-GARCH": garch_variances(r, fit_garch(known, bad_news=True), variance),
    }


def rounded(values: Any) -> list[float]:
    """Return numbers with six digits."""
    return [float(f"{value:.6g}") for value in values]


def simple(name: str) -> dict[str, Any]:
    """Judge what needs no network."""
    index, (r, _, first) = prices(name), surprises(name)
    changes, level = index.returns, index.close
    came, before = level[first + 1 :], level[first:-1]
    return {
        "days": len(came),
        "naive_rmse": float(np.sqrt(np.mean((came - before) ** 2))),
        "naive_explained": float(1 - np.mean((came - before) ** 2) / came.var()),
        "squared_error": {
            "no change": float(np.mean(changes[first:] ** 2)),
            "mean of the past": float(np.mean((changes[first:] - changes[:first].mean()) ** 2)),
        },
        "changes": rounded(changes[first:]),
        "mean": float(changes[:first].mean()),
        "qlike": {
            way: rounded(qlike(h[first:], r[first:])) for way, h in opponents(name, first).items()
        },
        "garch": fit_garch(r[:first])._asdict(),
    }


def restless(name: str, anchor: str, seed: int) -> tuple[float, Any]:
    """Train a GRU that corrects an anchor; return its validation loss and its test variances."""
    r, middle, first = surprises(name)
    h, deviation = opponents(name, middle)[anchor], float(r[:middle].std())

    def windows(start: int, stop: int) -> Any:
        return variance_windows(r, h, deviation, HISTORY, start, stop)

    held = windows(middle, first)
    model = train_variances(windows(HISTORY, middle), held, seed)
    loss = qlike(forecast_variances(model, held), r[middle:first]).mean()
    return float(loss), forecast_variances(model, windows(first, len(r)))


def tried(name: str, anchor: str) -> dict[str, Any]:
    """Try one anchor."""
    r, middle, first = surprises(name)
    alone = float(qlike(opponents(name, middle)[anchor][middle:first], r[middle:first]).mean())
    loss = restless(name, anchor, SEARCH_SEED)[0]
    return {"anchor": anchor, "validation": loss, "anchor_alone": alone}


def best(**of_anchor: Any) -> dict[str, Any]:
    """Choose the anchor with the least validation loss."""
    return min(of_anchor.values(), key=lambda row: row["validation"])


def variances(name: str, seed: int, chosen: Mapping[str, Any]) -> list[float]:
    """Return the loss of each test day."""
    r, _, first = surprises(name)
    return rounded(qlike(restless(name, chosen["anchor"], seed)[1], r[first:]))


def direction(name: str, seed: int) -> list[float]:
    """Return the forecast change of each test day, in percent."""
    said = tomorrow(prices(name).close, first=prices(name).place(FIRST), seed=seed)
    return rounded(100 * (said.said - said.today))


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together; the tests are corrected for how many there are."""
    rows = {name: _of_index(name, found) for name in INDICES}
    places = [(name, seed) for name in INDICES for seed in SEEDS]
    values = [rows[name]["direction"][seed]["p_value"] for name, seed in places]
    for (name, seed), p in zip(places, holm(values), strict=True):
        rows[name]["direction"][seed]["corrected_p"] = p
    pairs = [(name, way) for name in INDICES for way in TESTED]
    values = [rows[name]["tests"][way]["p_value"] for name, way in pairs]
    for (name, way), p in zip(pairs, holm(values), strict=True):
        rows[name]["tests"][way]["corrected_p"] = p
    return {"indices": rows, "history": HISTORY}


def _of_index(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    simply = found[f"{name}/simple"]
    came = np.array(simply["changes"])
    losses = np.array([found[f"{name}/variances/{seed}"] for seed in SEEDS])
    others = {way: np.array(values) for way, values in simply["qlike"].items()}

    def judged(said: Any) -> dict[str, float]:
        mean = np.full(len(came), simply["mean"])
        test = clark_west(came, mean, np.array(said))
        return {"squared_error": float(np.mean((came - said) ** 2)), "p_value": test.p_value,
                "correlation": float(np.corrcoef(came, said)[0, 1])}  # fmt: skip

    return {
        **{key: simply[key] for key in ("days", "naive_rmse", "naive_explained", "squared_error",
                                        "mean", "garch")},
        "direction": [judged(found[f"{name}/direction/{seed}"]) for seed in SEEDS],
        "qlike": {way: float(loss.mean()) for way, loss in others.items()},
        "gru_qlike": losses.mean(axis=1).tolist(),
        "tests": {
            way: diebold_mariano(losses.mean(axis=0), loss)._asdict()
            for way, loss in others.items()
        },
        "tried": [found[f"{name}/tried/{anchor}"] for anchor in ANCHORS],
        "chosen": found[f"{name}/chosen"],
    }  # fmt: skip


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the days, which are not stored."""
    parts: dict[str, Any] = {}
    for name, row in stored["indices"].items():
        parts[f"{name}/simple"] = {
            key: row[key] for key in ("days", "naive_rmse", "naive_explained", "squared_error",
                                      "mean", "garch")
        }  # fmt: skip
        parts |= {f"{name}/tried/{one['anchor']}": one for one in row["tried"]}
        parts[f"{name}/chosen"] = row["chosen"]
    return parts


def study() -> Study:
    """Declare the pieces."""
    pieces: dict[str, Piece] = {}
    for name in INDICES:
        of = {"name": name}
        tries = {f"{name}/tried/{anchor}": anchor for anchor in ANCHORS}
        pieces[f"{name}/simple"] = Piece(simple, of)
        pieces |= {key: Piece(tried, {**of, "anchor": anchor}) for key, anchor in tries.items()}
        needs = {f"anchor_{n}": key for n, key in enumerate(tries)}
        pieces[f"{name}/chosen"] = Piece(best, needs=needs)
        for seed in SEEDS:
            given = {**of, "seed": seed}
            pieces[f"{name}/direction/{seed}"] = Piece(direction, given)
            pieces[f"{name}/variances/{seed}"] = Piece(
                variances, given, needs={"chosen": f"{name}/chosen"}
            )
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
