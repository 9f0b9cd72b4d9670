"""The types that the scripts of the pages state, checked by the TypeScript compiler.

Skipped, with a line that says so, where ``tsc`` is not installed; once a week it is.
"""

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path("book", "assets", "js")


@pytest.fixture(scope="module")
def tsc():
    """Give the compiler that ``$TSC`` names, else an installed one."""
    named = os.environ.get("TSC")
    found = shutil.which(named or "tsc")
    if found is None:
        message = "NO TSC: the types of the scripts were not checked."
        if named:
            pytest.fail(f"{message} There is no {named}, which $TSC names.")
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return found


def faults(tsc, folder):
    """List what the compiler says of the scripts of a checkout."""
    done = subprocess.run(
        [tsc, "--project", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    said = [line for line in done.stdout.splitlines() if "error TS" in line]
    assert bool(done.returncode) == bool(said), done.stdout + done.stderr
    return said


def test_the_types_of_the_scripts(tsc):
    assert faults(tsc, ROOT) == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("/** @param {number} n */\nexport const f = (n) => n.length;", "TS2339"),
        ("export const f = (n) => n;", "TS7006"),  # no type
        ('import { nothing } from "./live.js";\nexport const f = nothing;', "TS2305"),
        ('export const f = document.querySelector("p").textContent;', "TS2531"),
    ],
)
def test_a_wrong_type_is_red(tsc, tmp_path, script, said):
    (tmp_path / SCRIPTS).mkdir(parents=True)
    for name in ("tsconfig.json", SCRIPTS / "live.js"):
        shutil.copy(ROOT / name, tmp_path / name)
    assert faults(tsc, tmp_path) == []
    (tmp_path / SCRIPTS / "wrong.js").write_text(f"{script}\n")
    (found,) = faults(tsc, tmp_path)
    assert said in found
