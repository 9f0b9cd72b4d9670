"""Runs code that nobody has read, under bubblewrap: no network, no files, nothing without a limit.

The process sees Python, the installed packages and ``gru_course`` without the judges of the
exercises, all read-only, and a small folder of its own in memory. It talks with its caller in
JSON, one object a line. Where no sandbox can be made, nothing is run.
"""

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Message = dict[str, Any]
MIB = 2**20
TOOLS = Path(__file__).resolve().parent
COURSE = TOOLS.parent / "src" / "gru_course"
INSIDE, STANDS_FOR_EXERCISES = TOOLS / "sandbox_inside.py", TOOLS / "sandbox_exercises.py"
SHOWN = ("calling.py", "exercise.py", "plain.py")
"""All that is seen of ``gru_course.exercises``: how an answer is called, not how it is judged."""
RUN = "/grader/inside.py"
NOBODY = 65534
TO_START = 120  # seconds, on the busiest of machines


@dataclass(frozen=True)
class Limits:
    """What a notebook may use.

    Parameters
    ----------
    seconds, wall : float
        Time of one cell or one answer, and of everything together.
    memory : int
        Bytes, of one process and of all together.
    processes : int
        Processes and threads.
    file, folder : int
        Bytes of one file, and of all files.
    open_files : int
    printed, sent : int
        Bytes that are printed, and that the answers hold as JSON.
    messages : int
        How often it may send something.
    """

    seconds: float = 10.0
    wall: float = 60.0
    memory: int = 3 * 2**30
    processes: int = 64
    file: int = 16 * MIB
    folder: int = 64 * MIB
    open_files: int = 128
    printed: int = MIB
    sent: int = 8 * MIB
    messages: int = 5000

    def of_process(self) -> dict[str, int]:
        """Return what the kernel is to hold each process to."""
        return {
            "RLIMIT_AS": self.memory,
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": int(self.wall) + 1,
            "RLIMIT_FSIZE": self.file,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_NPROC": self.processes,
        }


class NoSandboxError(RuntimeError):
    """Nothing was run; the message says what is missing and what to do."""


def command(limits: Limits, *program: str) -> list[str]:
    """Return the command line of the sandbox around Python and its arguments.

    For root it is two sandboxes, one in the other: the kernel does not limit how many processes
    root has, and a mere user may not read root's folders. So root shows the folders and becomes
    nobody, and nobody makes the sandbox.

    Raises
    ------
    NoSandboxError
        If a program is not installed.
    """
    if not sys.platform.startswith("linux"):
        raise NoSandboxError("Grading needs bubblewrap, and that needs Linux. Use a Linux machine.")
    bwrap = _program("bwrap", "bubblewrap")
    inner = [
        *(bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--proc", "/proc"),
        *("--dev", "/dev", "--size", str(MIB), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),
        *("--size", str(limits.folder), "--tmpfs", "/tmp", *_python(), *_course()),
        *("--remount-ro", "/", "--chdir", "/tmp", "--clearenv"),
        *(part for name, value in _environment().items() for part in ("--setenv", name, value)),
        *("--", sys.executable, "-B", "-s", "-P", *program),
    ]
    if os.getuid() != 0:
        return inner
    return [
        *(bwrap, "--unshare-pid", "--die-with-parent"),  # whose end is that of all in it
        *("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
        *("--perms", "0755", "--dir", "/tmp", *_python()),
        *(part for source in (COURSE, INSIDE, STANDS_FOR_EXERCISES) for part in _mounted(source)),
        *("--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc", "--"),
        *(_program("setpriv", "util-linux"), f"--reuid={NOBODY}", f"--regid={NOBODY}"),
        *("--clear-groups", "--", *inner),
    ]


def try_out(limits: Limits | None = None) -> None:
    """Make a sandbox and run Python in it.

    Raises
    ------
    NoSandboxError
        If that does not work here.
    """
    line = command(limits or Limits(), "-c", "print('it works')")
    try:
        done = subprocess.run(
            line, env={}, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        said = done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}"
        works = done.stdout == "it works\n"
    except (OSError, subprocess.TimeoutExpired) as error:
        said, works = str(error), False
    if not works:
        raise NoSandboxError(
            f"bubblewrap cannot make a sandbox here ({said}). It needs version 0.8 or newer, and a "
            "kernel that allows user namespaces: see `sysctl user.max_user_namespaces`, on Ubuntu "
            "`kernel.apparmor_restrict_unprivileged_userns`, and start a container with the rights "
            "to make them. Nothing is graded without a sandbox."
        )


def converse(
    opening: Message,
    reply: Callable[[Message], Message | None],
    limits: Limits,
    stop: threading.Event | None = None,
) -> str | None:
    """Run the program of `sandbox_inside` and answer what it asks.

    Parameters
    ----------
    opening : dict
        Its order; limits and the place of the course are added here.
    reply : callable
        Called with every message; returns the answer, or None if the message needs none. It must
        expect anything, because a student's code can send what it likes.
    limits : Limits
    stop : threading.Event, optional
        Set to end the run early.

    Returns
    -------
    str or None
        What stopped it, as half a sentence; None if it came to its end.

    Raises
    ------
    NoSandboxError
        If the sandbox did not start; then nothing of the order has run.
    """
    order = {
        "limits": limits.of_process(),
        "seconds": limits.seconds,
        "course": "/course",
        **opening,
    }
    process = subprocess.Popen(
        command(limits, RUN), env={}, cwd="/",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        return _Talk(process, reply, limits, stop or threading.Event()).hold(order)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Talk:
    """The messages between a sandbox and its caller; neither can make the other wait."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reply: Callable[[Message], Message | None],
        limits: Limits,
        stop: threading.Event,
    ) -> None:
        self._process, self._reply, self._limits, self._stop = process, reply, limits, stop
        self._orders, self._messages, self._prints = (
            pipe.fileno() for pipe in (process.stdin, process.stdout, process.stderr) if pipe
        )
        self._to_send, self._line = b"", bytearray()
        self._sent = self._printed = self._messages_sent = 0
        self._first_print = b""
        self._ready = self._end = False
        self._until = 0.0

    def hold(self, order: Message) -> str | None:
        """Talk until the end, or until a limit is reached."""
        self._until = time.monotonic() + TO_START
        with selectors.DefaultSelector() as selector:
            for pipe in (self._messages, self._prints):
                os.set_blocking(pipe, False)
                selector.register(pipe, selectors.EVENT_READ)
            os.set_blocking(self._orders, False)
            self._send(order)
            watching = True
            while not self._end and selector.get_map():
                if self._to_send and watching and self._orders not in selector.get_map():
                    selector.register(self._orders, selectors.EVENT_WRITE)
                for key, _ in selector.select(0.1):
                    pipe = int(key.fd)
                    if pipe == self._orders:
                        watching = self._write()
                        if not watching or not self._to_send:
                            selector.unregister(pipe)
                    elif not self._read(pipe):
                        selector.unregister(pipe)
                if why := self._reached():
                    return why
                if self._messages not in selector.get_map():
                    break  # nobody can send any more
        if not self._ready:
            said = self._first_print.decode(errors="replace").strip().rpartition("\n")[2]
            raise NoSandboxError(f"the sandbox did not start: {said or 'it ended at once'}")
        return None if self._end else "its process ended before its last cell"

    def _reached(self) -> str | None:
        """Say which limit is reached, if any."""
        limits = self._limits
        if self._stop.is_set():
            raise KeyboardInterrupt
        if self._end:
            return None
        if self._printed > limits.printed:
            return f"it printed more than {limits.printed // MIB} MiB"
        if self._sent > limits.sent:
            return f"its answers held more than {limits.sent // MIB} MiB"
        if self._messages_sent > limits.messages:
            return f"it sent more than {limits.messages} messages"
        if time.monotonic() > self._until:
            if not self._ready:
                raise NoSandboxError(f"the sandbox did not start within {TO_START} seconds")
            return f"it ran longer than {limits.wall:g} seconds"
        if _memory_below(self._process.pid) > limits.memory:
            return f"it used more than {limits.memory // MIB} MiB of memory"
        return None

    def _send(self, message: Message) -> None:
        self._to_send += json.dumps(message).encode() + b"\n"

    def _write(self) -> bool:
        try:
            self._to_send = self._to_send[os.write(self._orders, self._to_send[:65536]) :]
        except BlockingIOError:
            pass
        except OSError:  # it reads no more
            return False
        return True

    def _read(self, pipe: int) -> bool:
        try:
            got = os.read(pipe, 65536)
        except BlockingIOError:
            return True
        if pipe == self._prints:
            self._printed += len(got)
            if not self._ready:
                self._first_print += got
            return bool(got)
        self._sent += len(got)
        if self._sent <= self._limits.sent:
            *lines, rest = got.split(b"\n")
            for line in lines:
                self._take(bytes(self._line) + line)
                self._line.clear()
            self._line += rest
        return bool(got)

    def _take(self, line: bytes) -> None:
        self._messages_sent += 1
        if self._messages_sent > self._limits.messages:
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            return
        match message:
            case {"ready": True}:
                if not self._ready:
                    self._ready, self._until = True, time.monotonic() + self._limits.wall
            case {"end": True}:
                self._end = True
            case dict():
                if (answer := self._reply(message)) is not None:
                    self._send(answer)


def _memory_below(pid: int) -> int:
    """Return how many bytes of memory the processes below a process hold."""
    page, total = os.sysconf("SC_PAGE_SIZE"), 0
    waiting = [pid]
    while waiting:
        place = Path("/proc") / str(waiting.pop())
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int((place / "statm").read_text().split()[1]) * page
            for children in place.glob("task/*/children"):
                waiting += [int(child) for child in children.read_text().split()]
    return total


def _program(name: str, package: str) -> str:
    if found := shutil.which(name):
        return found
    raise NoSandboxError(
        f"{name} is not installed, and nothing is graded without a sandbox. Install the package "
        f"{package}, on Debian and Ubuntu with `apt-get install {package}`."
    )


def _python() -> list[str]:
    """Return what mounts the system, Python and the installed packages, each in its own place."""
    arguments = []
    for place in map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")):
        if place.is_symlink():
            arguments += ["--symlink", os.readlink(place), str(place)]
        elif place.is_dir():
            arguments += ["--ro-bind", str(place), str(place)]
    if Path("/etc/ld.so.cache").is_file():
        arguments += _mounted(Path("/etc/ld.so.cache"))
    installed = {Path(sys.base_prefix), Path(sys.base_prefix).resolve(), Path(sys.prefix)}
    for place in sorted(installed):
        if not place.is_relative_to("/usr"):
            arguments += _mounted(place)
    return arguments


def _course() -> list[str]:
    """Return what mounts the course, with an empty folder over each copy of its exercises."""
    exercises = Path("/course/gru_course/exercises")
    hidden = [exercises, *Path(sys.prefix).glob("lib/python3*/site-packages/gru_course/exercises")]
    arguments = _mounted(COURSE, exercises.parent)
    for place in hidden:
        arguments += ["--perms", "0755", "--size", str(MIB), "--tmpfs", str(place)]
    for name in SHOWN:
        arguments += ["--ro-bind", str(COURSE / "exercises" / name), str(exercises / name)]
    arguments += ["--ro-bind", str(STANDS_FOR_EXERCISES), str(exercises / "__init__.py")]
    for place in hidden:
        arguments += ["--remount-ro", str(place)]
    return [*arguments, *_mounted(INSIDE, Path(RUN))]


def _mounted(source: Path, place: Path | None = None) -> list[str]:
    place = place or source
    above = [folder for folder in reversed(place.parents) if folder != Path("/")]
    folders = [part for folder in above for part in ("--perms", "0755", "--dir", str(folder))]
    return [*folders, "--ro-bind", str(source), str(place)]


def _environment() -> dict[str, str]:
    threads = ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP")
    return {
        "PATH": "/usr/bin:/bin",
        "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib",
        "HOME": "/tmp",
        "USER": "student",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "IPYTHONDIR": "/tmp/ipython",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "MPLBACKEND": "agg",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "GRU_COURSE_PROFILE": "quick",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        **{f"{name}_THREADS": "1" for name in threads},
    }
