"""Terms before use: where the reader first meets a term of the glossary, the text links to it."""

import re

import pytest
import yaml

COMMON = {
    "bound", "ceiling", "convention", "fold", "gate", "kernel", "leak", "look", "loss", "parameter",
    "probe", "profile", "sequence", "slot", "study", "temperature", "units",
}  # fmt: skip
"""Words of everyday English, too: they stand before they are meant as terms."""

PARTS = ("Start", "Understand", "Build and train", "Use")
"""The parts that are read in their order; the others are for looking things up."""


def glossary_terms(text):
    """Find the terms: lines of the glossary that are not indented."""
    block = re.search(r"^```\{glossary\}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]
    return [line for line in block.splitlines() if line and not line.startswith(" ")]


def prose(text):
    """Leave out what is no running text: code, formulas, headings, boxes at the top, exercises."""
    text = re.split(r"^## Exercises$", text, flags=re.MULTILINE)[0]
    text = re.sub(r"^:::\{admonition\} Before you start\n.*?^:::$", "", text, flags=re.M | re.S)
    text = re.sub(r"^```(?:python|text|bash|\{index\}).*?^```$", "", text, flags=re.M | re.S)
    text = re.sub(r"^:(?:alt|name|width|class|label): .*$|^#+ .*$|^\(.*\)=$", "", text, flags=re.M)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", "", text, flags=re.DOTALL)
    roles = re.compile(r"(\{[\w:]+\})?`[^`]*`")
    return roles.sub(lambda m: m[0] if m[1] in ("{term}", "{index}") else "", text)


def terms_without_link(texts, terms):
    """Find pairs of page and term: the term is met first on this page, and not as a link."""
    found, met = [], set()
    for page, text in texts.items():
        text = prose(text)
        for term in terms:
            links = [
                match.start()
                for match in re.finditer(r"\{term\}`(?:[^`<]*<)?([^`>]*)>?`", text)
                if re.sub(r"\s+", " ", match[1]).lower() == term.lower()
            ]
            words = r"\s+".join(map(re.escape, term.split()))
            plain = re.sub(r"\{(?:term|index)\}`[^`]*`", lambda m: " " * len(m[0]), text)
            uses = [m.start() for m in re.finditer(rf"(?<![\w-]){words}s?\b", plain, re.IGNORECASE)]
            if term in met or not (links or uses):
                continue
            met.add(term)
            if uses and (not links or min(uses) < min(links)):
                found.append((page, term))
    return found


def test_a_term_is_linked_where_it_is_first_met(root, pages):
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part["chapters"] for part in toc["parts"] if part["caption"] in PARTS]
    order = ["book/index", *(chapter["file"] for part in parts for chapter in part)]
    terms = [t for t in glossary_terms(pages["book/glossary"]) if t not in COMMON]
    assert len(terms) > 100
    assert terms_without_link({page: pages[page] for page in order}, terms) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A {term}`hidden state` is a row. The hidden state.", []),
        ("Two {term}`hidden states <hidden state>`.", []),
        ("The hidden state is a {term}`hidden state`.", ["hidden state"]),
        ("Hidden\nstates are rows.", ["hidden state"]),
        ("## The hidden state\n\n```python\n# hidden state\n```\n", []),
        ("$\\text{hidden state}$ and `hidden state`", []),
    ],
)
def test_a_term_without_a_link_is_seen(text, found):
    assert [term for _, term in terms_without_link({"p": text}, ["hidden state"])] == found
    later = {"o": "A {term}`hidden state`.", "p": text}
    assert terms_without_link(later, ["hidden state"]) == []
