"""The book's own search leads from a question in a learner's words to the page that answers it."""

import tomllib
from pathlib import Path

import pytest
from page_views import Visit

TABLES = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))
QUESTIONS = {question: page for table in TABLES.values() for question, page in table.items()}
UNHEARD_OF = "xylophone zookeepers"
SEEN = 3
"""How many pages a reader looks at."""

ASK = """(questions) => questions.map((question) => {
  const found = Search._performSearch(...Search._parseQuery(question)).reverse();
  return [...new Set(found.map((result) => result[0]))];
})"""


@pytest.fixture(scope="module")
def found(browser, built):
    """Give the pages that the search finds for each question, best first."""
    asked = [*QUESTIONS, UNHEARD_OF]
    with Visit(browser, (built / "search.html").as_uri()) as visit:
        visit.page.wait_for_function("() => Search.hasIndex()")
        return dict(zip(asked, visit.page.evaluate(ASK, asked), strict=True))


def missed(questions, found):
    """List the questions whose answer is not among the first pages, with those pages."""
    seen = {question: found[question][:SEEN] for question in questions}
    return {q: pages for q, pages in seen.items() if f"book/{questions[q]}" not in pages}


@pytest.mark.browser
def test_every_question_finds_its_answer(found):
    assert missed(QUESTIONS, found) == {}


def test_an_answer_further_down_is_a_miss():
    pages = ["book/a", "book/b", "book/c", "book/d"]
    assert missed({"why": "c"}, {"why": pages}) == {}
    assert missed({"why": "d"}, {"why": pages}) == {"why": pages[:SEEN]}


@pytest.mark.browser
def test_what_the_book_does_not_speak_of_is_not_found(found):
    assert found[UNHEARD_OF] == []


def test_the_table_is_whole(pages):
    assert len(TABLES["asked"]) == 52
    assert {f"book/{page}" for page in QUESTIONS.values()} <= set(pages)
