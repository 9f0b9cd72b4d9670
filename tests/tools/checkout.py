"""A small checkout with one study, for tests that run it in processes of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STUDY = """\
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

COUNT, SLEEP = int(os.environ.get("COUNT", "4")), float(os.environ.get("SLEEP", "0"))


def note(word, n):
    with Path(os.environ["NOTES"]).open("a") as file:
        file.write(f"{word} {n}\\n")


def square(n):
    note("begun", n)
    time.sleep(SLEEP)
    trouble(n)
    note("done", n)
    return {"square": n * n, "seconds": time.time()}


def trouble(n):
    pass


def add(first, second):
    note("done", "sum")
    return first["square"] + second["square"]


def assemble(found):
    return {"squares": {f"square {n}": found[f"square/{n}"] for n in ORDER}, "sum": found["sum"]}


def take_apart(stored):
    squares = {f"square/{n}": stored["squares"][f"square {n}"] for n in ORDER}
    return {"sum": stored["sum"], **squares}


ORDER = [10, *range(COUNT)]  # as text, 10 comes before 2


def study():
    pieces = {f"square/{n}": Piece(square, {"n": n}) for n in ORDER}
    pieces["sum"] = Piece(add, needs={"first": "square/2", "second": "square/3"})
    return Study(Path(__file__), pieces, assemble, [0], take_apart)


if __name__ == "__main__":
    main(study())
"""


class Checkout:
    """A checkout in a folder, and the processes that were started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "studies" / "trial.py"
        self.stored = self.script.with_suffix(".json")
        self.notes, self.cache = folder / "notes", folder / "cache"
        self.processes: list[subprocess.Popen] = []
        self.script.parent.mkdir(parents=True)
        self.script.write_text(STUDY)
        (folder / "requirements.txt").write_text("")
        shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__py*"))

    @property
    def pieces(self) -> list[Path]:
        """The kept results, the oldest first."""
        return sorted(
            (self.cache / "pieces/trial").glob("*.json"), key=lambda path: path.stat().st_mtime_ns
        )

    def change(self, old: str, new: str) -> None:
        """Change the study's code."""
        text = self.script.read_text()
        assert old in text
        self.script.write_text(text.replace(old, new))

    def start(self, *command: str, **settings: str) -> subprocess.Popen:
        """Start a process that must end with the test."""
        environment = {
            **os.environ,
            "GRU_COURSE_CACHE": str(self.cache),
            "NOTES": str(self.notes),
            "PYTHONPATH": os.pathsep.join(
                [str(self.folder / "tools"), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
            ),
            **settings,
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def start_study(self, *arguments: str, **settings: str) -> subprocess.Popen:
        """Start the study."""
        return self.start(str(self.script), *arguments, **settings)

    def run(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Run the study to its end; return its status and all that it said."""
        process = self.start_study(*arguments, **settings)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def count(self, word: str) -> Counter:
        """Count how often each piece was begun or done."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return Counter(line.split()[1] for line in lines if line.split()[0] == word)

    def wait_until(self, holds, seconds: float = 60) -> None:
        """Wait for something to hold."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)

    def close(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
