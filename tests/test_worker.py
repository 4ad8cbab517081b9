"""Workers: a thread for every call in flight, kept for a while."""

import contextvars
import os
import threading
import time

import pytest

from whorl import worker
from whorl.worker import run_in_thread


def test_a_call_runs_in_its_context_under_its_name() -> None:
    variable = contextvars.ContextVar("variable", default="unset")
    context = contextvars.copy_context()
    context.run(variable.set, "set")
    found = []
    done = threading.Event()

    def call() -> None:
        found.append((variable.get(), threading.current_thread().name))
        done.set()

    thread = run_in_thread(call, context, "a name")
    done.wait()
    assert found == [("set", "a name")]
    assert thread.daemon


def test_a_thread_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_idle", [])
    threads = set()
    for _ in range(20):
        done = threading.Event()
        threads.add(run_in_thread(done.set, contextvars.Context()))
        done.wait()
        while not any(one.thread in threads for one in worker._idle):
            time.sleep(0.0001)
    assert len(threads) == 1


def test_calls_that_wait_for_each_other_do_not_deadlock() -> None:
    barrier = threading.Barrier(201)

    def meet() -> None:
        barrier.wait()

    for _ in range(200):
        run_in_thread(meet, contextvars.Context())
    barrier.wait(timeout=60)


def test_an_idle_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_idle", [])
    monkeypatch.setattr(worker, "IDLE", 0.01)
    done = threading.Event()
    thread = run_in_thread(done.set, contextvars.Context())
    done.wait()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert thread not in [one.thread for one in worker._idle]


def test_a_forked_child_starts_threads_of_its_own() -> None:
    done = threading.Event()
    run_in_thread(done.set, contextvars.Context())
    done.wait()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        ran = threading.Event()
        run_in_thread(ran.set, contextvars.Context())
        os.write(write, b"ran" if ran.wait(10) else b"hangs")
        os._exit(0)
    os.close(write)
    assert os.read(read, 10) == b"ran"
    os.close(read)
    os.waitpid(child, 0)
