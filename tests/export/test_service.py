"""Requests over a real connection: a good one is answered, a bad one gets a sentence."""

import contextlib
import http.client
import json
import socket
import threading
import time

import pytest

from gru_course.export.service import Limits, service

LIMITS = Limits(bytes=1_000, seconds=0.5, at_once=2)
HEAD = b"POST /word HTTP/1.0\r\nContent-Type: audio/wav\r\n"


def answer(body):
    if body == b"bad":
        raise ValueError("that is no word; send another")
    if body == b"broken":
        raise RuntimeError("secret of the house")
    if body == b"slow":
        time.sleep(0.4)
    return {"length": len(body)}


@pytest.fixture
def address():
    with service(answer, path="/word", kind="audio/wav", about={"name": "x"}, limits=LIMITS) as url:
        yield url.removeprefix("http://")


def ask(address, body=b"hello", path="/word", method="POST", **headers):
    connection = http.client.HTTPConnection(address, timeout=10)
    sent = {"Content-Type": "audio/wav"} | {k.replace("_", "-"): v for k, v in headers.items()}
    connection.request(method, path, body, {k: v for k, v in sent.items() if v})
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


def test_a_good_request_is_answered(address):
    assert ask(address) == (200, {"length": 5})
    assert ask(address, body=None, method="GET", path="/") == (200, {"name": "x"})
    assert ask(address, Content_Type="Audio/WAV; charset=x") == (200, {"length": 5})


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        ({"body": b"bad"}, 400, "that is no word; send another"),
        ({"body": b""}, 400, "the body is empty"),
        ({"body": b"x" * 1_001}, 413, "1,001 bytes are too many; expected at most 1,000"),
        ({"body": b"x" * 300_000}, 413, "too many"),
        ({"path": "/"}, 404, "POST to /word"),
        ({"path": "/" + "x" * 500}, 404, "there is no /x"),
        ({"path": "/other", "method": "GET"}, 404, "see GET /"),
        ({"Content_Type": "text/html"}, 415, "text/html; expected audio/wav"),
        ({"Content_Type": ""}, 415, "missing; expected audio/wav"),
        ({"Content_Length": "-3"}, 400, "expected a number of bytes"),
        ({"Content_Length": "9" * 40}, 413, "too many"),
        ({"method": "DELETE"}, 501, "Unsupported method"),
        ({"body": b"broken"}, 500, "the service failed; this is not your fault"),
    ],
)
def test_a_bad_request_gets_a_sentence(request_, status, said, address):
    found, content = ask(address, **request_)
    assert found == status
    assert said in content["error"]
    assert "secret" not in content["error"]
    assert ask(address) == (200, {"length": 5})  # and the service goes on


def raw(address, text):
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(text)
        return b"".join(iter(lambda: line.recv(4096), b"")).decode()


def test_a_request_that_is_no_http_gets_a_sentence(address):
    assert '"error"' in raw(address, b"hello?\r\n\r\n")
    assert ask(address)[0] == 200


def test_a_missing_length_is_said(address):
    assert "411" in raw(address, HEAD + b"\r\n").splitlines()[0]


def test_a_client_that_never_ends_is_sent_away(address):
    start = time.perf_counter()
    said = raw(address, HEAD + b"Content-Length: 100\r\n\r\nonly this")
    assert "408" in said.splitlines()[0]
    assert "within 0.5 s" in said
    assert time.perf_counter() - start < 5


def test_a_client_that_drips_is_sent_away(address):
    host, port = address.split(":")
    start = time.perf_counter()
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(HEAD + b"Content-Length: 900\r\n\r\n")
        with contextlib.suppress(OSError):  # each byte comes in time, all would take for ever
            while time.perf_counter() - start < 2:
                line.sendall(b"x")
                time.sleep(0.05)
        line.settimeout(5)
        with contextlib.suppress(OSError):
            assert b"408" in line.recv(100)
    assert ask(address)[0] == 200


def test_more_at_once_than_allowed_are_sent_away(address):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(ask(address, body=b"slow"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(status for status, _ in found)
    assert len(found) == 6
    assert statuses[:2] == [200, 200]
    assert 503 in statuses
    assert set(statuses) == {200, 503}
    assert "try again" in next(said["error"] for status, said in found if status == 503)
    assert ask(address)[0] == 200


def test_limits_are_checked():
    with pytest.raises(ValueError, match="bytes"):
        Limits(bytes=0)
    with pytest.raises(ValueError, match="seconds"):
        Limits(seconds=-1.0)
    with (
        pytest.raises(ValueError, match="name behind a slash"),
        service(answer, path="word", kind="audio/wav", about={}),
    ):
        pass
