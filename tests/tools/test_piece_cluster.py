"""Studies in pieces, computed by real Dask workers in processes of their own."""

import json
import os
import shutil
import signal
import socket
import sys
import time

import pytest
from checkout import Checkout
from test_study_runs import ONCE, SQUARES, squares

Client = pytest.importorskip("distributed", reason="Dask is not installed").Client
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb"),
]
HERE = ("--host", "127.0.0.1", "--no-dashboard")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Start a scheduler for all tests, each of which starts its own workers."""
    host = Checkout(tmp_path_factory.mktemp("host") / "checkout")
    yield start_scheduler(host)
    host.close()


def start_scheduler(checkout):
    """Start a scheduler; return its address."""
    file = checkout.folder / "scheduler.json"
    checkout.start("-m", "dask", "scheduler", "--scheduler-file", str(file), "--port", "0", *HERE)
    checkout.wait_until(lambda: file.exists() and file.read_text().strip().endswith("}"))
    return json.loads(file.read_text())["address"]


def start_worker(checkout, scheduler, **settings):
    options = ("--nthreads", "1", "--resources", "training=1", "--preload", "piece_worker")
    return checkout.start("-m", "dask", "worker", scheduler, *HERE, *options, **settings)


def processes(scheduler, count):
    """Wait for workers; return the ids of the processes that compute."""
    with Client(scheduler) as client:
        client.wait_for_workers(count, timeout=60)
        return list(client.run(os.getpid).values())


def test_processes_of_this_machine_compute_the_same(checkout):
    status, said = checkout.run("--local", "2")
    assert status == 0, said
    assert list(squares(checkout).items()) == list(SQUARES.items())
    assert checkout.count("done") == ONCE


def test_killed_workers_lose_nothing_and_double_nothing(checkout, scheduler):
    for _ in range(2):
        start_worker(checkout, scheduler, COUNT="6", SLEEP="1")
    run = checkout.start_study("--scheduler", scheduler, COUNT="6")
    for done in (1, 4):
        checkout.wait_until(lambda done=done: checkout.count("done").total() >= done)
        for process in processes(scheduler, 2):
            os.kill(process, signal.SIGKILL)
    said, _ = run.communicate()
    assert run.returncode == 0, said
    assert checkout.count("begun").total() > 7  # what was killed was begun again
    assert checkout.count("done") == {str(n): 1 for n in (10, *range(6), "sum")}


def test_a_killed_client_loses_nothing_and_doubles_nothing(checkout, scheduler):
    for _ in range(2):
        start_worker(checkout, scheduler, SLEEP="1.5")
    run = checkout.start_study("--scheduler", scheduler)
    checkout.wait_until(lambda: checkout.count("begun").total() == 4)
    run.kill()
    run.wait()
    checkout.pieces[0].write_bytes(checkout.pieces[0].read_bytes()[:-1])
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 0, said
    assert squares(checkout) == SQUARES
    assert said.count("is damaged") >= 1
    done = checkout.count("done")
    assert done.keys() == ONCE.keys()
    assert done.total() == len(ONCE) + 1  # only the damaged one came twice


def test_a_piece_that_kills_its_workers_is_given_up_and_the_others_go_on(checkout, scheduler):
    checkout.change("    pass", "    if n == 0: os._exit(1)")
    start_worker(checkout, scheduler)
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 1
    assert "KilledWorker" in said
    assert "these pieces failed: square/0; 0 more" in said
    assert checkout.count("done") == {name: 1 for name in ONCE if name != "0"}
    assert not checkout.stored.exists()


def test_a_failing_piece_shows_where_it_failed(checkout, scheduler):
    checkout.change("    pass", "    assert n != 2, 'two'")
    start_worker(checkout, scheduler)
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 1
    assert "in trouble" in said
    assert "AssertionError: two" in said
    assert "these pieces failed: square/2; 1 more" in said


@pytest.fixture
def other_checkout(checkout, tmp_path_factory):
    """Make a checkout beside it whose code is another."""
    made = Checkout(tmp_path_factory.mktemp("other"))
    made.change("n * n", "n ** 2")
    yield made
    made.close()


def test_workers_with_other_code_are_refused_at_once(checkout, scheduler, other_checkout):
    start_worker(other_checkout, scheduler)
    processes(scheduler, 1)
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 1
    assert "workers that cannot compute" in said
    assert "square of studies/trial.py, or what they reach, differ" in said
    assert not checkout.notes.exists()


def test_a_worker_with_other_code_that_comes_later_computes_nothing(
    checkout, scheduler, other_checkout
):
    start_worker(checkout, scheduler, SLEEP="2")
    run = checkout.start_study("--scheduler", scheduler)
    checkout.wait_until(lambda: checkout.count("begun"))
    start_worker(other_checkout, scheduler)
    said, _ = run.communicate()
    assert run.returncode == 0, said
    assert not other_checkout.notes.exists()
    assert checkout.count("done") == ONCE


def test_a_worker_whose_checkout_has_changed_is_told_to_start_again(checkout, scheduler):
    start_worker(checkout, scheduler)
    processes(scheduler, 1)
    checkout.change("    pass", "    pass  # a comment, but who knows what else")
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 1
    assert "its checkout has changed since it was started" in said


def test_a_worker_without_the_module_for_pieces_is_told(checkout, scheduler):
    elsewhere = [place for place in sys.path if "tools" not in place]
    checkout.start("-m", "dask", "worker", scheduler, *HERE, "--resources", "training=1",
                   PYTHONPATH=os.pathsep.join(elsewhere))  # fmt: skip
    processes(scheduler, 1)
    status, said = checkout.run("--scheduler", scheduler)
    assert status == 1
    assert "piece_worker" in said


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense", "tcp://no.such.host:1"])
def test_a_scheduler_that_does_not_answer_is_told_in_seconds(checkout, address):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.monotonic()
    status, said = checkout.run("--scheduler", address.format(port=port))
    assert status == 1
    assert f"no Dask scheduler answers at {address.format(port=port)}" in said
    assert time.monotonic() - start < 40


def test_a_scheduler_that_goes_away_is_told(checkout):
    scheduler = start_scheduler(checkout)
    start_worker(checkout, scheduler, SLEEP="1")
    run = checkout.start_study("--scheduler", scheduler)
    checkout.wait_until(lambda: checkout.count("done"))
    checkout.processes[0].kill()
    said, _ = run.communicate(timeout=100)
    assert run.returncode == 1, said
    assert "run it again" in said


def test_without_dask_it_says_how_to_install_it(checkout):
    (checkout.folder / "tools" / "distributed.py").write_text("raise ModuleNotFoundError\n")
    status, said = checkout.run("--local", "2")
    assert status == 1
    assert "pip install" in said
    assert checkout.run()[0] == 0  # and does not need it


def test_two_cores_are_shared_out(checkout):
    if shutil.which("nproc") is None or (os.cpu_count() or 1) < 2:
        pytest.skip("needs two cores")
    checkout.change("    pass", "    note('threads', os.environ['TF_NUM_INTRAOP_THREADS'])")
    assert checkout.run("--local", "2")[0] == 0
    assert checkout.count("threads").keys() == {str((os.cpu_count() or 1) // 2)}
