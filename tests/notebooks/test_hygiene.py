"""What a notebook must be before it is worth running."""

import ast
import copy
import re

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from notebook_runs import NOTEBOOKS, canonical, freshness_violations
from plain_notebooks import FOLDED, is_folded, plain_metadata
from provenance import notebook_stamp, repository
from traitlets.config import PyFileConfigLoader

from gru_course.course.style import PAGE_WIDTH, RC_PARAMS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
ALLOWED_TAGS = {"parameters", "hide-input", "nbval-ignore-output", FOLDED}
MOST_CELLS = 30
MOST_LINES = 10
"""Of a code cell, on average."""


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_there(name):
    """Say whether a name is that of a module, or of something in one."""
    modules, (module, *rest) = repository().modules, (name,)
    while not modules.is_module(module):
        module, _, last = module.rpartition(".")
        rest.insert(0, last)
    return not rest or modules.find(module).bound.keys() >= {rest[0]}


def length(source):
    """Count the lines of a cell; an import is one, however many it takes."""
    imports = (s for s in ast.parse(source).body if isinstance(s, ast.Import | ast.ImportFrom))
    return len(source.splitlines()) - sum(s.end_lineno - s.lineno for s in imports)


def hygiene_violations(notebook):
    found = []
    for cell in code_cells(notebook):
        start = cell.source[:50]
        if re.search(r";\s*$", cell.source):
            found.append(f"ends with a semicolon, which nbval cannot compare: {start}")
        if set(cell.metadata.get("tags", [])) - ALLOWED_TAGS:
            found.append(f"unknown tag in {cell.metadata['tags']}: {start}")
        hidden = "hide-input" in cell.metadata.get("tags", [])
        if length(cell.source) > (60 if hidden else 30):
            found.append(f"too long for one idea: {start}")
        shows_image = any("image/png" in o.get("data", {}) for o in cell.outputs)
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if shows_image and len(alt) < 40:
            found.append(f"figure without alternative text: {start}")
        for output in cell.outputs:
            if output.get("name") == "stderr":
                found.append(f"stored standard error: {output.text[:80]}")
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            if re.search(r"(/(?:home|root|tmp|Users)/|[A-Z]:\\\\)", text):
                found.append(f"stored path of a machine: {text[:80]}")
            found += [
                f"stored name of what is not there (any more): {name}"
                for name in re.findall(r"\bgru_course(?:\.\w+)+", text)
                if not is_there(name)
            ]
            size = re.search(r"<Figure size (\d+)x", text)
            if size and int(size[1]) > PAGE_WIDTH * RC_PARAMS["figure.dpi"]:
                found.append(f"figure wider than a page, too small on a phone: {start}")
            if "WARNING:" in text:
                found.append(f"stored warning of a library: {text[:80]}")
            if any("widget" in kind for kind in output.get("data", {})):
                found.append(f"stored widget, which would fetch scripts: {start}")
    return found


def sections(notebook):
    """Split the code cells of a notebook at its headings of the second level."""
    found = [("the beginning", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found[-1][1].append(cell)
        else:
            found += [(heading, []) for heading in re.findall(r"^## (.+)", cell.source, re.M)]
    return found


def names(source, context):
    nodes = ast.walk(ast.parse(source))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def is_record(statement):
    """Say whether a statement records a number, or does so for each of several."""
    match statement:
        case ast.For(body=body) | ast.If(body=body):
            return is_record(body[-1])
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return records(name)
    return False


def records(name):
    """Say whether a function is one of those in `gru_course.course.metrics` that record."""
    return name in {"record", "record_interval"}


def only_records(statements):
    """Say whether statements compute numbers and record them, and do nothing else."""
    for statement in statements:
        match statement:
            case ast.Assign() | ast.AnnAssign():
                pass
            case ast.For(body=body, orelse=orelse) | ast.If(body=body, orelse=orelse):
                if not only_records(body) or (orelse and not only_records(orelse)):
                    return False
            case _:
                if not is_record(statement):
                    return False
    return is_record(statements[-1])


def plumbing_violations(notebook):
    """Find what stands between a reader and the idea."""
    cells = code_cells(notebook)
    lengths = [length(cell.source) for cell in cells]
    found = []
    if len(cells) > MOST_CELLS:
        found.append(f"{len(cells)} code cells, more than {MOST_CELLS}: join or split")
    if sum(lengths) > MOST_LINES * len(cells):
        found.append(
            f"{sum(lengths) / len(cells):.1f} lines a code cell, more than {MOST_LINES} on average"
        )
    for heading, below in sections(notebook):
        if sum(map(is_folded, below)) > 1:
            found.append(f"more than one folded cell in a section: {heading}")
    stays_open = [cell.source for cell in cells if not is_folded(cell)]
    own = set().union(*(names(source, ast.Store) for source in stays_open))
    for cell in cells:
        start = cell.source[:50]
        if not is_folded(cell):
            if any(map(records, names(cell.source, ast.Load))):
                found.append(f"records where the reader sees it: {start}")
            continue
        if not only_records(ast.parse(cell.source).body):
            found.append(f"a folded cell does more than record: {start}")
        if any("scrapbook" not in o.get("metadata", {}) for o in cell.outputs):
            found.append(f"a folded cell shows something: {start}")
        hidden = names(cell.source, ast.Store) - own
        if used := sorted({n for s in stays_open for n in names(s, ast.Load)} & hidden):
            found.append(f"a folded cell makes what an open one uses: {', '.join(used)}")
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_hygiene(path):
    assert hygiene_violations(read(path)) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_the_idea_stands_open(path):
    assert plumbing_violations(read(path)) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_stored_outputs_are_full_and_fresh(path):
    assert freshness_violations(path) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_canonical_form(path):
    """A diff shows changes of content only."""
    notebook = read(path)
    ordered = canonical(copy.deepcopy(notebook), path.stem)
    plain_metadata(notebook)  # Jupyter Lab adds to it whatever it opens
    assert ordered == notebook


def bad(source, **changes):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.cells[0].update(changes)
    return notebook


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        (bad("plt.plot(x);"), "semicolon"),
        (bad("x = 1", metadata={"tags": ["skip"]}), "unknown tag"),
        (bad("x = 1\n" * 31), "too long for one idea"),
        (
            bad("show()", outputs=[nbformat.v4.new_output("display_data", {"image/png": "AA"})]),
            "without alternative text",
        ),
        (
            bad(
                "plt.subplots(figsize=(8, 3))",
                outputs=[
                    nbformat.v4.new_output(
                        "display_data", {"text/plain": "<Figure size 1200x450 with 1 Axes>"}
                    )
                ],
            ),
            "wider than a page",
        ),
        (
            bad("w()", outputs=[nbformat.v4.new_output("stream", name="stderr", text="Warning")]),
            "stored standard error",
        ),
        (
            bad("f()", outputs=[nbformat.v4.new_output("stream", text="see gru_course.gone.f")]),
            "stored name of what is not there",
        ),
        (
            bad(
                "p()",
                outputs=[nbformat.v4.new_output("stream", text="/".join(["", "home", "somebody"]))],
            ),
            "path of a machine",
        ),
        (
            bad("f()", outputs=[nbformat.v4.new_output("stream", text="WARNING:tensorflow: no")]),
            "warning of a library",
        ),
    ],
)
def test_the_linter_sees(notebook, said):
    violations = hygiene_violations(notebook)
    assert len(violations) == 1
    assert said in violations[0]


def lesson(*cells):
    """Make a notebook of sources; those of records are folded, a heading begins a section."""
    notebook = nbformat.v4.new_notebook()
    for source in cells:
        if source.startswith("#"):
            notebook.cells.append(nbformat.v4.new_markdown_cell(source))
            continue
        tags = [FOLDED] if source.startswith("record") else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    return notebook


RECORD = 'record("a", 1)'
SHOWN = nbformat.v4.new_output("stream", text="1\n")


def test_a_lesson_that_shows_the_idea_passes():
    in_a_loop = "record('b', 2)\nfor x in (1, 2):\n    y = 2 * x\n    record(f'c_{x}', y)"
    assert plumbing_violations(lesson("x = 1", RECORD, "## Next", "x = 2", in_a_loop)) == []


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        (lesson(*["x = 1"] * (MOST_CELLS + 1)), "31 code cells"),
        (lesson("x = 1", "x = 1\n" * (2 * MOST_LINES)), "10.5 lines a code cell"),
        (lesson("#\n\n## A", RECORD, "x = 1", RECORD), "one folded cell in a section: A"),
        (lesson("x = 1\n" + RECORD), "records where the reader sees it: x = 1"),
        (lesson("note = record\nnote('a', 1)"), "records where the reader sees it"),
        (lesson(RECORD + "\nprint(1)"), "does more than record"),
        (lesson(RECORD + "\nif x:\n    fit()"), "does more than record"),
        (lesson(RECORD + "\nx = 2"), "does more than record"),
        (lesson("x = 1", "record('a', x)\ny = 2\nrecord('b', y)", "print(y)"), "open one uses: y"),
        (bad(RECORD, metadata={"tags": [FOLDED]}, outputs=[SHOWN]), "shows something"),
    ],
)
def test_plumbing_on_the_page_is_red(notebook, said):
    violations = plumbing_violations(notebook)
    assert len(violations) == 1
    assert said in violations[0]


# --- freshness ---------------------------------------------------------------------------------


def stored(tmp_path, change=lambda notebook: None, profile="full"):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import math\nmath.exp(0.0)", execution_count=1)]
    )
    (tmp_path / "requirements.txt").write_text("")
    notebook = canonical(notebook, "99_sample")
    notebook.metadata["gru_course"] = notebook_stamp(notebook, profile, tmp_path)
    change(notebook)
    path = tmp_path / "99_sample.ipynb"
    nbformat.write(notebook, path)
    return path


def test_fresh_outputs_pass(tmp_path):
    assert freshness_violations(stored(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    ("change", "profile", "said"),
    [
        (lambda nb: None, "quick", "not those of the full profile"),
        (lambda nb: nb.metadata.pop("gru_course"), "full", "not those of the full profile"),
        (lambda nb: nb.cells[0].update(source="math.exp(1.0)"), "full", "older than what"),
        (lambda nb: nb.cells[0].update(execution_count=2), "full", "not run once each"),
        (
            lambda nb: nb.cells[0].outputs.append(
                nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
            ),
            "full",
            "a stored output is an error",
        ),
    ],
)
def test_stale_or_broken_outputs_are_red(tmp_path, change, profile, said):
    violations = freshness_violations(stored(tmp_path, change, profile), tmp_path)
    assert len(violations) == 1
    assert said in violations[0]


# --- what Jupyter Lab leaves ---------------------------------------------------------------------


def saved_by_lab(notebook):
    """Do to a notebook what Jupyter Lab does to whatever it opens and saves."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info = nbformat.from_dict(
        {"name": "python", "version": "3.12.1", "codemirror_mode": {"name": "ipython"}}
    )
    for cell in notebook.cells:
        cell.metadata.update(scrolled=True, editable=True)
    first, *others = notebook.cells[0].outputs[:2]
    if others:  # it joins what was printed in several goes
        first.text += others[0].text
        del notebook.cells[0].outputs[1]
    return notebook


@pytest.fixture
def printing(tmp_path):
    """Give a stored notebook that printed in two goes."""

    def two_goes(notebook):
        notebook.cells[0].outputs = [
            nbformat.v4.new_output("stream", text=text) for text in ("1\n", "2\n")
        ]
        notebook.metadata["gru_course"] = notebook_stamp(notebook, "full", tmp_path)

    path = stored(tmp_path, two_goes)
    nbformat.write(canonical(read(path), path.stem), path)
    return path


def test_a_notebook_that_was_opened_in_lab_is_fresh_and_in_order(printing, tmp_path):
    assert freshness_violations(printing, tmp_path) == []
    before = read(printing)
    saved = saved_by_lab(before)
    nbformat.write(saved, printing)
    assert freshness_violations(printing, tmp_path) == []
    ordered = canonical(copy.deepcopy(saved), printing.stem)
    assert ordered == canonical(copy.deepcopy(before), printing.stem) == before
    saved.cells[0].outputs[0].text = "3\n"
    nbformat.write(saved, printing)
    assert "its seal is broken: it holds another run" in freshness_violations(printing, tmp_path)[0]


def test_a_folded_cell_is_folded_in_lab_as_well():
    """Whoever unfolds it, or folds another, changes the view only."""
    notebook = lesson("x = 1", RECORD)
    ordered = canonical(notebook, "99_sample")
    folded = {"tags": [FOLDED], "jupyter": {"source_hidden": True}}
    assert [cell.metadata for cell in ordered.cells] == [{}, folded]
    opened = copy.deepcopy(ordered)
    opened.cells[0].metadata["jupyter"] = {"source_hidden": True}
    opened.cells[1].metadata["jupyter"] = {"outputs_hidden": True}
    assert opened != ordered
    plain_metadata(opened)
    assert opened == ordered


def test_make_lab_saves_a_notebook_as_it_was(printing):
    config = PyFileConfigLoader("lab_config.py", path=str(NOTEBOOKS.parent / "tools")).load_config()
    hook = config.FileContentsManager.pre_save_hook
    manager = FileContentsManager(root_dir=str(printing.parent), pre_save_hook=hook)
    before = printing.read_bytes()
    model = {"type": "notebook", "format": "json", "content": saved_by_lab(read(printing))}
    manager.save(model, printing.name)
    assert printing.read_bytes() == before
    mine = nbformat.v4.new_notebook(metadata={"title": "My own"})
    manager.save({"type": "notebook", "format": "json", "content": mine}, "mine.ipynb")
    assert read(printing.with_name("mine.ipynb")).metadata == {"title": "My own"}
