"""Signals: handlers of the loop, and Ctrl-C."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from .support import (
    PATIENCE,
    Recorder,
    connect_pair,
    new_loop,
    open_descriptors,
    soon_or_never,
    turn,
    turn_until,
    whorl_only,
)


def handle(loop: asyncio.AbstractEventLoop, number: int, callback: Callable[..., None], *args: Any) -> None:
    """Have a signal handled; in a function of its own, as pytest must see no handler in a failing test's frame."""
    loop.add_signal_handler(number, callback, *args)


@whorl_only
def test_a_signal_that_interrupts_no_wait_is_heard(loop: asyncio.AbstractEventLoop) -> None:
    """As one that comes just before the kernel's wait begins; here because another thread takes it."""

    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(loop.stop)

    before = signal.signal(signal.SIGUSR1, hear)
    sender = threading.Timer(0.05, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
    try:
        give_up = loop.call_later(PATIENCE, loop.stop)
        loop.call_soon(sender.start)
        loop.run_forever()
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)
    assert loop.time() < give_up.when()
    give_up.cancel()


def test_a_signal_wakes_a_loop_that_sleeps(loop: asyncio.AbstractEventLoop) -> None:
    heard: list[str] = []

    def hear(word: str) -> None:
        heard.append(word)
        loop.stop()

    handle(loop, signal.SIGUSR1, hear, "signal")
    begun = threading.Event()

    def send() -> None:
        assert begun.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGUSR1)

    sender = threading.Thread(target=send)
    sender.start()
    loop.call_soon(begun.set)
    give_up = loop.call_later(PATIENCE, loop.stop)
    loop.run_forever()
    sender.join()
    give_up.cancel()
    assert heard == ["signal"]
    assert loop.remove_signal_handler(signal.SIGUSR1)


def test_a_signal_is_heard_by_a_loop_that_is_busy(loop: asyncio.AbstractEventLoop) -> None:
    heard: list[int] = []
    links = 0
    handle(loop, signal.SIGUSR1, heard.append, 1)
    handle(loop, signal.SIGUSR2, heard.append, 2)
    deadline = time.monotonic() + PATIENCE

    def link() -> None:
        nonlocal links
        links += 1
        if links == 100:
            os.kill(os.getpid(), signal.SIGUSR1)
        if links == 200:
            os.kill(os.getpid(), signal.SIGUSR2)
        if len(heard) == 2 or time.monotonic() > deadline:
            loop.stop()
        else:
            loop.call_soon(link)

    loop.call_soon(link)
    loop.run_forever()
    assert sorted(heard) == [1, 2]
    assert loop.remove_signal_handler(signal.SIGUSR1)
    assert loop.remove_signal_handler(signal.SIGUSR2)


def test_the_handler_set_last_counts_and_after_it_there_is_none(loop: asyncio.AbstractEventLoop) -> None:
    heard: list[str] = []
    before = signal.getsignal(signal.SIGTERM)
    handle(loop, signal.SIGTERM, heard.append, "first")
    handle(loop, signal.SIGTERM, heard.append, "second")
    os.kill(os.getpid(), signal.SIGTERM)
    turn_until(loop, lambda: heard)
    assert heard == ["second"]
    assert loop.remove_signal_handler(signal.SIGTERM)
    assert not loop.remove_signal_handler(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before == signal.SIG_DFL


@pytest.mark.parametrize("number", [0, -1, 1000, signal.SIGKILL])
def test_what_is_no_signal_or_cannot_be_handled_is_an_error(loop: asyncio.AbstractEventLoop, number: int) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        loop.add_signal_handler(number, print)


def test_an_exception_in_a_handler_is_reported(loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]) -> None:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    handle(loop, signal.SIGUSR1, fail)
    os.kill(os.getpid(), signal.SIGUSR1)
    turn_until(loop, lambda: reports)
    assert [type(report["exception"]) for report in reports] == [ZeroDivisionError]
    reports.clear()
    loop.remove_signal_handler(signal.SIGUSR1)


@pytest.mark.parametrize("who", ["transport", "reader", "callback", "timer"])
def test_ctrl_c_loses_no_event(loop: asyncio.AbstractEventLoop, who: str) -> None:
    heard: set[str] = set()
    interrupted: list[str] = []

    def hear(name: str) -> None:
        heard.add(name)
        if name.startswith(who) and not interrupted:
            interrupted.append(name)
            signal.raise_signal(signal.SIGINT)

    class Peer(Recorder):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            hear(self.name)

    async def receive(sock: socket.socket, name: str) -> None:
        await loop.sock_recv(sock, 100)
        hear(name)

    def read(sock: socket.socket, name: str) -> None:
        loop.remove_reader(sock)
        sock.recv(100)
        hear(name)

    sockets: list[socket.socket] = []
    transports: list[Any] = []
    tasks: list[asyncio.Task[None]] = []
    names: set[str] = set()
    for number in range(10):
        transport, peer = soon_or_never(loop, connect_pair(Peer(f"transport {number}")))
        transports.append(transport)
        sockets.append(peer)
        for kind in ("reader", "operation"):
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            sockets += [ours, theirs]
            if kind == "reader":
                loop.add_reader(ours, read, ours, f"reader {number}")
            else:
                tasks.append(loop.create_task(receive(ours, f"operation {number}")))
        names |= {f"{kind} {number}" for kind in ("transport", "reader", "operation", "callback", "timer")}
    turn(loop)
    for number in range(10):
        for peer in sockets[5 * number], sockets[5 * number + 2], sockets[5 * number + 4]:
            peer.send(b"x")
        loop.call_soon(hear, f"callback {number}")
        loop.call_later(0, hear, f"timer {number}")
    give_up = loop.call_later(PATIENCE, loop.stop)
    with pytest.raises(KeyboardInterrupt):
        loop.run_forever()
    assert heard < names
    turn_until(loop, lambda: heard == names)
    give_up.cancel()
    assert len(interrupted) == 1
    for transport in transports:
        transport.abort()
    turn(loop)
    turn(loop)
    for sock in sockets:
        sock.close()


def test_ctrl_c_interrupts_a_loop_that_sleeps(loop: asyncio.AbstractEventLoop) -> None:
    begun, over = threading.Event(), threading.Event()
    main_thread = threading.get_ident()

    def interrupt() -> None:
        assert begun.wait(PATIENCE)
        while True:  # again, should the first one come in the instant before the loop falls asleep
            signal.pthread_kill(main_thread, signal.SIGINT)
            if over.wait(1):
                break

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    loop.call_soon(begun.set)
    give_up = loop.call_later(PATIENCE, loop.stop)
    with pytest.raises(KeyboardInterrupt):
        loop.run_forever()
    over.set()
    interrupter.join()
    give_up.cancel()
    turn(loop)


@whorl_only
def test_the_signal_pipe_is_made_for_the_first_who_needs_it() -> None:
    before = len(open_descriptors())
    loop: Any = new_loop()
    try:
        assert len(open_descriptors()) == before + 2  # epoll and waker
        handle(loop, signal.SIGUSR1, print)
        assert len(open_descriptors()) == before + 4
        pair = loop._ssock, loop._csock
        assert loop.remove_signal_handler(signal.SIGUSR1)
        handle(loop, signal.SIGUSR2, print)
        assert (loop._ssock, loop._csock) == pair
        assert loop.remove_signal_handler(signal.SIGUSR2)
    finally:
        loop.close()
    assert loop._ssock is loop._csock is None
    assert len(open_descriptors()) == before
