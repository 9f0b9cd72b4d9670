"""Firefox, driven by its own protocol, Marionette: a page is opened, pressed and asked.

Playwright drives only a Firefox of its own making, and Selenium needs a second program; the one
that readers have understands these few commands by itself. A command goes as ``length:JSON``
through a socket, and its answer comes back the same way.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

NAMES = ("firefox-esr", "firefox")
START = 60
"""Seconds in which it has to be there."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""Under which WebDriver names an element."""
KEYS = {
    **{"ArrowRight": "\ue014", "Home": "\ue011", "Tab": "\ue004"},
    **{"Space": " ", "Enter": "\ue007"},
}
PREFERENCES: dict[str, Any] = {
    "marionette.port": 0,  # one that is free; it is written into the profile
    # Nothing leaves the machine: whatever is asked for goes to a port where nobody listens.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "devtools.console.stdout.content": True,  # what pages write to the console
    "ui.prefersReducedMotion": 1,
    "dom.w3c_touch_events.enabled": 1,  # a finger is a finger, without a screen to touch
}
# What went wrong in the scripts of pages from disk.
ERRORS = """
const found = [];
for (const one of Services.console.getMessageArray()) {
  if (!(one instanceof Ci.nsIScriptError) || one.flags & one.warningFlag) continue;
  if (!/^(file|data|blob):/.test(one.sourceName)) continue;
  found.push(`${one.errorMessage} ${one.sourceName}`);
}
Services.console.reset();
return found;
"""


TO_THE_MIDDLE = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' });"
ADD_SCRIPT = """
const script = document.createElement('script');
script.textContent = arguments[0];
document.head.append(script);
script.remove();
"""
ASK_AXE = """
const options = { runOnly: arguments[1], resultTypes: ['violations'], preload: false };
return axe.run({ include: [[arguments[0]]] }, options).then(({ violations }) =>
  violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 140)}`)));
"""
NOT_OURS = ("RSLoader", "Got invalid theme mode: . Resetting to auto")
"""What Firefox itself writes there, and the theme of the book on the first visit."""


def found_firefox() -> str | None:
    """Give the program that ``$FIREFOX`` names, else an installed one, else None."""
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """A running Firefox with one window.

    Parameters
    ----------
    port : int
        Of its Marionette.
    output : pathlib.Path
        What it writes.
    """

    def __init__(self, port: int, output: Path) -> None:
        self._output, self._seen = output, 0
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=START)
        self._number = 0
        self._receive()  # it says who it is
        self.ask("WebDriver:NewSession", {"capabilities": {}})

    def ask(self, command: str, parameters: dict[str, Any] | None = None) -> Any:
        """Send a command and wait for its answer.

        Raises
        ------
        RuntimeError
            If Firefox answers with an error.
        """
        self._number += 1
        sent = json.dumps([0, self._number, command, parameters or {}]).encode()
        self._socket.sendall(f"{len(sent)}:".encode() + sent)
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _receive(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._read(1)
        return json.loads(self._read(int(head[:-1])))

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self._socket.recv(count - len(found))
            if not part:
                raise RuntimeError("Firefox has closed the connection")
            found += part
        return found

    def open(self, address: str) -> None:
        """Open a page and wait until it is loaded."""
        self.ask("WebDriver:Navigate", {"url": address})

    def evaluate(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page, and give what it returns."""
        return self.ask("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})

    def wait(self, script: str, *arguments: Any, seconds: float = 20) -> None:
        """Wait until an expression in the page is true.

        Raises
        ------
        TimeoutError
            If it never is.
        """
        end = time.monotonic() + seconds
        while not self.evaluate(f"return Boolean({script})", *arguments):
            if time.monotonic() > end:
                raise TimeoutError(f"Firefox: never true: {script}")
            time.sleep(0.05)

    def element(self, selector: str) -> str:
        """Find an element."""
        found = self.ask("WebDriver:FindElement", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])

    def click(self, selector: str) -> None:
        """Click an element with the mouse."""
        self.ask("WebDriver:ElementClick", {"id": self.element(selector)})

    def keys(self, selector: str, text: str) -> None:
        """Type into an element; a name of `KEYS` is that key."""
        said = {"id": self.element(selector), "text": KEYS.get(text, text)}
        self.ask("WebDriver:ElementSendKeys", said)

    def tap(self, selector: str) -> None:
        """Tap the middle of an element with one finger."""
        self.evaluate(
            "document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector
        )
        place = {ELEMENT: self.element(selector)}
        steps = [
            {"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": place},
            {"type": "pointerDown", "button": 0},
            {"type": "pause", "duration": 50},
            {"type": "pointerUp", "button": 0},
        ]
        kind = {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}}
        self.ask("WebDriver:PerformActions", {"actions": [{**kind, "actions": steps}]})

    def axe(self, selector: str, rules: list[str]) -> list[str]:
        """List what axe finds wrong with an element and what is in it."""
        self.evaluate(ADD_SCRIPT, AXE_SCRIPT)
        found: list[str] = self.evaluate(ASK_AXE, selector, rules)
        return found

    def problems(self) -> list[str]:
        """List what has gone wrong in pages since the last time."""
        self.ask("Marionette:SetContext", {"value": "chrome"})
        try:
            found: list[str] = self.evaluate(ERRORS)
        finally:
            self.ask("Marionette:SetContext", {"value": "content"})
        written = self._output.read_text(encoding="utf-8", errors="replace")
        new, self._seen = written[self._seen :], len(written)
        said = [line for line in new.splitlines() if line.startswith("console.error:")]
        return found + [line for line in said if not any(text in line for text in NOT_OURS)]


@contextmanager
def firefox(program: str, profile: Path) -> Iterator[Firefox]:
    """Start Firefox with a new profile, and end it.

    Parameters
    ----------
    program : str
    profile : pathlib.Path
        An empty folder.

    Raises
    ------
    RuntimeError
        If it does not start.
    """
    settings = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(settings), encoding="utf-8")
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    command += ["--remote-allow-system-access"]  # to read its console
    environ = {**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
    with (profile / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
        try:
            port, end = profile / "MarionetteActivePort", time.monotonic() + START
            while not (port.exists() and port.read_text()):
                if process.poll() is not None or time.monotonic() > end:
                    said = (profile / "output.txt").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{program} did not start: {said}")
                time.sleep(0.1)
            yield Firefox(int(port.read_text()), profile / "output.txt")
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
