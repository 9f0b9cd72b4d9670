"""Characters of Shakespeare: counting, a GRU, an LSTM and a small Transformer, from three seeds.

The networks have about as many parameters, see as many characters in as many updates, and are
mixed with the counts. What each character cost is kept by blocks of the text, so that intervals of
differences can be drawn over blocks. Reads the real text. About twenty minutes on one core:
``make studies``.
"""

import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.characters.baselines import NGrams, bits
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.characters.learn import probabilities, train
from gru_course.apps.characters.model import character_model
from gru_course.apps.characters.opponents import (
    lstm_model,
    train_on_windows,
    transformer_model,
    window_probabilities,
)
from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.stats.clusters import over_clusters

SEEDS = range(3)
EPOCHS = 4
GRU_RATE = 0.006
"""Chosen on validation before this study was written; the others choose among these, once through
half of the text."""
RATES = {"lstm": (0.003, 0.006), "transformer": (0.002, 0.004)}
KINDS = ("gru", *RATES)
BLOCK = 1_000
"""Characters that are taken to hang together."""
ORDERS = range(1, 10)
SHARES = np.linspace(0, 1, 21)


@cache
def text() -> Any:
    """Load the text, once in each process."""
    return load(SHAKESPEARE, "full")


def parts() -> dict[str, tuple[Any, Any]]:
    """Give the characters of the two parts that are asked, each with those before it."""
    train, validation, test = (
        text().encode(part) for part in (text().train, text().validation, text().test)
    )
    return {"validation": (validation, train), "test": (test, validation)}


def characters() -> int:
    """Count the different characters, and the one for those that are unknown."""
    return len(text().characters) + 1


def counted(order: int) -> dict[str, Any]:
    """Count, and give the probability of each character."""
    model = NGrams(order, text().encode(text().train), characters())
    return {
        name: model.probabilities(np.concatenate([before[-ORDERS[-1] :], ids]))[ORDERS[-1] :]
        for name, (ids, before) in parts().items()
    }


def counting(order: int) -> dict[str, float]:
    """Measure how well one order of counting does."""
    return {f"{name}_bits": bits(p) for name, p in counted(order).items()}


def choose_order(**found: Any) -> int:
    """Choose by validation."""
    return min(ORDERS, key=lambda order: float(found[f"order_{order}"]["validation_bits"]))


def counted_blocks(order: int) -> dict[str, Any]:
    """Say what the test stretch cost one order of counting, block by block, and its time."""
    begin = time.perf_counter()
    said = counted(order)
    return {"blocks": by_block(said["test"]), "seconds": time.perf_counter() - begin}


def by_block(said: Any) -> list[float]:
    """Add up the surprise in bits over blocks of the text."""
    surprise = -np.log2(said)
    return [round(float(v), 3) for v in np.add.reduceat(surprise, range(0, len(said), BLOCK))]


def made(kind: str) -> keras.Model:
    """Build one of the networks."""
    build = {"gru": character_model, "lstm": lstm_model, "transformer": transformer_model}[kind]
    return build(characters())  # type: ignore[operator] # one of three builders


def taught(
    kind: str, seed: int, rate: float, epochs: int, part: float = 1.0
) -> tuple[keras.Model, list[float]]:
    """Train one of the networks on the training stretch, or on the first part of it."""
    keras.utils.set_random_seed(seed)
    ids = text().encode(text().train)
    ids = ids[: round(part * len(ids))]
    model = made(kind)
    if kind == "transformer":
        curve = train_on_windows(model, ids, seed=seed, epochs=epochs, learning_rate=rate)
    else:
        curve = train(model, ids, epochs=epochs, learning_rate=rate)
    return model, curve


def asked(kind: str, model: keras.Model, part: str) -> Any:
    """Give the probability of each character of a part."""
    ask = window_probabilities if kind == "transformer" else probabilities
    return ask(model, *parts()[part])


def searched(kind: str, rate: float) -> float:
    """Train once through half of the text and measure on validation."""
    model, _ = taught(kind, 0, rate, 1, part=0.5)
    return bits(asked(kind, model, "validation"))


def choose_rate(kind: str, **found: float) -> float:
    """Choose by validation."""
    return min(zip(found.values(), RATES[kind], strict=True))[1]


def network(kind: str, seed: int, order: int, rate: float) -> dict[str, Any]:
    """Train a network, mix it with counting as validation says, and test once."""
    begin = time.perf_counter()
    model, curve = taught(kind, seed, rate, EPOCHS)
    seconds = time.perf_counter() - begin
    said = {part: asked(kind, model, part) for part in parts()}
    counts = counted(order)

    def mixed(share: float, part: str) -> Any:
        return share * said[part] + (1 - share) * counts[part]

    share = min(map(float, SHARES), key=lambda w: bits(mixed(w, "validation")))
    both = mixed(share, "test")
    return {
        "curve": curve,
        "validation_bits": bits(said["validation"]),
        "test_bits": bits(said["test"]),
        "share_of_gru": share,
        "mixed_test_bits": bits(both),
        "blocks": by_block(said["test"]),
        "mixed_blocks": by_block(both),
        "seconds": seconds,
    }


def gru(seed: int, order: int) -> dict[str, Any]:
    """Train the GRU with the step size that it has had from the beginning."""
    return network("gru", seed, order, GRU_RATE)


def parameters() -> dict[str, int]:
    """Count the parameters of the networks."""
    return {kind: int(made(kind).count_params()) for kind in KINDS}


def ahead(better: Any, worse: Any) -> list[float]:
    """Say by how many bits a character the first is ahead on the test stretch, with its interval.

    Whole blocks of the text are drawn; of several seeds the mean of each block is taken.
    """
    first, second = (np.mean(np.atleast_2d(blocks), axis=0) for blocks in (better, worse))
    sizes = np.full(len(first), BLOCK)
    sizes[-1] = len(parts()["test"][0]) - BLOCK * (len(first) - 1)
    found = over_clusters(
        lambda sums: sums[..., 0] / sums[..., 1], np.stack([second - first, sizes], axis=1)
    )
    return [round(value, 4) for value in found]


def differences(counting: dict[str, Any], **rows: dict[str, Any]) -> dict[str, list[float]]:
    """Compare the GRU, alone and mixed, with its opponents, and these with the counts."""
    blocks = {
        (kind, name): [rows[f"{kind}_{seed}"][name] for seed in SEEDS]
        for kind in KINDS
        for name in ("blocks", "mixed_blocks")
    }
    counts = counting["blocks"]
    return {
        **{f"{kind}_over_counting": ahead(blocks[kind, "blocks"], counts) for kind in KINDS},
        **{
            f"{kind}_mixed_over_counting": ahead(blocks[kind, "mixed_blocks"], counts)
            for kind in KINDS
        },
        **{
            f"gru_{mixed}over_{kind}": ahead(blocks["gru", name], blocks[kind, name])
            for kind in RATES
            for mixed, name in (("", "blocks"), ("mixed_", "mixed_blocks"))
        },
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "seeds": [found[f"gru/{seed}"] for seed in SEEDS],
        **{kind: [found[f"{kind}/{seed}"] for seed in SEEDS] for kind in RATES},
        "searched": {k: {str(r): found[f"{k}/rate/{r}"] for r in RATES[k]} for k in RATES},
        "rates": {kind: found[f"{kind}/rate"] for kind in RATES},
        "counting": {order: found[f"counting/{order}"] for order in ORDERS},
        "best_order": found["best_order"],
        "best_counting": found["best_counting"],
        "parameters": found["parameters"],
        "ahead": found["ahead"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        **{name: stored[name] for name in ("best_order", "best_counting", "parameters", "ahead")},
        **{f"gru/{seed}": row for seed, row in enumerate(stored["seeds"])},
        **{f"{kind}/{seed}": row for kind in RATES for seed, row in enumerate(stored[kind])},
        **{f"{k}/rate/{r}": v for k in RATES for r, v in stored["searched"][k].items()},
        **{f"{kind}/rate": stored["rates"][kind] for kind in RATES},
        **{f"counting/{order}": row for order, row in stored["counting"].items()},
    }


def study() -> Study:
    """Declare the pieces."""
    rows = {f"{kind}_{seed}": f"{kind}/{seed}" for kind in KINDS for seed in SEEDS}
    pieces = {
        **{f"counting/{order}": Piece(counting, {"order": order}) for order in ORDERS},
        "best_order": Piece(
            choose_order, needs={f"order_{order}": f"counting/{order}" for order in ORDERS}
        ),
        "best_counting": Piece(counted_blocks, needs={"order": "best_order"}),
        "parameters": Piece(parameters),
        **{f"gru/{s}": Piece(gru, {"seed": s}, needs={"order": "best_order"}) for s in SEEDS},
    }
    for kind, rates in RATES.items():
        for rate in rates:
            pieces[f"{kind}/rate/{rate}"] = Piece(searched, {"kind": kind, "rate": rate})
        needs = {f"rate_{n}": f"{kind}/rate/{rate}" for n, rate in enumerate(rates)}
        pieces[f"{kind}/rate"] = Piece(choose_rate, {"kind": kind}, needs)
        for seed in SEEDS:
            pieces[f"{kind}/{seed}"] = Piece(
                network,
                {"kind": kind, "seed": seed},
                {"order": "best_order", "rate": f"{kind}/rate"},
            )
    pieces["ahead"] = Piece(differences, needs={"counting": "best_counting", **rows})
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
