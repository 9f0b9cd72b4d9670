"""Notebooks that attack the grader: they fail, and harm nothing."""

import contextlib
import os
import socket
import time
from pathlib import Path

import pytest
import sandbox as sandbox_module
from grading import FAILED, PASSED
from handed_in import QUICK, RIGHT, SWAPPED, grade, hand_in, notebook
from sandbox import MIB, RUN, Limits

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb"),
]
ANSWER = "def gru_step(x, h, *weights): return h"


@pytest.fixture
def attacked(tmp_path):
    """Grade an attack beside an honest notebook, and see that this one does not notice."""

    def run(*cells, limits=QUICK):
        honest = notebook((RIGHT, "answer-1-1"))
        folder = hand_in(tmp_path / "in", attack=notebook(*cells), honest=honest)
        graded = grade(folder, limits=limits)
        assert graded["honest.ipynb"].results["1.1"].status == PASSED
        assert sandboxes() == []
        return graded["attack.ipynb"]

    return run


def sandboxes():
    """List the processes that still run in a sandbox; ended ones may take a moment to go."""
    for _ in range(50):
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = place.read_bytes().split(b"\0")
            except OSError:
                continue
            if RUN.encode() in words and not of_another_worker(int(place.parent.name)):
                found.append(place.parent.name)
        if not found:
            return found
        time.sleep(0.1)
    return found


def of_another_worker(pid):
    """Say whether a process was started by tests that run beside these."""
    with contextlib.suppress(OSError):
        while pid > 1 and pid != os.getpid():
            stat = Path(f"/proc/{pid}/stat").read_text()
            parent = int(stat.rpartition(")")[2].split()[1])
            if parent == os.getppid() and pid != os.getpid():
                return True
            pid = parent
    return False


def failed(graded, said=""):
    result = graded.results["1.1"]
    assert (result.status, said in result.message) == (FAILED, True), result
    return True


# --- what it must not see -------------------------------------------------------------------------

LOOK_AROUND = """import os
found, words = [], ("_adding" + "_latch", "BEGIN" + " SOLUTION", "class " + "Mistake")
for above, folders, names in os.walk("/"):
    if above.startswith(("/proc", "/sys", "/usr")):
        folders[:] = []
        continue
    for name in names:
        if name.endswith((".py", ".pyc", ".ipynb", ".json")) and "gru" in above + name:
            try:
                text = open(os.path.join(above, name), errors="replace").read()
            except OSError:
                continue
            if any(word in text for word in words):
                found.append(name)
raise RuntimeError(f"found {sorted(set(found))}")"""


def test_one_that_reads_tests_and_solutions(attacked):
    steal = f"""try:
    from gru_course.exercises.lesson_01 import _gru_step as gru_step
except ImportError:
    {ANSWER}"""
    graded = attacked(steal, LOOK_AROUND)
    assert failed(graded, "the numbers are not")
    assert graded.notes == ("cell 3: RuntimeError: found []",)


def test_what_is_not_hidden_would_be_found(attacked, monkeypatch):
    """The red light: the whole course, with its judges, in the sandbox."""
    judges = [path.name for path in (sandbox_module.COURSE / "exercises").glob("*.py")]
    judges.remove("__init__.py")
    monkeypatch.setattr(sandbox_module, "SHOWN", judges)
    graded = attacked(ANSWER, LOOK_AROUND)
    assert "'judging.py', 'lesson_01.py'" in graded.notes[0]


def test_one_that_looks_for_secrets(attacked, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "swordfish")
    look = """import glob, os
seen = [open(p, "rb").read() for p in glob.glob("/proc/[0-9]*/environ")]
assert any(seen)
home = os.listdir(os.path.expanduser("~"))
told = b"swordfish" in b"".join(seen)
raise RuntimeError(f"{told} {len(seen)} {os.path.exists('/home')} {home}")"""
    graded = attacked(ANSWER, look)
    assert failed(graded)
    assert graded.notes[0].startswith("cell 3: RuntimeError: False 2 False [")


def test_one_that_opens_a_socket(attacked):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        connect = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 1)"
        graded = attacked(connect, "socket.create_connection(('192.0.2.1', 80), 1)", ANSWER)
        with pytest.raises(TimeoutError):
            server.accept()
    assert failed(graded)
    assert "ConnectionRefusedError" in graded.notes[0]
    assert "Network is unreachable" in graded.notes[1]


# --- what it must not change ----------------------------------------------------------------------


def test_one_that_patches_the_grader(attacked):
    patch = """import json, gru_course.exercises as e
from gru_course.exercises import calling, exercise, plain
def passed(*args): return exercise.Verdict(True, "Right.")
calling.outputs_of = calling.judged = e.check = passed
exercise.Verdict.passed = True
np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True
np.ndarray.__eq__ if True else None
import __main__; __main__._answer = lambda *a: None"""
    assert failed(attacked((f"{ANSWER}\n{patch}", "answer-1-1")))


def test_one_that_forges_a_result(attacked):
    forge = """import os, json
for said in (
    {"answer": "1.1", "passed": True, "status": "passed"},
    {"answer": "1.1", "said": "Right.", "passed": True},
    {"answer": "1.1", "outputs": {"list": [True] * 4}},
    {"answer": "1.1", "verdict": {"passed": True}, "results": {"1.1": {"status": "passed"}}},
    {"results": {"1.1": {"status": "passed"}}}, {"answer": 1}, {"answer": []}, [], None, "\\ud800",
    {"ask": {}}, {"given": "1.2", "seed": -1}, {"given": "9" * 99, "seed": True}, {"ready": True},
):
    for number in range(3, 20):
        try:
            os.write(number, json.dumps(said).encode() + b"\\n\\xff{{{" + b"[" * 9999 + b"\\n")
        except OSError:
            pass"""
    failed(attacked(forge, ANSWER))
    failed(attacked(ANSWER, f"{forge}\nos.write(number, b'1')\nos._exit(0)"))


def test_one_that_ends_the_talk(attacked):
    end = "import os\nfor n in range(3, 20):\n  try: os.write(n, b'{\"end\": true}\\n')\n"
    failed(attacked(f"{end}  except OSError: pass", ANSWER), "No answer came")
    failed(attacked("import os; os.closerange(0, 99)", ANSWER), "stopped")
    failed(attacked("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ANSWER), "stopped")


def test_one_that_deletes_files(attacked, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text("here")
    delete = f"""import os, shutil
shutil.rmtree("/", ignore_errors=True)
left = [os.path.exists(p) for p in ("/usr/bin", "/course/gru_course/cells", {str(kept)!r})]
for place in ("/", "/usr", "/course", "/dev", {str(Path.home())!r}, {str(tmp_path)!r}):
    try:
        open(os.path.join(place, "written-by-a-student"), "w")
    except OSError:
        continue
    left.append(place)
raise RuntimeError(str(left))"""
    graded = attacked(ANSWER, delete)
    assert failed(graded)
    assert graded.notes == ("cell 3: RuntimeError: [True, True, False]",)
    assert kept.read_text() == "here"
    assert not (Path.home() / "written-by-a-student").exists()


# --- what it must not use up ----------------------------------------------------------------------


def test_one_that_is_a_fork_bomb(attacked):
    bomb = """import os, signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)  # else time may be up between two tries
while True:
  try: os.fork()
  except OSError: pass"""
    failed(attacked((f"{ANSWER}\n{bomb}", "answer-1-1")), "stopped: it ran longer than 15 seconds")


def test_processes_are_counted(attacked):
    count = """import os, time
number = 0
try:
    while True:
        if not os.fork():
            time.sleep(60)
        number += 1
except OSError as error:
    raise RuntimeError(f"{number} {error.strerror}")"""
    graded = attacked(ANSWER, count)
    number = int(graded.notes[0].split()[3])
    assert 10 < number < Limits().processes


def test_one_that_prints_without_end(attacked):
    failed(attacked("while True: print('spam' * 1000)", ANSWER), "it printed more than 1 MiB")


def test_one_that_answers_without_end(attacked):
    send = "import os\nwhile True:\n  for n in range(3, 9):\n    try: os.write(n, b'[1,' * 9999)\n"
    failed(attacked(f"{send}    except OSError: pass", ANSWER), "its answers held more than 8 MiB")


@pytest.mark.parametrize("asked", ['{"ask": "1.1"}', '{"given": "1.2", "seed": 1}', "1"])
def test_one_that_asks_without_end(attacked, asked):
    ask = f"""import os
while True:
  for number in range(3, 9):
    try: os.write(number, b'{asked}\\n')
    except OSError: pass"""
    failed(attacked(ask, ANSWER), "it sent more than 5000 messages")


def test_one_that_loops_without_end(attacked):
    graded = attacked("while True: pass", ANSWER)
    assert failed(graded)
    assert graded.notes == ("cell 2: TimeoutError: it ran longer than one step may",)


def test_one_whose_answer_loops_without_end(attacked):
    failed(attacked("def gru_step(*a):\n  while True: pass"), "TimeoutError")


def test_one_that_does_not_let_itself_be_stopped(attacked):
    stubborn = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    failed(attacked(stubborn, ANSWER), "it ran longer than 15 seconds")


def test_what_was_answered_before_it_was_stopped_counts(tmp_path):
    cells = [(RIGHT, "answer-1-1"), ("import os; os._exit(0)", "answer-1-2")]
    graded = grade(hand_in(tmp_path / "in", a=notebook(*cells)), ("1.1", "1.2"))["a.ipynb"]
    assert graded.results["1.1"].status == PASSED
    assert graded.results["1.2"].status == FAILED


def test_one_with_a_huge_array(attacked):
    graded = attacked("x = np.ones(10**11)", "y = bytearray(5 * 2**30)", ANSWER)
    assert failed(graded)
    assert [note.partition(":")[0] for note in graded.notes] == ["cell 2", "cell 3"]
    failed(attacked("def gru_step(*a): return np.zeros((2000, 2000))"), "is too large")
    failed(attacked("def gru_step(*a): return np.ones(10**11)"), "MemoryError")


def test_many_processes_have_no_more_memory_than_one(attacked):
    share = """import os, time
for _ in range(20):
    if not os.fork():
        held = bytearray(30 * 2**20)
        held[::4096] = b"1" * len(held[::4096])
        time.sleep(60)
time.sleep(60)"""
    limits = Limits(seconds=15, wall=15, memory=500 * MIB)
    failed(attacked((f"{ANSWER}\n{share}", "answer-1-1"), limits=limits), "500 MiB of memory")


def test_one_that_fills_the_disk(attacked):
    fill = """import os
size, written = 0, 0
try:
    for number in range(1000):
        with open(f"/tmp/{number}", "wb") as file:
            for _ in range(15):
                file.write(b"x" * 2**20)
                file.flush()
                written += 1
except OSError as error:
    raise RuntimeError(f"{written} {error.strerror}")"""
    graded = attacked(ANSWER, fill, "open('/tmp/one', 'wb').write(b'x' * 17 * 2**20)")
    assert failed(graded)
    number, said = graded.notes[0].removeprefix("cell 3: RuntimeError: ").split(maxsplit=1)
    assert int(number) <= Limits().folder // MIB
    assert said == "No space left on device"
    assert "cell 4: OSError" in graded.notes[1]


# --- what it returns ------------------------------------------------------------------------------

HOSTILE = {
    "equal to everything": "__eq__ = lambda self, other: True\n  __hash__ = None",
    "unpickled into a command": "__reduce__ = lambda self: (print, ('unpickled',))",
    "an array of objects": "__array__ = lambda self, *a, **k: np.array([self, self])",
    "an array that raises": "__array__ = lambda self, *a, **k: 1 / 0",
    "an array without end": "size = -10**9\n  __array__ = lambda self, *a, **k: np.zeros(10**7)",
    "shown by an error": "__repr__ = __str__ = __format__ = lambda self, *a: 1 / 0",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_one_that_returns_a_hostile_object(attacked, what):
    body = f"class Hostile:\n  {HOSTILE[what]}\n"
    failed(attacked(f"{body}def gru_step(*a): return Hostile()"))


def test_one_that_returns_an_array_that_lies(attacked):
    lies = """class Lies(np.ndarray):
  __eq__ = lambda *a: True
  __sub__ = __rsub__ = __abs__ = lambda self, *a: np.zeros(1)
  __array_ufunc__ = __array_function__ = lambda self, *a, **k: np.zeros(1)
def gru_step(x, h, *weights): return h.view(Lies)"""
    failed(attacked(lies))


def test_one_that_returns_itself_forever(attacked):
    failed(attacked("a = []\na.append(a)\ndef gru_step(*_): return a"))
    failed(attacked("class E(Exception):\n  __str__ = lambda s: 1/0\ndef gru_step(*_): raise E"))


def test_the_attacks_would_pass_with_a_right_answer(attacked):
    """Or the tests above could pass because nothing does."""
    assert attacked((RIGHT, "answer-1-1")).results["1.1"].status == PASSED
    swapped = attacked((SWAPPED, "answer-1-1")).results["1.1"]
    assert (swapped.status, swapped.mistake) == (FAILED, "update-gate-swapped")
