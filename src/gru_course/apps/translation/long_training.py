"""Training that takes hours: in passes that can be stopped between, with averaged weights."""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gru_course.apps.translation.decoding import Ids
from gru_course.apps.translation.deep import DeepTranslator, nothing
from gru_course.apps.translation.learn import check_pairs
from gru_course.course.checked import axes, positive, whole, whole_numbers
from gru_course.layers.backend import keras, tf

Look = Callable[[DeepTranslator], float]
SAVED_EVERY = 100
"""Updates."""


@dataclass(frozen=True)
class Plan:
    """How to train for long.

    Parameters
    ----------
    passes : int
        Over the training pairs.
    last : int
        Passes at the end in which the step size falls to zero in a straight line, and dropout is
        `last_dropout`. All before them are the same for every number of passes and of last ones.
    batch_size : int
    rate : float
        Step size of Adam; it rises to this over the first `warmup` updates.
    warmup : int
    dropout : float
    last_dropout : float
        The share that is left out in the last passes, in its place.
    smoothing : float
        Share of the target's probability that is spread over all words (Szegedy et al. 2016).
    averaging : float
        Momentum of the moving average of the weights, which is what is kept.
    seed : int

    Raises
    ------
    ValueError
        If a value is not what is expected.
    """

    passes: int
    last: int
    batch_size: int
    rate: float
    warmup: int
    dropout: float
    last_dropout: float
    smoothing: float
    averaging: float
    seed: int

    def __post_init__(self) -> None:
        for name in ("passes", "last", "batch_size", "warmup"):
            whole(getattr(self, name), name)
        whole(self.seed, "seed", least=0)
        positive(self.rate, "rate")
        if self.last > self.passes:
            raise ValueError(f"last is {self.last}; expected at most the {self.passes} passes")
        for name in ("dropout", "last_dropout", "smoothing", "averaging"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 or more, below 1")

    def step_size(self, update: int, of_pass: int) -> float:
        """Return the step size of an update.

        Parameters
        ----------
        update : int
            Counted from 0 over all passes.
        of_pass : int
            How many updates a pass has.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the plan has no such update.

        Examples
        --------
        >>> no = {"dropout": 0, "last_dropout": 0, "smoothing": 0}
        >>> plan = Plan(3, 1, 64, 0.1, warmup=5, averaging=0.9, seed=0, **no)
        >>> [round(plan.step_size(update, 10), 3) for update in (0, 4, 19, 25)]
        [0.02, 0.1, 0.1, 0.05]
        """
        whole(of_pass, "of_pass")
        whole(update, "update", least=0)
        if update >= self.passes * of_pass:
            raise ValueError(f"update is {update}; expected less than {self.passes * of_pass}")
        left = (self.passes * of_pass - update) / (self.last * of_pass)
        return self.rate * min(1.0, (update + 1) / self.warmup, left)


class _Training:
    """A translator at some point of its training.

    Parameters
    ----------
    model : DeepTranslator
    plan : Plan
    """

    def __init__(self, model: DeepTranslator, plan: Plan) -> None:
        self.model, self.plan = model, plan
        self.optimizer = keras.optimizers.Adam(plan.rate, beta_2=0.98, global_clipnorm=1.0)
        self.optimizer.build(model.trainable_variables)
        self.average = [tf.Variable(v) for v in model.trainable_variables]
        self.curves: dict[str, list[float]] = {}
        self.losses: list[float] = []
        self.seconds = 0.0
        self._updates = {
            share: self._compiled(share) for share in (plan.dropout, plan.last_dropout)
        }

    def update(self, source: Ids, target: Ids, number: int, of_pass: int) -> Any:
        """Learn from a batch; return its loss per word, without smoothing."""
        plan = self.plan
        self.optimizer.learning_rate = plan.step_size(number, of_pass)
        early = number < (plan.passes - plan.last) * of_pass
        return self._updates[plan.dropout if early else plan.last_dropout](source, target, number)

    def _compiled(self, dropout: float) -> Any:
        ids = tf.TensorSpec((self.plan.batch_size, None), "int32")

        @tf.function(input_signature=[ids, ids, tf.TensorSpec((), "int32")])  # type: ignore[untyped-decorator]
        def update(source: Any, target: Any, number: Any) -> Any:
            return self._one_update(source, target, number, dropout)

        return update

    def _one_update(self, source: Any, target: Any, number: Any, dropout: float) -> Any:
        plan, weights = self.plan, self.model.trainable_variables
        with tf.GradientTape() as tape:
            drop = _dropper(dropout, plan.seed, number)
            smooth, plain = _losses(self.model, source, target, plan.smoothing, drop)
        self.optimizer.apply(tape.gradient(smooth, weights), weights)
        share = tf.cast(number, "float32")
        momentum = tf.minimum(float(plan.averaging), (1 + share) / (10 + share))
        for kept, weight in zip(self.average, weights, strict=True):
            kept.assign_add((1 - momentum) * (weight - kept))
        return plain

    def averaged(self) -> DeepTranslator:
        """Return a translator with the averaged weights."""
        model = DeepTranslator(self.model.config)
        for weight, kept in zip(model.trainable_variables, self.average, strict=True):
            weight.assign(kept)
        return model

    def _variables(self) -> list[Any]:
        return [*self.model.trainable_variables, *self.average, *self.optimizer.variables]

    def save(self, path: Path) -> None:
        """Write everything that the training goes on from."""
        arrays: dict[str, Any] = {f"{n:03}": np.asarray(v) for n, v in enumerate(self._variables())}
        part = path.with_suffix(".part")
        seen = json.dumps([self.curves, self.losses, self.seconds])
        with part.open("wb") as file:
            np.savez(file, seen=np.array(seen), **arrays)
        part.replace(path)

    def restore(self, path: Path) -> None:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            self.curves, self.losses, self.seconds = json.loads(str(stored["seen"]))
            for n, variable in enumerate(self._variables()):
                variable.assign(stored[f"{n:03}"])


def train_long(
    model: DeepTranslator,
    plan: Plan,
    pairs: tuple[Ids, Ids],
    validation: tuple[Ids, Ids],
    look: Look,
    folder: Path,
) -> tuple[DeepTranslator, dict[str, list[float]]]:
    """Train a translator, or go on from where an earlier call was stopped.

    Parameters
    ----------
    model : DeepTranslator
        Fresh; its weights are changed.
    plan : Plan
    pairs, validation : tuple of ndarray of int
        Sources, and targets with both markers.
    look : callable
        What to measure on validation after each pass, on the averaged weights, such as BLEU.
    folder : pathlib.Path
        Where the training is kept after every `SAVED_EVERY` updates and every pass. For other data,
        another model or a plan that differs in more than its last passes take another folder.

    Returns
    -------
    tuple
        The translator with averaged weights, and its curves: ``loss``, ``val_loss``, ``val_look``
        and ``seconds``, one value for each pass.

    Raises
    ------
    ValueError
        If the pairs do not fill one batch, there is none for validation, one is all padding, an id
        is not in the vocabulary, or the loss of a pass is not a number.
    """
    for name, part in (("pairs", pairs), ("validation", validation)):
        if len(part) != 2 or len(part[0]) != len(part[1]):
            raise ValueError(f"{name} has {len(part)} arrays; expected sources and as many targets")
        sizes = model.config.source_size, model.config.target_size
        for ids, size in zip(part, sizes, strict=True):
            axes(ids, f"the ids of {name}", "n, timesteps")
            whole_numbers(np.ravel(ids), size, f"the ids of {name}")
    if len(pairs[0]) < plan.batch_size or not len(validation[0]):
        raise ValueError(
            f"{len(pairs[0])} pairs and {len(validation[0])} for validation; expected at least one "
            f"batch of {plan.batch_size}, and one for validation"
        )
    check_pairs(pairs, "training")
    check_pairs(validation, "validation")
    training = _Training(model, plan)
    folder.mkdir(parents=True, exist_ok=True)
    of_pass = len(pairs[0]) // plan.batch_size
    updates = plan.passes * of_pass
    places = [*range(0, updates, SAVED_EVERY), *range(0, updates + 1, of_pass)]
    kept = {place: _kept(folder, plan, place, of_pass) for place in sorted(set(places))}
    done = max((place for place, path in kept.items() if path.exists()), default=0)
    if done:
        training.restore(kept[done])
    start = time.perf_counter()
    for number in range(done // of_pass, plan.passes):
        for place, batch in enumerate(_batches(pairs, plan, number), start=number * of_pass):
            if place < done:
                continue
            training.losses.append(float(training.update(*batch, place, of_pass)))
            if (place + 1) % of_pass and place + 1 in kept:
                training.seconds += time.perf_counter() - start
                start = time.perf_counter()
                training.save(kept[place + 1])
        averaged = training.averaged()
        training.seconds += time.perf_counter() - start
        values = {
            "loss": float(np.mean(training.losses)),
            "val_loss": _loss_of(averaged, *validation),
            "val_look": look(averaged),
            "seconds": training.seconds,
        }
        losses = values["loss"], values["val_loss"]
        if not all(map(math.isfinite, losses)):
            raise ValueError(f"the losses of pass {number + 1} are {losses}; lower the rate")
        for name, value in values.items():
            training.curves.setdefault(name, []).append(value)
        training.losses, training.seconds, start = [], 0.0, time.perf_counter()
        training.save(kept[(number + 1) * of_pass])
    return training.averaged(), training.curves


def _kept(folder: Path, plan: Plan, place: int, of_pass: int) -> Path:
    falling = place > (plan.passes - plan.last) * of_pass
    last = f"-of-{plan.passes}-last-{plan.last}-{plan.last_dropout}" if falling else ""
    return folder / f"{place:06}{last}.npz"


def _batches(pairs: tuple[Ids, Ids], plan: Plan, number: int) -> Iterator[tuple[Ids, Ids]]:
    """Shuffle the pairs for a pass; batches hold targets of similar length, cut to the longest.

    The order depends on the plan's seed and the number of the pass only.
    """
    source, target = pairs
    rng = np.random.default_rng([plan.seed, number])
    words = (target != 0).sum(axis=1) + (source != 0).sum(axis=1) / 100
    size, order = plan.batch_size, rng.permutation(len(target))
    order = order[: len(order) // size * size]
    for first in range(0, len(order), 40 * size):
        part = order[first : first + 40 * size]
        order[first : first + 40 * size] = part[np.argsort(words[part], kind="stable")]
    for rows in rng.permutation(order.reshape(-1, size)):
        yield _cut(source[rows], 4), _cut(target[rows], 2)


def _cut(ids: Ids, step: int) -> Ids:
    """Leave out columns that are all padding; the width stays a multiple of `step`, plus one.

    Examples
    --------
    >>> _cut(np.array([[5, 6, 0, 0, 0, 0], [7, 0, 0, 0, 0, 0]]), 2)
    array([[5, 6, 0],
           [7, 0, 0]])
    """
    longest = int((ids != 0).any(axis=0).sum())
    return ids[:, : math.ceil((longest - 1) / step) * step + 1]


def _losses(
    model: DeepTranslator, source: Any, target: Any, smoothing: float, drop: Any
) -> tuple[Any, Any]:
    """Return the cross-entropy per word with label smoothing, and without."""
    hidden = model((source, target[:, :-1]), drop=drop)
    following = target[:, 1:]
    there = following != 0
    log_p = tf.nn.log_softmax(model.decoder.scores(tf.boolean_mask(hidden, there)))
    right = tf.gather(log_p, tf.boolean_mask(following, there), batch_dims=1)
    plain = -tf.reduce_mean(right)
    return (1 - smoothing) * plain - smoothing * tf.reduce_mean(log_p), plain


def _loss_of(model: DeepTranslator, source: Ids, target: Ids) -> float:
    """Return the cross-entropy per word on other pairs."""
    total, number = 0.0, 0
    for first in range(0, len(source), 256):
        some, wanted = (_cut(ids[first : first + 256], 8) for ids in (source, target))
        _, plain = _losses(model, tf.constant(some), tf.constant(wanted), 0.0, nothing)
        words = int((wanted[:, 1:] != 0).sum())
        total, number = total + float(plain) * words, number + words
    return total / number


def _dropper(share: float, seed: int, update: Any) -> Callable[[Any], Any]:
    """Make dropout that depends on seed and update only: a resumed training goes on the same."""
    calls = iter(range(99))

    def drop(values: Any) -> Any:
        key = tf.stack([update, seed * 100 + next(calls)])
        return tf.nn.experimental.stateless_dropout(values, share, seed=key)

    return drop if share else nothing
