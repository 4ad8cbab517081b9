"""Fairness: whoever has much to do does not keep the others waiting."""

import asyncio
import contextlib
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .support import PATIENCE, Recorder, connect_pair, soon_or_never, turn

# Seconds that nobody may be kept waiting. A fair loop needs about a thousandth of it, an unfair one for ever.
PATIENCE_OF_OTHERS = 2.0


class Echo(Recorder):
    """Says what it hears."""

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Drain(asyncio.Protocol):
    """Takes everything and counts it."""

    taken = 0

    def data_received(self, data: bytes) -> None:
        self.taken += len(data)


def others_are_served(loop: asyncio.AbstractEventLoop, begin: Callable[[], None]) -> tuple[float, float]:
    """Run timers and a connection beside the load; return how long each of them was kept waiting at most."""
    late: list[float] = []
    slow: list[float] = []
    transport, peer = soon_or_never(loop, connect_pair(Echo()))
    peer.settimeout(PATIENCE)

    def tick(when: float) -> None:
        late.append(loop.time() - when)
        if len(late) < 20:
            loop.call_at(loop.time() + 0.005, tick, loop.time() + 0.005)

    def talk() -> None:
        try:
            for _ in range(20):
                started = time.monotonic()
                peer.send(b"are you there?")
                peer.recv(100)
                slow.append(time.monotonic() - started)
        finally:
            loop.call_soon_threadsafe(finish)

    def finish() -> None:
        if len(late) < 20 and loop.time() < deadline:
            loop.call_later(0.001, finish)
        else:
            loop.stop()

    talker = threading.Thread(target=talk)
    deadline = loop.time() + PATIENCE
    loop.call_soon(begin)
    loop.call_soon(tick, loop.time())
    loop.call_soon(talker.start)
    loop.run_forever()
    talker.join()
    transport.abort()
    turn(loop)
    peer.close()
    assert (len(late), len(slow)) == (20, 20)
    return max(late), max(slow)


def flood(peer: socket.socket) -> None:
    """Send, and take what comes back, until the other side is gone."""
    peer.settimeout(PATIENCE)
    data = (bytes(1023) + b"\n") * 1024
    with contextlib.suppress(OSError):
        while True:
            peer.send(data)
            if select.select([peer], [], [], 0)[0]:
                peer.recv(1 << 20)


def test_a_connection_that_floods_holds_up_nobody(loop: asyncio.AbstractEventLoop) -> None:
    drain = Drain()
    transport, peer = soon_or_never(loop, connect_pair(drain))
    flooder = threading.Thread(target=flood, args=(peer,))
    with peer:
        late, slow = others_are_served(loop, flooder.start)
        transport.abort()
        turn(loop)
        flooder.join()
    assert drain.taken > 0
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


def test_two_connections_that_answer_each_other_for_ever_hold_up_nobody(loop: asyncio.AbstractEventLoop) -> None:
    async def connect() -> tuple[Any, Any]:
        one, other = socket.socketpair()
        left, _ = await loop.create_connection(Echo, sock=one)
        right, _ = await loop.create_connection(Echo, sock=other)
        return left, right

    left, right = soon_or_never(loop, connect())
    late, slow = others_are_served(loop, lambda: left.write(b"ping"))
    for transport in (left, right):
        transport.abort()
    turn(loop)
    turn(loop)
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


@pytest.mark.parametrize("chains", [1, 100])
def test_a_chain_of_callbacks_holds_up_nobody(loop: asyncio.AbstractEventLoop, chains: int) -> None:
    over = False
    links = 0

    def link() -> None:
        nonlocal links
        links += 1
        if not over:
            loop.call_soon(link)

    def begin() -> None:
        for _ in range(chains):
            loop.call_soon(link)

    late, slow = others_are_served(loop, begin)
    over = True
    turn(loop)
    assert links > chains
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


def test_a_chain_of_steps_of_a_task_holds_up_nobody(loop: asyncio.AbstractEventLoop) -> None:
    over = False

    async def step() -> None:
        while not over:  # noqa: ASYNC110  # not waiting, but keeping the loop busy
            await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    late, slow = others_are_served(loop, lambda: tasks.append(loop.create_task(step())))
    over = True
    soon_or_never(loop, tasks[0])
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


def test_descriptors_that_are_always_ready_hold_up_nobody(loop: asyncio.AbstractEventLoop) -> None:
    with ExitStack() as stack:
        ready = [stack.enter_context(sock) for _ in range(20) for sock in socket.socketpair()]
        calls = 0

        def count() -> None:
            nonlocal calls
            calls += 1

        for sock in ready:
            loop.add_writer(sock, count)
        late, slow = others_are_served(loop, lambda: None)
        for sock in ready:
            loop.remove_writer(sock)
    assert calls > len(ready)
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


def test_timers_that_are_always_due_hold_up_nobody(loop: asyncio.AbstractEventLoop) -> None:
    over = False

    def again() -> None:
        if not over:
            loop.call_later(0, again)

    late, slow = others_are_served(loop, again)
    over = True
    turn(loop)
    turn(loop)
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


@contextlib.contextmanager
def computing(each: Callable[[int], object]) -> Iterator[None]:
    """Compute in a thread, which holds the interpreter's lock whenever it can; ``each`` is told of every step."""
    go_on = True

    def compute() -> None:
        step = 0
        while go_on:
            step += 1
            each(step)

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        yield
    finally:
        go_on = False
        thread.join()


def test_a_thread_that_computes_and_a_loop_that_talks_both_go_on(loop: asyncio.AbstractEventLoop) -> None:
    steps = 0

    def count(step: int) -> None:
        nonlocal steps
        steps = step

    async def talk(ours: socket.socket) -> None:
        for number in range(100):
            await loop.sock_sendall(ours, b"%3d" % number)
            assert await loop.sock_recv(ours, 10) == b"%3d" % number
            if number % 10 == 0:
                await asyncio.sleep(0.001)  # longer than anybody keeps the lock in hand for

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs, subprocess.Popen(["cat"], stdin=theirs.fileno(), stdout=theirs.fileno()) as echo:
        try:
            with computing(count):
                before = steps
                soon_or_never(loop, talk(ours))
                assert steps > before
        finally:
            echo.kill()


def test_a_loop_without_byte_code_of_its_own_gives_way_to_a_thread_that_computes(
    loop: asyncio.AbstractEventLoop,
) -> None:
    transports: list[Any] = []
    for end in socket.socketpair():
        end.setblocking(False)
        transport, protocol = soon_or_never(loop, loop.create_connection(Drain, sock=end))
        protocol.data_received = transport.write
        transport.set_protocol(protocol)
        transports.append(transport)
    transports[0].write(b"between the two for ever")

    def stop_at_last(step: int) -> None:
        if step == 1_000_000:  # takes many times longer than one has the lock at a time
            loop.call_soon_threadsafe(loop.stop)

    give_up = loop.call_later(PATIENCE, loop.stop)
    with computing(stop_at_last):
        loop.run_forever()
    assert loop.time() < give_up.when(), "it gave way to nobody"
    give_up.cancel()
    for transport in transports:
        transport.abort()
    turn(loop)
