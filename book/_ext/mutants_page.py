"""Sphinx extension: the deliberate faults, and which test catches each.

``{mutants-summary}`` says how many there are and when they were tried, ``{mutants} KIND`` lists
those of a kind. Both are made from the files that ``make mutate`` reads and writes.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def _escaped(text: str) -> str:
    """Keep signs that a table or HTML would take for its own."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _test(name: str) -> str:
    """Write the name of a test as the sentence that it is, so that lines may break in it."""
    place, _, function = name.partition("::")
    said = function.partition("[")[0].rpartition(".")[2].removeprefix("test_").replace("_", " ")
    return f"*{said}*, in `{Path(place).name}`"


class MutantsDirective(SphinxDirective):
    """Reads the faults and what became of them."""

    def read(self) -> tuple[list[dict[str, str]], dict[str, dict[str, Any]]]:
        """Note what the page depends on."""
        folder = Path(self.env.srcdir) / "tests" / "mutants"
        table, results = folder / "mutants.toml", folder / "results.json"
        for path in (table, results):
            self.env.note_dependency(str(path))
        declared = tomllib.loads(table.read_text(encoding="utf-8"))["mutant"]
        return declared, json.loads(results.read_text(encoding="utf-8"))


class Summary(MutantsDirective):
    """How many faults there are, and when they were tried."""

    def run(self) -> list[nodes.Node]:
        """Write one sentence."""
        mutants, results = self.read()
        dates = sorted({result["date"] for result in results.values()})
        when = f"on {dates[0]}" if len(dates) == 1 else f"between {dates[0]} and {dates[-1]}"
        caught = f"{len(results)} of {len(mutants)} faults were caught"
        return self.parse_text_to_nodes(f"{caught} when they were last tried, {when}.")


class Mutants(MutantsDirective):
    """The faults of one kind."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write a table."""
        mutants = [mutant for mutant in self.read()[0] if mutant["kind"] == self.arguments[0]]
        if not mutants:
            raise self.error(f"no fault of mutants.toml is of the kind {self.arguments[0]!r}")
        lines = ["| What is wrong | What catches it | What it teaches |", "|---|---|---|"]
        lines += [
            f"| {_escaped(m['wrong'])} | {_test(m['test'])} | {_escaped(m['teaches'])} |"
            for m in mutants
        ]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives."""
    app.add_directive("mutants", Mutants)
    app.add_directive("mutants-summary", Summary)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
