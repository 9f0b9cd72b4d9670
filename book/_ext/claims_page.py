"""Sphinx extension: the ledger of claims, written from ``book/claims.toml`` and the notebooks.

* ``{claims-overview}`` lists all claims with their verdicts, ``{claims} TOPIC`` shows those of a
  topic one by one.
* Each code cell of a notebook becomes a place to link to, so that a number leads to the cell that
  produced it.
* A missing number, or a verdict that no longer follows from the numbers, is a warning, which in
  this book is an error.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from gru_course.stats.claims import (
    AS_CLAIMED,
    CONDITIONAL,
    FAILS,
    HOLDS,
    LITERATURE,
    NOT_AS_CLAIMED,
    UNDECIDED,
    UNTESTED,
    Claim,
    Evidence,
    Ledger,
    Records,
    load_claims,
    read_notebooks,
)

log = logging.getLogger(__name__)

# A word and a sign, so that nothing depends on colour.
VERDICT = {
    HOLDS: "✓ Holds",
    CONDITIONAL: "◐ Holds with conditions",
    FAILS: "✗ Does not hold here",
    None: "… Not tested yet",
}
CLASS = {HOLDS: "holds", CONDITIONAL: "conditional", FAILS: "fails", None: "untested"}
SIGN = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
OUTCOME = {
    AS_CLAIMED: "✓ As claimed",
    NOT_AS_CLAIMED: "✗ Not as claimed",
    UNDECIDED: "? Undecided",
}


def cell_label(notebook: str, cell: int) -> str:
    """Name the place of a code cell for ``{ref}``."""
    return f"cell-{notebook}-{cell}".replace("_", "-")


def standard_domain(env: BuildEnvironment) -> StandardDomain:
    """Give the keeper of the labels."""
    return cast(StandardDomain, env.get_domain("std"))


def label_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each code cell of a notebook an id and a label."""
    docname = app.env.docname
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and cell.get("exec_count"):
            label = cell_label(docname.rsplit("/", maxsplit=1)[-1], cell["exec_count"])
            cell["ids"].append(label)
            standard_domain(app.env).note_hyperlink_target(label, docname, label)


def _written(number: str) -> str:
    """Write powers of ten as people do."""
    return re.sub(
        r"(-?[\d.]+)e([+-]\d+)", lambda m: f"${m[1]} \\cdot 10^{{{int(m[2])}}}$", number
    ).replace("$1 \\cdot ", "$")


def _chance(evidence: Evidence, show: Callable[[float], str], records: Records) -> str:
    """Say how far the number could have come out otherwise, in brackets."""
    if evidence.exact:
        return f" ({evidence.exact})"
    if evidence.once:
        return f" ({evidence.once}: it decides nothing)"
    if evidence.tests:
        return f" (the smallest of {evidence.tests}, before correction)"
    _, low, high = evidence.ends(records)
    interval = evidence.interval
    if evidence.seeds:
        interval = f"95% interval, {len(evidence.seeds.values)} runs"
        if evidence.items:
            interval += f" and {evidence.items} test items"
    return f" ({interval}: {show(low)} to {show(high)})"


def _evidence(evidence: Evidence, outcome: str, records: Records) -> str:
    def show(value: float) -> str:
        return _written(format(value, evidence.format))

    def bound(other: float | str) -> str:
        if isinstance(other, str):
            return show(evidence.value(records, other))
        return show(other) if evidence.format.endswith("%") else _written(f"{other:g}")

    text = f"**{show(evidence.number(records))}**" + _chance(evidence, show, records)
    expected = " and ".join(f"{SIGN[sign]} {bound(o)}" for sign, o in evidence.expect.comparisons)
    cell = records[evidence.notebook][evidence.metric].cell
    label = cell_label(evidence.notebook, cell)
    place = f"{{ref}}`notebook {int(evidence.notebook[:2])}, cell {cell} <{label}>`"
    return f"- **{OUTCOME[outcome]}.** {evidence.says}: {text}. Claimed: {expected}. {place}"


def _claim(claim: Claim, records: Records) -> str:
    verdict = f"**{VERDICT[claim.verdict]}.** {claim.conditions}"
    if claim.basis == LITERATURE:
        verdict += " (A matter of record: decided by the literature, not by a notebook.)"
    measured = claim.evidence and not claim.missing(records)
    judged = zip(claim.evidence, claim.outcomes(records), strict=True) if measured else ()
    parts = [
        f"**Claimed** ({', '.join(claim.sources)}): {claim.claim}",
        f"{{.verdict .{CLASS[claim.verdict]}}}\n{verdict}",
        "\n".join(_evidence(item, outcome, records) for item, outcome in judged),
        f"**Literature.** {claim.literature}" if claim.literature else "",
    ]
    return "\n\n".join(part for part in parts if part)


class ClaimsDirective(SphinxDirective):
    """Reads the ledger and the stored numbers."""

    def read(self) -> tuple[Ledger, Records]:
        """Note what the page depends on."""
        root = Path(self.env.srcdir)
        path = root / "book" / "claims.toml"
        for file in [path, *(root / "notebooks").glob("*.ipynb")]:
            self.env.note_dependency(str(file))
        ledger, records = load_claims(path), read_notebooks(root / "notebooks")
        return ledger, records


class Claims(ClaimsDirective):
    """All claims of a topic."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write a section per claim."""
        ledger, records = self.read()
        claims = [claim for claim in ledger.claims if claim.topic == self.arguments[0]]
        if not claims:
            raise self.error(f"no claim of claims.toml has the topic {self.arguments[0]!r}")
        return [self.section(claim, records) for claim in claims]

    def section(self, claim: Claim, records: Records) -> nodes.section:
        """Write the section of a claim, with a label for ``{ref}``."""
        label = f"claim-{claim.id}"
        title, _ = self.parse_inline(claim.question)
        section = nodes.section("", nodes.title(claim.question, "", *title), ids=[label])
        section += self.parse_text_to_nodes(_claim(claim, records))
        standard_domain(self.env).note_hyperlink_target(
            label, self.env.docname, label, claim.question
        )
        return section


class ClaimsOverview(ClaimsDirective):
    """How many claims hold, who was read, and a table of the verdicts."""

    def run(self) -> list[nodes.Node]:
        """Write a list of the documents, a sentence and a table."""
        ledger, records = self.read()
        for problem in ledger.violations(records):
            log.warning("claims.toml: %s", problem, location=self.get_location(), type="course")
        judged = [claim for claim in ledger.claims if claim.basis != UNTESTED]
        count = Counter(claim.verdict for claim in judged)
        waiting = len(ledger.claims) - len(judged)
        lines = [f"- **{name.capitalize()}**: {text}" for name, text in ledger.sources.items()]
        lines += [
            "",
            f"Of {len(judged)} claims with a verdict, {count[HOLDS]} hold, {count[CONDITIONAL]} "
            f"hold with conditions, and {count[FAILS]} do not hold here."
            + (f" {waiting} more have not been tested." if waiting else ""),
            "",
            "| Question | Verdict |",
            "|---|---|",
        ]
        lines += [f"| {{ref}}`claim-{c.id}` | {VERDICT[c.verdict]} |" for c in ledger.claims]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives and the labels of the cells."""
    app.add_directive("claims", Claims)
    app.add_directive("claims-overview", ClaimsOverview)
    app.connect("doctree-read", label_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
