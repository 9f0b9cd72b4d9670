"""What is not tried, or may fail, and why; patterns as of a shell."""

from fnmatch import fnmatchcase

NOT_TRIED = {
    "cells.*step": "one step of a loop: who runs the loop checks once",
    "cells.*step_backward": "one step of a loop: who runs the loop checks once",
    "cells.layout.CellWeights": "abstract; tried through GRUWeights",
    "cells.lstm.LSTMWeights": "checked by CellWeights; tried through GRUWeights",
    "cells.simple_rnn.SimpleRNNWeights": "checked by CellWeights; tried through GRUWeights",
    "cells.layout.check_*": "the checks themselves",
    "course.style.finished": "the check itself; test_style.py",
    "course.checked.*": "the checks themselves; test_checked.py",
    "training.checkpoints.check_*": "the checks themselves; test_checkpoints.py",
    "data.archives.*": "the readers of files; fuzzed in their own tests",
    "course.parsing.*": "the readers of files; fuzzed in their own tests",
    "apps.*.load_*": "reads one file that is known by its sha256; test_*.py alters it",
    "reviews.imdb.load_*": "reads one file that is known by its sha256; test_*.py alters it",
    "reviews.unlabelled.load_*": "reads one file that is known by its sha256; test_*.py alters it",
    "data.fetch.*": "network and cache; test_fetch.py breaks both",
    "reviews.imdb.cache_name": "reads one file that is known by its sha256; test_imdb.py alters it",
    "reviews.imdb.find_or_download": "network and cache; test_fetch.py breaks both",
    "reviews.imdb.read_part": "reads one file that is known by its sha256; test_imdb.py alters it",
    "reviews.imdb.read_vocabulary": "reads one file that is known by its sha256; test_imdb.py",
    "course.metrics.record*": "shows its value in a notebook; test_metrics.py",
    "course.progress.*": "draws a bar",
    "memory.cells_measured.*": "reads what a study has written",
    "memory.plots.in_order": "picks out what it is given",
    "course.media.*": "test_media.py",
    "apps.forecasting.irregular.irregular_readings": "NaN stands for what was not measured",
    "apps.forecasting.own.*": "NaN stands for a missing value",
    "export.package.*": "files that are altered in every way in tests/export/test_package.py",
    "export.stream.Stream.[sr]*e": "files that are altered in tests/export/test_stream.py",
    "export.service.*": "requests of every kind in tests/export/test_service.py",
    "export.onnx_form.onnx_*": "needs packages that may be missing; tests/export/test_forms.py",
    "export.litert.*": "converts a model, which takes seconds; tests/export/test_forms.py",
    "export.c_form.compiled": "calls a compiler; tests/export/test_forms.py",
    "export.c_form.c_step": "needs a compiled library; tests/export/test_forms.py",
    "export.c_form.stored_bytes": "needs a compiled library; tests/export/test_forms.py",
    "export.alone.*": "starts a process; tests/export/test_forms.py",
    "apps.actions.__init__.load": "trains, or reads a package; tests/apps/actions/test_saving.py",
    "apps.actions.saving.load": "trains, or reads a package; tests/apps/actions/test_saving.py",
    "apps.actions.saving.recognised": "files and paths in tests/apps/actions/test_saving.py",
    "apps.anomalies.__init__.load": "trains, or reads; tests/apps/anomalies/test_saving.py",
    "apps.anomalies.saving.load": "trains, or reads a package; tests/apps/anomalies/test_saving.py",
    "apps.assistant.__init__.load": "trains, or reads; tests/apps/assistant/test_saving.py",
    "apps.assistant.saving.load": "trains, or reads a package; tests/apps/assistant/test_saving.py",
    "apps.characters.__init__.load": "trains, or reads; tests/apps/characters/test_saving.py",
    "apps.characters.saving.load": "trains, or reads; tests/apps/characters/test_saving.py",
    "apps.forecasting.__init__.load": "trains, or reads; tests/apps/forecasting/test_saving.py",
    "apps.forecasting.saving.load": "trains, or reads; tests/apps/forecasting/test_saving.py",
    "apps.translation.__init__.load": "trains, or reads; tests/apps/translation/test_saving.py",
    "apps.translation.saving.load": "trains, or reads; tests/apps/translation/test_saving.py",
    "apps.anomalies.saving.judged": "takes a package; tests/apps/anomalies/test_saving.py",
    "apps.assistant.saving.assistant_of": "takes a package; tests/apps/assistant/test_saving.py",
    "apps.characters.saving.alphabet_of": "takes a package; tests/apps/characters/test_saving.py",
    "apps.forecasting.saving.ahead_of": "takes a package; tests/apps/forecasting/test_saving.py",
    "apps.translation.saving.translator_of": "takes a package; tests/apps/translation",
    "apps.chorales.__init__.load": "trains, or reads a package; tests/apps/chorales/test_saving.py",
    "apps.chorales.saving.load": "trains, or reads a package; tests/apps/chorales/test_saving.py",
    "apps.speech.__init__.load": "trains, or reads a package; tests/apps/speech/test_saving.py",
    "apps.speech.saving.load": "trains, or reads a package; tests/apps/speech/test_saving.py",
    "apps.speech.saving.understood": "files and recordings in tests/apps/speech/test_saving.py",
    "exercises.*": "answers of every kind are tried in tests/exercises",
}
"""Function to the reason."""

MAY_FAIL: dict[tuple[str, str, str], str] = {
    ("*", "seed", "*"): "NumPy and Keras say it in their words, and at once",
    (
        "apps.translation.learn.seed",
        "number",
        "*",
    ): "NumPy and Keras say it in their words, and at once",
    ("cells.layout.logistic", "x", "*"): "part of one step: who runs the loop checks once",
    ("cells.mingru.linear_*", "[ab]", "*"): "timed for what it is; mingru checks what goes in",
    ("memory.by_hand.Classifier.with_arrays", "arrays", "inside: *"): "holds what it is given",
    ("stats.calibration.answered", "confidence", "huge"): "NaN if none is answered, as it says",
    ("reviews.inside.*", "ids", "huge"): "the model of the example says it",
    ("cells.checks.numerical_gradient", "at", "*"): "the loss of the example says it",
    ("apps.anomalies.nab.nab_score", "threshold", "*inf"): "always or never an alarm",
    ("reviews.probing.ProbeResult.from_json", "values", "*"): "reads what a study has written",
    ("reviews.tracking.shuffled", "feature", "*"): "deals out what it is given",
    ("data.padding.padded_behind", "ids", "NaN"): "moves what it is given",
    ("data.reviews.unpack_*", "*", "*"): "read_arrays takes every error for a damaged file",
    ("data.series.Series.*", "*", "*"): "NaN stands for a missing value",
    ("data.series.regular", "*", "*NaN*"): "NaN stands for a missing value",
    ("apps.speech.spoken.joined", "waveforms", "inside: NaN"): "lays end to end what it is given",
    ("data.tokenise.flatten", "rows", "inside: NaN"): "lays end to end what it is given",
    ("apps.chorales.model.key_loss", "*", "*"): "a loss within Keras, which says what does not fit",
    ("apps.translation.deep.nothing", "values", "*"): "hands on what it is given",
    (
        "memory.starts.remembering",
        "x",
        "*",
    ): "a layer within Keras, which says what does not fit",
    ("layers.pooling.*", "*", "*"): "a layer within Keras, which says what does not fit",
    ("training.search.say", "line", "half a character"): "print() says it",
    ("apps.chorales.learn.compose", "temperature", "huge"): "each key as likely as not",
    (
        "apps.characters.baselines.bits",
        "probabilities",
        "zeros",
    ): "the surprise of what cannot be is infinite",
    ("reviews.self_training.Inputs.batch", "rows", "*"): "NumPy says which rows there are not",
    (
        "apps.chorales.sound.synthesise",
        "seconds_per_step",
        "huge",
    ): "NumPy says that it is too long",
    ("training.fitting.hold_out", "[xy]", "NaN"): "cuts what it is given",
    ("apps.anomalies.plots.series_with_alarms", "data", "*"): "gaps are shown as gaps",
    ("course.style.told_apart", "things", "*"): "hands on what it is given; finished() looks",
    ("reviews.reach.half_life", "update_gate", "constant"): "infinite, as documented",
    ("course.bounds.Bound.violation", "value", "*"): "tells that a number is not finite",
    ("course.bounds.NotebookBounds.*", "*", "*"): "tells that a number is not finite",
}
"""Function, parameter and hostile value to the reason."""


FOREIGN_WORDS = {
    "reviews.baselines.InterpolatedSVC.fit": "scikit-learn says what does not fit",
    "apps.forecasting.volatility.train_variances": "Keras refuses a schedule without steps",
    "*.plots*": "Matplotlib refuses what does not fit, in its words, and nothing is drawn",
}
"""Functions whose errors may be in the words of another library; still no number comes of it."""


DEAR = (
    "apps.chorales.learn.train",
    "apps.anomalies.learn.train_on_*",
    "apps.forecasting.learn.train",
    "apps.assistant.learn.train",
    "apps.speech.learn.train",
    "apps.forecasting.pricing.tomorrow",
    "apps.forecasting.volatility.train_variances",
    "apps.actions.learn.train_on_*",
    "reviews.self_training.train",
    "training.fitting.train",
    "apps.translation.learn.train",
    "apps.translation.long_training.train_long",
    "memory.trials.*run*",
    "memory.trials.train_trial",
    "reviews.repeated.Repeated*",
    "apps.characters.learn.train",
)
"""Trainings: in the quick run only what they must refuse before they begin is tried."""
REFUSED = {"NaN", "inf", "nothing but NaN", "empty", "negative", "inside: NaN", "inside: empty"}


def reason_not_to_try(name: str) -> str | None:
    """Say why something is not tried."""
    return next((why for known, why in NOT_TRIED.items() if fnmatchcase(name, known)), None)


def is_dear(name: str) -> bool:
    """Tell whether a call trains."""
    return any(fnmatchcase(name, known) for known in DEAR)


def may_be_foreign(name: str) -> bool:
    """Tell whether errors may be in the words of another library."""
    return any(fnmatchcase(name, known) for known in FOREIGN_WORDS)


def may_fail(name: str, parameter: str, value: str) -> bool:
    """Tell whether a fault is allowed."""
    asked = (name, parameter, value)
    return any(all(map(fnmatchcase, asked, known)) for known in MAY_FAIL)
