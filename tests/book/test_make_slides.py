"""The slides of the lessons: chosen by rule, whole at 1280 × 720, readable from the disk."""

import shutil

import make_slides
import pytest
from make_slides import slides_of
from page_views import Visit
from site_pages import Page

WINDOW = {"width": 1280, "height": 720}
BOX = """<div class="before-you-start admonition"><p><strong>Objectives.</strong> You can:</p>
<ul><li><p>see</p></li></ul><p><strong>Time needed.</strong> 5 minutes</p></div>"""
CODE = '<div class="cell_input"><div class="highlight"><pre>{}</pre></div></div>'
CELL = f'<div class="cell">{CODE}</div>'
LESSON = f"""<article><section><h1><span class="section-number">7. </span>The lesson</h1>{BOX}
<p>It begins.</p>
<section id="a"><h2>Imports</h2>{CELL.format("import this")}</section>
<section id="b"><h2>A figure</h2><p>A first one, with <math><mi>z</mi></math>. A second.</p>
<table><tr><td>1</td></tr></table>
<img alt="A red square." src="../_images/square.svg"></section>
<section id="c"><h2>A table</h2><p>It has rows.</p><table><tr><td>1</td></tr></table></section>
<section id="d"><h2>Code</h2><p>It runs.</p>{CELL.format("print(1)")}</section>
<section id="e"><h2>Words</h2><p>Only words.</p><p>And more.</p></section>
<section id="f"><h2>Summary</h2><ul><li>{"One point. " * 40}</li><li>{"Another. " * 40}</li></ul>
</section><section id="g"><h2>Exercises</h2></section></section></article>"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="3000"><rect/></svg>'


@pytest.fixture
def course(tmp_path):
    """Write a course with a built lesson."""
    files = {
        "_toc.yml": "root: index\nparts: [{caption: P, chapters: [{file: notebooks/07_lesson}]}]",
        "site/notebooks/07_lesson.html": LESSON,
        "site/_images/square.svg": SQUARE,
        "site/_static/course-math.css": "",
        "site/_static/pygments.css": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def chosen(course):
    return {slide.title: slide for slide in slides_of(Page(course / "site", "notebooks/07_lesson"))}


def test_each_section_is_a_slide_with_what_it_shows(course):
    slides = chosen(course)
    assert list(slides) == [
        *("The lesson", "After this lesson you can", "A figure", "A table", "Code", "Words"),
        *("Summary (1/2)", "Summary (2/2)"),
    ]
    shown = {title: slide.shown for title, slide in slides.items()}
    assert 'alt="A red square."' in shown["A figure"]
    assert "<table" not in shown["A figure"]
    assert "<math><mi>z</mi></math>.</p>" in shown["A figure"], "the first sentence, whole"
    assert "A second." in slides["A figure"].notes
    assert "<table" in shown["A table"]
    assert "print(1)" in shown["Code"]
    assert "And more." in shown["Words"]


@pytest.mark.parametrize(("old", "new"), [("<ul><li><p>see</p></li></ul>", ""), ("Summary", "End")])
def test_a_lesson_without_objectives_or_summary_is_red(course, old, new):
    path = course / "site/notebooks/07_lesson.html"
    path.write_text(LESSON.replace(old, new))
    with pytest.raises(ValueError, match="needs objectives and a summary"):
        chosen(course)


# --- in the browser -------------------------------------------------------------------------------


def overflowing(visit):
    """List the slides that do not fit, or show nothing."""
    page, found = visit.page, []
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({number})")
        title, outside, words = page.evaluate("""() => {
          const slide = Reveal.getCurrentSlide(), edges = slide.getBoundingClientRect();
          const all = [...slide.querySelectorAll(":not(aside, aside *)")];
          const out = all.map((e) => e.getBoundingClientRect()).filter((box) => box.width &&
            (box.right > edges.right + 1 || box.bottom > edges.bottom + 1 || box.top < -1));
          return [slide.querySelector("h1, h2").textContent, out.length, slide.innerText.length +
            slide.querySelectorAll("img").length - slide.querySelector("h1, h2").innerText.length];
        }""")
        found += [f"{title}: {outside} things are outside"] * bool(outside)
        found += [f"{title}: shows nothing"] * (words < 1)
    return found


def made(course):
    return make_slides.make_slides(course, course / "site", make_slides.reveal_folder())


@pytest.mark.browser
def test_a_deck_fits_turns_and_has_notes(browser, course):
    address = (made(course) / "07_lesson.html").as_uri()
    for scheme, ground in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 30)")):
        with Visit(browser, address, WINDOW, scheme) as visit:
            assert overflowing(visit) == []
            assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    with Visit(browser, address, WINDOW) as visit:
        visit.page.wait_for_function("window.Reveal && Reveal.isReady()")
        for _ in range(2):
            visit.page.keyboard.press("ArrowRight")
        assert visit.page.evaluate("Reveal.getIndices().h") == 2
        with visit.page.expect_popup() as opened:
            visit.page.keyboard.press("s")
        opened.value.get_by_text("A second.").wait_for()
        visit.page.keyboard.press("d")
        assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert visit.problems == []


@pytest.mark.browser
def test_a_slide_that_is_too_large_is_red(browser, course):
    path = course / "site/notebooks/07_lesson.html"
    path.write_text(LESSON.replace("Only words.", "words<br>" * 80).replace("It has rows.", ""))
    with Visit(browser, (made(course) / "07_lesson.html").as_uri(), WINDOW) as visit:
        (found,) = overflowing(visit)
    assert found.startswith("Words: ")


@pytest.mark.browser
def test_every_deck_of_the_course_fits(browser, built, root, tmp_path):
    (tmp_path / "course").mkdir()
    shutil.copy(root / "_toc.yml", tmp_path / "course")
    place = make_slides.make_slides(tmp_path / "course", built, make_slides.reveal_folder())
    found = {}
    for path in sorted(place.glob("[0-9]*.html")):
        with Visit(browser, path.as_uri(), WINDOW) as visit:
            found[path.stem] = overflowing(visit) + visit.problems
    assert len(found) > 20
    assert {name: problems for name, problems in found.items() if problems} == {}
