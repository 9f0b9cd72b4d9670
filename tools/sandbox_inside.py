"""Runs a student's notebook inside the sandbox, and sends out what its answers give.

The grader writes one JSON object a line to the standard input, and reads one a line from the
standard output; what the notebook prints goes to the standard error. Nothing that comes out of
this process is trusted: a student's code may change all of it, and would only send other outputs.
"""

import json
import os
import resource
import signal
import sys
from typing import Any

Message = dict[str, Any]


class Grader:
    """The process outside."""

    def __init__(self) -> None:
        self._from = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._to = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # a notebook that reads gets nothing,
        os.dup2(2, 1)  # and what it prints is no message

    def say(self, message: Message) -> None:
        """Send a message that needs no answer."""
        self._to.write(json.dumps(message) + "\n")
        self._to.flush()

    def ask(self, message: Message) -> Message:
        """Send a message, and wait for the answer."""
        self.say(message)
        return self.hear()

    def hear(self) -> Message:
        """Wait for a message."""
        heard: Message = json.loads(self._from.readline())
        return heard


def main() -> None:
    """Run the steps that the grader sends: cells, and exercises to be answered."""
    grader = Grader()
    order = grader.hear()
    for name, limit in order["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    signal.signal(signal.SIGALRM, _out_of_time)
    sys.path.insert(0, order["course"])

    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import gru_course.exercises as exercises
    from gru_course.exercises.plain import from_json

    def given(number: str, seed: int) -> Any:
        answer = grader.ask({"given": str(number), "seed": int(seed)})
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return from_json(answer["inputs"])

    exercises.ask_grader = given  # type: ignore[attr-defined]
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # %matplotlib would look for a window.
    InteractiveShell.enable_gui = lambda *_: None  # type: ignore[method-assign]
    shell = InteractiveShell.instance(config=config)
    if any("keras" in step.get("cell", "") for step in order["steps"]):
        import gru_course.layers.backend  # noqa: F401  # seconds of which no cell is the reason
    grader.say({"ready": True})
    for step in order["steps"]:
        signal.setitimer(signal.ITIMER_REAL, order["seconds"])
        try:
            if "cell" in step:
                _run(shell, step["cell"], step["place"], grader)
            else:
                _answer(shell.user_ns, step, grader)
        except BaseException as error:  # such as time that runs out between two lines of this file
            grader.say({"place": step.get("place", ""), "error": _said(error)})
        signal.setitimer(signal.ITIMER_REAL, 0)
    grader.say({"end": True})
    os._exit(0)  # whatever a notebook has left running


def _run(shell: Any, source: str, place: str, grader: Grader) -> None:
    done = shell.run_cell(source, store_history=False)
    if (error := done.error_before_exec or done.error_in_exec) is not None:
        grader.say({"place": place, "error": _said(error)})


def _answer(names: dict[str, Any], step: Message, grader: Grader) -> None:
    from gru_course.exercises.calling import outputs_of
    from gru_course.exercises.exercise import Task, Verdict
    from gru_course.exercises.plain import from_json, to_json

    number, name = step["ask"], step["answer"]
    if name not in names or names[name] is None or names[name] is ...:
        grader.say({"answer": number, "missing": True})
        return
    drawn = grader.ask({"ask": number})["inputs"]
    inputs = [tuple(from_json(part) for part in one) for one in drawn]
    task: Any = Task(number, name, step["is_function"], None, None)  # type: ignore[arg-type]
    outputs = outputs_of(task, names[name], inputs)
    if isinstance(outputs, Verdict):
        grader.say({"answer": number, "said": outputs.message})
    else:
        grader.say({"answer": number, "outputs": to_json(outputs)})


def _out_of_time(*_: object) -> None:
    raise TimeoutError("it ran longer than one step may")


def _said(error: BaseException) -> str:
    try:
        said = str(error).strip().partition("\n")[0][:300]
    except BaseException:
        said = ""
    return f"{type(error).__name__}: {said}"


if __name__ == "__main__":
    main()
