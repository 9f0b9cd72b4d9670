"""The printed book: every page in its order, numbers that are right, nothing cut off."""

import io

import make_pdf
import pikepdf
import pytest
from make_zip import pdf_of

pytestmark = pytest.mark.browser

EXERCISE = """<div class="exercise admonition" id="ex-1"><p>How much?</p></div>
<div class="solution dropdown admonition" id="solution-1"><p>So much.</p></div>"""
WIDE = f"<table><tr>{'<td>a-word-that-is-not-broken</td>' * 12}</tr></table>"
PAGES = {
    "index": '<h1>Book</h1><a href="notebooks/b.html#place">b</a> <a href="genindex.html">x</a>',
    "notebooks/a": f'<h1 id="top">First</h1><details><p>folded</p></details>{EXERCISE}',
    "notebooks/b": f'<h1 id="top">Second</h1><pre>{"long " * 90}</pre>{WIDE}<p id="place">here</p>',
}
FILES = {
    "_toc.yml": "root: index\nparts:\n- caption: Part\n  chapters:\n"
    "  - file: notebooks/b\n  - file: notebooks/a\n",
    "_config.yml": "title: The book\nauthor: Somebody\n",
    "pyproject.toml": "[project]\nversion = '1.2.0'\n",
    "CITATION.cff": "version: 1.2.0\ndate-released: 2027-01-31\n",
    "CHANGELOG.md": "## 1.2.0 (2027-01-31)\n",
}


@pytest.fixture
def course(tmp_path):
    """Write a course of three pages, as they are built."""
    pages = {f"tested/site/{n}.html": f"<article>{text}</article>" for n, text in PAGES.items()}
    for name, text in (FILES | pages).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def change(course, old, new, name="notebooks/b"):
    path = course / f"tested/site/{name}.html"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_one_document_in_the_order_of_the_contents(course):
    text = make_pdf.printed_document(course, course / "tested" / "site")
    order = [
        text.index(said)
        for said in (">Somebody<", ">Contents<", ">here<", ">folded<", ">So much.<")
    ]
    assert order == sorted(order)
    assert 'href="#notebooks/b--place"' in text
    assert "genindex" not in text
    assert '<details open="">' in text
    assert text.count('id="notebooks/a--top"') == text.count('id="notebooks/b--top"') == 1
    assert 'href="#notebooks/a--solution-1"' in text, "the way to the solution"


def test_the_way_to_the_answers_stands_with_the_questions(course):
    page = '<form class="quiz">Why?</form><h2>Next</h2><div class="quiz-paper">Because.</div>'
    change(course, '<p id="place">', f'{page}<p id="place">')
    text = make_pdf.printed_document(course, course / "tested" / "site")
    order = [text.index(said) for said in ("Why?", "Answers", "Next", "Because.")]
    assert order == sorted(order)


def test_folded_code_is_printed_without_a_fold(course):
    folded = '<details class="hide above-input"><summary>Show</summary><pre>code</pre></details>'
    change(course, '<p id="place">', f'{folded}<p id="place">')
    text = make_pdf.printed_document(course, course / "tested" / "site")
    assert '<div class="hide above-input" open=""><pre>code</pre></div>' in text


def test_no_shadow_is_printed(browser):
    """Each would be a picture of its own; half of the file were such pictures."""
    rules = make_pdf.CSS.read_text(encoding="utf-8")
    page = browser.new_page()
    page.set_content(
        f"<style>div.a.b {{ box-shadow: 0 0 9px red !important }}</style><style>{rules}</style>"
        '<article class="bd-article"><div class="a b">text</div></article>'
    )
    assert page.locator(".a").evaluate("(e) => getComputedStyle(e).boxShadow") == "none"
    page.close()


def test_the_pages_have_the_numbers_that_the_contents_say(browser, course):
    path = make_pdf.make_pdf(course, course / "tested" / "site", browser)
    assert path.read_bytes() == pdf_of(course / "tested" / "site").read_bytes()
    numbers = make_pdf.page_numbers(path.read_bytes())
    # title, contents, first page, name of the part, its two pages, solutions and their title
    assert {name: numbers[name] for name in ("index", "notebooks/b", "notebooks/a")} == {
        "index": 3, "notebooks/b": 5, "notebooks/a": 6,
    }  # fmt: skip
    assert numbers["notebooks/a--solution-1"] == 8
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 8
        assert pdf.Root.StructTreeRoot, "for screen readers"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root][-2:] == ["Part", "Solutions"]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ('<div style="width: 3000px">wide</div>', "too wide"),
        ('<img src="gone.png" alt="A cat">', "missing picture, A cat"),
    ],
)
def test_what_cannot_be_printed_whole_is_red(browser, course, new, said):
    change(course, '<p id="place">', f'{new}<p id="place">')
    with pytest.raises(RuntimeError, match=said):
        make_pdf.make_pdf(course, course / "tested" / "site", browser)
    assert not (course / make_pdf.PDF).exists()


def test_a_pdf_that_is_too_large_is_red(browser, course, monkeypatch):
    monkeypatch.setattr(make_pdf, "LARGEST", 1000)
    with pytest.raises(RuntimeError, match="at most 40"):
        make_pdf.make_pdf(course, course / "tested" / "site", browser)


def test_a_page_that_was_not_built_is_red(course):
    (course / "tested/site/notebooks/a.html").unlink()
    with pytest.raises(ValueError, match=r"notebooks/a is in _toc\.yml, but not in the book"):
        make_pdf.printed_document(course, course / "tested" / "site")


def test_a_pdf_is_made_smaller_and_stays_the_same(browser, course):
    folder = course / "x"
    folder.mkdir()
    document = make_pdf.printed_document(course, course / "tested" / "site")
    small = make_pdf.print_pdf(document, browser, folder)
    with pikepdf.open(io.BytesIO(small)) as pdf:
        pdf.save(large := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert len(small) < len(large.getvalue())
    assert make_pdf.page_numbers(small) == make_pdf.page_numbers(large.getvalue())
