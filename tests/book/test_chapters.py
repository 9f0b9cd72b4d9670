"""The skeleton of every page, and where its figures and sources come from."""

import itertools
import re
from collections import Counter

import pytest

API = {
    "api",
    "api-data",
    "api-cells",
    "api-training",
    "api-export",
    "api-memory",
    "api-reviews",
    "api-apps",
}
WRONG = {"shapes", "texts", "training", "forecasts", "states", "speed", "saving", "installing"}
REFERENCE = {"notation", "glossary", "data", "bounds", "mutants", "bibliography"} | API
REFERENCE |= {
    "when-it-does-not-work",
    "rooms",
    "grading",
    "dependencies",
    *(f"wrong-{what}" for what in WRONG),
}
WITHOUT_EXERCISES = {"index", "how-to-use", "summary", "teach"}
BOX = ["**Objectives.**", "**Time needed.**", "**Prerequisites.**"]


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


def test_every_page_is_in_the_table_of_contents(root, pages):
    there = {f"book/{p.stem}" for p in (root / "book").glob("*.md")}
    there |= {f"notebooks/{p.stem}" for p in (root / "notebooks").glob("*.ipynb")}
    assert there == set(pages)


def test_skeleton(pages):
    found = {}
    for name, text in pages.items():
        stem = name.split("/")[-1]
        if stem not in REFERENCE:
            found[name] = skeleton_violations(text, stem not in WITHOUT_EXERCISES)
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


def headings_that_stand_twice(text):
    """Find headings that a page has more than once: a section was moved and its old place kept."""
    found = Counter(re.findall(r"^#+ (.+?)\s*$", outside_code(text), flags=re.MULTILINE))
    return [title for title, times in found.items() if times > 1]


def test_no_heading_stands_twice_on_a_page(pages):
    found = {name: headings_that_stand_twice(text) for name, text in pages.items()}
    assert {name: titles for name, titles in found.items() if titles} == {}


def test_a_section_that_stands_twice_is_seen():
    assert headings_that_stand_twice("# A\n\n## B\n\n```python\n# B\n```\n\n## C\n") == []
    assert headings_that_stand_twice("# A\n\n## B\n\nText.\n\n## B\n") == ["B"]


# --- corrected claims --------------------------------------------------------------------------


def claims_without_entry(text):
    """Find the boxes that correct a claim and do not lead to its entry in the ledger."""
    boxes = re.findall(
        r"^(:{3,})\{admonition\} A claim to correct\n(.*?)^\1$",
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    assert len(boxes) == text.count(":class: corrected-claim"), "a box that is not understood"
    return [box for _, box in boxes if not re.search(r"\{ref\}`(?:[^`]*<)?claim-", box)]


def test_every_corrected_claim_leads_to_its_entry(pages):
    chapters = {name: text for name, text in pages.items() if name.startswith("book/")}
    assert sum(text.count(":class: corrected-claim") for text in chapters.values()) > 15
    found = {name: claims_without_entry(text) for name, text in chapters.items()}
    assert {name: boxes for name, boxes in found.items() if boxes} == {}


def test_a_claim_corrected_without_an_entry_is_seen():
    box = ":::{{admonition}} A claim to correct\n:class: corrected-claim\nWrong.{}\n:::\n"
    assert claims_without_entry(box.format(" {ref}`claim-faster`")) == []
    assert claims_without_entry(box.format(" {ref}`there <claim-faster>`")) == []
    assert len(claims_without_entry(box.format(""))) == 1


# --- figures and bibliography ------------------------------------------------------------------


def test_every_figure_is_used(root, pages):
    text = "".join(pages.values())
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


def test_every_source_is_cited(root, pages):
    text = "".join([*pages.values(), (root / "book/claims.toml").read_text(encoding="utf-8")])
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    keys = set(re.findall(r"^@\w+\{([^,]+),", (root / "book/references.bib").read_text(), re.M))
    assert keys - cited == set()
