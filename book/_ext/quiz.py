"""Sphinx extension: questions with an explanation for each choice.

The content of ``{quiz} NAME`` is a question and a list, so that it can be read where nobody makes a
quiz of it, in Lab or on a page of source text. Each item is a choice, ticked if it is right, and
below it stands a quotation that says why it is right or wrong::

    :::{quiz} architecture-keeps
    :right: 1

    What does an update gate of 1 do in this book?

    - [x] It keeps the old state.
      > The old state is multiplied by $z$.
    - [ ] It writes the candidate.
      > That is the other convention.
    :::

``right`` is the number of right choices. With ``tolerance`` the reader types a number, and the
items are the right one and those that usual mistakes give. Without scripts, choices can be ticked
and the answers are folded; on paper the answers stand at the end of the page.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

ITEM = re.compile(r"- \[([ x])\] (.+)")
WORDS = {1: "one answer", 2: "two answers", 3: "three answers"}
EVERYTHING = re.compile(r"\b(?:all|none|both|neither) of (?:the|them|these)\b.*\b(?:above|below)\b|"
                        r"\b(?:all|none) of (?:the above|them|these)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One choice, or one number, with the reason why it is right or wrong."""

    right: bool
    text: str
    explanation: str


@dataclass(frozen=True)
class Question:
    """A question as it is written in a page."""

    text: str
    choices: tuple[Choice, ...]
    right: int
    tolerance: float | None

    @classmethod
    def read(cls, lines: list[str], right: int, tolerance: float | None = None) -> "Question":
        """Read the content of the directive.

        Raises
        ------
        ValueError
            If the question breaks a rule; the message says which.
        """
        first = next((i for i, line in enumerate(lines) if ITEM.match(line)), len(lines))
        choices: list[Choice] = []
        for line in lines[first:]:
            if match := ITEM.match(line):
                choices.append(Choice(match[1] == "x", match[2].strip(), ""))
            elif line.strip():
                kept, said = choices[-1], line.strip()
                if said.startswith(">") or kept.explanation:
                    explanation = f"{kept.explanation} {said.removeprefix('>').strip()}".strip()
                    choices[-1] = Choice(kept.right, kept.text, explanation)
                else:
                    choices[-1] = Choice(kept.right, f"{kept.text} {said}", "")
        question = cls("\n".join(lines[:first]).strip(), tuple(choices), right, tolerance)
        if problem := question._problem():
            raise ValueError(problem)
        return question

    def _problem(self) -> str | None:
        """Say what is wrong with the question."""
        ticked = sum(choice.right for choice in self.choices)
        texts = [choice.text for choice in self.choices]
        if not self.text:
            return "there is no question above the choices"
        if len(self.choices) < 3:
            return f"there are {len(self.choices)} choices; expected at least 3"
        if ticked != self.right or not 0 < self.right < len(self.choices):
            return f"{ticked} choices are ticked as right; right says {self.right}"
        if missing := [c.text for c in self.choices if len(c.explanation) < 15]:
            return f"the choice {missing[0]!r} needs an explanation"
        if len(set(texts)) < len(texts):
            return "two choices are the same"
        if named := [text for text in texts if EVERYTHING.search(text)]:
            return f"the choice {named[0]!r} speaks of the other choices; name what is meant"
        return self._numeric_problem() if self.tolerance is not None else None

    def _numeric_problem(self) -> str | None:
        assert self.tolerance is not None
        try:
            values = [float(choice.text) for choice in self.choices]
        except ValueError:
            return "with a tolerance each choice is a number"
        if self.right != 1 or not self.tolerance > 0:
            return "a number has one right answer, and a tolerance above 0"
        ordered = sorted(values)
        if any(b - a <= 2 * self.tolerance for a, b in pairwise(ordered)):
            return "two of the numbers are nearer than twice the tolerance"
        return None


class quiz(nodes.General, nodes.Element):  # type: ignore[misc]
    """A question; its children are the question, and each choice with its explanation."""


class part(nodes.General, nodes.Element):  # type: ignore[misc]
    """The question, a choice or an explanation of a quiz."""


class paper_answers(nodes.General, nodes.Element):  # type: ignore[misc]
    """The answers of a page, shown at its end when it is printed."""


class Quiz(SphinxDirective):
    """A question."""

    required_arguments = 1
    has_content = True
    option_spec = {"right": directives.positive_int, "tolerance": float}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Read the question, and its texts as usual text."""
        (name,) = self.arguments
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", name):
            raise self.error(f"the name {name!r} needs small letters and hyphens")
        lines = list(self.content)
        try:
            question = Question.read(
                lines, self.options.get("right", 1), self.options.get("tolerance")
            )
        except ValueError as error:
            raise self.error(f"{name}: {error}") from error
        node = quiz(name=name, ids=[name], right=question.right, tolerance=question.tolerance)
        node += self._part("question", question.text)
        for choice in question.choices:
            node += self._part("choice", choice.text, right=choice.right)
            node += self._part("explanation", choice.explanation, right=choice.right)
        return [node]

    def _part(self, kind: str, text: str, **attributes: object) -> part:
        made: part = part("", kind=kind, **attributes)
        parsed = self.parse_text_to_nodes(text)
        if kind == "choice" and len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph):
            parsed = parsed[0].children
        made += parsed
        return made


def collect_answers(app: Sphinx, doctree: nodes.document) -> None:
    """Repeat the answers at the end of the page, for paper."""
    questions = list(doctree.findall(quiz))
    if not questions:
        return
    answers = paper_answers()
    for number, question in enumerate(questions, start=1):
        question["number"] = number
        entry = nodes.list_item()
        for node in question.children:
            if node["kind"] == "choice":
                line = nodes.paragraph()
                line += nodes.strong(text="Right: " if node["right"] else "Wrong: ")
                line += [child.deepcopy() for child in node.children]
                entry += line
            elif node["kind"] == "explanation":
                entry += [child.deepcopy() for child in node.children]
        listed = nodes.enumerated_list(enumtype="arabic", start=number)
        listed += entry
        answers += listed
    doctree += answers


def visit_quiz(self: HTML5Translator, node: quiz) -> None:
    """Write a native form: question, choices, folded answers."""
    kind = (
        "number" if node["tolerance"] is not None else "radio" if node["right"] == 1 else "checkbox"
    )
    data = {"data-quiz": node["name"], "data-kind": kind, "data-right": node["right"]}
    if kind == "number":
        data["data-tolerance"] = node["tolerance"]
    self.body.append(self.starttag(node, "form", CLASS="quiz", **data))
    parts = list(node.children)
    told = f"{node['name']}-question"
    self.body.append(f'<fieldset aria-describedby="{told}">')
    self.body.append('<legend><span class="quiz-number">Question ')
    self.body.append(f"{node.get('number', 1)}</span></legend>")
    self.body.append(f'<div class="quiz-question" id="{told}">')
    _children(self, parts[0])
    self.body.append("</div>")
    how = "Type a number." if kind == "number" else f"Choose {WORDS[node['right']]}."
    if kind == "number":
        label = f"{node['name']}-number"
        self.body.append(
            f'<p class="quiz-typed"><label for="{label}">{how}</label> <input id="{label}" '
            f'type="text" inputmode="decimal" autocomplete="off" aria-describedby="{told}"></p>'
        )
    else:
        self.body.append(f'<p class="quiz-how">{how}</p>')
        for place, choice in enumerate(parts[1::2]):
            self.body.append(
                f'<div class="quiz-choice"><input type="{kind}" name="{node["name"]}" '
                f'id="{node["name"]}-{place}" value="{place}"> '
                f'<label for="{node["name"]}-{place}">'
            )
            _children(self, choice)
            self.body.append("</label></div>")
    self.body.append('</fieldset><details class="quiz-answers"><summary>Answer</summary><ul>')
    for choice, explanation in zip(parts[1::2], parts[2::2], strict=True):
        right = "right" if choice["right"] else "wrong"
        self.body.append(
            f'<li data-answer="{right}"><div class="quiz-value"><b>{right.title()}:</b> '
        )
        _children(self, choice)
        self.body.append('</div><div class="quiz-why">')
        _children(self, explanation)
        self.body.append("</div></li>")
    self.body.append("</ul></details></form>\n")
    raise nodes.SkipNode


def _children(self: HTML5Translator, node: nodes.Element) -> None:
    for child in node.children:
        child.walkabout(self)


def visit_answers(self: HTML5Translator, node: paper_answers) -> None:
    """Open what is only printed."""
    self.body.append('<div class="quiz-paper"><p><b>Answers to the questions</b></p>')


def depart_answers(self: HTML5Translator, node: paper_answers) -> None:
    """Close what is only printed."""
    self.body.append("</div>\n")


def visit_plain(self: Any, node: nodes.Element) -> None:
    """Write the text only."""


def skip(self: Any, node: nodes.Element) -> None:
    """Leave out what only paper needs."""
    raise nodes.SkipNode


def load_script(
    app: Sphinx, pagename: str, template: str, context: object, doctree: nodes.document | None
) -> None:
    """Let pages with questions load script and style."""
    if doctree and next(iter(doctree.findall(quiz)), None):
        app.add_css_file("css/quiz.css")
        app.add_js_file("live/quiz.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    plain = (visit_plain, visit_plain)
    app.add_node(quiz, html=(visit_quiz, visit_plain), text=plain, latex=plain)
    app.add_node(part, html=plain, text=plain, latex=plain)
    app.add_node(
        paper_answers, html=(visit_answers, depart_answers), text=(skip, None), latex=(skip, None)
    )
    app.add_directive("quiz", Quiz)
    app.connect("doctree-read", collect_answers)
    app.connect("html-page-context", load_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def questions_of(text: str) -> dict[str, Question]:
    """Find the questions in the source of a page, by their names.

    Parameters
    ----------
    text : str
        MyST Markdown.
    """
    found: dict[str, Question] = {}
    fence = re.compile(r"^(:{3,}|`{3,})\{quiz\} (\S+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
    for _, name, body in fence.findall(text):
        options = dict(re.findall(r"^:(right|tolerance): *(\S+)$", body, re.MULTILINE))
        lines = [line for line in body.splitlines() if not re.match(r":\w+: ", line)]
        tolerance = float(options["tolerance"]) if "tolerance" in options else None
        if name in found:
            raise ValueError(f"two questions have the name {name}")
        found[name] = Question.read(lines, int(options.get("right", 1)), tolerance)
    return found
