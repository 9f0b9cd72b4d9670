"""A small HTTP service around a model, on this machine only, with limits on everything.

It is made of Python's standard library, to be read. A service that strangers can reach also needs
encryption, accounts and a log; put a proxy in front of it for these.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gru_course.course.checked import positive, whole
from gru_course.data.errors import DataError

_PIECES, _PIECE = 64, 1 << 16
"""How much is read of a request that was refused, so that the refusal arrives."""
Answer = Callable[[bytes], Mapping[str, Any]]
"""From the body of a request to what is sent back; raises ValueError for what it cannot read."""


@dataclass(frozen=True)
class Limits:
    """What the service accepts.

    Parameters
    ----------
    bytes : int
        Longest body of a request.
    seconds : float
        How long a request may take to arrive.
    at_once : int
        Requests that are worked on at the same time; others are sent away at once.

    Raises
    ------
    ValueError
        If one of them is not above 0.
    """

    bytes: int = 200_000
    seconds: float = 5.0
    at_once: int = 2

    def __post_init__(self) -> None:
        whole(self.bytes, "bytes")
        positive(self.seconds, "seconds")
        whole(self.at_once, "at_once")


class Refusal(Exception):
    """A request that is not answered, with the status and the sentence that the client gets."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class _Handler(BaseHTTPRequestHandler):
    """Reads one request at a time; one object for each connection."""

    server: "_Server"
    protocol_version = "HTTP/1.0"  # the connection ends with the answer
    server_version, sys_version = "gru-course", ""

    def setup(self) -> None:
        super().setup()
        self.late = threading.Event()
        self.clock = threading.Timer(self.server.limits.seconds, self._stop_reading)
        self.clock.daemon = True
        self.clock.start()

    def finish(self) -> None:
        """Read what is still on its way, or the client would see a reset instead of the answer."""
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            for _ in range(_PIECES):
                if not self.rfile.read1(_PIECE):
                    break
        self.clock.cancel()
        super().finish()

    def _stop_reading(self) -> None:
        self.late.set()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        self._answered(self._about)

    def do_POST(self) -> None:
        self._answered(self._result)

    def _answered(self, work: Callable[[], Mapping[str, Any]]) -> None:
        """Send what comes of the work, or say why nothing does."""
        try:
            self._send(HTTPStatus.OK, work())
        except Refusal as refusal:
            self._send(refusal.status, {"error": refusal.sentence})
        except (ValueError, DataError) as error:
            self._send(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except ConnectionError:
            self.close_connection = True  # nobody is there to be told
        except Exception as error:
            self.server.faults.append(error)  # for the owner; a stranger learns nothing of it
            sentence = "the service failed; this is not your fault"
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": sentence})

    def _about(self) -> Mapping[str, Any]:
        if self.path != "/":
            raise Refusal(HTTPStatus.NOT_FOUND, f"there is no {self.path:.50}; see GET /")
        return self.server.about

    def _result(self) -> Mapping[str, Any]:
        if self.path != self.server.path:
            raise Refusal(
                HTTPStatus.NOT_FOUND, f"there is no {self.path:.50}; POST to {self.server.path}"
            )
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != self.server.kind:
            raise Refusal(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"the Content-Type is {kind[:50] or 'missing'}; expected {self.server.kind}",
            )
        length = self._length()
        if not self.server.places.acquire(blocking=False):
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{self.server.limits.at_once} requests are being worked on; try again in a second",
            )
        try:
            body = self.rfile.read(length)
            if len(body) < length and self.late.is_set():
                raise Refusal(HTTPStatus.REQUEST_TIMEOUT, self._too_slow())
            if len(body) < length:
                raise Refusal(
                    HTTPStatus.BAD_REQUEST,
                    f"{len(body):,} bytes came, and {length:,} were announced: send it again",
                )
            return self.server.answer(body)
        finally:
            self.server.places.release()

    def _too_slow(self) -> str:
        limit = self.server.limits.seconds
        return f"the request did not arrive within {limit:g} s; send it faster, or less"

    def _length(self) -> int:
        text, most = self.headers.get("Content-Length"), self.server.limits.bytes
        if text is None:
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "the header Content-Length is missing")
        if not (text.isascii() and text.isdigit()):
            raise Refusal(
                HTTPStatus.BAD_REQUEST,
                f"Content-Length is {text[:20]!r}; expected a number of bytes",
            )
        if len(text) > 18 or int(text) > most:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{int(text[:18]):,} bytes are too many; expected at most {most:,}",
            )
        if int(text) == 0:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body is empty")
        return int(text)

    def _send(self, status: HTTPStatus, values: Mapping[str, Any]) -> None:
        content = json.dumps(values).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(content)
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the client has left

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say it as JSON where the base class would write a page of HTML."""
        self._send(HTTPStatus(code), {"error": message or HTTPStatus(code).phrase})

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent; a service in use would write a log here."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a slow client does not keep the program from ending

    def __init__(
        self,
        answer: Answer,
        path: str,
        kind: str,
        about: Mapping[str, Any],
        limits: Limits,
        port: int,
    ) -> None:
        self.answer, self.path, self.kind = answer, path, kind
        self.about, self.limits = about, limits
        self.places = threading.BoundedSemaphore(limits.at_once)
        self.faults: list[Exception] = []
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback where a client has hung up."""


@contextmanager
def service(
    answer: Answer,
    *,
    path: str,
    kind: str,
    about: Mapping[str, Any],
    limits: Limits | None = None,
    port: int = 0,
) -> Iterator[str]:
    """Serve on this machine for as long as the context lasts.

    Parameters
    ----------
    answer : callable
        From the body of a request to what is sent back, as JSON. For a ValueError or DataError of
        it the client gets status 400 and the text of the error.
    path : str
        Where the requests go, such as ``"/digit"``.
    kind : str
        Their media type, such as ``"audio/wav"``.
    about : mapping
        What ``GET /`` says, such as the card of the model.
    limits : Limits, optional
    port : int
        0 for any that is free.

    Yields
    ------
    str
        The address, such as ``http://127.0.0.1:8000``.

    Raises
    ------
    ValueError
        If the path does not begin with a slash.
    OSError
        If the port is taken.
    """
    if not path.startswith("/") or path == "/":
        raise ValueError(f"the path is {path!r}; expected a name behind a slash, such as '/digit'")
    server = _Server(answer, path, kind, about, limits or Limits(), port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
