"""The book is built once for each state of its files, strictly, and nothing half-built is kept."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import build_book
import pytest
from build_book import built_book

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

CONFIG = """title: A book
only_build_toc_files: true
execute: {execute_notebooks: "off"}
"""
TOC = "format: jb-book\nroot: book/index\nchapters:\n- file: book/second\n"
PAGES = {
    "index": "# First\n\nSee {ref}`there <a-place>`.\n",
    "second": "# Second\n\n(a-place)=\n## A place\n\nText.\n",
}


@pytest.fixture
def book(tmp_path):
    """Write a book of two pages, the first of which refers to the second."""
    root = tmp_path / "root"
    (root / "book").mkdir(parents=True)
    (root / "_config.yml").write_text(CONFIG)
    (root / "_toc.yml").write_text(TOC)
    for name, text in PAGES.items():
        (root / "book" / f"{name}.md").write_text(text)
    return root


@pytest.fixture
def lent():
    """List for each build the pages that had been read for an earlier one."""
    return []


@pytest.fixture
def builds(monkeypatch, lent):
    """Count the builds, and only pretend to build."""
    done = []

    def build(root, folder):
        done.append(root)
        doctrees = folder / "_build" / ".doctrees"
        lent.append(sorted(path.stem for path in doctrees.rglob("*.doctree")))
        (folder / "_build" / "html").mkdir(parents=True)
        (folder / "_build" / "html" / "index.html").write_text((root / "_toc.yml").read_text())
        for page in (root / "book").glob("*.md"):
            (doctrees / "book").mkdir(parents=True, exist_ok=True)
            (doctrees / "book" / f"{page.stem}.doctree").write_text(page.read_text())

    monkeypatch.setattr(build_book, "build", build)
    return done


def test_nothing_changed_nothing_built(book, builds):
    assert built_book(book) == built_book(book)
    assert len(builds) == 1
    built_book(book, anew=True)
    assert len(builds) == 2


@pytest.mark.parametrize("name", ["_config.yml", "_toc.yml", "book/second.md", "book/new.md"])
def test_a_changed_file_a_new_site(book, builds, name):
    first = built_book(book)
    with (book / name).open("a") as file:
        file.write("\n# changed\n")
    assert built_book(book) != first
    assert len(builds) == 2


def test_after_a_change_of_chapters_only_these_are_read_again(book, builds, lent):
    built_book(book)
    (book / "book" / "second.md").write_text("# Changed")
    built_book(book)
    built_book(book, anew=True)
    assert lent == [[], ["index"], []]


@pytest.mark.parametrize("name", ["_config.yml", "notebooks/a.ipynb", "book/new.md", "book/x.py"])
def test_after_any_other_change_all_is_read_again(book, builds, lent, name):
    (book / "notebooks").mkdir()
    for known in ("notebooks/a.ipynb", "book/x.py"):
        (book / known).touch()
    built_book(book)
    (book / "book" / "second.md").write_text("# Changed")
    with (book / name).open("a") as file:
        file.write("\n# changed\n")
    built_book(book)
    assert lent == [[], []]


def test_damaged_doctrees_are_not_lent(book, builds, lent):
    read = built_book(book).parent / build_book.DOCTREES / "book" / "index.doctree"
    read.write_text("damaged")
    (book / "book" / "second.md").write_text("# Changed")
    built_book(book)
    assert lent == [[], []]


def test_a_renamed_or_removed_file_a_new_site(book, builds):
    built_book(book)
    (book / "book" / "second.md").rename(book / "book" / "third.md")
    built_book(book)
    (book / "book" / "third.md").unlink()
    built_book(book)
    assert len(builds) == 3


def test_what_does_not_change_the_pages_builds_nothing(book, builds, monkeypatch):
    built_book(book)
    for name in ("GRU_COURSE_DATA", "GRU_COURSE_PROFILE", "KERAS_BACKEND", "CI", "CHROMIUM"):
        monkeypatch.setenv(name, "/another")
    for name in (".DS_Store", ".second.md.swp", ".ipynb_checkpoints/a.md", "__pycache__/a.pyc"):
        path = book / "book" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    ask = f"import sys; sys.path.insert(0, {str(build_book.ROOT / 'tools')!r}); import pathlib, "
    ask += f"build_book as b; print(b.book_key(pathlib.Path({str(book)!r})))"
    another_process = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    assert another_process.stdout.strip() == build_book.book_key(book)
    built_book(book)
    assert len(builds) == 1


def test_two_at_once_put_the_book_in_its_place(book, builds):
    html = book / "_build" / "html"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: build_book.put(html, book), range(8)))
    assert (html / "index.html").read_text() == TOC
    assert len(builds) == 1


def test_another_lock_a_new_site(book, builds, monkeypatch):
    built_book(book)
    monkeypatch.setattr(build_book, "installed", lambda: "another sphinx")
    built_book(book)
    assert len(builds) == 2


def test_a_damaged_site_is_not_trusted(book, builds):
    page = built_book(book) / "index.html"
    for damage in (lambda: page.write_text(""), page.unlink, page.parent.joinpath("x").touch):
        damage()
        assert page == built_book(book) / "index.html"
        assert page.read_text() == TOC
    assert len(builds) == 4


def test_an_interrupted_build_leaves_nothing(book, builds, monkeypatch):
    def interrupted(root, folder):
        (folder / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_book, "build", interrupted)
        with pytest.raises(KeyboardInterrupt):
            built_book(book)
    folder = book / "_build" / "tested"
    assert [path.name for path in folder.iterdir()] == ["lock"]
    (folder / "building-killed").mkdir()  # a killed process cannot clean up; the next one does
    built_book(book)
    assert len(list(folder.glob("*/"))) == 1


def test_a_file_that_changes_during_the_build(book, builds, monkeypatch):
    build = build_book.build

    def slow(root, folder):
        build(root, folder)
        (root / "_toc.yml").write_text("changed")

    monkeypatch.setattr(build_book, "build", slow)
    with pytest.raises(RuntimeError, match="changed while it was built"):
        built_book(book)


def test_old_sites_go(book, builds):
    for number in range(4):
        (book / "_toc.yml").write_text(str(number))
        site = built_book(book)
    assert site.is_dir()
    assert len(list((book / "_build" / "tested").glob("*/"))) == build_book.KEPT


def test_two_at_once_build_once(book):
    """A real build, asked for by two processes; what is kept is what both get."""
    ask = f"import sys; sys.path.insert(0, {str(build_book.ROOT / 'tools')!r}); import pathlib, "
    ask += f"build_book as b; print(b.built_book(pathlib.Path({str(book)!r})).stat().st_ino)"
    both = [
        subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    first, second = (process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert first == second


def test_a_reference_to_a_place_that_went_is_found_in_the_unchanged_page(book):
    built_book(book)
    second = book / "book" / "second.md"
    second.write_text(PAGES["second"].replace("(a-place)=\n", ""))
    for _ in range(2):  # a red build is not remembered
        with pytest.raises(RuntimeError, match=r"(?s)index\.md.*a-place"):
            built_book(book)
    second.write_text(PAGES["second"])
    built_book(book)


def test_a_place_that_two_pages_name_is_found(book):
    built_book(book)
    (book / "book" / "index.md").write_text(f"{PAGES['index']}\n(a-place)=\n## The same\n")
    with pytest.raises(RuntimeError, match=r"(?s)duplicate label.*a-place"):
        built_book(book)


def test_a_changed_chapter_gives_the_site_that_a_build_from_scratch_gives(book):
    built_book(book)
    (book / "book" / "second.md").write_text(PAGES["second"].replace("# Second", "# Elsewhere"))
    on_old_doctrees, anew = (
        {path.name: path.read_text() for path in built_book(book, anew=anew).glob("book/*.html")}
        for anew in (False, True)
    )
    assert "Elsewhere" in on_old_doctrees["index.html"]
    assert on_old_doctrees == anew
