"""Numbers in prose: computed ones are glued, and every typed one has a reason.

What looks like a result (a decimal, a percentage, a number with a separator for thousands or with
a unit of measurement) must not be typed in the text of a chapter, of a notebook or of the ledger.
It may stand in code, in a formula, in a passage worked by hand, or where ``typed_numbers.toml``
gives a reason. A second check looks everywhere, formulas included, for the very numbers that the
notebooks recorded.
"""

import json
import re
import tomllib

import pytest

from gru_course.stats.claims import read_notebooks

KINDS = {
    "cited": "a figure from a cited work",
    "definition": "true by definition, or a fact about a data set, a file or a library",
    "setting": "a choice of an experiment, not a result",
    "by hand": "worked out on the page or in the head",
    "figure": "a value that a drawing shows, made by the code of the figure",
}

# A unit makes a whole number a measurement: "41 s", "12 GB", "3 times faster", "2 points".
UNIT = r"(?:ms|s|seconds?|hours?|[kMG]i?B|points?|per[ ]cent|percent)\b"
TIMES = r"times[ ](?:as|faster|slower)\b"
NUMBER = re.compile(
    rf"""(?<![\w.,])
    (?: \d+(?:[.,]\d+)*(?:[ ]?%|[ ](?:{UNIT}|{TIMES}))  # 41%, 0.5 s, 12 points
      | \d{{1,3}}(?:,\d{{3}})+(?![\d,])     # 37,248
      | \d+\.\d+(?:e-?\d+)?(?![\w]|\.\d)    # 0.844, 1.5e-3, but no version 2.21.0
      | (?!(?:1[89]|20)\d\ds?\b)\d{{4,}}\b    # 1317, but no year
    )""",
    re.VERBOSE,
)

# Blocks that are not prose, or that are worked by hand on the page.
BLOCKS = {"exercise", "solution", "literalinclude", "code-block", "math", "eval-rst"}
SKIPPED = [
    r"^\{(?:exercise|solution)-start\}.*?^\{(?:exercise|solution)-end\}",
    r"^\*\*By hand\.\*\*.*?\n\n",
    r"^(#+) [^\n]*by hand[^\n]*\n.*?(?=^#|\Z)",
    r"\{[\w:]+\}`[^`]*`",
    r"``[^\n]+?``",
    r"`[^`\n]*`",
    r"\$\$.*?\$\$",
    r"\$(?:[^$\n]|\n(?!\n))+\$",
    r"\]\([^)\s]*\)",
    r"<https?:[^>]*>",
    r"^\([\w.-]+\)=$",
    r"^ *:(?!alt|caption)[\w-]+:[^\n]*$",
    r"\*\*Time needed\.\*\*[^\n]*",
    r"^- \[[ x]\] -?\d+(?:\.\d+)?$",  # a number among the answers of a quiz, worked by hand
]


def blank(match):
    """Keep the lines, so that a finding can name its own."""
    return re.sub(r"[^\n]", " ", match[0])


def without_blocks(text):
    kept, open_fences = [], []
    for line in text.splitlines():
        fence = re.match(r" *([`:]{3,})(?:\{([\w-]+)\})?(.*)", line)
        if fence and open_fences and fence[1] == open_fences[-1][0] and not (fence[2] or fence[3]):
            open_fences.pop()
            line = ""
        elif fence:
            prose = fence[2] and fence[2] not in BLOCKS
            open_fences.append((fence[1], prose))
        kept.append(line if all(prose for _, prose in open_fences) else "")
    return "\n".join(kept)


def prose(text):
    text = without_blocks(text)
    for pattern in SKIPPED:
        text = re.sub(pattern, blank, text, flags=re.MULTILINE | re.DOTALL)
    return text


def typed_numbers(text):
    """Find the typed numbers in a text as pairs of number and line."""
    text = prose(text)
    return [(match[0], text.count("\n", 0, match.start()) + 1) for match in NUMBER.finditer(text)]


@pytest.fixture(scope="module")
def texts(root, pages):
    ledger = tomllib.loads((root / "book/claims.toml").read_text(encoding="utf-8"))
    entries = {"book/claims.toml": "\n\n".join(ledger["sources"].values())}
    for claim in ledger["claim"]:
        said = [item["says"] for item in claim["evidence"] if "says" in item]
        written = [claim.get(key, "") for key in ("question", "claim", "conditions", "literature")]
        entries[f"book/claims.toml#{claim['id']}"] = "\n\n".join(written + said)
    written_by_people = {k: v for k, v in pages.items() if k != "book/dependencies"}
    return written_by_people | entries


@pytest.fixture(scope="module")
def allowed(root):
    path = root / "tests/book/typed_numbers.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["allowed"]


def number_violations(texts, allowed):
    found = []
    permitted = {}
    for entry in allowed:
        where = f"typed_numbers.toml, {entry['page']}"
        if entry["kind"] not in KINDS or len(entry.get("reason", "")) < 10:
            found.append(f"{where}: needs a kind ({', '.join(KINDS)}) and a reason")
        for number in entry["numbers"]:
            if (entry["page"], number) in permitted:
                found.append(f"{where}: {number} is there twice")
            permitted[entry["page"], number] = False
    for page, text in texts.items():
        for number, line in typed_numbers(text):
            if (page, number) in permitted:
                permitted[page, number] = True
            else:
                found.append(f"{page}:{line}: {number} is typed; glue it or give a reason")
    found += [
        f"typed_numbers.toml, {page}: {number} is no longer there"
        for (page, number), used in permitted.items()
        if not used
    ]
    return found


def test_every_typed_number_has_a_reason(texts, allowed):
    assert number_violations(texts, allowed) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It reached 0.8523 at once.", ["0.8523"]),
        ("It reached 85%, or 85.2 %.", ["85%", "85.2 %"]),
        ("There are 37,248 weights and 1317 others.", ["37,248", "1317"]),
        ("A step takes 22 ms, 3 times as long.", ["22 ms", "3 times as"]),
        ("| GRU | 0.91 |", ["0.91"]),
        (":::{note}\nIt is 0.91.\n:::", ["0.91"]),
        ("```{figure} a.svg\n:alt: The line ends at 0.91.\n```", ["0.91"]),
        ("The gain is 1.5e-3.", ["1.5e-3"]),
        ("```{glossary}\nterm\n  About 0.91.\n```", ["0.91"]),
        # and what is not a typed result
        ("Two gates, 100 tokens, 64 units, in 2014, in the 1990s.", []),
        ("```{figure} a.svg\n:width: 91%\n```", []),
        ("TensorFlow 2.21.0", []),
        ("{glue:text}`../notebooks/a.ipynb::b:.3f` and `0.91`", []),
        ("$0.9^{50} = 0.005$ and\n$$\n0.91\n$$", []),
        ("```python\nx = 0.91\n```\n\n```\n0.91\n```", []),
        ("````{exercise}\n:label: ex-1\n\nAdd 0.91.\n````", []),
        ("### By hand? One step by hand\n\nIt is 0.91.\n\n## Next", []),
        ("**By hand.** It is 0.91.\n\nNext.", []),
        ("**Time needed.** 30 minutes, or 1.5 hours", []),
        ("(sec-0.91)=\n[here](https://a.org/0.91)", []),
        ("- [x] 0.91\n  > Right.\n- [ ] -0.91", []),
        ("- [x] It is 0.91.\n  > About 0.92.", ["0.91", "0.92"]),
    ],
)
def test_what_counts_as_typed(text, numbers):
    assert [number for number, _ in typed_numbers(text)] == numbers


def test_a_finding_names_its_line():
    assert typed_numbers("```python\nx = 1\n```\n\nIt is 0.91.") == [("0.91", 5)]


ALLOWED = {"page": "p", "numbers": ["0.91"], "kind": "cited", "reason": "Bai and others, Table 1"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ALLOWED, ""),
        (ALLOWED | {"page": "q"}, "p:1: 0.91 is typed; glue it or give a reason"),
        (ALLOWED | {"reason": ""}, "needs a kind"),
        (ALLOWED | {"kind": "true"}, "needs a kind"),
        (ALLOWED | {"numbers": ["0.91", "0.92"]}, "0.92 is no longer there"),
        (ALLOWED | {"numbers": ["0.91", "0.91"]}, "0.91 is there twice"),
    ],
)
def test_the_list_of_reasons_is_checked(entry, said):
    violations = number_violations({"p": "It is 0.91."}, [entry])
    assert any(said in text for text in violations) if said else violations == []


# --- the very numbers of the notebooks, wherever they stand ------------------------------------


def spellings(value):
    """How a recorded number would look if somebody typed it, as far as it is unmistakable."""
    if isinstance(value, bool | str):
        return set()
    if isinstance(value, int):
        return {f"{value}", f"{value:,}"} if value >= 3000 else set()
    shown = {f"{value:.3f}", f"{value:.4f}", f"{value:.1%}"}
    shown |= {f"{value * 100:.2f}"} if value >= 0.1 else set()  # 1.39 may be anything
    return {text for text in shown if len(re.sub(r"\D", "", text).strip("0")) >= 3}


def typed_results(text, values):
    """Find recorded numbers that stand as plain digits, also in formulas."""
    text = re.sub(r"`[^`]*`", "", without_blocks(text))
    runs = re.findall(r"(?<![\d.,])\d[\d.,]*%?", text)  # a full stop or comma may follow the number
    ends = [(run, end) for run in runs for end in range(1, len(run) + 1)]
    return sorted({run[:end] for run, end in ends if not run[end : end + 1].isdigit()} & values)


def test_no_result_is_typed(root, texts, allowed):
    results = {
        text
        for metrics in read_notebooks(root / "notebooks").values()
        for name, recorded in metrics.items()
        if not name.startswith("step_ratio_")  # dozens of ratios: they match others by chance
        for text in spellings(recorded.value)
    }
    assert results
    reasons = {(entry["page"], number) for entry in allowed for number in entry["numbers"]}
    found = [
        f"{page}: {number}"
        for page, text in texts.items()
        for number in typed_results(text, results)
        if (page, number) not in reasons
    ]
    assert found == []


def test_a_typed_result_is_seen():
    assert spellings(0.85229) == {"0.852", "0.8523", "85.2%", "85.23"}
    assert "1.39" not in spellings(0.0139)
    assert spellings(0.5) == spellings(50) == spellings("0.852") == set()
    assert typed_results("So $a = 0.8523$.", {"0.8523"}) == ["0.8523"]
    assert typed_results("{glue:text}`../nb.ipynb::a:.3f` or `0.8523`", {"0.8523"}) == []
    assert typed_results(json.dumps(0.85231), {"0.8523"}) == []
