import ast
import functools
import importlib
import inspect
import pkgutil
import textwrap
from dataclasses import dataclass

import numpy as np
import pytest

import gru_course
from gru_course.cells import gru_step
from gru_course.course.checked import finite, positive, rounding, whole
from gru_course.course.show import source, table
from gru_course.course.studies import load_study


def test_a_table_has_a_title_over_every_column():
    with pytest.raises(ValueError, match="every column needs a title"):
        table(["model", ""], [["GRU", 1]])
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table(["model", "accuracy"], [["GRU"]])


def test_a_cell_that_looks_like_a_tag_is_shown():
    assert "&lt;start>" in table(["id", "word"], [[1, "<start>"]]).data


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("p(x|y)", r"p(x\|y)"),
        ("a\nb", "a<br>b"),
        (r"\*", r"\\\*"),
        (r"$\tilde h$ and \n", r"$\tilde h$ and \\n"),
        ("$|h|$", r"$\|h\|$"),
        ("$b_z$ = 4", "$b_z$ = 4"),
        ("`x|y`", r"\`x\|y\`"),
        ("2 * 3 * 4", r"2 \* 3 \* 4"),
        ("~~no~~", r"\~\~no\~\~"),
        ("__init__", r"\_\_init\_\_"),
        ("weights.recurrent_kernel", "weights.recurrent_kernel"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("R&D, AT&amp;T", r"R&D, AT\&amp;T"),
        ("[a](b) [0.67, 0.81]", r"[a\](b) [0.67, 0.81]"),
        ("one\u2028two\r\nthree", "one<br>two<br>three"),
    ],
)
def test_a_cell_ends_where_it_ends_and_reads_as_it_was_given(cell, shown):
    lines = table([cell, "next"], [[cell, 1]]).data.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"| {shown} ")
    assert lines[2].startswith(f"| {shown} ")


class Raw:
    r"""A raw docstring, with a \\tilde."""

    value = 1

    @staticmethod
    def single():
        "A docstring in simple quotes."
        return """no docstring"""

    def nothing_else(self):
        """Say it all."""


@dataclass
class Generated:
    value: int = 1


@functools.cache
def decorated():
    u"""A prefix of old."""  # noqa: UP025 # fmt: skip
    return "```"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (
            Raw.single,
            ["    @staticmethod", "    def single():", '        return """no docstring"""'],
        ),
        (Raw.nothing_else, ["    def nothing_else(self):", '        """Say it all."""']),
        (Generated, ["@dataclass", "class Generated:", "    value: int = 1"]),
        (decorated, ["@functools.cache", "def decorated():", '    return "```"']),
    ],
)
def test_source_knows_every_kind_of_docstring(code, shown):
    first, *lines, last = source(code).data.splitlines()
    assert lines == shown
    assert first == f"{last}python"
    assert last not in "".join(lines)


def in_one_line(): "Say it."; return 1  # noqa: E702 # fmt: skip


def with_an_inner_one():
    """Say it."""
    r"""No docstring, since it comes second."""

    def inner():
        r"""Belongs to the inner one."""

    # A comment stays.
    return inner, lambda: f"""{inner}"""


def test_source_never_drops_code():
    assert "return 1" in source(in_one_line).data
    assert source(with_an_inner_one).data.splitlines()[2:] == [
        '    r"""No docstring, since it comes second."""',
        "",
        "    def inner():",
        '        r"""Belongs to the inner one."""',
        "",
        "    # A comment stays.",
        '    return inner, lambda: f"""{inner}"""',
        "```",
    ]
    assert 'lambda: f"""{inner}"""' in source(with_an_inner_one()[1]).data


def checking(values, check_shape=len):
    values = finite(values, "the values")
    before = len(values)
    # A comment on the check goes with it.
    try:
        whole(2, "two")
    except ValueError:
        raise TypeError("two") from None
    for one in values:
        if one < 0:
            positive(one, "one")
            raise ValueError("too small")
    check_shape(values)
    if len(values) > 2:
        return before
    elif not len(values):
        raise ValueError("nothing")
    # What is done stays.
    total = np.asarray(finite(values, "é"), dtype=float).sum()  # é
    total += rounding(total)

    whole(
        3,
        "three",
    )

    return finite(total, "the total")


def nothing_but_checks(values):
    """Check."""
    finite(values, "the values")


def test_source_leaves_the_checks_out():
    assert source(checking).data.splitlines()[2:-1] == [
        "    before = len(values)",
        "    check_shape(values)",
        "    if len(values) > 2:",
        "        return before",
        "    # What is done stays.",
        "    total = np.asarray(values, dtype=float).sum()  # é",
        "    total += rounding(total)",
        "",
        "    return total",
    ]
    assert 'finite(values, "the values")' in source(nothing_but_checks).data


def test_source_is_python_for_all_that_could_be_shown():
    shown = 0
    for module in pkgutil.walk_packages(gru_course.__path__, "gru_course."):
        for thing in vars(importlib.import_module(module.name)).values():
            if getattr(thing, "__module__", "") == module.name and inspect.isroutine(thing):
                lines = source(inspect.unwrap(thing)).data.splitlines()
                ast.parse(textwrap.dedent("\n".join(lines[1:-1])))
                shown += 1
    assert shown > 500


def test_source_of_a_class_with_a_raw_docstring():
    lines = source(Raw).data.splitlines()
    assert lines[1:4] == ["class Raw:", "    value = 1", ""]
    assert '        "A docstring in simple quotes."' in lines  # of a method, it stays


def test_source_leaves_the_docstring_out():
    text = source(gru_step).data
    assert text.startswith("```python\ndef gru_step(x: Array, h: Array")
    assert "Parameters" not in text
    assert "h_new = z * h + (1 - z) * candidate" in text


def test_a_missing_or_damaged_study_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="run 'make studies'"):
        load_study(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"results": {}}')
    with pytest.raises(ValueError, match="damaged"):
        load_study(tmp_path / "a.json")
