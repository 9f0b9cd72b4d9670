"""Every layer and model of the course can be saved, exported and run in 16 bits.

What there is, is found by its type: a new layer or builder of models is covered without a word
here, unless its arguments or inputs are of a kind that none before it had.
"""

import dataclasses
import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import gru_course
from gru_course.layers.backend import keras, tf
from gru_course.layers.pooling import POOLINGS
from gru_course.memory.tasks import Task, recall
from gru_course.memory.trials import CELLS
from gru_course.memory.variants import READERS, Reader
from gru_course.reviews.classifiers import ARCHITECTURES

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

BATCH, STEPS, SIZE = 2, 6, 4
CHOICES = {"architecture": ARCHITECTURES, "pooling": POOLINGS, "cell": CELLS, "reader": READERS}
SIZES = {"budget": 4_000}
VALUES: dict[Any, Any] = {
    int: SIZE,
    float: 1.0,
    Sequence[int]: [5, 6, 7, 8],
    Task: recall(n=4, lag=5),
    Reader: READERS[0],
    inspect.Parameter.empty: SIZE,  # Keras writes no types
}
"""What is given for an argument of this type that has no default."""
IDS, FLOATS = ("ids", BATCH, STEPS), ("floats", BATCH, STEPS, SIZE)
INPUTS = {
    "Embedding": [IDS],
    "Encoder": [IDS],
    "Decoder": [
        IDS,
        [("floats", BATCH, 5, 2 * STEPS), ("floats", BATCH, STEPS), ("mask", BATCH, 5)],
    ],
    "Attention": [FLOATS, ("floats", BATCH, 5, SIZE), ("mask", BATCH, 5)],
    "MaskedAttentionPooling": [FLOATS, ("mask", BATCH, STEPS)],
    "Translator": [[IDS, IDS]],
    "GRUDCell": [("floats", BATCH, 6), [("floats", BATCH, SIZE)]],
    "CoupledLSTMCell": [("floats", BATCH, SIZE), [("floats", BATCH, SIZE)] * 2],
    "picture_reader": [("floats", BATCH, 16, 16, 1)],
}
"""What is called with something else than floats, or does not know its inputs."""
KEPT_OTHERWISE = {"DeepEncoder", "DeepDecoder", "DeepTranslator", "model_around", "train_variances"}
"""What `save_translator` keeps, with its vocabulary: `tests/apps/translation` loads it again. And a
model around a layer that is given, and one that is trained before it is returned: the layers are
tried."""


def choices(name: str, kind: Any, default: Any) -> list[Any]:
    """Return the values of an argument that are tried; the first is part of every other trial."""
    if name in CHOICES:
        return list(CHOICES[name])
    if isinstance(default, bool) or kind is bool:
        return [False, True] if default in (False, inspect.Parameter.empty) else [True, False]
    if dataclasses.is_dataclass(kind) and kind not in VALUES:
        return [kind(**arguments) for arguments in variants(kind)]
    if default is inspect.Parameter.empty:
        return [SIZES.get(name, VALUES[kind])]
    return [STEPS if isinstance(default, int) and default > STEPS else default]


def variants(function: Callable[..., Any]) -> list[dict[str, Any]]:
    """Return arguments for a function: one for each kind, then each other choice alone."""
    first, others = {}, []
    told = function.__init__ if inspect.isclass(function) else function
    for name, parameter in inspect.signature(told, eval_str=True).parameters.items():
        if name == "self" or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        values = choices(name, parameter.annotation, parameter.default)
        first[name] = values[0]
        others += [{name: value} for value in values[1:]]
    return [first, *({**first, **other} for other in others)]


def makers() -> dict[str, Callable[..., Any]]:
    """Find the public layers and models of the course, and the functions that return one."""
    found = {}
    for module in pkgutil.walk_packages(gru_course.__path__, "gru_course."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != module.name:
                continue
            if name in KEPT_OTHERWISE:
                continue
            kind = thing
            if inspect.isfunction(thing):
                try:
                    kind = inspect.signature(thing, eval_str=True).return_annotation
                except NameError:  # a type that only the type checker sees, so no model
                    continue
            if inspect.isclass(kind) and issubclass(kind, keras.layers.Layer):
                found[f"{module.name.removeprefix('gru_course.')}.{name}"] = thing
    return found


REFUSED = {"apps.speech.model.convolutional-1"}
"""What a maker does not make: convolutions that answer while somebody speaks."""
MAKERS = makers()
CASES = {
    f"{name}-{number}": (maker, arguments)
    for name, maker in MAKERS.items()
    for number, arguments in enumerate(variants(maker))
    if f"{name}-{number}" not in REFUSED
}
FIRST = [name for name in CASES if name.endswith("-0")]


def array(spec: tuple[Any, ...], seed: int) -> Any:
    kind, *shape = spec
    rng = np.random.default_rng(seed)
    if kind == "ids":
        return rng.integers(1, SIZE, shape).astype("int32")
    if kind == "mask":
        return np.arange(shape[-1]) < np.arange(1, shape[0] + 1)[:, None]
    return rng.normal(size=shape).astype("float32")


def specs_of(made: Any, maker: Callable[..., Any]) -> list[Any]:
    for name in (maker.__name__, type(made).__name__):
        if name in INPUTS:
            return INPUTS[name]
    if not isinstance(made, keras.Model):
        return [FLOATS]
    specs = [
        (
            "ids" if place.dtype == "int32" else "floats",
            BATCH,
            *(n or STEPS for n in place.shape[1:]),
        )
        for place in made.inputs
    ]
    return specs if len(specs) == 1 else [specs]


def case(name: str) -> tuple[Any, list[Any]]:
    """Make a model, around a layer if need be, and the arrays that it is called with."""
    keras.utils.set_random_seed(0)
    maker, arguments = CASES[name]
    made = maker(**arguments)
    specs = specs_of(made, maker)
    flat = [array(spec, k) for k, spec in enumerate(leaves(specs))]
    if not isinstance(made, keras.Model):
        places = [keras.Input(batch_shape=part.shape, dtype=part.dtype) for part in flat]
        alone = len(flat) == 1
        answers = tf.nest.flatten(made(*packed(specs, places)))  # a cell nests its states
        made = keras.Model(
            places[0] if alone else places, answers if len(answers) > 1 else answers[0]
        )
        return made, flat if alone else [flat]
    return made, packed(specs, flat)


def leaves(specs: Any) -> list[Any]:
    return [s for spec in specs for s in ([spec] if isinstance(spec, tuple) else leaves(spec))]


def packed(specs: Any, flat: Sequence[Any]) -> list[Any]:
    """Arrange arrays as their specifications are."""
    left = iter(flat)

    def arranged(spec: Any) -> Any:
        return next(left) if isinstance(spec, tuple) else [arranged(s) for s in spec]

    return [arranged(spec) for spec in specs]


def outputs(model: Any, arguments: Sequence[Any]) -> list[Any]:
    return [np.asarray(part) for part in tf.nest.flatten(model(*arguments))]


CHILD = """
import importlib, json, sys
from pathlib import Path
import numpy as np
import tensorflow as tf

folder = Path(sys.argv[1])
cases = json.loads((folder / "cases.json").read_text())

def read(case):
    with np.load(folder / f"{case['file']}.in.npz") as arrays:
        flat = [arrays[f"arr_{k}"] for k in range(len(arrays.files))]
    return tf.nest.pack_sequence_as(case["structure"], flat)

def answer(case, how, call):
    try:
        parts = [np.asarray(part) for part in tf.nest.flatten(call(*read(case)))]
        np.savez(folder / f"{case['file']}.{how}.npz", *parts)
    except Exception as error:
        (folder / f"{case['file']}.{how}.error").write_text(f"{type(error).__name__}: {error}")

for case in cases:
    exported = tf.saved_model.load(folder / case["file"])
    answer(case, "exported", exported.serve)
assert not any(name.startswith("gru_course") for name in sys.modules)
for module in {case["module"] for case in cases}:
    importlib.import_module(module)
import keras
for case in cases:
    path = folder / f"{case['file']}.keras"
    answer(case, "loaded", lambda *x: keras.models.load_model(path)(*x))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], list[Any]]:
    """Save a model of every maker, and load all of them in another process."""
    folder = tmp_path_factory.mktemp("saved")
    cases, failed = [], {}
    for number, name in enumerate(FIRST):
        try:
            model, arguments = case(name)
            expected = outputs(model, arguments)  # builds what is not built yet
            np.savez(folder / f"{number}.in.npz", *tf.nest.flatten(arguments))
            np.savez(folder / f"{number}.expected.npz", *expected)
            model.save(folder / f"{number}.keras")
            signature = tf.nest.map_structure(
                lambda part: tf.TensorSpec(part.shape, part.dtype), arguments
            )
            model.export(folder / str(number), verbose=False, input_signature=signature)
            structure = tf.nest.map_structure(lambda _: 0, arguments)
            cases.append(
                {
                    "file": str(number),
                    "module": CASES[name][0].__module__,
                    "structure": structure,
                }
            )
        except Exception as error:
            failed[name] = error
    (folder / "cases.json").write_text(json.dumps(cases))
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", CHILD, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    def answers(name: str, how: str) -> tuple[list[Any], list[Any]]:
        if name in failed:
            raise failed[name]
        number = FIRST.index(name)
        wrong = folder / f"{number}.{how}.error"
        assert not wrong.exists(), wrong.read_text()
        found = []
        for kind in (how, "expected"):
            with np.load(folder / f"{number}.{kind}.npz") as arrays:
                found.append([arrays[key] for key in sorted(arrays.files)])
        return found[0], found[1]

    return answers


def assert_same(found: Sequence[Any], expected: Sequence[Any], tolerance: float = 1e-6) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def test_all_kinds_of_things_are_found():
    names = {name.split(".")[-1] for name in MAKERS}
    assert {"FastGRU", "MinGRU", "Encoder", "Translator", "classifier", "recogniser"} <= names
    assert len(MAKERS) > 20
    assert len(CASES) > 60


@pytest.mark.parametrize("name", FIRST)
def test_loads_in_another_process(name, elsewhere):
    assert_same(*elsewhere(name, "loaded"))


@pytest.mark.parametrize("name", FIRST)
def test_exported_runs_without_the_course(name, elsewhere):
    assert_same(*elsewhere(name, "exported"), tolerance=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_is_made_again_from_its_configuration(name):
    model, arguments = case(name)
    expected = outputs(model, arguments)
    again = keras.models.model_from_json(model.to_json())
    outputs(again, arguments)
    again.set_weights(model.get_weights())
    assert json.loads(again.to_json())["config"] == json.loads(model.to_json())["config"]
    if "stateful" not in model.to_json() or '"stateful": true' not in model.to_json():
        assert_same(outputs(again, arguments), expected)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", FIRST)
def test_runs_in_mixed_precision(name, policy):
    model, arguments = case(name)
    expected = outputs(model, arguments)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        mixed, _ = case(name)
        outputs(mixed, arguments)
        mixed.set_weights(model.get_weights())
        with tf.GradientTape() as tape:
            parts = tf.nest.flatten(mixed(*arguments, training=True))
            loss = sum(tf.reduce_sum(tf.cast(p, "float32") ** 2) for p in parts)
        slopes = tape.gradient(loss, mixed.trainable_variables)
        assert {part.dtype.name for part in parts if part.dtype.is_floating} == {policy[6:]}
        assert {weight.dtype for weight in mixed.weights} <= {"float32"}
        assert all(np.isfinite(tf.convert_to_tensor(s)).all() for s in slopes if s is not None)
        found = outputs(mixed, arguments)
    finally:
        keras.config.set_dtype_policy(before)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one, float), other, atol=0.1 * np.abs(other).max())
