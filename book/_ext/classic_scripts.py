"""Turn the modules of ``book/assets/js`` into classic scripts, without Node.

A page that is opened from disk may not load a module, but it may load a script. So the modules keep
to a small part of the language, ``import { a, b } from "./other.js";`` and ``export`` before a
function, a class or a constant, and :func:`bundle` joins an entry and all that it imports in one
script that leaves no name behind.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def bundle(folder: Path, entry: str) -> str:
    """Join a module and all that it imports in one classic script.

    Parameters
    ----------
    folder : pathlib.Path
        Where the modules are.
    entry : str
        Name of the module that is run, without ``.js``.

    Raises
    ------
    ValueError
        If a module is missing, imports itself in a circle, or uses another form of ``import`` or
        ``export``.
    """
    parts: dict[str, str] = {}
    _add(folder, entry, parts, ())
    return '(() => {\n"use strict";\n' + "".join(parts.values()) + "})();\n"


def _add(folder: Path, name: str, parts: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module behind those that it imports."""
    if name in parts:
        return
    if name in above:
        raise ValueError(f"{name}.js imports itself, through {', '.join(above)}")
    path = folder / f"{name}.js"
    if not path.is_file():
        raise ValueError(f"there is no module {path.name}, which {', '.join(above)} needs")
    text = path.read_text(encoding="utf-8")
    for _, needed in IMPORT.findall(text):
        _add(folder, needed, parts, (*above, name))
    exported = EXPORT.findall(text)
    text = IMPORT.sub(lambda match: f"const {{{match[1]}}} = {_variable(match[2])};", text)
    text = EXPORT.sub("", text)
    if other := OTHER.search(text):
        raise ValueError(f"{name}.js: cannot turn this into a classic script: {other[0]}")
    given = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    parts[name] = f"const {_variable(name)} = (() => {{\n{text}{given}}})();\n"


def _variable(name: str) -> str:
    return "module_" + name.replace("-", "_")
