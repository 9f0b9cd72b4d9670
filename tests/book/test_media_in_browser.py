"""Players, films and drawings in a real browser: they play, and axe has nothing to say."""

import pytest
from page_views import accessibility

from gru_course.apps.actions.clips import turning_dots
from gru_course.apps.chorales.canons import canons
from gru_course.apps.chorales.plots import piano_roll, roll_in_words
from gru_course.apps.chorales.rolls import to_notes
from gru_course.apps.chorales.sound import RATE, midi_file, synthesise
from gru_course.course.media import animation, audio, download, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb"),
]


@pytest.fixture(scope="module")
def html():
    roll = canons(1, 1, 1, timesteps=16).train[0]
    notes = to_notes(roll)
    parts = [
        audio(synthesise(notes, 0.25), RATE, "A canon", "two voices, one after the other"),
        animation(turning_dots(5).frames[0], "A dot runs around a circle."),
        picture(piano_roll(roll, "A canon"), roll_in_words(roll)),
        download(midi_file(notes), "canon.mid", "The canon as MIDI"),
    ]
    body = "".join(part.data for part in parts)
    head = "<!doctype html><html lang='en'><title>Media</title>"
    return f"{head}<main><h1>Media</h1>{body}</main></html>"


@pytest.fixture
def show(browser, html):
    contexts = []

    def visit(content=html, **options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_offline(True)
        page = contexts[-1].new_page()
        page.set_content(content)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(show, width):
    page = show(viewport={"width": width, "height": 844})
    page.get_by_text("Play the film").click()
    assert accessibility(page, {}) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_would_find_a_picture_without_words(show, html):
    page = show(html.replace(' alt="The same, moving."', ""))
    page.get_by_text("Play the film").click()
    (found,) = accessibility(page, {})
    assert found.startswith("image-alt")


def test_the_sound_plays_and_has_a_name(show):
    page = show()
    player = page.get_by_label("A canon", exact=True)
    player.evaluate("player => new Promise(done => { player.oncanplay = done; player.load(); })")
    assert player.evaluate("player => player.duration") == pytest.approx(4, abs=0.01)
    assert player.evaluate("player => player.paused")
    assert page.get_by_text("two voices, one after the other").is_visible()


@pytest.mark.parametrize(("motion", "kind"), [("no-preference", "gif"), ("reduce", "png")])
def test_the_film_stands_still_for_who_wants_that(show, motion, kind):
    page = show(reduced_motion=motion)
    film = page.get_by_alt_text("The same, moving.")
    assert not film.is_visible()
    page.get_by_text("Play the film").click()
    assert film.is_visible()
    assert film.evaluate("image => image.currentSrc").startswith(f"data:image/{kind}")
    assert film.evaluate("image => image.naturalWidth") == 16


def test_drawing_and_file_are_whole(show):
    page = show()
    drawing = page.locator('img[src^="data:image/svg"]')
    assert drawing.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    with page.expect_download() as waiting:
        page.get_by_role("link", name="The canon as MIDI").click()
    assert waiting.value.suggested_filename == "canon.mid"
    assert waiting.value.path().read_bytes()[:4] == b"MThd"
