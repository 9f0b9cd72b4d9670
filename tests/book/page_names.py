"""The names of all pages."""

import yaml

GENERATED = ("genindex", "py-modindex", "search")


def page_names(root):
    """List the pages of the table of contents."""
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    return [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
