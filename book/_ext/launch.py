"""Sphinx extension: buttons that open a lesson in Colab or on Binder, if there is an address.

They appear only if ``repository: url:`` in ``_config.yml`` names one on GitHub. Colab opens
a single file, so the box shows the cell that fetches the rest of the course and installs it. Binder
installs what the folder ``binder`` lists.
"""

import re
from html import escape

from sphinx.application import Sphinx

GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")
CELL = """!git clone -q --depth 1 --branch {branch} {url} gru-course
%cd gru-course/notebooks
%pip install -q .."""


def addresses(url: str, branch: str, page: str) -> dict[str, str]:
    """Give the address of a lesson at each service.

    Raises
    ------
    ValueError
        If the repository is not one of GitHub.
    """
    found = GITHUB.fullmatch(url)
    if not found:
        raise ValueError(f"repository url: expected https://github.com/OWNER/NAME, got {url}")
    place, file = f"{found[1]}/{found[2]}", f"{page}.ipynb"
    return {
        "Colab": f"https://colab.research.google.com/github/{place}/blob/{branch}/{file}",
        "Binder": f"https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree/{file}",
    }


def box(url: str, branch: str, page: str) -> str:
    """Write the box below the title of a lesson."""
    links = "".join(
        f'<a class="sd-btn sd-btn-outline-primary" href="{escape(address)}">Open in {name}</a> '
        for name, address in addresses(url, branch, page).items()
    )
    cell = escape(CELL.format(url=url, branch=branch))
    said = "In Colab, run this cell first. It brings the code and the stored results of the course:"
    shown = f'<div class="highlight"><pre tabindex="0">{cell}</pre></div>'
    return f'<div class="launch"><p>{links}</p><p>{said}</p>{shown}</div>'


def add_buttons(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: object
) -> None:
    """Put the box into the pages of lessons."""
    options = app.config.html_theme_options
    url, branch = options.get("repository_url"), options.get("repository_branch") or "main"
    if url and pagename.startswith("notebooks/") and "body" in context:
        both = f"</h1>\n{box(url, branch, pagename)}"
        context["body"] = context["body"].replace("</h1>", both, 1)


def setup(app: Sphinx) -> dict[str, object]:
    """Register the buttons."""
    app.connect("html-page-context", add_buttons)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
