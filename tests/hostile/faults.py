"""Faults that are known and not mended yet: function to parameter and hostile value."""

KNOWN: dict[str, set[str]] = {
    "analysis.nab.Stream": {"windows: inside: empty"},
    "analysis.nab.window_places": {"times: one axis more", "windows: inside: empty"},
    "analysis.nab.worth": {"windows: inside: empty"},
    "data.features.off_padding": {
        "frames: empty",
        "frames: NaN",
        "frames: inf",
        "frames: -inf",
        "frames: nothing but NaN",
        "real: empty",
    },
    "data.shakespeare.small_play": {"lines: negative", "lines: another type: None"},
    "data.snips.tagged": {"pieces: inside: empty"},
    "data.tokenise.windows": {"offsets: empty"},
    "recognition.directions": {"frames: empty", "frames: flat", "frames: no steps"},
    "recognition.running_answers": {"frames: empty", "frames: flat", "frames: no steps"},
    "writing.learn_characters": {"ids: empty"},
}
