"""What every live figure is held to is red on figures that are broken on purpose."""

import pytest
from live_page import faults_in_any_state, text_without_scripts
from page_views import Visit

pytestmark = pytest.mark.browser

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
SOUND = "<button>Go</button>"


def address_of(path, figure):
    body = (
        f'<main><h1>t</h1><article class="bd-article"><div id="f">{figure}</div></article></main>'
    )
    path.write_text(f'<!doctype html><html lang="en"><title>t</title>{body}</html>')
    return path.as_uri()


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (SOUND, ""),
        ("<button>Go</button><button></button>", "button-name"),
        ("<button onclick=\"this.after(document.createElement('button'))\">Go</button>", "name"),
        (f"{SOUND}<div style='width: 3000px'>wide</div>", "px too wide"),
        (f"{SOUND}<p style='color: #bbb; background: #fff'>faint</p>", "color-contrast"),
    ],
)
def test_a_fault_in_a_state_is_red(browser, tmp_path, figure, said):
    with Visit(browser, address_of(tmp_path / "page.html", figure)) as visit:
        found = faults_in_any_state(visit.page, "#f", 10)
    assert any(said in text for text in found) if said else found == []


@pytest.mark.parametrize("figure", ["", f'<img src="{PIXEL}" hidden alt="">'])
def test_a_picture_that_is_not_there_is_red(browser, tmp_path, figure):
    address = address_of(tmp_path / "page.html", figure)
    with pytest.raises(AssertionError):
        text_without_scripts(browser, address, "#f")
