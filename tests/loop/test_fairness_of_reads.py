"""Fairness of tasks that read: one whose peer always has more to send leaves the others their turns."""

import asyncio
import contextlib
import itertools
import socket
import threading
from typing import Any

import pytest

from .support import soon_or_never, turn, turn_until
from .test_fairness import PATIENCE_OF_OTHERS, flood, others_are_served


async def take_by_stream(ours: socket.socket, taken: list[int]) -> None:
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        while data := await reader.read(1 << 20):
            taken.append(len(data))
    finally:
        writer.transport.abort()


async def take_by_lines(ours: socket.socket, taken: list[int]) -> None:
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        while line := await reader.readline():
            taken.append(len(line))
            writer.write(b"!")
            await writer.drain()
    finally:
        writer.transport.abort()


async def take_by_sock(ours: socket.socket, taken: list[int]) -> None:
    ours.setblocking(False)
    with ours:
        while data := await asyncio.get_running_loop().sock_recv(ours, 1 << 16):
            taken.append(len(data))


@pytest.mark.parametrize("take", [take_by_stream, take_by_lines, take_by_sock])
def test_a_task_whose_peer_always_has_more_holds_up_nobody(loop: asyncio.AbstractEventLoop, take: Any) -> None:
    ours, peer = socket.socketpair()
    taken: list[int] = []
    task = loop.create_task(take(ours, taken))
    flooder = threading.Thread(target=flood, args=(peer,))
    with peer:
        late, slow = others_are_served(loop, flooder.start)
        task.cancel()
        soon_or_never(loop, asyncio.wait([task]))
        turn(loop)
        flooder.join()
    assert sum(taken) > 0
    assert late < PATIENCE_OF_OTHERS
    assert slow < PATIENCE_OF_OTHERS


@pytest.mark.parametrize("take", [take_by_stream, take_by_lines])
def test_tasks_whose_peers_always_have_more_take_turns(loop: asyncio.AbstractEventLoop, take: Any) -> None:
    """What each of them gets is refilled at once, so none ever has to wait long; yet all go on.

    (``sock_recv`` promises no such thing, on asyncio neither: it ends at once when there is something.)
    """
    order: list[int] = []
    line = bytes(1000) + b"\n"

    class Taken(list[int]):
        """Tells whose turn it was, and refills."""

        def __init__(self, peer: socket.socket) -> None:
            super().__init__()
            self.peer = peer
            peer.setblocking(False)
            peer.send(line)

        def append(self, size: int) -> None:
            order.append(self.peer.fileno())
            self.peer.send(line)
            with contextlib.suppress(BlockingIOError):
                self.peer.recv(1000)

    pairs = [socket.socketpair() for _ in range(3)]
    tasks = [loop.create_task(take(ours, Taken(peer))) for ours, peer in pairs]
    turn_until(loop, lambda: len(order) >= 300)
    for task in tasks:
        task.cancel()
    soon_or_never(loop, asyncio.wait(tasks))
    turn(loop)
    counts = [order[:300].count(peer.fileno()) for _, peer in pairs]
    for _, peer in pairs:
        peer.close()
    assert min(counts) > 50


def test_a_chain_of_callbacks_lets_the_input_of_a_stream_in(loop: asyncio.AbstractEventLoop) -> None:
    async def main() -> None:
        links = 0
        seen: list[int] = []

        def link() -> None:
            nonlocal links
            links += 1
            if len(seen) < 20:
                loop.call_soon(link)

        ours, peer = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        loop.call_soon(link)
        while len(seen) < 20:
            peer.send(b"line\n")
            assert await reader.readline() == b"line\n"
            seen.append(links)
        waits = [later - earlier for earlier, later in itertools.pairwise(seen)]
        # A turn runs one link, the kernel is looked at after 50 microseconds of turns: a link takes more than 10 ns.
        assert max(waits) < 5000
        peer.close()
        writer.close()
        await writer.wait_closed()

    soon_or_never(loop, main())
