"""What changes a digest and what does not, on small packages."""

import json
from dataclasses import dataclass, field

import pytest
from definitions import Repository
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def reach(folder, files, cells, results=None):
    """Write a small package below a folder and follow some cells into it."""
    for name, text in {"pkg/__init__": "", **files}.items():
        path = folder / "src" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, stored in (results or {}).items():
        (folder / "studies").mkdir(exist_ok=True)
        (folder / "studies" / name).write_text(json.dumps(stored))
    return Repository(folder).reach_of_cells([cells])


@pytest.fixture
def digest(tmp_path):
    """Return a function that digests cells over a package, each time in a folder of its own."""
    folders = iter(range(1000))
    return lambda files, cells, results=None: (
        reach(tmp_path / str(next(folders)), files, cells, results).digest
    )


USE_F = "from pkg.a import f\nf(1)"
FUNCTION = "def f(x):\n    return x + 1\n"
USES_G = "from .b import g\ndef f(x):\n    return g(x)\n"
RECORD = "from dataclasses import dataclass\n@dataclass\nclass f:\n"
G = "def g(x): ...\n"

SAME = {
    "a comment": ({"pkg/a": FUNCTION}, {"pkg/a": "# why\n" + FUNCTION}),
    "docstrings": (
        {"pkg/a": FUNCTION + "X = 1\n"},
        {"pkg/a": '"""M."""\ndef f(x):\n    """D."""\n    return x + 1\nX = 1\n"""C."""\n'},
    ),
    "annotations": (
        {"pkg/a": "LIMIT = 1\n" + FUNCTION},
        {"pkg/a": "LIMIT: int = 1\ndef f(x: 'int | None') -> int:\n    return x + 1\n"},
    ),
    "an import for annotations only": (
        {"pkg/a": FUNCTION, "pkg/b": "class T: ...\n"},
        {
            "pkg/a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
            "    from .b import T\ndef f(x: 'T'):\n    return x + 1\n",
            "pkg/b": "class T: ...\n",
        },
    ),
    "the wording of an error": (
        {"pkg/a": "def f(x):\n    raise ValueError('one')\n"},
        {"pkg/a": "def f(x):\n    raise ValueError(f'two {x!r}' + ' words')\n"},
    ),
    "the wording of an assertion": (
        {"pkg/a": "def f(x):\n    assert x, 'one'\n"},
        {"pkg/a": "def f(x):\n    assert x, 'two'\n"},
    ),
    "order of definitions": (
        {"pkg/a": "def g(): ...\n" + FUNCTION},
        {"pkg/a": FUNCTION + "def g(): ...\n"},
    ),
    "a new definition beside it": ({"pkg/a": FUNCTION}, {"pkg/a": FUNCTION + "def g(): ...\n"}),
    "a definition that moves and leaves its name behind": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "from .b import f\n", "pkg/b": FUNCTION},
    ),
    "an import under another name": (
        {"pkg/a": USES_G, "pkg/b": G},
        {"pkg/a": "from . import b as h\ndef f(x):\n    return h.g(x)\n", "pkg/b": G},
    ),
    "the name of a function that is only called": (
        {"pkg/a": USES_G, "pkg/b": G},
        {"pkg/a": "from .b import h\ndef f(x):\n    return h(x)\n", "pkg/b": "def h(x): ...\n"},
    ),
    "the name of a function that calls itself": (
        {"pkg/a": USES_G, "pkg/b": "def g(x): return g(x)\n"},
        {"pkg/a": "from .b import h\ndef f(x):\n    return h(x)\n",
         "pkg/b": "def h(x): return h(x)\n"},
    ),
    "the name of a constant": (
        {"pkg/a": "A = 1\ndef f(x): return x + A\n"},
        {"pkg/a": "B = 1\ndef f(x): return x + B\n"},
    ),
    "an import inside a function": (
        {"pkg/a": USES_G, "pkg/b": G},
        {
            "pkg/a": "def f(x):\n    from pkg.b import g\n    return g(x)\n",
            "pkg/b": G,
        },
    ),
    "an import for annotations only, of a module that does something": (
        {"pkg/a": FUNCTION, "pkg/b": "import os\nos.umask(0)\nclass T: ...\n"},
        {
            "pkg/a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
            "    from .b import T\ndef f(x: 'T'):\n    return x + 1\n",
            "pkg/b": "import os\nos.umask(0)\nclass T: ...\n",
        },
    ),
    "a table that is made from another": (
        {"pkg/a": FUNCTION},
        {"pkg/a": FUNCTION + "A = {'a': 2}\nB = {v: k.upper() for k, v in A.items()}\n"},
    ),
    "the type of a field": (
        {"pkg/a": RECORD + "    x: int\n"},
        {"pkg/a": RECORD + "    x: 'float'\n"},
    ),
    "a constant that is made by harmless code": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "import re\nfrom functools import partial\nfrom .b import Made\n" + FUNCTION
         + "WORD = re.compile('a')\nMADE = Made(partial(f, 1))\n",
         "pkg/b": "class Made:\n    def __init__(self, f):\n        self.f = f\n"},
    ),
    "an import without the warnings of it": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "import warnings\nwith warnings.catch_warnings():\n"
         "    warnings.filterwarnings('ignore')\n    import pooch\n" + FUNCTION},
    ),
    "what an imported module does only as a script": (
        {"pkg/a": FUNCTION},
        {"pkg/a": FUNCTION + "if __name__ == '__main__':\n    print(f(2))\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_what_cannot_change_a_result_does_not_change_a_digest(digest, what):
    before, after = SAME[what]
    assert digest(before, USE_F) == digest(after, USE_F)


HELPER = "from . import b\ndef f(x):\n    return {}\n"
OTHER = {
    "the name of a function that is handed on": (
        {"pkg/a": "from .b import g\ndef f(x): return print(g)\n", "pkg/b": G},
        {"pkg/a": "from .b import h\ndef f(x): return print(h)\n", "pkg/b": "def h(x): ...\n"},
    ),
    "the name of a function, asked for": (
        {"pkg/a": "def f(x): return g.__name__.upper()\n" + G},
        {"pkg/a": "def f(x): return h.__name__.upper()\ndef h(x): ...\n"},
    ),
    "the name of a function that a decorator gets": (
        {"pkg/a": "import b\n@b.b\ndef g(x): ...\ndef f(x): return g(x)\n"},
        {"pkg/a": "import b\n@b.b\ndef h(x): ...\ndef f(x): return h(x)\n"},
    ),
    "which of two functions of a module has which name": (
        {"pkg/a": "from . import b\ndef f(x): return getattr(b, x)\n",
         "pkg/b": "def g(x): return 1\ndef h(x): return 2\n"},
        {"pkg/a": "from . import b\ndef f(x): return getattr(b, x)\n",
         "pkg/b": "def h(x): return 1\ndef g(x): return 2\n"},
    ),
    "a body": ({"pkg/a": FUNCTION}, {"pkg/a": FUNCTION.replace("1", "2")}),
    "a default": ({"pkg/a": "def f(x=1): ...\n"}, {"pkg/a": "def f(x=2): ...\n"}),
    "parameters by keyword only": (
        {"pkg/a": "def f(x, y): ...\n"},
        {"pkg/a": "def f(x, *, y): ...\n"},
    ),
    "a decorator": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "from functools import cache\n@cache\n" + FUNCTION},
    ),
    "a constant": (
        {"pkg/a": "N = 1\ndef f(x):\n    return N\n"},
        {"pkg/a": "N = 2\ndef f(x):\n    return N\n"},
    ),
    "a constant behind two others": (
        {"pkg/a": "from .b import M\ndef f(x):\n    return M\n", "pkg/b": "N = 1\nM = N\n"},
        {"pkg/a": "from .b import M\ndef f(x):\n    return M\n", "pkg/b": "N = 2\nM = N\n"},
    ),
    "an attribute of a class": (
        {"pkg/a": "class f:\n    n = 1\n"},
        {"pkg/a": "class f:\n    n = 2\n"},
    ),
    "a base class": (
        {"pkg/a": "class B:\n    n = 1\nclass f(B): ...\n"},
        {"pkg/a": "class B:\n    n = 2\nclass f(B): ...\n"},
    ),
    "order of fields": (
        {"pkg/a": RECORD + "    x: int\n    y: int\n"},
        {"pkg/a": RECORD + "    y: int\n    x: int\n"},
    ),
    "a field that is none": (
        {"pkg/a": RECORD + "    x: int = 1\n"},
        {
            "pkg/a": "from dataclasses import dataclass\nfrom typing import ClassVar\n"
            "@dataclass\nclass f:\n    x: ClassVar[int] = 1\n"
        },
    ),
    "an annotation that a decorator reads": (
        {"pkg/a": "from .b import g\n@g.register\ndef f(x: int): ...\n", "pkg/b": G},
        {"pkg/a": "from .b import g\n@g.register\ndef f(x: str): ...\n", "pkg/b": G},
    ),
    "the kind of an error": (
        {"pkg/a": "def f(x):\n    raise ValueError('no')\n"},
        {"pkg/a": "def f(x):\n    raise KeyError('no')\n"},
    ),
    "what an error carries": (
        {"pkg/a": "def f(x):\n    raise StopIteration(x)\n"},
        {"pkg/a": "def f(x):\n    raise StopIteration(x + 1)\n"},
    ),
    "what a module does when imported": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "import numpy\nnumpy.seterr(all='raise')\n" + FUNCTION},
    ),
    "what a module beside it does when imported": (
        {"pkg/a": "from . import b\n" + FUNCTION, "pkg/b": ""},
        {"pkg/a": "from . import b\n" + FUNCTION, "pkg/b": "import os\nos.umask(0)\n"},
    ),
    "what the package does when imported": (
        {"pkg/a": FUNCTION},
        {"pkg/a": FUNCTION, "pkg/__init__": "import os\nos.environ['A'] = '1'\n"},
    ),
    "an assignment that does something": (
        {"pkg/a": FUNCTION},
        {"pkg/a": "import numpy as np\nnothing = np.random.seed(1)\n" + FUNCTION},
    ),
    "an assignment that lets a function of the package do something": (
        {"pkg/a": "from . import b\n" + FUNCTION, "pkg/b": ""},
        {
            "pkg/a": "from . import b\n" + FUNCTION,
            "pkg/b": "SEEN = []\ndef note(x):\n    SEEN.append(x)\nnothing = note(1)\n",
        },
    ),
    "a monkeypatch": (
        {"pkg/a": FUNCTION, "pkg/__init__": "from . import c\n", "pkg/c": "", "pkg/b": ""},
        {
            "pkg/a": FUNCTION,
            "pkg/__init__": "from . import c\n",
            "pkg/c": "from . import a\na.f = print\n",
        },
    ),
    "a subclass that its base hears of": (
        {"pkg/a": FUNCTION + "class B:\n    def __init_subclass__(cls):\n        ...\n"},
        {
            "pkg/a": FUNCTION + "class B:\n    def __init_subclass__(cls):\n        ...\n"
            "class C(B):\n    n = 1\n"
        },
    ),
    "what getattr may find": (
        {"pkg/a": HELPER.format("getattr(b, x)"), "pkg/b": "y = 1\n"},
        {"pkg/a": HELPER.format("getattr(b, x)"), "pkg/b": "y = 2\n"},
    ),
    "what a module named in a text may give": (
        {"pkg/a": "import importlib\ndef f(x):\n    return importlib.import_module('pkg.b').y\n",
         "pkg/b": "y = 1\n"},
        {"pkg/a": "import importlib\ndef f(x):\n    return importlib.import_module('pkg.b').y\n",
         "pkg/b": "y = 2\n"},
    ),
    "what globals() may give": (
        {"pkg/a": "y = 1\ndef f(x):\n    return globals()[x]\n"},
        {"pkg/a": "y = 2\ndef f(x):\n    return globals()[x]\n"},
    ),
    "what a star brings": (
        {"pkg/a": USES_G.replace("g\n", "*\n", 1), "pkg/b": G},
        {"pkg/a": USES_G.replace("g\n", "*\n", 1), "pkg/b": "def g(x): return 1\n"},
    ),
    "a global that a function sets": (
        {"pkg/a": "def f(x):\n    return N\ndef g():\n    global N\n    N = 1\n"},
        {"pkg/a": "def f(x):\n    return N\ndef g():\n    global N\n    N = 2\n"},
    ),
    "when a name is given another value": (
        {"pkg/a": "N = 1\nM = N\nN = 2\ndef f(x):\n    return N, M\n"},
        {"pkg/a": "N = 1\nN = 2\nM = N\ndef f(x):\n    return N, M\n"},
    ),
    "a replacement for what is missing": (
        {"pkg/a": "try:\n    from far import g\nexcept ImportError:\n    g = 1\n"
         "def f(x):\n    return g\n"},
        {"pkg/a": "try:\n    from far import g\nexcept ImportError:\n    g = 2\n"
         "def f(x):\n    return g\n"},
    ),
    "a name that is the global's or the function's own": (
        {"pkg/a": "x = 1\ndef f(y):\n    return x\n"},
        {"pkg/a": "x = 1\ndef f(x):\n    return x\n"},
    ),
    "a lambda in a comprehension": (
        {"pkg/a": "def f(x):\n    return [(lambda y: y + 1)(z) for z in x]\n"},
        {"pkg/a": "def f(x):\n    return [(lambda y: y + 2)(z) for z in x]\n"},
    ),
    "which of two functions of one name is meant": (
        {"pkg/a": USES_G,
         "pkg/b": "def g(x): return 1\n", "pkg/c": "def g(x): return 2\n"},
        {"pkg/a": "from .c import g\ndef f(x):\n    return g(x)\n",
         "pkg/b": "def g(x): return 1\n", "pkg/c": "def g(x): return 2\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHER)
def test_what_can_change_a_result_changes_a_digest(digest, what):
    before, after = OTHER[what]
    assert digest(before, USE_F) != digest(after, USE_F)


# Each a package, and a text in one of its files with another in its place.
LIST = "R = []\n"
NOTE = f"{LIST}def note(x):\n    R.append(x)\n    return x\n"
READS = "def f(x):\n    return R\n"
TWO = {"pkg/b": "def g(x): return 1\n", "pkg/c": "def g(x): return 2\n"}
FROM_B, FROM_C = "from .b import g\n", "from .c import g\n"
CALLS_G = "def f(x):\n    return g(x)\n"
HIDDEN = {
    "an assignment that changes another name": (
        {"pkg/a": f"{LIST}n = R.append(1)\n{READS}"}, "append(1)", "append(2)"),
    "more than an import where warnings are caught": (
        {"pkg/a": "import warnings\nwith warnings.catch_warnings():\n"
         f"    import os\n    os.umask(0)\n{FUNCTION}"}, "umask(0)", "umask(1)"),
    "a filter of warnings that stays": (
        {"pkg/a": f"import warnings\nwarnings.simplefilter('error')\n{FUNCTION}"},
        "error", "ignore"),
    "the same done twice": (
        {"pkg/a": f"{LIST}R.append(1)\n{READS}"}, "R.append(1)", "R.append(1); R.append(1)"),
    "an assignment by a built-in function": (
        {"pkg/a": "class C: n = 0\nx = setattr(C, 'n', 1)\ndef f(x):\n    return C.n\n"},
        "'n', 1", "'n', 2"),
    "a function that is called by a built-in one": (
        {"pkg/a": f"{NOTE}x = list(map(note, [1]))\n{READS}"}, "[1]", "[2]"),
    "a setting that is assigned": (
        {"pkg/a": "import numpy as np\nold = np.seterr(all='raise')\n" + FUNCTION},
        "raise", "ignore"),
    "draws before from one generator": (
        {"pkg/a": "import random\nR = random.Random(0)\nA = R.random()\nB = R.random()\n"
         "def f(x):\n    return B\n"}, "A = R.random()", "A = R.gauss()"),
    "an assignment inside an expression": (
        {"pkg/a": "M = (N := 5)\ndef f(x):\n    return N\n"}, ":= 5", ":= 6"),
    "a list that is another module's": (
        {"pkg/a": f"from . import c\nfrom .b import R\n{READS}", "pkg/b": LIST,
         "pkg/c": "from .b import R\nR += [1]\n"}, "[1]", "[2]"),
    "a method of an object as a decorator": (
        {"pkg/a": "from . import c\nfrom .b import R\ndef f(x):\n    return R.kept\n",
         "pkg/b": "class Kept:\n    def __init__(self):\n        self.kept = []\n"
         "    def keep(self, g):\n        self.kept.append(g)\n        return g\nR = Kept()\n",
         "pkg/c": "from .b import R\n@R.keep\ndef g(x):\n    return 1\n"},
        "return 1", "return 2"),
    "what single dispatch chooses from": (
        {"pkg/a": "from functools import singledispatch\n@singledispatch\ndef f(x): ...\n"
         "@f.register\ndef _(x: int):\n    return 1\n"}, "return 1", "return 2"),
    "a subclass that its base finds": (
        {"pkg/a": "class B: ...\nclass C(B):\n    n = 1\n"
         "def f(x):\n    return [c.n for c in B.__subclasses__()]\n"}, "n = 1", "n = 2"),
    "what the body of a class does": (
        {"pkg/a": f"{LIST}class C:\n    R.append(1)\n{READS}"}, "append(1)", "append(2)"),
    "what an attribute of a class does": (
        {"pkg/a": f"{NOTE}class C:\n    n = note(1)\n{READS}"}, "note(1)", "note(2)"),
    "a method that is filed": (
        {"pkg/a": f"{NOTE}class C:\n    @note\n    def m(self): return 1\n{READS}"},
        "return 1", "return 2"),
    "what a default does": (
        {"pkg/a": f"{NOTE}def g(x=note(1)): ...\n{READS}"}, "note(1)", "note(2)"),
    "what may be imported instead": (
        {**TWO, "pkg/a": f"try:\n    {FROM_B}except ImportError:\n    {FROM_C}{CALLS_G}"},
        "return 1", "return 3"),
    "what a function may import instead": (
        {**TWO, "pkg/a": f"def f(x):\n    if x:\n        {FROM_B}    else:\n        {FROM_C}"
         "    return g(x)\n"}, "return 1", "return 3"),
    "what was used before another of that name was imported": (
        {**TWO, "pkg/a": f"{FROM_B}M = g(1)\n{FROM_C}def f(x):\n    return M\n"},
        "return 1", "return 3"),
    "the last of several stars": (
        {**TWO, "pkg/a": f"from .b import *\nfrom .c import *\n{CALLS_G}"},
        "return 2", "return 3"),
    "a star after a definition": (
        {"pkg/c": TWO["pkg/c"], "pkg/a": f"def g(x): ...\nfrom .c import *\n{CALLS_G}"},
        "return 2", "return 3"),
    "a module that is asked for by its name": (
        {"pkg/a": "import sys\nfrom . import b\ndef f(x):\n    return sys.modules['pkg.b'].y\n",
         "pkg/b": "y = 1\n"}, "y = 1", "y = 2"),
    "a module that is imported by its name": (
        {"pkg/a": "def f(x):\n    return __import__('pkg.b').b.y\n", "pkg/b": "y = 1\n"},
        "y = 1", "y = 2"),
    "a module that is imported by its place": (
        {"pkg/a": "from importlib import import_module\ndef f(x):\n"
         "    return import_module('.b', __package__).y\n", "pkg/b": "y = 1\n"},
        "y = 1", "y = 2"),
    "a module that only a text names": (
        {"pkg/a": "from . import b\ndef f(x):\n    return eval('b.y')\n", "pkg/b": "y = 1\n"},
        "y = 1", "y = 2"),
    "a module that a star brings": (
        {"pkg/a": "from .c import *\ndef f(x):\n    return b.y\n", "pkg/b": "y = 1\n",
         "pkg/c": "from . import b\n"}, "y = 1", "y = 2"),
    "what the body of a class imports": (
        {"pkg/a": "class f:\n    from .b import g\n", "pkg/b": TWO["pkg/b"]},
        "return 1", "return 2"),
    "annotations that are read": (
        {"pkg/a": "from typing import get_type_hints\ndef g(x: int): ...\n"
         "def f(x):\n    return get_type_hints(g)\n"}, "x: int", "x: str"),
}  # fmt: skip


@pytest.mark.parametrize("what", HIDDEN)
def test_what_can_change_a_result_by_a_detour_changes_a_digest(digest, what):
    files, old, new = HIDDEN[what]
    assert digest(files, USE_F) != digest({k: t.replace(old, new) for k, t in files.items()}, USE_F)


IN_CELLS = {
    "a branch that imports": (
        "if x:\n    from pkg.b import g\nelse:\n    from pkg.c import g", "1"),
    "a name before it is imported anew": (
        "from pkg.b import g\ng(1)\nfrom pkg.c import g\ng(2)", "1"),
    "a docstring that is read": ("from pkg.b import g\nprint(g.__doc__)", "D."),
    "the words of an error that a library catches": (
        "from pkg.b import g\nwith pytest.raises(ValueError) as e:\n    g(0)\nprint(e)", "never"),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_CELLS)
def test_what_counts_in_cells(digest, what):
    cells, old = IN_CELLS[what]
    text = (
        'def g(x):\n    """D."""\n    if not x:\n        raise ValueError("never")\n    return 1\n'
    )
    files = {**TWO, "pkg/b": text}
    changed = {**TWO, "pkg/b": text.replace(old, "3")}
    assert digest(files, cells) != digest(changed, cells)


def test_a_text_that_a_cell_says_counts(digest):
    assert digest({}, "x = 1\n'one'") != digest({}, "x = 1\n'two'")


def test_notebooks_are_told_apart(tmp_path):
    repository = Repository(tmp_path)
    cells = [f"def g():\n    return {n}\neval('g()')" for n in (1, 2)]
    together = [repository.reach_of_cells([text]).digest for text in cells]
    assert together == [Repository(tmp_path).reach_of_cells([text]).digest for text in cells]


@pytest.mark.parametrize(
    "load",
    [
        "import keras\nkeras.saving.load_model(m)",
        "from keras.saving import load_model\nload_model(m)",
    ],
)
def test_a_class_that_is_only_filed_counts_where_files_are_loaded(digest, load):
    def files(body):
        kept = f"import keras\n@keras.saving.register_keras_serializable('p')\nclass Layer:\n{body}"
        return {"pkg/a": "from . import b\n" + FUNCTION, "pkg/b": kept}

    one, other = files("    n = 1\n"), files("    n = 2\n")
    assert digest(one, USE_F) == digest(other, USE_F)
    loading = f"{USE_F}\n{load}"
    assert digest(one, loading) != digest(other, loading)
    loadable = f"class C:\n    def load_model(self): ...\nC()\n{USE_F}"
    assert digest(one, loadable) == digest(other, loadable)


def test_scripts_of_the_same_name_are_not_mixed_up(tmp_path):
    for number, folder in enumerate("ab"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test_x.py").write_text(f"def f():\n    return {number}\n")
    one, other = (tmp_path / folder / "test_x.py" for folder in "ab")
    asked = Repository(tmp_path)
    assert asked.digest_of_script(one) != asked.digest_of_script(other)
    assert asked.digest_of_script(other) == Repository(tmp_path).digest_of_script(other)


def test_the_order_of_cells_counts(digest):
    assert digest({}, "print(1)\nprint(2)") != digest({}, "print(2)\nprint(1)")


def test_what_stands_in_which_cell_counts(tmp_path):
    def digest_of(*cells):
        return Repository(tmp_path).digest_of_cells(cells)

    assert digest_of("x = 1\nprint(x)", "x") != digest_of("x = 1", "print(x)\nx")
    assert digest_of("import re\nx = 1", "x") == digest_of("import re", "x = 1\nimport re", "x")


@pytest.mark.parametrize("where", ["return {%s}", "x.update({%s})", "y = [{%s}]"])
def test_the_place_of_spread_entries_counts(digest, where):
    texts = [
        f"def f(x, y={{}}):\n    {where % entries}\n" for entries in ("**x, 'a': y", "'a': x, **y")
    ]
    one, other = (digest({"pkg/a": text}, USE_F) for text in texts)
    assert one != other


SHOW = {
    "pkg/show": "import inspect\ndef source(code):\n    return inspect.getsource(code)\n"
    "def both(one, other):\n    return source(one), source(other)\n"
    "class Shows:\n    def show(self, code):\n        return inspect.getsource(code)\n",
    "pkg/a": 'class f:\n    """D."""\n    def g(self):\n        return 1  # why\n',
}


def test_where_the_text_stands_does_not_matter(digest):
    moved = {"pkg/show": SHOW["pkg/show"], "pkg/a": "from .b import f", "pkg/b": SHOW["pkg/a"]}
    cells = "from pkg.a import f\nfrom pkg.show import source\nsource(f)"
    assert digest(SHOW, cells) == digest(moved, cells)


@pytest.mark.parametrize(
    ("cell", "change", "counts"),
    [
        ("from pkg.show import source\nsource(f)", ("# why", "# because"), True),
        ("from pkg.show import source\nsource(f)", ("D.", "E."), False),
        ("from pkg.show import source\nsource(f.g)", ("# why", "# because"), True),
        ("from pkg.show import source\nfor one in (f,):\n    source(one)", ("why", "if"), True),
        ("import inspect\ninspect.getsource(f)", ("# why", "# because"), True),
        ("from pkg.show import source\nsource(code=f)", ("# why", "# because"), True),
        ("from pkg.show import both\nboth(f, 1)", ("# why", "# because"), True),
        ("from pkg.show import Shows\nShows().show(f)", ("# why", "# because"), True),
        ("from pkg.show import source\nlist(map(source, [f]))", ("# why", "# because"), True),
        ("import inspect\nsee = inspect.getsource\nsee(f)", ("# why", "# because"), True),
        ("from pkg import a\nimport inspect\ninspect.getsource(a)", ("# why", "# if"), True),
        ("help(f)", ("D.", "E."), True),
        ("f().g()", ("# why", "# because"), False),
        ("f()\nimport inspect, json\ninspect.getdoc(json.loads)", ("D.", "E."), False),
    ],
)
def test_text_that_a_notebook_shows_counts(digest, cell, change, counts):
    cells = f"from pkg.a import f\n{cell}"
    changed = {**SHOW, "pkg/a": SHOW["pkg/a"].replace(*change)}
    assert (digest(SHOW, cells) != digest(changed, cells)) == counts


def test_the_wording_of_an_error_counts_where_a_cell_catches_it(digest):
    cells = f"try:\n    {USE_F.splitlines()[0]}\n    f(1)\nexcept ValueError as e:\n    print(e)"
    one, other = SAME["the wording of an error"]
    assert digest(one, cells) != digest(other, cells)


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        ("say 'from pkg.c import X; from pkg.d import f', or pkg.d.f", False),
        ("say 'from pkg.b import f, X', or pkg.b.g", True),
        ("say 'from json import f, X', or pkg.b.f", True),
    ],
)
def test_where_an_error_says_something_is_does_not_count(digest, words, counts):
    cells = f"try:\n    {USE_F.splitlines()[0]}\n    f(1)\nexcept ValueError as e:\n    print(e)"

    def files(words):
        says = f"def f(x):\n    raise ValueError({words!r})\n"
        return {"pkg/a": says, "pkg/b": "", "pkg/c": "", "pkg/d": ""}

    one = digest(files("say 'from pkg.b import f, X', or pkg.b.f"), cells)
    assert (one != digest(files(words), cells)) == counts


@pytest.mark.parametrize(
    "cell",
    [
        "open('../studies/s.json')",
        "from pathlib import Path\nPath('../studies') / f'{name}.json'",
        "from pkg.a import f\nf('s')",
    ],
)
def test_results_that_are_read_count(digest, cell):
    def with_results(**provenance):
        found = provenance.pop("found", 1)
        results = {"s.json": {"provenance": provenance, "results": [found]}}
        return digest({"pkg/a": "def f(n):\n    return open('studies/s.json')\n"}, cell, results)

    assert with_results(found=1) != with_results(found=2)
    assert with_results(seconds=1) != with_results(seconds=2)
    assert with_results(code="a", seal="b") == with_results(code="c", seal="d")


@pytest.mark.parametrize("name", ["s.json", "s.npz"])
def test_a_result_that_is_not_read_does_not_count(digest, name):
    cell = f"open('../studies/{name}')"
    one, other = {name: [1]}, {name: [2]}
    assert digest({}, cell, one) == digest({}, cell, {**one, "another.json": [3]})
    assert digest({}, cell, one) != digest({}, cell, other)


def test_a_script_and_one_of_its_functions(tmp_path):
    (tmp_path / "src").mkdir()
    script = tmp_path / "study.py"
    repository = []

    def digests(text):
        script.write_text(text)
        repository.append(Repository(tmp_path))
        return [repository[-1].digest_of_script(script), repository[-1].digest_of(script, "f")]

    plain = "import os\nN = 1\ndef f():\n    return N\ndef g():\n    return 1\n"
    before = digests(plain)
    whole, one = digests(plain.replace("return 1", "return 2"))
    assert (whole != before[0], one != before[1]) == (True, False)
    whole, one = digests(plain.replace("N = 1", "N = 2"))
    assert (whole != before[0], one != before[1]) == (True, True)
    whole, one = digests(plain + "if __name__ == '__main__':\n    g()\n")
    assert (whole != before[0], one != before[1]) == (True, False)
    with pytest.raises(ValueError, match=r"study.py defines no 'h'"):
        repository[-1].digest_of(script, "h")


def test_where_the_definitions_of_a_script_stand_does_not_matter(tmp_path):
    one, two, run = "def one(): ...\n", "def two(): ...\n", "def run():\n    one()\n    two()\n"
    found = set()
    for number, (first, second) in enumerate(["ab", "ba", ("z", "b"), ("", "a")]):
        folder = tmp_path / str(number)
        (folder / "src").mkdir(parents=True)
        text = ""
        for module, definition in ((first, one), (second, two)):
            if module:
                (folder / "src" / f"{module}.py").write_text(definition)
                text += f"from {module} import {definition.split()[1].partition('(')[0]}\n"
            else:
                text += definition
        (folder / "study.py").write_text(text + run)
        found.add(Repository(folder).digest_of_script(folder / "study.py"))
    assert len(found) == 1


def test_scripts_of_one_name_in_two_folders(tmp_path):
    scripts = [tmp_path / folder / "study.py" for folder in ("a", "b")]
    for number, script in enumerate(scripts):
        script.parent.mkdir()
        script.write_text(f"def f():\n    return {number}\n")
    repository = Repository(tmp_path)
    assert len({repository.digest_of_script(script) for script in scripts}) == 2
    assert len({repository.digest_of(script, "f") for script in scripts}) == 2


# --- any package, laid out in any way -----------------------------------------------------------


@dataclass
class Definition:
    kind: str
    value: int
    uses: list[int] = field(default_factory=list)

    def render(self, number, names, noise):
        """Write it with the names by which its module knows what it uses."""
        used = " + ".join([str(self.value), *(names[use] for use in self.uses)])
        hint, doc = (": int", '    """Words."""\n') if noise else ("", "")
        text = "more words" if noise else "words"
        if self.kind == "constant":
            return f"d{number}{hint} = ({used})\n"
        error = f"    if x is None:\n        raise ValueError('{text}')\n"
        if self.kind == "class":
            body = f"    def m(self, x{hint}):\n    {error}".replace(
                "        raise", "            raise"
            )
            return f"class d{number}:\n{doc}    n{hint} = {used}\n{body}"
        return f"def d{number}(x{hint}):\n{doc}{error}    return {used}\n"


@st.composite
def packages(draw):
    size = draw(st.integers(1, 7))
    kinds = st.sampled_from(["constant", "function", "class"])
    return [
        Definition(
            draw(kinds),
            draw(st.integers(0, 3)),
            draw(st.lists(st.integers(0, size - 1), max_size=3)),
        )
        for _ in range(size)
    ]


@st.composite
def layouts(draw, size):
    modules = draw(st.lists(st.sampled_from("pqrs"), min_size=size, max_size=size))
    return {
        "place": [f"{draw(st.sampled_from(['', 'sub/']))}{m}" for m in modules],
        "order": draw(st.permutations(range(size))),
        "style": draw(st.lists(st.sampled_from(["name", "alias", "module"]), min_size=size,
                               max_size=size)),
        "noise": draw(st.booleans()),
    }  # fmt: skip


def laid_out(definitions, layout):
    """Write a package; return its files and the cells that use the first definition."""
    files = {"pkg/sub/__init__": ""}
    dotted = [f"pkg.{place.replace('/', '.')}" for place in layout["place"]]
    for module in set(layout["place"]):
        head, body = [], []
        names = {}
        for number, style in enumerate(layout["style"]):
            if layout["place"][number] == module:
                names[number] = f"d{number}"
            elif style == "name":
                head.append(f"from {dotted[number]} import d{number}")
                names[number] = f"d{number}"
            elif style == "alias":
                head.append(f"from {dotted[number]} import d{number} as other{number}")
                names[number] = f"other{number}"
            else:
                head.append(f"import {dotted[number]} as module{number}")
                names[number] = f"module{number}.d{number}"
        for number in layout["order"]:
            if layout["place"][number] == module:
                body.append(definitions[number].render(number, names, layout["noise"]))
        files[f"pkg/{module}"] = "\n".join([*head, *body])
    return files, f"from {dotted[0]} import d0\nprint(d0)"


def reached_from(definitions, start):
    seen, waiting = set(), [start]
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += definitions[number].uses
    return seen


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(data=st.data())
def test_where_and_in_which_order_definitions_stand_does_not_matter(digest, data):
    definitions = data.draw(packages())
    one, other = (data.draw(layouts(len(definitions))) for _ in range(2))
    assert digest(*laid_out(definitions, one)) == digest(*laid_out(definitions, other))


@many
@given(data=st.data())
def test_a_changed_definition_matters_where_it_is_reached_and_nowhere_else(digest, data):
    definitions = data.draw(packages())
    layout = data.draw(layouts(len(definitions)))
    number = data.draw(st.integers(0, len(definitions) - 1))
    before = digest(*laid_out(definitions, layout))
    definitions[number].value += 10
    changed = digest(*laid_out(definitions, layout)) != before
    assert changed == (number in reached_from(definitions, 0))


@many
@given(data=st.data())
def test_a_changed_reference_matters(digest, data):
    definitions = data.draw(packages())
    layout = data.draw(layouts(len(definitions)))
    # Different values: a reference to an equal definition under another name may be no change.
    for number, definition in enumerate(definitions):
        definition.value = 100 + number
    before = digest(*laid_out(definitions, layout))
    definitions[0].uses = [*definitions[0].uses, data.draw(st.integers(0, len(definitions) - 1))]
    assert digest(*laid_out(definitions, layout)) != before
