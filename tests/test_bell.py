"""A bell is heard once, from any thread and from a signal handler."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import pytest

from whorl.bell import Bell


def test_rung_any_number_of_times_it_is_heard_once() -> None:
    bell = Bell()
    bell.set()
    bell.set()
    assert bell.wait()
    assert not bell.wait(0.001)


def test_cleared_it_is_not_heard() -> None:
    bell = Bell()
    bell.clear()
    bell.set()
    bell.clear()
    assert not bell.wait(0)


def test_rung_by_another_thread() -> None:
    bell = Bell()
    threading.Timer(0.01, bell.set).start()
    assert bell.wait()


def test_a_time_beyond_all_clocks() -> None:
    bell = Bell()
    threading.Timer(0.01, bell.set).start()
    assert bell.wait(1e300)


def to_the_waiting_thread(number: int) -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, number)


def to_another_thread(number: int) -> None:
    """As when it comes just before the wait begins: Python notes it, and nothing interrupts the wait."""
    signal.pthread_kill(threading.get_ident(), number)


@pytest.mark.parametrize("send", [to_the_waiting_thread, to_another_thread])
def test_a_signal_handler_wakes_its_own_thread(send: Callable[[int], None]) -> None:
    bell = Bell()

    def ring(number: int, frame: FrameType | None) -> None:
        bell.set()

    before = signal.signal(signal.SIGUSR1, ring)
    try:
        threading.Timer(0.05, send, (signal.SIGUSR1,)).start()
        start = time.monotonic()
        assert bell.wait(60)
        assert time.monotonic() - start < 50
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_an_exception_of_a_handler_ends_the_wait_and_leaves_the_bell_whole() -> None:
    bell = Bell()
    threading.Timer(0.05, to_the_waiting_thread, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        bell.wait(60)
    bell.set()
    assert bell.wait(0)
