"""The skeleton of every page, and where its numbers, figures and sources come from."""

import itertools
import re
import subprocess
import sys

import nbformat
import pytest
import yaml

REFERENCE = {"notation", "glossary", "data", "gates", "api", "bibliography"}
WITHOUT_EXERCISES = {"index", "how-to-use", "summary"}
BOX = ["**Objectives.**", "**Time needed.**", "**Prerequisites.**"]


def toc_files(root):
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    return [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]


def page_text(root, name):
    path = root / f"{name}.md"
    if path.exists():
        return path.read_text(encoding="utf-8")
    notebook = nbformat.read(root / f"{name}.ipynb", as_version=4)
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def outside_code(text):
    """Leave out fenced code, whose lines may look like headings; keep directives."""
    kept, open_fences = [], []
    for line in text.splitlines():
        fence = re.match(r"(`{3,})(.*)", line)
        if fence and open_fences and fence[1] == open_fences[-1][0] and not fence[2].strip():
            open_fences.pop()
        elif fence:
            open_fences.append((fence[1], fence[2].startswith("{")))
        if all(is_directive for _, is_directive in open_fences):
            kept.append(line)
    return "\n".join(kept)


def skeleton_violations(text, exercises=True):
    text = outside_code(text)
    headings = re.findall(r"^(#+) (.+?)\s*$", text, flags=re.MULTILINE)
    found = []
    if sum(level == "#" for level, _ in headings) != 1:
        found.append("needs exactly one title")
    for (above, _), (below, title) in itertools.pairwise(headings):
        if len(below) > len(above) + 1:
            found.append(f"heading level skipped before {title!r}")
    opening = text.split("\n## ", maxsplit=1)[0]
    if ":class: before-you-start" not in opening:
        found.append("needs the box 'Before you start' under its title")
    found += [f"the box needs {part}" for part in BOX if part not in opening]
    if "can:\n- " not in opening:
        found.append("the objectives are a list of things the reader can do")
    end = ["Summary", "Exercises", "Where next"] if exercises else ["Summary", "Where next"]
    if [title for level, title in headings if level == "##"][-len(end) :] != end:
        found.append(f"must end with the sections {', '.join(end)}")
    if exercises:
        posed = re.findall(r":label: (ex-\S+)", text)
        solved = re.findall(r"\{solution\} (ex-\S+)", text) + re.findall(
            r"\{solution-start\} (ex-\S+)", text
        )
        if not posed or sorted(posed) != sorted(solved):
            found.append("every exercise needs one solution")
    return found


def test_every_page_is_in_the_table_of_contents(root):
    pages = {f"book/{p.stem}" for p in (root / "book").glob("*.md")}
    pages |= {f"notebooks/{p.stem}" for p in (root / "notebooks").glob("*.ipynb")}
    assert pages == set(toc_files(root))


def test_skeleton(root):
    found = {}
    for name in toc_files(root):
        stem = name.split("/")[-1]
        if stem not in REFERENCE:
            found[name] = skeleton_violations(page_text(root, name), stem not in WITHOUT_EXERCISES)
    assert {name: text for name, text in found.items() if text} == {}


GOOD = """# Title

:::{admonition} Before you start
:class: before-you-start
**Objectives.** After this chapter you can:
- see

**Time needed.** 5 minutes

**Prerequisites.** None.
:::

## Content

## Summary

## Exercises

```{exercise}
:label: ex-a-1
```

```{solution} ex-a-1
```

## Where next
"""


def test_the_skeleton_check_accepts_a_good_page():
    assert skeleton_violations(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# Title", "Title", "exactly one title"),
        ("## Content", "#### Content", "heading level skipped"),
        ("**Time needed.** 5 minutes", "", "the box needs **Time needed.**"),
        (":class: before-you-start", "", "needs the box"),
        ("- see", "see", "list of things"),
        ("## Summary", "## Conclusion", "must end with"),
        ("```{solution} ex-a-1\n```", "", "one solution"),
    ],
)
def test_the_skeleton_check_sees(old, new, said):
    assert old in GOOD
    assert any(said in text for text in skeleton_violations(GOOD.replace(old, new)))


# --- numbers -----------------------------------------------------------------------------------


def typed_results(text, values):
    """Find result numbers of notebooks that stand in prose as plain digits."""
    prose = re.sub(r"```.*?```|`[^`]*`|\{glue[^}]*\}`[^`]*`", "", text, flags=re.DOTALL)
    return [value for value in values if re.search(rf"(?<![\d.,]){re.escape(value)}(?!\d)", prose)]


def result_spellings(root):
    """How the accuracies that notebooks recorded would look if somebody typed them."""
    sys.path.insert(0, str(root / "tools"))
    from gru_course.metrics import read_records

    spelled = set()
    for path in (root / "notebooks").glob("*.ipynb"):
        for name, value in read_records(nbformat.read(path, as_version=4)).items():
            # Differences are short numbers that stand in many a worked example by chance.
            if "accuracy" in name and "gap" not in name and not name.endswith("_std"):
                spelled |= {f"{value:.3f}", f"{value:.4f}", f"{value:.1%}", f"{value * 100:.2f}"}
            elif name.startswith("parameters_"):
                spelled |= {f"{value}", f"{value:,}"}
    # The accuracy that the published program printed, cited as such.
    return spelled - {"0.851"}


def test_no_result_is_typed(root):
    spelled = result_spellings(root)
    assert spelled
    found = {name: typed_results(page_text(root, name), spelled) for name in toc_files(root)}
    assert {name: values for name, values in found.items() if values} == {}


def test_a_typed_result_is_seen():
    assert typed_results("It reached 0.8523 at once.", {"0.8523"}) == ["0.8523"]
    assert typed_results("{glue:text}`../nb.ipynb::a:.3f` or `0.8523`", {"0.8523"}) == []


# --- figures and bibliography ------------------------------------------------------------------


def test_drawn_figures_are_those_of_the_code(root, tmp_path):
    """Needs the locked matplotlib: another version may draw the same picture with other bytes."""
    subprocess.run([sys.executable, root / "tools/draw_figures.py", tmp_path], check=True)
    drawn = {p.name: p.read_bytes() for p in tmp_path.glob("*.svg")}
    stored = {p.name: p.read_bytes() for p in (root / "book/figures").glob("*.svg")}
    assert set(drawn) == set(stored)
    assert [name for name in drawn if drawn[name] != stored[name]] == []


def test_every_figure_is_used(root):
    text = "".join(page_text(root, name) for name in toc_files(root))
    figures = [p.name for p in (root / "book/figures").glob("*.svg")]
    assert [name for name in figures if f"figures/{name}" not in text] == []


def test_every_source_can_be_found(root):
    entries = re.findall(
        r"^@\w+\{([^,]+),(.*?)^\}", (root / "book/references.bib").read_text(), re.M | re.S
    )
    assert len(entries) > 50
    without = [
        key for key, body in entries if not re.search(r"^\s*(doi|eprint|url)\s*=", body, re.M)
    ]
    assert without == []


def test_every_source_is_cited(root):
    text = "".join(page_text(root, name) for name in toc_files(root))
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    keys = set(re.findall(r"^@\w+\{([^,]+),", (root / "book/references.bib").read_text(), re.M))
    assert keys - cited == set()
