"""A package is whole or not there, comes back as it was, and is refused if anything is wrong."""

import hashlib
import io
import json
import shutil

import numpy as np
import pytest

from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.translation.model import Translator, TranslatorConfig
from gru_course.export import package
from gru_course.export.package import Card, PackageError, load, rebuilt, save
from gru_course.layers.backend import keras

CARD = Card("test", "numbers in, scores out", "random", "MIT", "accuracy", 0.5, "none", ("no use",))
PREPARATION = {"mean": [0.1, 0.2], "words": ["é", "b"], "rate": 8000}


@pytest.fixture
def saved(model, words, tmp_path):
    digest = save(model, CARD, tmp_path / "kept", preparation=PREPARATION, example=words[-1][None])
    return tmp_path / "kept", digest


def test_it_comes_back_as_it_was(saved, model, words):
    folder, digest = saved
    found = load(folder, digest=digest)
    assert (found.card, found.preparation, found.digest) == (CARD, PREPARATION, digest)
    for one, other in zip(found.model.get_weights(), model.get_weights(), strict=True):
        assert (one == other).all()
    np.testing.assert_array_equal(found.model(words[2][None]), model(words[2][None]))
    assert "**test**" in found.card.text


def test_layers_of_the_course_come_back(tmp_path):
    made = recogniser(SpeechConfig(units=4, timesteps=6, bands=5))
    x = np.random.default_rng(0).normal(size=(2, 6, 5)).astype("f4")
    save(made, CARD, tmp_path / "kept", preparation={}, example=x)
    np.testing.assert_allclose(load(tmp_path / "kept").model(x), made(x), atol=1e-6)


@pytest.mark.parametrize("name", [*package.FILES, package.MANIFEST])
def test_a_changed_byte_and_a_missing_file_are_seen(name, saved):
    folder, digest = saved
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(PackageError, match=r"altered or damaged|is not the package"):
        load(folder, digest=digest)
    (folder / name).unlink()
    with pytest.raises(PackageError, match=f"no whole package: {name} is missing"):
        load(folder)


def test_another_package_is_refused(saved):
    with pytest.raises(PackageError, match="not the package that was asked for"):
        load(saved[0], digest=hashlib.sha256(b"another").hexdigest())


def test_nothing_is_parsed_before_its_checksum(saved, monkeypatch):
    (saved[0] / "weights.npz").write_bytes(b"PK rubbish")
    monkeypatch.setattr(package.np, "load", lambda *a, **k: pytest.fail("parsed"))
    with pytest.raises(PackageError, match=r"weights\.npz is altered"):
        load(saved[0])


def rewritten(folder, name=None, content=b"", **changes):
    """Change a package as somebody would who also corrects the checksums."""
    told = json.loads((folder / package.MANIFEST).read_text())
    if name:
        (folder / name).write_bytes(content)
        told["files"][name] = hashlib.sha256(content).hexdigest()
    (folder / package.MANIFEST).write_text(json.dumps(told | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 3}, "newer version of the course: format 3, and this one reads 2. Update"),
        ({"version": "one"}, "expected a 'gru_course package'"),
        ({"format": "a cake"}, "holds 'a cake'"),
        ({"files": {"../../etc/passwd": "0"}}, "lists"),
        ({"files": 3}, r"manifest\.json is damaged"),
    ],
)
def test_another_manifest_is_refused(changes, said, saved):
    rewritten(saved[0], **changes)
    with pytest.raises(PackageError, match=said):
        load(saved[0])


@pytest.mark.parametrize(
    ("module", "name"),
    [("keras.layers", "Lambda"), ("keras.utils", "get_file"), ("os", "system"), (None, "function")],
)
def test_a_layer_that_would_run_code_is_refused(module, name, saved):
    config = json.loads((saved[0] / "model.json").read_text())
    config["config"]["layers"].append({"module": module, "class_name": name, "config": {}})
    rewritten(saved[0], "model.json", json.dumps(config).encode())
    with pytest.raises(PackageError, match=f"has a {name} of"):
        load(saved[0])


def test_a_lambda_is_not_saved_either(tmp_path):
    layers = [keras.Input((3,)), keras.layers.Lambda(lambda x: 2 * x), keras.layers.Dense(1)]
    model, example = keras.Sequential(layers), np.ones((1, 3))
    with pytest.raises(ValueError, match="Lambda"):
        save(model, CARD, tmp_path / "x", preparation={}, example=example)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([{"a": 1}], dtype=object), "Object arrays cannot be loaded"),
        (np.zeros((2, 2), "f4"), r"have shapes \[\(2, 2\)\]; its model needs"),
    ],
)
def test_pickled_and_foreign_weights_are_refused(array, said, saved):
    content = io.BytesIO()
    np.savez(content, **{"000": array})
    rewritten(saved[0], "weights.npz", content.getvalue())
    with pytest.raises(PackageError, match=said):
        load(saved[0])


def test_other_outputs_than_where_it_was_saved_are_seen(saved, model, words):
    inputs = words[-1][None]
    content = package._as_npz({"inputs": inputs, "outputs": np.asarray(model(inputs)) + 1})
    rewritten(saved[0], "example.npz", content)
    with pytest.raises(PackageError, match="gives other outputs here than where it was saved: 1 "):
        load(saved[0])


@pytest.mark.parametrize("name", ["card.json", "preparation.json", "model.json"])
def test_what_another_program_wrote_is_refused(name, saved):
    rewritten(saved[0], name, b"[1]" if name == "card.json" else b"{")
    with pytest.raises(PackageError, match="cannot be read"):
        load(saved[0])


def several_inputs():
    """Build a model of words with two inputs and two outputs, whose last word is cut out."""
    ids, state = keras.Input((5, 2), dtype="int32"), keras.Input((3,))
    read = keras.layers.Embedding(9, 4)(ids[..., 0])
    after = keras.layers.GRU(3)(read, initial_state=state)
    return keras.Model([ids, state], {"state": after, "last": read[:, -1]})


def test_several_inputs_and_outputs_come_back(tmp_path):
    made = several_inputs()
    example = [np.ones((2, 5, 2), "int32"), np.full((2, 3), 0.5, "f4")]
    save(made, CARD, tmp_path / "kept", preparation={}, example=example)
    found = load(tmp_path / "kept").model(example)
    for name, part in made(example).items():
        np.testing.assert_allclose(found[name], part, atol=1e-6)


def test_the_second_output_is_compared_too(tmp_path):
    example = [np.ones((2, 5, 2), "int32"), np.full((2, 3), 0.5, "f4")]
    save(several_inputs(), CARD, tmp_path / "kept", preparation={}, example=example)
    with np.load(tmp_path / "kept" / "example.npz") as arrays:
        parts = dict(arrays)
    parts["outputs.001"] = parts["outputs.001"] + 1
    rewritten(tmp_path / "kept", "example.npz", package._as_npz(parts))
    with pytest.raises(PackageError, match="gives other outputs here"):
        load(tmp_path / "kept")
    del parts["outputs.001"]
    rewritten(tmp_path / "kept", "example.npz", package._as_npz(parts))
    with pytest.raises(PackageError, match="cannot be read"):
        load(tmp_path / "kept")


def test_a_package_of_version_1_is_read(saved, model, words):
    inputs = words[-1][None]
    content = package._as_npz({"inputs": inputs, "outputs": np.asarray(model(inputs))})
    rewritten(saved[0], "example.npz", content, version=1)
    assert load(saved[0]).card == CARD


def test_a_model_that_is_built_by_its_first_call(tmp_path):
    config = TranslatorConfig(9, 7, units=4, embedding_dim=5, attention=True)
    made, example = Translator(config), [np.ones((2, 3), "int32"), np.ones((2, 6), "int32")]
    made(example)
    save(made, CARD, tmp_path / "kept", preparation={}, example=example)
    found = load(tmp_path / "kept").model
    for one, other in zip(found.get_weights(), made.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"save\(\) makes one"):
        load(tmp_path / "nowhere")


def test_it_is_written_whole_or_not_at_all(model, words, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(package.os, "rename", full)
    with pytest.raises(OSError, match="no space left"):
        save(model, CARD, tmp_path / "kept", preparation={}, example=words[-1][None])
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_overwritten(saved, model, words):
    with pytest.raises(FileExistsError, match="is there already"):
        save(model, CARD, saved[0], preparation={}, example=words[-1][None])
    load(saved[0])


def test_a_preparation_that_json_does_not_know_is_refused(model, words, tmp_path):
    for values in ({"mean": np.zeros(2)}, {"mean": float("nan")}):
        with pytest.raises(ValueError, match="the preparation cannot be written as JSON"):
            save(model, CARD, tmp_path / "kept", preparation=values, example=words[-1][None])
    assert not list(tmp_path.iterdir())


def test_a_card_says_everything():
    with pytest.raises(ValueError, match="the card says nothing of: data, limits"):
        Card("a", "b", " ", "c", "d", 0.1, "e", ())
    with pytest.raises(ValueError, match="the value of the card"):
        Card("a", "b", "c", "d", "e", float("nan"), "f", ("g",))


def test_a_model_is_made_once_and_a_damaged_one_again(model, words, tmp_path):
    made = []

    def make(place):
        made.append(place)
        save(model, CARD, place, preparation={}, example=words[-1][None])

    for _ in range(2):
        rebuilt("small", {"seed": 0}, make, folder=tmp_path)
    assert len(made) == 1
    (made[0] / "weights.npz").write_bytes(b"")
    rebuilt("small", {"seed": 0}, make, folder=tmp_path)
    rebuilt("small", {"seed": 1}, make, folder=tmp_path)
    assert len(made) == 3
    shutil.rmtree(made[0])
    assert rebuilt("small", {"seed": 0}, make, folder=tmp_path).card == CARD
